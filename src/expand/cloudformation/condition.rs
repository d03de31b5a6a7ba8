//! Conditions: decided where the inputs decide them, and what stands under those that are not.

use super::branch::Guard;
use super::call::{Call, Function};
use super::evaluate::{Evaluator, Scope, scalar};
use crate::expand::applied::AppliedEntry;
use crate::expand::{Applied, AppliedKind};
use crate::source::Origin;
use crate::syntax::Node;
use crate::value::{Condition, Content, Value, Why};

/// Deepest chain of conditions that name each other.
const CONDITION_DEPTH: usize = 24;

impl Evaluator<'_> {
    /// Does a condition hold? `None` when the inputs do not decide it.
    pub fn decide(&self, name: &str) -> Option<bool> {
        self.decide_within(name, CONDITION_DEPTH)
    }

    fn decide_within(&self, name: &str, depth: usize) -> Option<bool> {
        self.holds(self.template.conditions.get(name)?, depth.checked_sub(1)?)
    }

    fn holds(&self, node: &Node<'_>, depth: usize) -> Option<bool> {
        let depth = depth.checked_sub(1)?;
        let call = Call::of_condition(node)?;
        let items = call.argument.items();
        match call.function {
            Function::Condition => self.decide_within(call.argument.text()?, depth),
            Function::Not => self.holds(items.first()?, depth).map(|yes| !yes),
            Function::And => {
                let all: Vec<Option<bool>> = items.iter().map(|item| self.holds(item, depth)).collect();
                if all.contains(&Some(false)) { Some(false) } else { (!all.contains(&None)).then_some(true) }
            }
            Function::Or => {
                let all: Vec<Option<bool>> = items.iter().map(|item| self.holds(item, depth)).collect();
                if all.contains(&Some(true)) { Some(true) } else { (!all.contains(&None)).then_some(false) }
            }
            Function::Equals => {
                let [left, right] = &*items else { return None };
                self.equal(left, right)
            }
            _ => None,
        }
    }

    /// Equal under every combination of branches, unequal under every one, or neither.
    fn equal(&self, left: &Node<'_>, right: &Node<'_>) -> Option<bool> {
        let (left, right) = (self.branches(left, &Scope::Top), self.branches(right, &Scope::Top));
        let mut answer = None;
        for a in &left.0 {
            for b in right.0.iter().filter(|b| a.guard.and(&b.guard).is_some()) {
                let equal = a.value.get()? == b.value.get()?;
                if answer.is_some_and(|before| before != equal) {
                    return None;
                }
                answer = Some(equal);
            }
        }
        answer
    }

    /// A `Fn::If` as a node: the branch that holds, or both merged.
    pub fn choose(&self, argument: &Node<'_>, origin: &Origin, scope: &Scope<'_>) -> Applied {
        let items = argument.items();
        let [condition, yes, no] = &*items else {
            let why = Why::new("arguments that cannot be read");
            return Applied { origin: origin.clone(), kind: AppliedKind::Unknown(why) };
        };
        let name = condition.text().unwrap_or("");
        match self.decide(name) {
            Some(true) => return self.evaluate(yes, scope),
            Some(false) => return self.evaluate(no, scope),
            None => {}
        }
        let (left, right) = (self.evaluate(yes, scope), self.evaluate(no, scope));
        let of = |state: &str| Guard::of(&format!("condition `{name}`"), state).condition();
        merge(&of("holds"), Some(&left), &of("does not hold"), Some(&right), origin)
    }
}

/// One of two nodes: mappings key by key, scalars as `OneOf`. `None` is nothing at all.
fn merge(
    when: &Condition,
    left: Option<&Applied>,
    otherwise: &Condition,
    right: Option<&Applied>,
    origin: &Origin,
) -> Applied {
    let unknown = |why| Applied { origin: origin.clone(), kind: AppliedKind::Unknown(Why::new(why)) };
    let text = |node: Option<&Applied>| match node.map(|node| (&node.kind, node)) {
        None => Some(Value::absent(origin.clone())),
        Some((AppliedKind::Scalar(..) | AppliedKind::Null, node)) => Some(node.text()),
        Some((AppliedKind::Unknown(why), node)) => Some(Value::new(Content::Unknown(why.clone()), node.origin.clone())),
        Some(_) => None,
    };
    let is_nothing = |node: Option<&Applied>| text(node).is_some_and(|value| value.is_absent());
    let mapping = |node: Option<&Applied>| node.is_some_and(Applied::is_mapping);
    if (mapping(left) || is_nothing(left)) && (mapping(right) || is_nothing(right)) && (mapping(left) || mapping(right))
    {
        let entries = |node: Option<&'_ Applied>| node.map(|node| node.entries().to_vec()).unwrap_or_default();
        let (left, right) = (entries(left), entries(right));
        let find = |list: &[AppliedEntry], name: &str| list.iter().find(|entry| entry.name == name).cloned();
        let only_right = right.iter().filter(|entry| find(&left, &entry.name).is_none());
        let merged = left.iter().chain(only_right).map(|entry| AppliedEntry {
            value: merge(
                when,
                find(&left, &entry.name).map(|entry| entry.value).as_ref(),
                otherwise,
                find(&right, &entry.name).map(|entry| entry.value).as_ref(),
                &entry.value.origin,
            ),
            ..entry.clone()
        });
        return Applied { origin: origin.clone(), kind: AppliedKind::Mapping(merged.collect()) };
    }
    match (text(left), text(right)) {
        (Some(left), Some(right)) if left.content == right.content => scalar(left),
        (Some(left), Some(right)) => {
            let branches = vec![(when.clone(), left), (otherwise.clone(), right)];
            scalar(Value::new(Content::OneOf(branches), origin.clone()))
        }
        _ if left.is_some_and(Applied::is_sequence) || right.is_some_and(Applied::is_sequence) => {
            unknown("list under a condition")
        }
        _ => unknown("shape under a condition"),
    }
}
