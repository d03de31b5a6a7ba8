//! What modules offer, and the names that others take from them.

use super::Walk;
use crate::code::Strength;
use crate::code::javascript::{Exports, Form, Goal, Import, ModuleFacts};
use crate::runtime::node::Resolved;
use crate::source::{Source, Span, TreePath};
use crate::trace::report::{FINDINGS, Fault, Party, Way};

/// How many modules that hand on the names of others are followed.
const DEPTH: usize = 16;
/// Most CommonJS files whose text is searched for one name.
const SEARCHED: usize = 200;
/// Largest file whose text is searched, bytes.
const SEARCHED_BYTES: u64 = 5 << 20;

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
        self.offer_within(path, name, DEPTH)
    }

    fn offer_within(&self, path: &TreePath, name: &str, depth: usize) -> Offer {
        let (Some(offered), Some(depth)) = (self.offers.get(path), depth.checked_sub(1)) else { return Offer::Unknown };
        if offered.exports.names.contains(name) {
            return match offered.exports.literals.get(name) {
                _ if offered.exports.open => Offer::Yes,
                Some(truth) => Offer::Literal(*truth),
                None => Offer::Yes,
            };
        }
        if offered.exports.open || offered.doubtful {
            return Offer::Unknown;
        }
        let import = offered.goal == Goal::Module;
        if import && name == "default" {
            return Offer::No;
        }
        for from in &offered.exports.from {
            let Resolved::File(target) = self.resolver.resolve(path, from, import) else { return Offer::Unknown };
            let is_module = self.offers.get(&target).is_some_and(|target| target.goal == Goal::Module);
            if import != is_module {
                return Offer::Unknown;
            }
            match self.offer_within(&target, name, depth) {
                Offer::No => {}
                other => return other,
            }
        }
        Offer::No
    }

    /// Imports of names that their module does not have: it is not linked.
    pub(super) fn judge_names(&mut self) {
        for wanted in std::mem::take(&mut self.wanted) {
            let Some(offered) = self.offers.get(&wanted.target) else { continue };
            let (is_module, near) = (offered.goal == Goal::Module, offered.names(10));
            for (name, span) in &wanted.names {
                let specifier = &wanted.specifier;
                let error = if is_module {
                    if self.offer(&wanted.target, name) != Offer::No {
                        continue;
                    }
                    format!("The requested module '{specifier}' does not provide an export named '{name}'")
                } else {
                    if offered.exports.names.contains(name) || !self.lacks(&wanted.target, name) {
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
    fn lacks(&self, path: &TreePath, name: &str) -> bool {
        if matches!(name, "default" | "module.exports" | "__esModule") {
            return false;
        }
        let mut waiting = vec![path.clone()];
        let mut seen = waiting.clone();
        while let Some(file) = waiting.pop() {
            let Some(offered) = self.offers.get(&file).filter(|own| !own.doubtful && own.goal == Goal::CommonJs) else {
                return false;
            };
            let Ok(text) = self.tree.read(&file, SEARCHED_BYTES) else { return false };
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
