//! Rules about handlers that are wrong beyond their file: a fault bears the name of the rule that speaks of it.

use super::super::{finding_about, guess};
use crate::diagnostic::Argument;
use crate::facts::Artifact;
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// Reports the packages whose handler has the rule's own fault.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    let kind = context.rule.id.name();
    for (_, artifact) in graph.each::<Artifact>().filter(|(_, artifact)| artifact.handler_fault == kind) {
        let handler = artifact.handler.get().map(String::as_str).unwrap_or_default();
        let mut finding = finding_about(graph, context, artifact)
            .value(handler)
            .name("handler", handler)
            .name("file", &artifact.handler_file)
            .with("exports", Argument::quoted(&artifact.handler_exports))
            .with("error", Argument::quoted(&artifact.handler_error));
        if let Some(doubt) = guess(artifact) {
            finding = finding.doubt(doubt);
        }
        sink.report(finding);
    }
}
