//! What planning wants to know of an object: kind, name, namespace, and whether it is a Service or
//! makes pods.

use std::sync::Arc;

use crate::extract::Extract;
use crate::syntax::Node;

/// An object of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Object {
    /// API group, empty for the core group.
    pub group: String,
    /// Kind.
    pub kind: Arc<str>,
    /// Namespace, when it is written.
    pub namespace: Option<String>,
    /// Name; empty when the server makes one up.
    pub name: String,
    /// It makes pods.
    pub is_workload: bool,
}

/// Groups whose objects are read by something that makes no pods, Services or configuration of its
/// own: the API server, ingress controllers, meshes, monitoring (API references of each project,
/// 2026-07). `*.k8s.io` is Kubernetes itself and its working groups.
const QUIET_GROUPS: &[&str] = &[
    "",
    "apps",
    "autoscaling",
    "batch",
    "extensions",
    "policy",
    "cert-manager.io",
    "bitnami.com",
    "external-secrets.io",
    "secrets.hashicorp.com",
    "keda.sh",
    "monitoring.coreos.com",
    "networking.istio.io",
    "security.istio.io",
    "telemetry.istio.io",
    "cloud.google.com",
    "networking.gke.io",
    "getambassador.io",
    "traefik.io",
    "traefik.containo.us",
    "projectcontour.io",
    "configuration.konghq.com",
    "elbv2.k8s.aws",
    "karpenter.sh",
    "kyverno.io",
    "cilium.io",
    "projectcalico.org",
    "crd.projectcalico.org",
    "linkerd.io",
    "policy.linkerd.io",
    "split.smi-spec.io",
    "kustomize.config.k8s.io",
    "config.kubernetes.io",
];

/// Kinds outside these groups that are read here, or make nothing that others of the set name.
const QUIET_KINDS: &[(&str, &str)] =
    &[("argoproj.io", "Rollout"), ("argoproj.io", "AppProject"), ("argoproj.io", "AnalysisTemplate")];

impl Object {
    /// True for a Service of the core group.
    pub fn is_service(&self) -> bool {
        self.group.is_empty() && &*self.kind == "Service"
    }

    /// True when an operator may make pods, Services or configuration because of it.
    pub fn may_make_others(&self) -> bool {
        let quiet = QUIET_GROUPS.contains(&self.group.as_str()) || self.group.ends_with(".k8s.io");
        !quiet && !QUIET_KINDS.iter().any(|(group, kind)| *group == self.group && *kind == &*self.kind)
    }

    /// True when both cannot be applied together: they are the same object, or workloads that pass
    /// for each other (a Deployment and the ReplicationController that it replaced).
    pub fn is_alternative_of(&self, other: &Self) -> bool {
        let may_repeat = |object: &Self| matches!(&*object.kind, "Job" | "CronJob");
        let same_kind = self.kind == other.kind && self.group_family() == other.group_family();
        let stands_in = self.is_workload && other.is_workload && !may_repeat(self) && !may_repeat(other);
        !self.name.is_empty()
            && self.name == other.name
            && self.namespace == other.namespace
            && (same_kind || stands_in)
    }

    /// `extensions` was where `apps`, `networking.k8s.io` and `policy` kinds began.
    fn group_family(&self) -> &str {
        match self.group.as_str() {
            "extensions" | "apps" | "networking.k8s.io" | "policy" => "apps",
            other => other,
        }
    }
}

/// The objects of a file, lists unfolded.
pub fn objects(extract: &Extract) -> Vec<Object> {
    let mut out = Vec::new();
    for document in extract.documents() {
        let root = document.root();
        match root.get("items").filter(Node::is_sequence) {
            Some(items) if text(&root, "kind").ends_with("List") => {
                out.extend(items.items().iter().filter_map(object));
            }
            _ => out.extend(object(&root)),
        }
    }
    out
}

fn text(node: &Node<'_>, key: &str) -> String {
    node.get(key).and_then(|node| node.text().map(str::to_owned)).unwrap_or_default()
}

fn object(root: &Node<'_>) -> Option<Object> {
    let version = root.get("apiVersion")?.text()?.to_owned();
    let kind = root.get("kind")?.text()?.to_owned();
    let group = version.split_once('/').map_or("", |(group, _)| group).to_owned();
    let metadata = root.get("metadata");
    let of_metadata = |key: &str| metadata.as_ref().map(|node| text(node, key)).unwrap_or_default();
    let namespace = of_metadata("namespace");
    let has_template = |path: &[&str]| root.path(path).is_some_and(|node| node.is_sequence());
    let is_workload = has_template(&["spec", "template", "spec", "containers"])
        || has_template(&["spec", "jobTemplate", "spec", "template", "spec", "containers"])
        || (kind == "Pod" && group.is_empty());
    Some(Object {
        group,
        kind: kind.into(),
        namespace: (!namespace.is_empty()).then_some(namespace),
        name: of_metadata("name"),
        is_workload,
    })
}
