//! Places where pods ask for ConfigMaps and Secrets.

use super::{Object, part};
use crate::expand::Applied;
use crate::facts::{ConfigReference, Container, Facts, Id, Place, Workload};
use crate::value::Value;

/// Where volume drivers name the Secret with which they mount (API reference 1.34, Volume, 2026-07).
const SECRETS_OF_DRIVERS: &[(&[&str], &str)] = &[
    (&["azureFile"], "secretName"),
    (&["cephfs", "secretRef"], "name"),
    (&["csi", "nodePublishSecretRef"], "name"),
    (&["flexVolume", "secretRef"], "name"),
    (&["iscsi", "secretRef"], "name"),
    (&["rbd", "secretRef"], "name"),
    (&["scaleIO", "secretRef"], "name"),
    (&["storageos", "secretRef"], "name"),
];

/// References of a pod: volumes and pull secrets.
pub fn of_pod(facts: &mut Facts, object: &Object<'_>, workload: Id<Workload>, pod: &Applied) {
    let mut add = |asks: Asks<'_>| asks.add(facts, object, workload, None, &object.place);
    for volume in pod.get("volumes").map(Applied::items).unwrap_or_default() {
        let shown = volume.get("name").and_then(Applied::known).unwrap_or("?").to_owned();
        let mut source = |kind, node: Option<&Applied>, key: &str| {
            let Some(node) = node else { return };
            add(Asks { kind, node, name: node.text_of(key), used_as: "volume", below: &["volume", &shown] });
        };
        source("ConfigMap", volume.get("configMap"), "name");
        source("Secret", volume.get("secret"), "secretName");
        for (key, name) in SECRETS_OF_DRIVERS {
            source("Secret", volume.path(key), name);
        }
        for projected in volume.path(&["projected", "sources"]).map(Applied::items).unwrap_or_default() {
            source("ConfigMap", projected.get("configMap"), "name");
            source("Secret", projected.get("secret"), "name");
        }
    }
    for node in pod.get("imagePullSecrets").map(Applied::items).unwrap_or_default() {
        let name = node.text_of("name");
        add(Asks { kind: "Secret", node, name, used_as: "pull-secret", below: &["imagePullSecrets"] });
    }
}

/// References of a container: its environment.
pub fn of_container(
    facts: &mut Facts,
    object: &Object<'_>,
    workload: Id<Workload>,
    container: Id<Container>,
    place: &Place,
    node: &Applied,
) {
    let mut add = |asks: Asks<'_>| asks.add(facts, object, workload, Some(container), place);
    for variable in node.get("env").map(Applied::items).unwrap_or_default() {
        let shown = variable.get("name").and_then(Applied::known).unwrap_or("?").to_owned();
        for (key, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
            let Some(node) = variable.path(&["valueFrom", key]) else { continue };
            let name = node.text_of("name");
            add(Asks { kind, node, name, used_as: "environment-variable", below: &["env", &shown] });
        }
    }
    for source in node.get("envFrom").map(Applied::items).unwrap_or_default() {
        for (key, kind) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
            let Some(node) = source.get(key) else { continue };
            add(Asks { kind, node, name: node.text_of("name"), used_as: "environment-from", below: &["envFrom"] });
        }
    }
}

/// One place that asks.
struct Asks<'a> {
    kind: &'static str,
    node: &'a Applied,
    name: Value<String>,
    used_as: &'static str,
    below: &'a [&'a str],
}

impl Asks<'_> {
    fn add(
        self,
        facts: &mut Facts,
        object: &Object<'_>,
        workload: Id<Workload>,
        container: Option<Id<Container>>,
        place: &Place,
    ) {
        let place = part(place, self.below, &self.name.origin);
        let optional = self.node.yes_no_of("optional");
        let optional = if optional.is_absent() { Value::default(false, optional.origin.clone()) } else { optional };
        // A volume may take some keys only; each is asked for by itself.
        let items = self.node.get("items").map(Applied::items).unwrap_or_default();
        let mut keys: Vec<Value<String>> = items.iter().map(|item| item.text_of("key")).collect();
        if keys.is_empty() {
            keys.push(self.node.text_of("key"));
        }
        for key in keys {
            facts.config_references.push(ConfigReference {
                place: place.clone(),
                workload,
                container,
                kind: self.kind,
                name: self.name.clone(),
                namespace: object.namespace.clone(),
                key,
                used_as: self.used_as,
                optional: optional.clone(),
            });
        }
    }
}
