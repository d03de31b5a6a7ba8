//! A container calls itself where it means another service.

use super::{Once, container_of, given, workload_of};
use crate::diagnostic::{Argument, Doubt};
use crate::facts::{
    Container, ContainerPort, Endpoint, EnvironmentVariable, Id, Service, ServicePort, SetId, Workload,
};
use crate::graph::Graph;
use crate::graph::derived::endpoint::is_browser_facing;
use crate::graph::host_name::is_loopback;
use crate::rules::{RuleContext, Sink};
use crate::source::Origin;
use crate::value::Condition;

/// Ports on which images listen whether or not a file says so (the images' documentation, 2026-07).
const IMAGE_PORTS: &[(&str, i64)] = &[
    ("postgres", 5432),
    ("postgis", 5432),
    ("timescaledb", 5432),
    ("mysql", 3306),
    ("mariadb", 3306),
    ("redis", 6379),
    ("valkey", 6379),
    ("mongo", 27017),
    ("rabbitmq", 5672),
    ("memcached", 11211),
    ("elasticsearch", 9200),
    ("opensearch", 9200),
    ("nats", 4222),
    ("zookeeper", 2181),
    ("minio", 9000),
    ("clickhouse-server", 8123),
    ("influxdb", 8086),
];

/// Reports loopback addresses whose port another service of the set listens on, and the own one does not.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    let mut once = Once::default();
    for (_, endpoint) in graph.each::<Endpoint>().filter(|(_, endpoint)| is_loopback(&endpoint.host)) {
        let Some((own_id, own)) = workload_of(graph, endpoint) else { continue };
        let Some(port) = port_of(graph, endpoint) else { continue };
        if is_browser_facing(&endpoint.key) || given(graph, endpoint) == "build" || shares_network(graph, own_id, own) {
            continue;
        }
        let listeners = listeners(graph, endpoint.place.set, port);
        if listeners.iter().any(|listener| listener.workload == own_id) {
            continue;
        }
        let Some(other) = listeners.first() else { continue };
        if !once.is_first(endpoint) {
            continue;
        }
        let workload = &graph.facts[other.workload];
        let (service, other_name) = (name(own), other.name.clone().unwrap_or_else(|| name(workload)));
        let mut finding = context
            .finding(&endpoint.place)
            .at(&endpoint.host_value.origin)
            .value(format!("{}:{port}", endpoint.host))
            .other(&workload.place.path)
            .name("service", service)
            .name("key", endpoint.key.as_str())
            .name("host", endpoint.host.as_str())
            .name("other", other_name)
            .with("port", Argument::Number(port))
            .with("reach", Argument::Number(other.reach))
            .related(&other.origin, "port {port} is that of `{other}`");
        if other.is_published && matches!(endpoint.scheme.as_str(), "http" | "https" | "ws" | "wss") {
            // The port is on the host too, and a page may be given this address to ask it from there.
            finding = finding.doubt(Doubt::Sometimes(Condition::new("the container asks, and not a browser")));
        }
        if endpoint.fallback {
            finding = finding.doubt(Doubt::Sometimes(Condition::new("the default of the variable holds")));
        }
        sink.report(finding);
    }
}

fn name(workload: &Workload) -> String {
    workload.name.get().cloned().unwrap_or_else(|| "?".to_owned())
}

/// The port of the address, or of the variable beside it (`DB_HOST` and `DB_PORT`).
fn port_of(graph: &Graph, endpoint: &Endpoint) -> Option<i64> {
    if let Some(port) = endpoint.port.get() {
        return Some(*port);
    }
    let container = container_of(graph, endpoint)?;
    let stem = endpoint.key.strip_suffix("HOST").or_else(|| endpoint.key.strip_suffix("HOSTNAME"))?;
    let wanted = format!("{stem}PORT");
    graph
        .each_in::<EnvironmentVariable>(endpoint.place.set)
        .find(|(_, variable)| variable.container == Some(container) && variable.name == wanted)
        .and_then(|(_, variable)| variable.value.get()?.trim().parse().ok())
}

/// Its loopback is not its own: the host's, or that of another service.
fn shares_network(graph: &Graph, id: Id<Workload>, workload: &Workload) -> bool {
    if !workload.network_mode.is_absent() {
        return true;
    }
    // Others may have moved into its network (`network_mode: service:web`).
    let own = workload.name.get().map_or("", String::as_str);
    let is_guest = |other: &Workload| {
        other.network_mode.get().and_then(|mode| mode.strip_prefix("service:")).is_some_and(|name| name == own)
    };
    if graph.each_in::<Workload>(workload.place.set).any(|(_, other)| is_guest(other)) {
        return true;
    }
    // Containers of one pod share loopback; a neighbour may listen without declaring its port.
    let containers = graph.each_in::<Container>(workload.place.set);
    containers.filter(|(_, container)| container.workload == id && container.role != "init").count() > 1
}

/// A service that listens on a port.
struct Listener {
    workload: Id<Workload>,
    /// The name under which it is reached, where it differs from the workload's.
    name: Option<String>,
    /// The port on which others reach it.
    reach: i64,
    /// It listens on this port of the host, too.
    is_published: bool,
    origin: Origin,
}

fn listeners(graph: &Graph, set: SetId, port: i64) -> Vec<Listener> {
    let mut out = Vec::new();
    for (_, own) in graph.each_in::<ContainerPort>(set) {
        let is_number = own.number.get() == Some(&port);
        let is_published = own.published.possible().iter().any(|(_, published, _)| **published == port);
        if is_number || is_published {
            let workload = graph.facts[own.container].workload;
            let reach = own.number.get().copied().unwrap_or(port);
            out.push(Listener { workload, name: None, reach, is_published, origin: own.place.origin.clone() });
        }
    }
    for (_, container) in graph.each_in::<Container>(set) {
        let Some(image) = container.image.get() else { continue };
        let base = image.split(['@', ':']).next().unwrap_or(image);
        let base = base.rsplit('/').next().unwrap_or(base);
        if IMAGE_PORTS.contains(&(base, port)) && !out.iter().any(|known| known.workload == container.workload) {
            let origin = container.image.origin.clone();
            let workload = container.workload;
            out.push(Listener { workload, name: None, reach: port, is_published: false, origin });
        }
    }
    out.extend(services(graph, set, port));
    out
}

/// Services that listen on a port and send to a workload of the set.
fn services(graph: &Graph, set: SetId, port: i64) -> Vec<Listener> {
    let mut out = Vec::new();
    for (_, own) in graph.each_in::<ServicePort>(set).filter(|(_, own)| own.number.get() == Some(&port)) {
        let service: &Service = &graph.facts[own.service];
        let Some(selector) = service.selector.as_ref().filter(|selector| !selector.items.is_empty()) else { continue };
        let is_selected = |workload: &Workload| {
            selector.items.iter().all(|wanted| {
                let label = workload.labels.entry(&wanted.name).and_then(|label| label.value.get());
                label.is_some() && label == wanted.value.get()
            })
        };
        let Some((workload, _)) = graph.each_in::<Workload>(set).find(|(_, workload)| is_selected(workload)) else {
            continue;
        };
        let name = service.name.get().cloned();
        let origin = own.place.origin.clone();
        out.push(Listener { workload, name, reach: port, is_published: false, origin });
    }
    out
}
