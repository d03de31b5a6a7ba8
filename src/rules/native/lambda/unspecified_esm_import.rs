//! `lambda/unspecified-esm-import`: `import` without the whole file name.

use super::shared::import_fault;
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// Reports imports that fail in this way.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    import_fault::check(graph, context, sink, "unspecified");
}
