//! What follows from Services and workloads standing in one set.

use crate::facts::{Container, ContainerPort, Id, PortReference, Service};
use crate::graph::Graph;
use crate::value::{Answer, Condition, Value, Why};

/// Which containers traffic reaches: a Service selects their pods and sends to one of their ports.
pub fn exposed_containers(graph: &mut Graph) {
    let mut answers: Vec<(Id<Container>, Answer)> = graph
        .each::<Container>()
        .filter(|(_, container)| graph.facts[container.workload].technology == "k8s")
        .map(|(id, _)| (id, Answer::False))
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
                if let Ok(place) = answers.binary_search_by_key(container, |(id, _)| *id) {
                    let known = std::mem::replace(&mut answers[place].1, Answer::False);
                    answers[place].1 = known.or(selected.clone().and(sent_to));
                }
            }
        }
    }
    for (id, answer) in answers {
        graph.facts[id].exposed = answer;
    }
}

/// Containers of a pod with their ports.
struct Pod<'g> {
    containers: Vec<(Id<Container>, Vec<&'g ContainerPort>)>,
}

impl<'g> Pod<'g> {
    fn of(graph: &'g Graph, workload: Id<crate::facts::Workload>) -> Self {
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
