//! Probes that ask a port which the container does not have.

use crate::facts::{Container, ContainerPort, Id, PortReference, Probe};
use crate::graph::{Graph, nearest};
use crate::rules::{RuleContext, Sink};
use crate::value::Answer;

/// `probe/unresolved-port`: a name is looked up among the ports of the container itself; a number is
/// doubtful only when ports are declared and it is none of them, because declaring is optional.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    for (_, probe) in graph.each::<Probe>() {
        let container = &graph.facts[probe.container];
        if graph.facts[container.workload].technology != "k8s" || container.ports.open.is_some() {
            continue;
        }
        let Some(port) = probe.port.get() else { continue };
        let own: Vec<&ContainerPort> = graph.ports_of(probe.container).map(|(_, port)| port).collect();
        let names = || own.iter().filter_map(|port| port.name.get()).map(String::as_str);
        let case = match port {
            PortReference::Name(name) => {
                let has = own.iter().map(|port| port.name.equals(name)).fold(Answer::False, Answer::or);
                match (has, nearest(name, names())) {
                    (Answer::False, _) if probe.role == "liveness" => "liveness",
                    (Answer::False, Some(_)) => "near-miss",
                    (Answer::False, None) => "absent",
                    _ => continue,
                }
            }
            PortReference::Number(_) if own.is_empty() || declares(graph, probe.container, port) => continue,
            PortReference::Number(_) => "number",
        };
        let declared: Vec<String> = own
            .iter()
            .filter_map(|port| port.name.get().cloned().or_else(|| port.number.get().map(i64::to_string)))
            .collect();
        let written = port.to_string();
        let near = nearest(&written, names()).map_or_else(String::new, str::to_owned);
        let mut finding = context.finding(&probe.place).case(case).at(&probe.port.origin);
        if let Some(first) = own.first() {
            finding = finding.related(&first.place.origin, "the container declares {declared}");
        }
        let finding = finding
            .name("role", probe.role)
            .name("container", container.name.get().cloned().unwrap_or_default())
            .name("port", &written)
            .name("near", near)
            .name("declared", if declared.is_empty() { "no port".to_owned() } else { declared.join(", ") })
            .value(written);
        sink.report(finding);
    }
}

/// Does a container of the same pod declare this number? They share their addresses.
fn declares(graph: &Graph, container: Id<Container>, port: &PortReference) -> bool {
    let workload = graph.facts[container].workload;
    graph.serving_containers(workload).any(|(id, _)| {
        graph.ports_of(id).any(|(_, declared)| match declared.number.get() {
            Some(number) => *port == PortReference::Number(*number),
            None => true,
        })
    })
}
