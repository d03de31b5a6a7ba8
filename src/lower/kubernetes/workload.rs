//! Workloads: what makes pods.

use super::config::Data;
use super::kinds::{self, Update, WorkloadKind};
use super::{Object, container, references};
use crate::expand::Applied;
use crate::facts::{Facts, Id, Workload};
use crate::value::{Many, Value};

/// Copies that run when nothing says how many.
const DEFAULT_REPLICAS: i64 = 1;

/// When containers of a pod are started again unless it says otherwise.
const DEFAULT_RESTART_POLICY: &str = "Always";

/// Facts of an object that makes pods.
pub fn lower(facts: &mut Facts, object: &Object<'_>, data: &Data) {
    let Some(kind) = kinds::workload(object.group, object.kind, object.root) else { return };
    let Some(template) = object.root.path(kind.template) else { return };
    let id: Id<Workload> = Id::new(facts.workloads.len());
    let origin = &object.place.origin;
    let pod = template.get("spec");
    facts.workloads.push(Workload {
        place: object.place.clone(),
        technology: "k8s",
        kind: object.root.text_of("kind"),
        name: object.name.clone(),
        namespace: object.namespace.clone(),
        labels: template.path(&["metadata", "labels"]).map_or_else(Many::default, Applied::map),
        annotations: template.path(&["metadata", "annotations"]).map_or_else(Many::default, Applied::map),
        own_labels: object.labels("labels"),
        restart_policy: pod
            .map(|pod| container::or_default(pod.text_of("restartPolicy"), DEFAULT_RESTART_POLICY))
            .unwrap_or_else(|| Value::default(DEFAULT_RESTART_POLICY.to_owned(), origin.clone())),
        service_account: pod.map_or_else(
            || Value::absent(origin.clone()),
            |pod| container::or_default(pod.text_of("serviceAccountName"), "default"),
        ),
        replicas: replicas(object),
        host_names: Many::default(),
        profiles: Many::default(),
        network_mode: match pod.map(|pod| pod.yes_no_of("hostNetwork")) {
            Some(value) if value.get() == Some(&true) => Value::known("host".to_owned(), value.origin),
            _ => Value::absent(origin.clone()),
        },
        rolls: rolls(kind, object.root),
    });
    let Some(pod) = pod else { return };
    references::of_pod(facts, object, id, pod);
    let lists = [("containers", "main"), ("initContainers", "init"), ("ephemeralContainers", "init")];
    for (key, role) in lists {
        for node in pod.get(key).map(Applied::items).unwrap_or_default() {
            // A native sidecar (Kubernetes 1.29) is an init container that keeps running.
            let keeps_running = node.get("restartPolicy").and_then(Applied::known) == Some("Always");
            let role = if role == "init" && keeps_running { "sidecar" } else { role };
            container::lower(facts, object, id, pod, node, role, data);
        }
    }
}

fn replicas(object: &Object<'_>) -> Value<i64> {
    match object.spec().map(|spec| spec.number_of("replicas")) {
        Some(value) if !value.is_absent() => value,
        _ => Value::default(DEFAULT_REPLICAS, object.place.origin.clone()),
    }
}

fn rolls(kind: &WorkloadKind, root: &Applied) -> bool {
    match kind.update {
        Update::Rolls => true,
        Update::No => false,
        Update::RollsUnless(path, word) => root.path(path).and_then(Applied::known) != Some(word),
    }
}
