//! `lambda/runtime-blocked`: the platform takes no function with this runtime any more.

use super::shared::runtime_lifecycle;
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// Reports runtimes with which functions cannot be created, or not be changed either.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    runtime_lifecycle::check(graph, context, sink, |life| match life.status {
        "update-blocked" => Some("update"),
        "create-blocked" => Some("create"),
        _ => None,
    });
}
