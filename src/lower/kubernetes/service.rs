//! Services and their ports.

use super::Object;
use super::container::{or_default, port_reference};
use crate::expand::Applied;
use crate::facts::{Facts, Id, PortReference, Service, ServicePort};
use crate::value::Value;

/// The annotation that came before `publishNotReadyAddresses` (Kubernetes 1.9 and older).
const TOLERATE_UNREADY: &str = "service.alpha.kubernetes.io/tolerate-unready-endpoints";

/// Facts of a Service.
pub fn lower(facts: &mut Facts, object: &Object<'_>) {
    if object.kind != "Service" || !object.group.is_empty() {
        return;
    }
    let Some(spec) = object.spec() else { return };
    let origin = &object.place.origin;
    let id = Id::new(facts.services.len());
    let annotations = object.labels("annotations");
    let selector =
        spec.get("selector").filter(|selector| selector.unknown().is_some() || !selector.entries().is_empty());
    facts.services.push(Service {
        place: object.place.clone(),
        technology: "k8s",
        name: object.name.clone(),
        namespace: object.namespace.clone(),
        kind: or_default(spec.text_of("type"), "ClusterIP"),
        selector: selector.map(Applied::map),
        labels: object.labels("labels"),
        headless: spec.get("clusterIP").and_then(Applied::known) == Some("None"),
        publishes_unready: match annotations.entry(TOLERATE_UNREADY) {
            Some(entry) => entry.value.convert("not a yes or no", &|text| Some(text == "true")),
            None => {
                let written = spec.yes_no_of("publishNotReadyAddresses");
                if written.is_absent() { Value::default(false, origin.clone()) } else { written }
            }
        },
        annotations,
        // Known when all workloads are there (graph/derived).
        pods: Vec::new(),
        external_name: spec.text_of("externalName"),
    });
    for node in spec.get("ports").map(Applied::items).unwrap_or_default() {
        let number = node.number_of("port");
        let name = node.text_of("name");
        let shown = name.get().cloned().or_else(|| number.get().map(i64::to_string)).unwrap_or_else(|| "?".to_owned());
        let target = match node.get("targetPort").filter(|target| !target.is_null()) {
            Some(target) => port_reference(target),
            // Traffic goes to the port of the same number.
            None => match number.get() {
                Some(number_given) => Value::default(PortReference::Number(*number_given), number.origin.clone()),
                None => Value::absent(number.origin.clone()),
            },
        };
        facts.service_ports.push(ServicePort {
            place: object.part(&["port", &shown], &number.origin),
            service: id,
            protocol: or_default(node.text_of("protocol"), "TCP"),
            name,
            number,
            target,
        });
    }
}
