//! A package that was zipped one level too high: everything lies in one folder at its root.

use super::{Contents, Fault, Faults};
use crate::source::TreePath;
use crate::trace::PackageTrace;

/// Names at the root that archivers leave behind.
const LEFT_BEHIND: [&[u8]; 2] = [b"__MACOSX", b".DS_Store"];

pub(super) fn look(contents: &Contents<'_>, trace: &mut PackageTrace, faults: &mut Faults<'_>) {
    let Some(artifact) = trace.facts.artifacts.first_mut() else { return };
    let is_missing = artifact.handler_file.is_empty() && artifact.handler_fault.is_empty();
    if !is_missing || artifact.not_judged.is_some() || artifact.handler_candidates.is_empty() {
        return;
    }
    let mut names = contents.part.tree.names(&TreePath::root());
    names.retain(|name| !LEFT_BEHIND.contains(&name.as_slice()));
    let [folder] = names.as_slice() else { return };
    let folder = TreePath::new(folder);
    let is_there = |candidate: &str| {
        let path = folder.join(candidate.trim_start_matches("./"));
        path.is_some_and(|path| contents.part.tree.resolve(&path).is_some())
    };
    let Some(file) = artifact.handler_candidates.split(", ").find(|candidate| is_there(candidate)) else { return };
    let fault = Fault::of_function("nested-top-folder", artifact.handler.origin.clone());
    let fault = fault.entry(&folder).other(file.trim_start_matches("./")).count(contents.entries.len());
    faults.add(fault.error(error(artifact.platform, artifact.handler.get())));
    artifact.handler_fault = "nested-top-folder";
}

/// What the runtime says when the handler's module is not there.
fn error(platform: &str, handler: Option<&String>) -> String {
    let handler = handler.map(String::as_str).unwrap_or_default();
    let stem = handler.rsplit_once('.').map_or(handler, |(stem, _)| stem);
    match platform {
        "python" => format!("Unable to import module '{stem}': No module named '{}'", stem.replace('/', ".")),
        _ => format!("Cannot find module '{}'", stem.rsplit('/').next().unwrap_or(stem)),
    }
}
