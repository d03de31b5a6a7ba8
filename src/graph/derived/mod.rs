//! Facts that follow from other facts, one file per technology or subject.

mod credential;
pub(crate) mod endpoint;
mod kubernetes;
mod words;

use super::Graph;

/// Derives all of them, in order; each step replaces what it derived before, so it may run twice.
pub fn derive(graph: &mut Graph) {
    kubernetes::selected_pods(graph);
    kubernetes::exposed_containers(graph);
    graph.facts.endpoints = endpoint::derive(graph);
    graph.facts.credentials = credential::derive(graph);
}
