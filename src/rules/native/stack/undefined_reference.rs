//! `stack/undefined-reference`

use crate::diagnostic::Argument;
use crate::facts::Reference;
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// Names that a template uses and does not define. The target of a route is left to the rule about
/// routes, which can say which calls fail.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    for (_, reference) in graph.each::<Reference>().filter(|(_, reference)| !reference.defined) {
        if reference.route.is_some() {
            continue;
        }
        let finding = context
            .finding(&reference.place)
            .case(if reference.nearest.is_empty() { "absent" } else { "near-miss" })
            .name("target", reference.target.clone())
            .name("nearest", reference.nearest.clone())
            .name("form", reference.form)
            .with("kind", Argument::words(kind(reference.form)))
            .value(reference.target.clone())
            .root_cause(graph.without_inputs(&reference.place));
        sink.report(finding);
    }
}

fn kind(form: &str) -> &'static str {
    match form {
        "Condition" => "condition",
        "Fn::FindInMap" => "mapping",
        "DependsOn" => "resource",
        _ => "resource or parameter",
    }
}
