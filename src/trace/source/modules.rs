//! Files of code as a walk through source reads them, and how surely what they import is loaded.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::checkout::Checkout;
use crate::code::Strength;
use crate::source::{ContentId, Source, TreePath};
use crate::trace::reach::runs;

/// A file that was read, and what its language makes of it.
pub(super) struct Module<F> {
    pub source: Source,
    pub facts: F,
}

/// Files of code, each read once.
pub(super) struct Modules<'c, F> {
    checkout: &'c Checkout<'c>,
    known: FxHashMap<TreePath, Option<Arc<Module<F>>>>,
}

impl<'c, F> Modules<'c, F> {
    pub fn new(checkout: &'c Checkout<'c>) -> Self {
        Self { checkout, known: FxHashMap::default() }
    }

    /// A file; `None` when it is not there or cannot be parsed.
    pub fn get(&mut self, path: &TreePath, parse: impl FnOnce(&[u8]) -> Option<F>) -> Option<Arc<Module<F>>> {
        if let Some(known) = self.known.get(path) {
            return known.clone();
        }
        let module = self.checkout.code(path).and_then(|bytes| {
            let source = Source::new(path.clone(), ContentId::of(&bytes));
            Some(Arc::new(Module { source, facts: parse(&bytes)? }))
        });
        self.known.insert(path.clone(), module.clone());
        module
    }
}

/// How surely one import runs.
#[derive(Clone, Copy)]
pub(super) struct Evidence {
    /// It is evaluated at all, as far as other imports decide that.
    pub runs: bool,
    /// When its module is loaded.
    pub own: Strength,
    /// Once the handler is called; `None` where that does not come to it.
    pub on_request: Option<Strength>,
}

impl Evidence {
    /// Of an import that stands in for those of these indexes, if any: `failed` says which of them lead nowhere.
    pub fn of(own: Strength, on_request: Option<Strength>, instead_of: &[usize], failed: &[bool]) -> Self {
        let runs = runs(instead_of, failed);
        let own = if runs { own } else { Strength::Soft };
        Self { runs, own, on_request: on_request.filter(|_| runs) }
    }

    /// How surely that what it leads to is loaded: what the handler calls is as sure as a function that runs later.
    pub fn reach(self) -> Strength {
        if self.on_request >= Some(Strength::Late) { self.own.max(Strength::Late) } else { self.own }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_stands_in_runs_where_another_fails() {
        let of = |failed: &[bool]| Evidence::of(Strength::Hard, Some(Strength::Hard), &[0, 1], failed);
        assert_eq!(of(&[false, true]).own, Strength::Hard);
        assert_eq!((of(&[false, false]).own, of(&[false, false]).on_request), (Strength::Soft, None));
        let called = Evidence::of(Strength::Conditional, Some(Strength::Hard), &[], &[]);
        assert_eq!(called.reach(), Strength::Late);
    }
}
