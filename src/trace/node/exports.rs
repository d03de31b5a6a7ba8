//! What modules offer, and the names that others take from them.

use rustc_hash::FxHashSet;

use super::Walk;
use crate::code::Strength;
use crate::code::javascript::{Exports, Form, Goal, Import, ModuleFacts};
use crate::runtime::node::Resolved;
use crate::source::{Source, Span, TreePath};
use crate::trace::files::FILE_BYTES;
use crate::trace::report::{FINDINGS, Fault, Party, Way};

/// Most modules that are asked for one name.
const HANDED_ON: usize = 500;
/// Most CommonJS files whose text is searched for one name.
const SEARCHED: usize = 200;
/// Bytes of text that are searched for names in one package at most, read anew for each.
pub(super) const SEARCHED_BYTES: u64 = 256 << 20;

/// What a module that was looked into offers.
pub(super) struct Offered {
    goal: Goal,
    exports: Exports,
    /// What it requires: a loader that guesses the names of CommonJS modules may follow any of it.
    requires: Vec<String>,
    /// Nothing that it lacks can be told.
    doubtful: bool,
    generated: bool,
}

impl Offered {
    pub fn new(goal: Goal, facts: &ModuleFacts) -> Self {
        let requires = facts.imports.iter().filter(|import| import.form == Form::Require);
        Self {
            goal,
            exports: facts.exports.clone(),
            requires: requires.map(|import| import.specifier.clone()).collect(),
            doubtful: !facts.problems.is_empty() || (goal == Goal::CommonJs && facts.module_syntax.is_some()),
            generated: facts.generated,
        }
    }

    /// Its names, comma-separated, at most so many.
    pub fn names(&self, most: usize) -> String {
        let names = self.exports.names.iter().filter(|name| !name.starts_with("__"));
        names.take(most).map(String::as_str).collect::<Vec<_>>().join(", ")
    }
}

/// Whether a module offers a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    Yes,
    /// It is surely no function; true when its value is true in a condition.
    Literal(bool),
    No,
    Unknown,
}

/// Names that one import takes.
pub(super) struct Wanted {
    index: usize,
    importer: TreePath,
    source: Source,
    specifier: String,
    target: TreePath,
    names: Vec<(String, Span)>,
    strength: Strength,
}

impl Walk<'_> {
    /// Remembers the names that an import takes from its target.
    pub(super) fn want(
        &mut self,
        index: usize,
        importer: &TreePath,
        source: &Source,
        import: &Import,
        target: &TreePath,
        strength: Strength,
    ) {
        let is_typescript = importer.extension().is_some_and(|extension| extension.ends_with("ts"));
        if import.names.is_empty() || is_typescript || strength == Strength::Soft {
            return;
        }
        self.wanted.push(Wanted {
            index,
            importer: importer.clone(),
            source: source.clone(),
            specifier: import.specifier.clone(),
            target: target.clone(),
            names: import.names.clone(),
            strength,
        });
    }

    /// Whether a module's exports have a name.
    pub(super) fn offer(&self, path: &TreePath, name: &str) -> Offer {
        let mut seen: FxHashSet<TreePath> = FxHashSet::default();
        // Modules that hand on the names of others may do so in circles, and over many ways.
        let mut waiting: Vec<(TreePath, &str)> = Vec::new();
        let mut own = self.own_offer(path, name, &mut waiting);
        while own == Offer::No {
            let Some((importer, specifier)) = waiting.pop() else { return Offer::No };
            let Some(goal) = self.offers.get(&importer).map(|own| own.goal) else { return Offer::Unknown };
            let Resolved::File(target) = self.resolver.resolve(&importer, specifier, goal == Goal::Module) else {
                return Offer::Unknown;
            };
            if !seen.insert(target.clone()) {
                continue;
            }
            let is_alike = self.offers.get(&target).is_some_and(|target| target.goal == goal);
            if !is_alike || seen.len() > HANDED_ON {
                return Offer::Unknown;
            }
            own = self.own_offer(&target, name, &mut waiting);
        }
        own
    }

    /// Whether a module offers a name itself; if it does not, the modules whose names it hands on are put to those that
    /// wait, the first one last.
    fn own_offer<'o>(&'o self, path: &TreePath, name: &str, waiting: &mut Vec<(TreePath, &'o str)>) -> Offer {
        let Some(offered) = self.offers.get(path) else { return Offer::Unknown };
        if offered.exports.names.contains(name) {
            return match offered.exports.literals.get(name) {
                Some(truth) if !offered.exports.open => Offer::Literal(*truth),
                _ => Offer::Yes,
            };
        }
        if offered.exports.open || offered.doubtful {
            return Offer::Unknown;
        }
        // `export *` leaves the default out.
        if offered.goal == Goal::CommonJs || name != "default" {
            waiting.extend(offered.exports.from.iter().rev().map(|from| (path.clone(), from.as_str())));
        }
        Offer::No
    }

    /// Imports of names that their module does not have: it is not linked.
    pub(super) fn judge_names(&mut self) {
        for wanted in std::mem::take(&mut self.wanted) {
            let Some(offered) = self.offers.get(&wanted.target) else { continue };
            let (is_module, near) = (offered.goal == Goal::Module, offered.names(10));
            let named: Vec<bool> = wanted.names.iter().map(|(name, _)| offered.exports.names.contains(name)).collect();
            for ((name, span), is_named) in wanted.names.iter().zip(named) {
                let specifier = &wanted.specifier;
                let error = if is_module {
                    if self.offer(&wanted.target, name) != Offer::No {
                        continue;
                    }
                    format!("The requested module '{specifier}' does not provide an export named '{name}'")
                } else {
                    if is_named || !self.lacks(&wanted.target, name) {
                        continue;
                    }
                    format!("Named export '{name}' not found. The requested module '{specifier}' is a CommonJS module")
                };
                if self.faults.len() >= FINDINGS {
                    return;
                }
                let way = Way::to_file(wanted.index, &wanted.importer, &wanted.source, wanted.strength);
                let generated = self.offers.get(&wanted.importer).is_some_and(|own| own.generated);
                let party = Party { first: super::is_first_party(&wanted.importer), generated };
                let fault = Fault::new("missing-named-export", *span, error).name(name).module(specifier);
                let fault = fault.near(near.clone()).fact(self.request, &self.reach, way, party);
                self.faults.push(fault);
            }
        }
    }

    /// True when a CommonJS module surely has no export of this name: Node.js guesses the names from the text, so a
    /// name that neither its text nor that of anything it requires contains is none.
    fn lacks(&mut self, path: &TreePath, name: &str) -> bool {
        if self.searchable == 0 || matches!(name, "default" | "module.exports" | "__esModule") {
            return false;
        }
        let mut waiting = vec![path.clone()];
        let mut seen = waiting.clone();
        while let Some(file) = waiting.pop() {
            let Some(offered) = self.offers.get(&file).filter(|own| !own.doubtful && own.goal == Goal::CommonJs) else {
                return false;
            };
            let Ok(text) = self.tree.read(&file, FILE_BYTES) else { return false };
            self.searchable = self.searchable.saturating_sub(text.len() as u64);
            if memchr::memmem::find(&text, name.as_bytes()).is_some() {
                return false;
            }
            for specifier in &offered.requires {
                match self.resolver.resolve(&file, specifier, false) {
                    Resolved::File(target) if !seen.contains(&target) => {
                        if seen.len() >= SEARCHED {
                            return false;
                        }
                        seen.push(target.clone());
                        waiting.push(target);
                    }
                    Resolved::File(_) | Resolved::Builtin => {}
                    _ => return false,
                }
            }
        }
        true
    }
}
