//! What follows from Services and workloads standing in one set.

use std::collections::BTreeMap;

use crate::facts::{Container, ContainerPort, Id, PortReference, Service, SetId, Workload};
use crate::graph::{CONTROLLER_LABELS, Graph, selects};
use crate::value::{Answer, Condition, Entry, Value, Why};

/// Workloads to whose pods a Service sends, or may send.
type Pods = Vec<(Id<Workload>, Answer)>;

/// Which workloads each Service sends to.
pub fn selected_pods(graph: &mut Graph) {
    let pods: Vec<(Id<Service>, Pods)> = graph
        .sets
        .iter()
        .enumerate()
        .filter(|(_, set)| set.technology == "k8s")
        .flat_map(|(index, _)| pods_of_set(graph, SetId(u32::try_from(index).unwrap_or(u32::MAX))))
        .collect();
    for (service, pods) in pods {
        graph.facts[service].pods = pods;
    }
}

fn pods_of_set(graph: &Graph, set: SetId) -> Vec<(Id<Service>, Pods)> {
    // Workloads by label; those whose labels are not all known may be selected by anything.
    let mut by_label: BTreeMap<(&str, &str), Vec<Id<Workload>>> = BTreeMap::new();
    let mut uncertain: Vec<Id<Workload>> = Vec::new();
    for (id, workload) in graph.each_in::<Workload>(set) {
        let is_known = |label: &Entry| label.value.get().is_some();
        if workload.labels.open.is_some() || !workload.labels.items.iter().all(is_known) {
            uncertain.push(id);
            continue;
        }
        for label in &workload.labels.items {
            let Some(value) = label.value.get() else { continue };
            by_label.entry((&label.name, value)).or_default().push(id);
        }
    }
    let all = || graph.each_in::<Workload>(set).map(|(id, _)| id).collect::<Vec<_>>();
    graph
        .each_in::<Service>(set)
        .map(|(id, service)| {
            let decisive = service.selector.iter().flat_map(|selector| &selector.items).find_map(|wanted| {
                let is_own = !CONTROLLER_LABELS.contains(&wanted.name.as_str());
                wanted.value.get().filter(|_| is_own).map(|value| (wanted.name.as_str(), value.as_str()))
            });
            let mut candidates = match decisive {
                Some(label) => by_label.get(&label).into_iter().flatten().chain(&uncertain).copied().collect(),
                None => all(),
            };
            candidates.sort_unstable();
            candidates.dedup();
            let answers = candidates.into_iter().map(|workload| (workload, selects(service, &graph.facts[workload])));
            (id, answers.filter(|(_, answer)| *answer != Answer::False).collect())
        })
        .collect()
}

/// Which containers traffic reaches: a Service selects their pods and sends to one of their ports.
pub fn exposed_containers(graph: &mut Graph) {
    let mut answers: Vec<(Id<Container>, Answer, Option<Id<Service>>)> = graph
        .each::<Container>()
        .filter(|(_, container)| graph.facts[container.workload].technology == "k8s")
        .map(|(id, _)| (id, Answer::False, None))
        .collect();
    for (service_id, service) in graph.each::<Service>().filter(|(_, service)| service.technology == "k8s") {
        // Who publishes pods that are not ready does not ask for readiness.
        if service.publishes_unready.get() == Some(&true) {
            continue;
        }
        for (workload, _, selected) in graph.selected_by(service) {
            let pod = Pod::of(graph, workload);
            for (container, _) in &pod.containers {
                let sent_to = graph
                    .ports_of_service(service_id)
                    .map(|(_, port)| pod.sends(&port.target, *container))
                    .fold(Answer::False, Answer::or);
                let reached = selected.clone().and(sent_to);
                if let (Ok(place), false) =
                    (answers.binary_search_by_key(container, |(id, ..)| *id), reached == Answer::False)
                {
                    let (_, known, first) = &mut answers[place];
                    *known = std::mem::replace(known, Answer::False).or(reached);
                    first.get_or_insert(service_id);
                }
            }
        }
    }
    for (id, answer, service) in answers {
        graph.facts[id].exposed = answer;
        graph.facts[id].exposed_by = service;
    }
}

/// Containers of a pod with their ports.
struct Pod<'g> {
    containers: Vec<(Id<Container>, Vec<&'g ContainerPort>)>,
}

impl<'g> Pod<'g> {
    fn of(graph: &'g Graph, workload: Id<Workload>) -> Self {
        let containers = graph.serving_containers(workload);
        Self {
            containers: containers.map(|(id, _)| (id, graph.ports_of(id).map(|(_, port)| port).collect())).collect(),
        }
    }

    /// Does a Service port with this target send to a container?
    fn sends(&self, target: &Value<PortReference>, container: Id<Container>) -> Answer {
        let declared = self.containers.iter().find(|(id, _)| *id == container).map_or(&[][..], |(_, ports)| ports);
        target.ask(Answer::False, &|target| match target {
            PortReference::Name(name) => {
                declared.iter().map(|port| port.name.equals(name)).fold(Answer::False, Answer::or)
            }
            PortReference::Number(number) => {
                let equal = |port: &&ContainerPort| port.number.ask(Answer::False, &|own| (own == number).into());
                let named = declared.iter().map(equal).fold(Answer::False, Answer::or);
                let declares_none = self.containers.iter().all(|(_, ports)| ports.is_empty());
                match (named, declares_none, self.containers.len()) {
                    (Answer::False, true, 1) => {
                        Answer::Sometimes(Condition::new(format!("the container listens on port {number}")))
                    }
                    (Answer::False, true, _) => Answer::Unknown(Why::new("no container of the pod declares a port")),
                    (answer, ..) => answer,
                }
            }
        })
    }
}
