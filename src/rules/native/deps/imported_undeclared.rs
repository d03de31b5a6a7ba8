//! `deps/imported-undeclared`: source imports a package that no manifest of the repository names.

use crate::diagnostic::{Argument, Doubt};
use crate::facts::{Function, UndeclaredImport};
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};
use crate::source::TreePath;
use crate::value::Condition;

/// Imports of packages that are not declared, one finding for each manifest and package.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    for (_, import) in graph.each::<UndeclaredImport>() {
        sink.report(finding(graph, context, import));
    }
    for (_, function) in graph.each::<Function>() {
        if let Some(why) = &function.source_unread {
            sink.undecided(&function.place.path, why);
        }
    }
}

fn finding(graph: &Graph, context: &RuleContext<'_>, import: &UndeclaredImport) -> crate::rules::Finding {
    let function = &graph.facts[import.function];
    let is_python = import.platform == "python";
    let manifest = TreePath::from(import.manifest.as_str());
    let mut finding = context
        .finding(&import.place)
        .case(if is_python { "python" } else { import.answer })
        .value(&import.module)
        .name("function", function.name.get().unwrap_or(&function.id))
        .name("module", &import.module)
        .with("manifest", Argument::Path(manifest))
        .with("when", Argument::words(when(import.outcome)))
        .with("chain", Argument::quoted(&import.chain))
        .related(&import.manifest_origin, "the nearest manifest does not name it")
        .related(&function.handler.origin, "the handler is named here; it leads to the import by {chain}");
    for other in &import.also {
        finding = finding.related(other, "also imported here");
    }
    if let Some(why) = &import.doubt {
        finding = finding.doubt(Doubt::Guess(why.clone()));
    }
    match import.outcome {
        "reached" => finding.doubt(Doubt::Sometimes(Condition::new("the code around the import runs"))),
        _ => finding,
    }
}

/// When it fails.
fn when(outcome: &str) -> &'static str {
    match outcome {
        "cold-start" => "at cold start",
        "request" => "at the first request",
        _ => "when it gets there",
    }
}
