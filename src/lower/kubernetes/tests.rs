//! Lowering of small manifests.

use super::*;
use crate::facts::{Fact, PortReference};
use crate::source::{ContentId, Source, TreePath};
use crate::value::{Answer, Content};

fn facts(text: &str) -> Facts {
    let source = Source::new("k8s/all.yaml".into(), ContentId::of(text.as_bytes()));
    let parsed = crate::syntax::yaml::read(&source, text);
    let documents: Vec<AppliedDocument> = parsed
        .documents
        .iter()
        .map(|document| AppliedDocument { source: source.clone(), root: Applied::of(&document.root()) })
        .collect();
    let set = ReleaseSet {
        technology: "k8s",
        root: TreePath::from("k8s"),
        files: vec!["k8s/all.yaml".into()],
        inputs: Vec::new(),
        environment: None,
        open: None,
    };
    lower(SetId(0), &set, &documents)
}

fn known(value: &Value<String>) -> &str {
    value.get().map_or("?", String::as_str)
}

const POD: &str = r#"
apiVersion: apps/v1
kind: Deployment
metadata: {name: cart, namespace: shop}
spec:
  template:
    metadata: {labels: {app: cart}}
    spec:
      imagePullSecrets: [{name: registry}]
      initContainers:
        - {name: migrate}
        - {name: proxy, restartPolicy: Always}
      containers:
        - name: server
          image: cart:1
          ports:
            - {name: http, containerPort: 8080}
            - {containerPort: 9090, protocol: UDP}
          env:
            - {name: HOST, value: db}
            - {name: URL, value: "postgres://$(HOST):5432/$$(X)"}
            - {name: MIXED, value: "$(REDIS_SERVICE_HOST):6379"}
            - {name: EMPTY}
            - {name: CURRENCY, valueFrom: {configMapKeyRef: {name: cart-config, key: CURRENCY}}}
            - {name: TOKEN, valueFrom: {secretKeyRef: {name: partner, key: token, optional: yes}}}
          envFrom:
            - {prefix: C_, configMapRef: {name: cart-config}}
          readinessProbe: {httpGet: {path: /healthz, port: http}}
          livenessProbe: {tcpSocket: {port: 8080}}
          startupProbe: {httpGet: {host: example.com, port: 1}}
      volumes:
        - {name: a, configMap: {name: cart-config, items: [{key: A, path: a}, {key: B, path: b}]}}
        - {name: b, projected: {sources: [{secret: {name: tls}}]}}
---
apiVersion: v1
kind: ConfigMap
metadata: {name: cart-config, namespace: shop}
data:
  CURRENCY: EUR
  file: |
    a
    b
"#;

#[test]
fn workloads_and_their_addresses() {
    let facts = facts(POD);
    let workload = &facts.workloads[0];
    assert_eq!(workload.place.path.as_str(), "k8s:k8s#Deployment/shop/cart");
    assert!(workload.rolls);
    assert_eq!(workload.replicas.content, Content::Default(1));
    assert_eq!(workload.labels.entry("app").map(|label| known(&label.value)), Some("cart"));
    let roles: Vec<(&str, &str)> = facts.containers.iter().map(|c| (known(&c.name), c.role)).collect();
    assert_eq!(roles, [("server", "main"), ("migrate", "init"), ("proxy", "sidecar")]);
}

#[test]
fn ports_and_probes() {
    let facts = facts(POD);
    let ports: Vec<(&str, Option<i64>, &str)> = facts
        .container_ports
        .iter()
        .map(|port| (known(&port.name), port.number.get().copied(), known(&port.protocol)))
        .collect();
    assert_eq!(ports, [("http", Some(8080), "TCP"), ("?", Some(9090), "UDP")]);
    let probes: Vec<(&str, Option<&PortReference>)> =
        facts.probes.iter().map(|probe| (probe.role, probe.port.get())).collect();
    let (name, number) = (PortReference::Name("http".into()), PortReference::Number(8080));
    assert_eq!(probes, [("readiness", Some(&name)), ("liveness", Some(&number)), ("startup", None)]);
    assert_eq!(known(&facts.containers[0].readiness_probe), "http");
    assert_eq!(facts.containers[1].readiness_probe.present(), Answer::False);
}

#[test]
fn variables_are_put_in_and_looked_up() {
    let facts = facts(POD);
    let value = |name: &str| {
        let found = facts.environment_variables.iter().find(|variable| variable.name == name);
        found.map(|variable| (variable.value.clone(), variable.given)).expect(name)
    };
    assert_eq!(known(&value("URL").0), "postgres://db:5432/$(X)");
    assert_eq!(value("MIXED").0.suffix(), Some(":6379"));
    assert!(value("MIXED").0.undecided().is_some());
    assert_eq!(value("EMPTY").0.content, Content::Default(String::new()));
    assert_eq!((known(&value("CURRENCY").0), value("CURRENCY").1), ("EUR", "reference"));
    assert_eq!(value("TOKEN").0.undecided().map(|why| why.to_string()).as_deref(), Some("value from a Secret"));
    let all = &facts.containers[0].environment;
    assert_eq!(all.entry("C_CURRENCY").map(|entry| known(&entry.value)), Some("EUR"));
    assert_eq!(all.open, None);
}

#[test]
fn references_to_config_objects() {
    let facts = facts(POD);
    let asked: Vec<(&str, &str, &str, &str, bool)> = facts
        .config_references
        .iter()
        .map(|r| (r.kind, known(&r.name), known(&r.key), r.used_as, r.optional.get() == Some(&true)))
        .collect();
    assert_eq!(
        asked,
        [
            ("ConfigMap", "cart-config", "A", "volume", false),
            ("ConfigMap", "cart-config", "B", "volume", false),
            ("Secret", "tls", "?", "volume", false),
            ("Secret", "registry", "?", "pull-secret", false),
            ("ConfigMap", "cart-config", "CURRENCY", "environment-variable", false),
            ("Secret", "partner", "token", "environment-variable", true),
            ("ConfigMap", "cart-config", "?", "environment-from", false),
        ]
    );
}

#[test]
fn config_objects_and_settings() {
    let facts = facts(POD);
    let object = &facts.config_objects[0];
    assert_eq!((object.kind, object.made_by.as_str(), object.keys.items.len()), ("ConfigMap", "manifest", 2));
    let settings: Vec<&str> = facts.settings.iter().map(|setting| setting.key.as_str()).collect();
    assert_eq!(settings, ["CURRENCY"], "whole files have a format of their own");
}

#[test]
fn services() {
    let facts = facts(
        "apiVersion: v1\nkind: Service\nmetadata: {name: cart}\nspec:\n  clusterIP: None\n  \
         publishNotReadyAddresses: on\n  selector: {app: cart}\n  ports: [{port: 80}, {port: 81, targetPort: \"8080\"}]\n",
    );
    let service = &facts.services[0];
    assert_eq!(service.place.path.as_str(), "k8s:k8s#Service/default/cart");
    assert_eq!(service.namespace.content, Content::Default("default".into()));
    assert!(service.headless && service.publishes_unready.get() == Some(&true));
    let targets: Vec<_> = facts.service_ports.iter().map(|port| port.target.get().cloned()).collect();
    assert_eq!(targets, [Some(PortReference::Number(80)), Some(PortReference::Name("8080".into()))]);
}

#[test]
fn what_operators_and_kustomizations_make() {
    let facts = facts(
        "apiVersion: secrets-store.csi.x-k8s.io/v1\nkind: SecretProviderClass\nmetadata: {name: a}\n\
         spec: {secretObjects: [{secretName: one}, {secretName: two}]}\n---\n\
         apiVersion: external-secrets.io/v1\nkind: ExternalSecret\nmetadata: {name: three}\nspec: {}\n---\n\
         namespace: shop\nconfigMapGenerator: [{name: four}]\n",
    );
    let made: Vec<(&str, &str, &str)> =
        facts.config_objects.iter().map(|o| (o.kind, known(&o.name), known(&o.namespace))).collect();
    assert_eq!(
        made,
        [
            ("ConfigMap", "four", "shop"),
            ("Secret", "one", "shop"),
            ("Secret", "two", "shop"),
            ("Secret", "three", "shop"),
        ]
    );
}

#[test]
fn strange_shapes_are_no_trouble() {
    for text in [
        "apiVersion: apps/v1\nkind: Deployment\n",
        "apiVersion: apps/v1\nkind: Deployment\nmetadata: []\nspec: {template: {spec: {containers: {a: b}}}}\n",
        "apiVersion: v1\nkind: Service\nmetadata: {name: {a: b}}\nspec: {selector: [a], ports: {a: b}}\n",
        "apiVersion: v1\nkind: Pod\nspec: {containers: [a, {env: [b, {name: [c]}], ports: [d]}], volumes: [e]}\n",
        "apiVersion: v1\nkind: ConfigMap\ndata: [a]\n",
    ] {
        let facts = facts(text);
        assert!(facts.workloads.iter().all(|workload| workload.place().path.as_str().starts_with("k8s:k8s#")));
    }
}
