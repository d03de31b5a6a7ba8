//! Checks of packages that functions run.

pub mod case_mismatch;
pub mod esm_syntax_in_commonjs;
pub mod handler_file_missing;
pub mod missing_module;
pub mod missing_package_file;
pub mod path_not_exported;
pub mod require_of_esm;
mod shared;
pub mod unspecified_esm_import;

use crate::diagnostic::{Argument, Doubt};
use crate::facts::Artifact;
use crate::graph::Graph;
use crate::rules::{Finding, RuleContext};
use crate::value::Why;

/// A finding about a package, with the arguments `what` and `name`: the function that runs it, or
/// the package itself when no template names one.
fn finding_about(graph: &Graph, context: &RuleContext<'_>, artifact: &Artifact) -> Finding {
    let finding = context.finding(&artifact.place);
    match artifact.function.map(|id| &graph.facts[id]) {
        Some(function) => {
            let name = function.name.get().unwrap_or(&function.id);
            finding.with("what", Argument::words("function")).name("name", name).other(&function.place.path)
        }
        None => {
            let source = &artifact.place.origin.source;
            finding.with("what", Argument::words("package")).with("name", Argument::Path(source.file().path().clone()))
        }
    }
}

/// The doubt that comes with a handler that nobody named.
fn guess(artifact: &Artifact) -> Option<Doubt> {
    artifact.guessed.then(|| Doubt::Guess(Why::new("nobody names the handler")))
}
