//! Functions of other modules that are surely called, while the package is loaded or once its handler is: what they
//! import is as sure as the call.

use std::rc::Rc;

use super::{Evidence, Walk};
use crate::code::Strength;
use crate::code::javascript::{Goal, ModuleFacts, OutCall};
use crate::runtime::node::Resolved;
use crate::source::{Source, TreePath};
use crate::trace::files::MODULES;
use crate::trace::reach::runs;

/// When a function is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum When {
    /// While the package is loaded.
    Load,
    /// Once the handler is called.
    Request,
}

/// A module that was looked into and whose functions may be called.
pub(super) struct Known {
    pub index: usize,
    pub source: Source,
    pub goal: Goal,
    pub facts: Rc<ModuleFacts>,
}

impl Walk<'_> {
    /// Follows the calls that a module makes while it is loaded, and those made of it so far.
    pub(super) fn calls(&mut self, path: &TreePath, known: Known, strength: Strength) {
        let facts = Rc::clone(&known.facts);
        if strength == Strength::Hard {
            self.call_all(path, facts.calls_out_on_load(), When::Load);
        }
        if self.requested.contains(path) {
            self.call_all(path, facts.calls_out_on_load(), When::Request);
        }
        let waiting = self.called.remove(path).unwrap_or_default();
        if facts.has_more() {
            self.known.insert(path.clone(), known);
            waiting.into_iter().for_each(|(call, when)| self.call(path, &call, when));
        }
    }

    fn call_all(&mut self, path: &TreePath, calls: Vec<&OutCall>, when: When) {
        for call in calls {
            let Resolved::File(target) = self.resolver.resolve(path, &call.specifier, call.import) else { continue };
            if self.known.contains_key(&target) {
                self.call(&target, call, when);
            } else if self.reach.index(&target).is_none() && self.called.len() < MODULES {
                self.called.entry(target).or_default().push((call.clone(), when));
            }
        }
    }

    /// A function that a module exports is called.
    fn call(&mut self, path: &TreePath, call: &OutCall, when: When) {
        let Some(known) = self.known.get(path) else { return };
        if let Some(name) = known.facts.callee(call, known.goal) {
            self.called_by_name(path, name, when);
        }
    }

    /// The function that a module exports under this name is called.
    pub(super) fn called_by_name(&mut self, path: &TreePath, name: String, when: When) {
        let Some(known) = self.known.get(path) else { return };
        let (index, source, facts) = (known.index, known.source.clone(), Rc::clone(&known.facts));
        let Some(loaded) = self.reach.strength(path) else { return };
        if !self.made.insert((path.clone(), name.clone(), when)) {
            return;
        }
        let reached = facts.on_call(&name);
        let mut failed = vec![false; facts.imports.len()];
        for (at, import) in facts.imports.iter().enumerate() {
            let Some(own) = reached[at].filter(|_| !import.computed) else { continue };
            if !runs(&import.instead_of, &failed) {
                continue;
            }
            let evidence = match when {
                When::Load => {
                    Evidence { own: own.min(loaded), reach: own.min(loaded), on_request: None, facts: &facts }
                }
                // What the handler calls is as sure as what its module loads, one step later.
                When::Request => Evidence {
                    own: import.strength.min(loaded),
                    reach: import.strength.min(loaded).max(own.min(Strength::Late)),
                    on_request: Some(own),
                    facts: &facts,
                },
            };
            failed[at] = self.import(index, path, &source, import, evidence);
        }
        self.call_all(path, facts.calls_out(&name), when);
    }
}
