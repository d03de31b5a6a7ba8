//! `lambda/runtime-deprecated`: a runtime gets no patches any more.

use super::shared::runtime_lifecycle;
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// Reports runtimes that still can be deployed to.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    runtime_lifecycle::check(graph, context, sink, |life| {
        let is_dated = !life.update_block.is_empty();
        (life.status == "deprecated").then_some(if is_dated { "dated" } else { "undated" })
    });
}
