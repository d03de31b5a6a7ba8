//! `lambda/sdk-not-in-runtime`: code takes an AWS SDK from a runtime that does not have it.

use super::shared::import_fault;
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// Reports imports that fail in this way.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    import_fault::check(graph, context, sink, "sdk");
}
