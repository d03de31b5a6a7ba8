//! Who a Service sends to: selectors against pod labels, and Service ports against container ports.

use super::Graph;
use crate::facts::{Container, ContainerPort, Id, Service, ServicePort, Workload};
use crate::value::{Answer, Condition, Content, Value, Why};

/// Labels that controllers put on pods beside those of the template (Kubernetes 1.34, Argo Rollouts
/// 1.8; "Well-Known Labels, Annotations and Taints", 2026-07).
pub const CONTROLLER_LABELS: &[&str] = &[
    "apps.kubernetes.io/pod-index",
    "batch.kubernetes.io/controller-uid",
    "batch.kubernetes.io/job-completion-index",
    "batch.kubernetes.io/job-name",
    "controller-revision-hash",
    "controller-uid",
    "job-name",
    "pod-template-generation",
    "pod-template-hash",
    "rollouts-pod-template-hash",
    "statefulset.kubernetes.io/pod-name",
];

/// Are two objects in one namespace? One that names none goes where the other is only when it is
/// applied there.
pub fn same_namespace(a: &Value<String>, b: &Value<String>) -> Answer {
    let (Some(name_a), Some(name_b)) = (a.get(), b.get()) else {
        let why = a.undecided().or_else(|| b.undecided()).unwrap_or_else(|| Why::new("no namespace"));
        return Answer::Unknown(why);
    };
    if name_a == name_b {
        return Answer::True;
    }
    let given = match (&a.content, &b.content) {
        (Content::Default(_), _) => name_b,
        (_, Content::Default(_)) => name_a,
        _ => return Answer::False,
    };
    Answer::Sometimes(Condition::new(format!("both are applied to namespace `{given}`")))
}

/// Does a Service send to the pods of a workload? False for one without selector.
pub fn selects(service: &Service, workload: &Workload) -> Answer {
    let Some(selector) = &service.selector else { return Answer::False };
    if let (Some(why), true) = (&selector.open, selector.items.is_empty()) {
        return Answer::Unknown(why.clone());
    }
    let labels = selector.items.iter().filter(|wanted| !CONTROLLER_LABELS.contains(&wanted.name.as_str()));
    let labels = labels.map(|wanted| match (workload.labels.entry(&wanted.name), &workload.labels.open) {
        (Some(label), _) => wanted.value.ask(Answer::False, &|text| label.value.equals(text)),
        (None, Some(why)) => Answer::Unknown(why.clone()),
        (None, None) => Answer::False,
    });
    labels.fold(Answer::True, Answer::and).and(same_namespace(&service.namespace, &workload.namespace))
}

/// Parts stand in the order of what they are parts of, because lowering makes both in one go.
fn run_of<P, W>(list: &[P], whole: Id<W>, whole_of: impl Fn(&P) -> Id<W>) -> impl Iterator<Item = (Id<P>, &P)> {
    let start = list.partition_point(|part| whole_of(part) < whole);
    let end = start + list[start..].partition_point(|part| whole_of(part) == whole);
    list[start..end].iter().enumerate().map(move |(index, part)| (Id::new(start + index), part))
}

impl Graph {
    /// Workloads of a Service's set, each with whether the Service sends to its pods; those surely
    /// not are left out.
    pub fn selected_by(&self, service: &Service) -> Vec<(Id<Workload>, &Workload, Answer)> {
        service.pods.iter().map(|(id, answer)| (*id, &self.facts[*id], answer.clone())).collect()
    }

    /// Containers of a workload that run while it serves: init containers are over by then.
    pub fn serving_containers(&self, workload: Id<Workload>) -> impl Iterator<Item = (Id<Container>, &Container)> {
        run_of(&self.facts.containers, workload, |container| container.workload)
            .filter(|(_, container)| container.role != "init")
    }

    /// Ports that a container declares.
    pub fn ports_of(&self, container: Id<Container>) -> impl Iterator<Item = (Id<ContainerPort>, &ContainerPort)> {
        run_of(&self.facts.container_ports, container, |port| port.container)
    }

    /// Ports of a Service.
    pub fn ports_of_service(&self, service: Id<Service>) -> impl Iterator<Item = (Id<ServicePort>, &ServicePort)> {
        run_of(&self.facts.service_ports, service, |port| port.service)
    }

    /// True for a name that the configuration declares as existing outside the repository.
    pub fn is_external(&self, name: &str) -> bool {
        // Asked for names that were not found, which are few.
        !self.externals.is_empty()
            && crate::scope::Globs::new(&self.externals).is_ok_and(|globs| globs.matches(&name.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ContentId, Origin, Source, Span};

    #[test]
    fn a_namespace_that_is_not_named_may_be_any() {
        let origin = || Origin::new(Source::new("a".into(), ContentId::of(b"")), Span::default());
        let named = |name: &str| Value::known(name.to_owned(), origin());
        let unnamed = Value::default("default".to_owned(), origin());
        assert_eq!(same_namespace(&named("shop"), &named("shop")), Answer::True);
        assert_eq!(same_namespace(&named("shop"), &named("prod")), Answer::False);
        assert_eq!(same_namespace(&unnamed, &unnamed), Answer::True);
        assert_eq!(same_namespace(&unnamed, &named("default")), Answer::True);
        assert!(matches!(same_namespace(&unnamed, &named("shop")), Answer::Sometimes(_)));
        assert!(matches!(same_namespace(&Value::unknown("x", origin()), &unnamed), Answer::Unknown(_)));
    }
}
