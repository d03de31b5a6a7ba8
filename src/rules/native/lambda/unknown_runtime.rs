//! `lambda/unknown-runtime`: the platform has no runtime of this name.

use super::shared::runtime_lifecycle;
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// Reports names of runtimes that the platform never had.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    runtime_lifecycle::check(graph, context, sink, |life| match life.status {
        "nonexistent" => Some("nonexistent"),
        "unheard-of" => Some("unheard"),
        _ => None,
    });
}
