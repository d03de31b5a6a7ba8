//! `lambda/handler-file-missing`: no file of the package is the one that the handler names.

use super::{finding_about, guess};
use crate::diagnostic::Argument;
use crate::facts::Artifact;
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// Reports every judged package whose handler's file is not there.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    for (_, artifact) in graph.each::<Artifact>() {
        let searched = !artifact.handler_candidates.is_empty()
            && artifact.not_judged.is_none()
            && artifact.handler_fault.is_empty();
        let Some(handler) = artifact.handler.get().filter(|_| searched && artifact.handler_file.is_empty()) else {
            continue;
        };
        let base = handler.rsplit('/').next().unwrap_or(handler);
        let module = base.split('.').next().unwrap_or(base);
        let case = match artifact.handler_near.as_str() {
            "" => "absent",
            near if names_above(near) > names_above(handler) => "nested",
            near if near.ends_with("ts") || near.ends_with("tsx") || near.ends_with("jsx") => "not-compiled",
            _ => "near-miss",
        };
        let mut finding = finding_about(graph, context, artifact)
            .case(case)
            .value(handler)
            .name("handler", handler)
            .name("module", module)
            .name("near", &artifact.handler_near)
            .name("folder", artifact.handler_near.split('/').next().unwrap_or_default())
            .with("candidates", Argument::quoted(&artifact.handler_candidates));
        if let Some(doubt) = guess(artifact) {
            finding = finding.doubt(doubt);
        }
        sink.report(finding);
    }
}

/// How many folders stand before the last name.
fn names_above(path: &str) -> usize {
    path.trim_start_matches("./").matches('/').count()
}
