//! What code asks for and does not find, as paths of the package: a fault of the container may explain it.

use super::{Fault, NAMED};
use crate::runtime::TASK_ROOT;
use crate::source::{Origin, TreePath};
use crate::trace::PackageTrace;
use crate::value::Why;

/// A path that is missed.
pub(super) struct Wanted {
    /// Where it would be, from the root of the package, perhaps without extension.
    pub path: String,
    /// What its absence means, as rules answer: `cold-start`, `request`, `reached`.
    answer: &'static str,
    origin: Origin,
    doubt: Option<Why>,
}

impl Wanted {
    /// True when a file at this path is what is missed, or part of it.
    pub fn is_at(&self, path: &str) -> bool {
        path.strip_prefix(&*self.path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['/', '.']))
    }

    /// True when what is missed would lie at or below this path.
    pub fn is_below(&self, path: &str) -> bool {
        self.is_at(path) || self.path.strip_prefix(path).is_some_and(|rest| rest.starts_with('/'))
    }

    /// A fault that explains it.
    pub fn fault(&self, kind: &'static str) -> Fault {
        Fault::of_function(kind, self.origin.clone()).answer(self.answer).doubt(self.doubt.clone())
    }
}

/// Asks of everything that is missed whether a fault of the container explains it. What is explained is
/// no longer told of as missing: a fault has one name.
pub(super) fn explain(trace: &mut PackageTrace, kind: &'static str, mut explains: impl FnMut(&Wanted) -> Option<()>) {
    let artifact = trace.facts.artifacts.first_mut();
    if let Some(artifact) = artifact.filter(|a| a.handler_file.is_empty() && a.handler_fault.is_empty()) {
        for candidate in artifact.handler_candidates.split(", ").filter(|candidate| !candidate.is_empty()) {
            let origin = artifact.handler.origin.clone();
            let path = candidate.trim_start_matches("./").to_owned();
            let want = Wanted { path, answer: "cold-start", origin, doubt: None };
            if explains(&want).is_some() {
                artifact.handler_fault = kind;
                break;
            }
        }
    }
    let mut told = 0;
    for import in &mut trace.facts.module_imports {
        let answer = match (import.strength, import.on_request) {
            ("hard", _) => "cold-start",
            (_, "hard") => "request",
            ("soft", _) => continue,
            _ => "reached",
        };
        let is_code = !import.error.is_empty();
        for path in paths(&import.importer, &import.specifier, &import.module, is_code) {
            let want = Wanted { path, answer, origin: import.place.origin.clone(), doubt: import.doubt.clone() };
            if told < NAMED && explains(&want).is_some() {
                import.missing = kind;
                told += 1;
                break;
            }
        }
    }
}

/// Where the target of an import would lie.
fn paths(importer: &str, specifier: &str, module: &str, is_python: bool) -> Vec<String> {
    if is_python {
        let dotted = |name: &str| name.trim_start_matches('.').replace('.', "/");
        let mut out = vec![dotted(specifier), dotted(module)];
        out.retain(|path| !path.is_empty());
        return out;
    }
    if let Some(absolute) = specifier.strip_prefix('/') {
        let inside = TreePath::from(absolute).relative_to(&TASK_ROOT.into());
        return inside.map(|inside| inside.lossy().into_owned()).into_iter().collect();
    }
    if !specifier.starts_with('.') {
        let mut names = vec![specifier, module];
        names.retain(|name| !name.is_empty());
        return names.into_iter().map(|name| format!("node_modules/{name}")).collect();
    }
    let folder = TreePath::new(importer.as_bytes()).parent();
    folder.join(specifier).map(|path| path.lossy().into_owned()).into_iter().collect()
}
