//! Code of a Node.js package that its runtime refuses, or that takes from the runtime what the package lacks.

use super::{Evidence, Walk, is_first_party};
use crate::code::Strength;
use crate::code::javascript::{Import, ModuleFacts, UseKind};
use crate::runtime::node::{Need, is_path, is_sdk, package_of};
use crate::source::{ContentId, Source, Span, TreePath};
use crate::trace::ProblemKind;
use crate::trace::reach::{Next, shown};
use crate::trace::report::{FINDINGS, Fault, Party, Way};

impl Walk<'_> {
    /// A file whose text the parser refuses.
    pub(super) fn syntax(&mut self, next: &Next, source: Source, span: Span, message: String) {
        let own = is_first_party(&next.path);
        let is_script = matches!(next.path.extension().as_deref(), Some("js" | "mjs" | "cjs"));
        if !is_script || (next.strength != Strength::Hard && !own) {
            self.files.problem(source, span, ProblemKind::Syntax, message);
            return;
        }
        let file = shown(&next.path);
        let way = Way::to_file(next.index, &next.path, &source, next.strength);
        let fault = Fault::new("syntax-error", span, format!("SyntaxError: {message}")).name(&message).module(&file);
        self.fault(way, Party { first: own, generated: false }, fault);
    }

    /// Syntax that the runtime's version does not take yet, or no more.
    pub(super) fn newer_syntax(&mut self, next: &Next, source: &Source, facts: &ModuleFacts) {
        let major = self.resolver.version().major;
        let refused = |first: u32, gone: Option<u32>| major < first || gone.is_some_and(|gone| major >= gone);
        let Some(syntax) = facts.newer.iter().find(|syntax| refused(syntax.first, syntax.gone)) else { return };
        let error = match syntax.gone.filter(|gone| major >= *gone) {
            Some(gone) => format!("SyntaxError: {} is no syntax any more since Node.js {gone}", syntax.name),
            None => format!("SyntaxError: {} needs Node.js {}", syntax.name, syntax.first),
        };
        let way = Way::to_file(next.index, &next.path, source, next.strength);
        let party = Party { first: is_first_party(&next.path), generated: facts.generated };
        let file = shown(&next.path);
        self.fault(way, party, Fault::new("unsupported-syntax", syntax.span, error).name(syntax.name).module(&file));
    }

    /// Uses of what only CommonJS modules have; told at the end ([`Walk::judge_uses`]).
    pub(super) fn uses(&mut self, next: &Next, source: &Source, facts: &ModuleFacts) {
        self.sets_globals |= facts.sets_globals;
        for used in &facts.uses {
            // A condition around it is mostly one that asks whether it is there.
            if matches!(used.strength, Strength::Soft | Strength::Conditional) || self.used.len() >= FINDINGS {
                continue;
            }
            let own = used.strength.min(next.strength);
            let name = &used.name;
            let (kind, error) = match used.kind {
                UseKind::CommonJsGlobal => {
                    ("commonjs-global-in-esm", format!("{name} is not defined in ES module scope"))
                }
                UseKind::DynamicRequire => {
                    ("bundled-dynamic-require", format!("Dynamic require of \"{name}\" is not supported"))
                }
            };
            let way = Way::to_file(next.index, &next.path, source, own);
            let party = Party { first: is_first_party(&next.path), generated: facts.generated };
            let fault = Fault::new(kind, used.span, error).name(name);
            self.used.push(fault.fact(self.request, &self.reach, way, party));
        }
    }

    /// What is used is not there, unless a module gives it to all others.
    pub(super) fn judge_uses(&mut self) {
        let used = std::mem::take(&mut self.used);
        if !self.sets_globals {
            self.faults.extend(used);
        }
    }

    /// An import that only the runtime's own copy answers.
    pub(super) fn provided(
        &mut self,
        index: usize,
        path: &TreePath,
        source: &Source,
        import: &Import,
        evidence: &Evidence<'_>,
    ) {
        let package = package_of(&import.specifier);
        if is_first_party(path) || is_path(&import.specifier) {
            return;
        }
        let Some(manifest) = self.packages.declaring(path) else { return };
        // Who names the SDK as a peer leaves it to the function where it comes from.
        let bundled = manifest.name.as_deref().is_some_and(is_sdk);
        if manifest.needs(package) != Need::Required && !bundled {
            return;
        }
        let way =
            Way { index, path, source, own: evidence.own, reach: evidence.reach, on_request: evidence.on_request };
        let error = format!("'{package}' is not in the package");
        let fault = Fault::new("relies-on-runtime-sdk", import.span, error).name(package).module(package);
        self.fault(way, Party { first: false, generated: evidence.facts.generated }, fault);
    }

    /// A package that says it does not run on this version.
    pub(super) fn engines(&mut self, next: &Next) {
        if next.strength != Strength::Hard {
            return;
        }
        let Some((path, manifest)) = self.packages.root_of(&next.path) else { return };
        let Some(range) = manifest.node.clone() else { return };
        let major = self.resolver.version().major;
        if !self.engines.insert(path.clone()) || manifest.runs_on(major) != Some(false) {
            return;
        }
        let source = self.files.source(&path, ContentId::Unread);
        let name = manifest.name.clone().unwrap_or_default();
        let way = Way::to_file(next.index, &path, &source, next.strength);
        let error = format!("`{name}` is for Node.js {range}");
        let party = Party { first: is_first_party(&path), generated: false };
        self.fault(way, party, Fault::new("engine-mismatch", Span::default(), error).name(&name).module(&name));
    }

    pub(super) fn fault(&mut self, way: Way<'_>, party: Party, fault: Fault<'_>) {
        if self.faults.len() < FINDINGS {
            self.faults.push(fault.fact(self.request, &self.reach, way, party));
        }
    }
}
