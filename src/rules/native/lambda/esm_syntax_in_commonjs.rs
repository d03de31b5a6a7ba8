//! `lambda/esm-syntax-in-commonjs`: `import` and `export` in a file that is loaded as CommonJS.

use super::shared::load_fault;
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// Reports files that do not load for it.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    load_fault::check(graph, context, sink, "esm-syntax-in-commonjs");
}
