//! Walks from a function's entry point through the files that will be deployed, as the runtime will:
//! handler → file → imports → files, each read and parsed once, strongest way first.
//!
//! Reads through [`Tree`](crate::tree::Tree) only and returns values. The caller's thread needs a
//! stack for the deepest text that is parsed (64 MiB, as the threads of a run have).

mod container;
mod entry;
mod files;
mod inventory;
mod native;
mod node;
mod packages;
mod platform;
mod python;
mod reach;
mod report;
mod request;
mod source;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use container::{DIRECT, UNZIPPED};
pub use inventory::{Group, Inventory, Kind, Member, Reached, Weight, inventory};
pub use request::{Native, PackageRequest, PackageTrace, Part, Problem, ProblemKind};
pub use source::{SourceRequest, SourceTrace, is_judged, undeclared};

use crate::runtime::{LAYER_ROOT, TASK_ROOT};
use crate::source::TreePath;
use crate::tree::{Mounts, Tree, TreeError};
use native::Libraries;
use platform::Platform;

/// Looks into one package.
pub fn trace(request: &PackageRequest) -> PackageTrace {
    let trace = trace_once(request);
    // A variable that code sets itself is not known where other code asks for it.
    let is_open = |name: &String| request.environment.get(name).is_some_and(Result::is_ok);
    let mut open = trace.sets_variables.iter().filter(|name| is_open(name)).peekable();
    if open.peek().is_none() {
        return trace;
    }
    let changed_variables = open.cloned().collect();
    trace_once(&PackageRequest { changed_variables, ..request.clone() })
}

fn trace_once(request: &PackageRequest) -> PackageTrace {
    let package = (TreePath::from(TASK_ROOT), Arc::clone(&request.package.tree));
    let layers = request.layers.iter().map(|layer| (TreePath::from(LAYER_ROOT), Arc::clone(&layer.tree)));
    let tree: Arc<dyn Tree> = Arc::new(Mounts::new(std::iter::once(package).chain(layers).collect()));
    let libraries = Libraries::new(&*tree);
    let mut trace = match platform::of(request) {
        Platform::Node(version, assumed) => node::trace(request, &tree, version, assumed),
        Platform::Python(version, assumed) => python::trace(request, &tree, version, assumed, &libraries),
        Platform::Provided(assumed) => entry::provided(request, assumed),
        Platform::Java => entry::of(entry::artifact(request, "java")),
        Platform::NotJudged { name, why } => entry::not_judged(request, name, why),
    };
    native::judge(request, &tree, &libraries, &mut trace);
    container::look(request, &tree, &mut trace);
    for artifact in &mut trace.facts.artifacts {
        entry::count(artifact);
    }
    trace
}

/// What can be said of a package that cannot be opened. The request's own package is empty.
pub fn unopened(request: &PackageRequest, error: &TreeError) -> PackageTrace {
    container::unopened(request, error)
}
