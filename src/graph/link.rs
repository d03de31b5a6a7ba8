//! Joins facts by id, name, ARN and path. One thread, pure.

use super::Graph;

/// Fills in everything that can be known only when all facts are there. Run again after tracing.
pub fn link(graph: &mut Graph) {
    super::derived::derive(graph);
}
