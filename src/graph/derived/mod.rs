//! Facts that follow from other facts, one file per technology or subject.

mod credential;
pub(crate) mod endpoint;
mod kubernetes;
mod words;

pub(crate) use credential::is_credential;

use super::Graph;
use crate::facts::{Release, SetId};

/// Derives all of them, in order; each step replaces what it derived before, so it may run twice.
pub fn derive(graph: &mut Graph) {
    releases(graph);
    kubernetes::selected_pods(graph);
    kubernetes::exposed_containers(graph);
    let (endpoints, credentials) = rayon::join(|| endpoint::derive(graph), || credential::derive(graph));
    graph.facts.endpoints = endpoints;
    graph.facts.credentials = credentials;
}

/// What rules see of each set, in the order of the sets.
fn releases(graph: &mut Graph) {
    let ids = (0u32..).map(SetId);
    graph.facts.releases = ids.zip(&graph.sets).map(|(id, set)| Release::of(id, set)).collect();
}
