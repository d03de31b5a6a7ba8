//! Service ports that no selected pod has.

use crate::facts::{ContainerPort, Id, PortReference, Service, ServicePort, Workload};
use crate::graph::{Graph, nearest};
use crate::rules::{RuleContext, Sink};
use crate::value::{Answer, Why};

/// `k8s/unknown-target-port`: a name must be the name of a port of the selected pods; a number is
/// doubtful only when the pods declare ports and it is none of them.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    for (_, port) in graph.each::<ServicePort>() {
        let service = &graph.facts[port.service];
        let Some(target) = port.target.get() else { continue };
        let selected = graph.selected_by(service);
        if !selected.iter().any(|(_, _, answer)| *answer == Answer::True) {
            continue;
        }
        let has = selected.iter().map(|(id, ..)| pod_has(graph, *id, port, target)).fold(Answer::False, Answer::or);
        if has != Answer::False {
            continue;
        }
        report(graph, context, sink, service, port, target, &selected);
    }
}

fn pod_has(graph: &Graph, workload: Id<Workload>, port: &ServicePort, target: &PortReference) -> Answer {
    let mut declared: Vec<&ContainerPort> = Vec::new();
    for (id, container) in graph.serving_containers(workload) {
        if let Some(why) = &container.ports.open {
            return Answer::Unknown(why.clone());
        }
        let before = declared.len();
        declared.extend(graph.ports_of(id).map(|(_, port)| port));
        // Declaring ports is optional: this one may listen anywhere.
        if declared.len() == before && matches!(target, PortReference::Number(_)) {
            return Answer::Unknown(Why::new("a container declares no ports"));
        }
    }
    let is_it = |declared: &ContainerPort| match target {
        PortReference::Name(name) => {
            let protocol = port.protocol.ask(Answer::True, &|protocol| declared.protocol.equals(protocol));
            declared.name.equals(name).and(protocol)
        }
        PortReference::Number(number) => declared.number.ask(Answer::False, &|own| (own == number).into()),
    };
    declared.into_iter().map(is_it).fold(Answer::False, Answer::or)
}

fn report(
    graph: &Graph,
    context: &RuleContext<'_>,
    sink: &mut Sink,
    service: &Service,
    port: &ServicePort,
    target: &PortReference,
    selected: &[(Id<Workload>, &Workload, Answer)],
) {
    let Some((workload_id, workload, _)) = selected.first() else { return };
    let declared: Vec<&ContainerPort> = graph
        .serving_containers(*workload_id)
        .flat_map(|(id, _)| graph.ports_of(id).map(|(_, port)| port).collect::<Vec<_>>())
        .collect();
    let all: Vec<String> = declared.iter().filter_map(|port| words(port)).collect();
    let same_protocol = declared.iter().filter(|declared| declared.protocol.get() == port.protocol.get());
    let names = same_protocol.filter_map(|declared| declared.name.get()).map(String::as_str);
    let written = target.to_string();
    let near = nearest(&written, names);
    let case = match (target, near) {
        (PortReference::Number(_), _) if service.headless => return,
        (PortReference::Number(_), _) => "number",
        (PortReference::Name(_), _) if service.headless => "headless",
        (PortReference::Name(_), Some(_)) => "near-miss",
        (PortReference::Name(_), None) => "absent",
    };
    let place = declared.first().map_or(&workload.place.origin, |port| &port.place.origin);
    let finding = context
        .finding(&port.place)
        .case(case)
        .at(&port.target.origin)
        .related(place, "the pods of {kind} `{workload}` declare {declared}")
        .other(&workload.place.path)
        .name("service", service.name.get().cloned().unwrap_or_default())
        .name("port", port.number.get().map(i64::to_string).unwrap_or_default())
        .name("target", &written)
        .name("near", near.unwrap_or_default())
        .name("kind", workload.kind.get().cloned().unwrap_or_default())
        .name("workload", workload.name.get().cloned().unwrap_or_default())
        .name("declared", if all.is_empty() { "no port".to_owned() } else { all.join(", ") })
        .value(written);
    sink.report(finding);
}

/// A declared port as people would name it: `http`, `8080`, `dns/UDP`.
fn words(port: &ContainerPort) -> Option<String> {
    let name = port.name.get().cloned().or_else(|| port.number.get().map(i64::to_string))?;
    match port.protocol.get() {
        Some(protocol) if protocol != "TCP" => Some(format!("{name}/{protocol}")),
        _ => Some(name),
    }
}
