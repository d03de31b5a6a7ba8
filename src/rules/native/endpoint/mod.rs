//! Checks of the hosts that configuration names.

pub mod loopback_for_other_service;
pub mod nonprod_host_in_prod;
pub mod undefined_service_host;

use std::collections::HashSet;

use crate::facts::{Container, Endpoint, Id, Workload};
use crate::graph::Graph;
use crate::source::{Source, Span};

/// Places that were reported: what several services or sets share is told once.
#[derive(Default)]
struct Once(HashSet<(Source, Span)>);

impl Once {
    fn is_first(&mut self, endpoint: &Endpoint) -> bool {
        let origin = &endpoint.host_value.origin;
        self.0.insert((origin.source.clone(), origin.span))
    }
}

/// The container that is given the endpoint.
fn container_of(graph: &Graph, endpoint: &Endpoint) -> Option<Id<Container>> {
    graph.facts[endpoint.variable?].container
}

/// The workload that is given the endpoint.
fn workload_of<'a>(graph: &'a Graph, endpoint: &Endpoint) -> Option<(Id<Workload>, &'a Workload)> {
    let id = graph.facts[container_of(graph, endpoint)?].workload;
    Some((id, &graph.facts[id]))
}

/// How an endpoint's variable is given; settings stand in files.
fn given(graph: &Graph, endpoint: &Endpoint) -> &'static str {
    endpoint.variable.map_or("file", |id| graph.facts[id].given)
}

/// What is given the endpoint, in words: the workload's name, or the file's kind of thing.
fn holder(graph: &Graph, endpoint: &Endpoint) -> String {
    let name = workload_of(graph, endpoint).and_then(|(_, workload)| workload.name.get().cloned());
    name.unwrap_or_else(|| endpoint.place.origin.source.path().file_name().into_owned())
}
