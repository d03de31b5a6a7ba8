//! Which function of a module calls which, so that an import inside a function that the module
//! calls while it loads counts as evaluated on load.

use crate::code::Strength;

/// Index of the module's top level among its functions.
pub(crate) const TOP: usize = 0;

/// Functions of one module: what each evaluates and whom it calls, with strengths as seen from the
/// beginning of that function.
#[derive(Clone, Debug, Default)]
pub(crate) struct Calls {
    /// (function, import, strength).
    pub imports: Vec<(usize, usize, Strength)>,
    /// (caller, callee, strength).
    pub calls: Vec<(usize, usize, Strength)>,
    /// How many functions there are, the top level among them.
    pub functions: usize,
}

impl Calls {
    /// How surely each function's body runs, given how surely some do.
    fn reach(&self, starts: Vec<(usize, Strength)>) -> Vec<Option<Strength>> {
        let mut reached = vec![None; self.functions];
        let mut callees: Vec<Vec<(usize, Strength)>> = vec![Vec::new(); self.functions];
        for (caller, callee, strength) in &self.calls {
            callees[*caller].push((*callee, *strength));
        }
        let mut work = starts;
        while let Some((function, strength)) = work.pop() {
            if reached[function] >= Some(strength) {
                continue;
            }
            reached[function] = Some(strength);
            work.extend(callees[function].iter().map(|(callee, link)| (*callee, strength.min(*link))));
        }
        reached
    }

    /// How surely each import is evaluated when `start` runs.
    pub fn reached_from(&self, start: usize, imports: usize) -> Vec<Option<Strength>> {
        let reached = self.reach(vec![(start, Strength::Hard)]);
        let mut out = vec![None; imports];
        for (function, import, strength) in &self.imports {
            if let Some(reach) = reached[*function] {
                out[*import] = out[*import].max(Some(reach.min(*strength)));
            }
        }
        out
    }

    /// How surely each import is evaluated when the module loads. A function that is exported, or
    /// that nothing in the module calls, may be called later by others.
    pub fn on_load(&self, imports: usize, exported: &[usize]) -> Vec<Strength> {
        let mut called = vec![false; self.functions];
        self.calls.iter().for_each(|(_, callee, _)| called[*callee] = true);
        exported.iter().for_each(|function| called[*function] = false);
        let others = (TOP + 1..self.functions).filter(|function| !called[*function]).map(|f| (f, Strength::Late));
        let reached = self.reach(others.chain([(TOP, Strength::Hard)]).collect());
        let mut out = vec![Strength::Soft; imports];
        for (function, import, strength) in &self.imports {
            // Functions that only call each other: nothing is known of when they run.
            let reach = reached[*function].unwrap_or(Strength::Conditional);
            out[*import] = out[*import].max(reach.min(*strength));
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_weakest_link_of_the_strongest_way_decides() {
        let calls = Calls {
            functions: 4,
            imports: vec![(1, 0, Strength::Hard), (2, 1, Strength::Hard), (3, 2, Strength::Hard)],
            calls: vec![(TOP, 1, Strength::Hard), (TOP, 2, Strength::Soft), (1, 2, Strength::Conditional)],
        };
        assert_eq!(calls.on_load(3, &[]), [Strength::Hard, Strength::Conditional, Strength::Late]);
        assert_eq!(calls.on_load(3, &[2])[1], Strength::Late);
        assert_eq!(calls.reached_from(TOP, 3), [Some(Strength::Hard), Some(Strength::Conditional), None]);
        assert_eq!(calls.reached_from(3, 3), [None, None, Some(Strength::Hard)]);
    }
}
