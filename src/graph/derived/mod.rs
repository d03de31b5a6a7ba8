//! Facts that follow from other facts, one file per technology or subject.

mod kubernetes;

use super::Graph;

/// Derives all of them, in order; each step replaces what it derived before, so it may run twice.
pub fn derive(graph: &mut Graph) {
    kubernetes::exposed_containers(graph);
}
