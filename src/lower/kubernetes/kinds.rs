//! Which kinds make pods, and which make ConfigMaps and Secrets.

use crate::expand::Applied;

/// A kind that makes pods.
#[derive(Debug)]
pub struct WorkloadKind {
    /// API groups that have it; `extensions` and the early versions included.
    pub groups: &'static [&'static str],
    /// Kind.
    pub kind: &'static str,
    /// Keys down to what holds `metadata` and `spec` of the pods.
    pub template: &'static [&'static str],
    /// How old pods are replaced.
    pub update: Update,
}

/// How a changed workload replaces its pods.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Update {
    /// While the old ones serve, unless this key says one of these words.
    RollsUnless(&'static [&'static str], &'static str),
    /// While the old ones serve.
    Rolls,
    /// Not by itself, or all at once.
    No,
}

/// Kinds of Kubernetes itself (API reference 1.34, 2026-07) and Argo Rollouts 1.8, whose pods are
/// those of a Deployment.
pub const WORKLOADS: &[WorkloadKind] = &[
    WorkloadKind {
        groups: &["apps", "extensions"],
        kind: "Deployment",
        template: &["spec", "template"],
        update: Update::RollsUnless(&["spec", "strategy", "type"], "Recreate"),
    },
    WorkloadKind {
        groups: &["apps"],
        kind: "StatefulSet",
        template: &["spec", "template"],
        update: Update::RollsUnless(&["spec", "updateStrategy", "type"], "OnDelete"),
    },
    WorkloadKind {
        groups: &["apps", "extensions"],
        kind: "DaemonSet",
        template: &["spec", "template"],
        update: Update::RollsUnless(&["spec", "updateStrategy", "type"], "OnDelete"),
    },
    WorkloadKind { groups: &["argoproj.io"], kind: "Rollout", template: &["spec", "template"], update: Update::Rolls },
    WorkloadKind {
        groups: &["apps", "extensions"],
        kind: "ReplicaSet",
        template: &["spec", "template"],
        update: Update::No,
    },
    WorkloadKind { groups: &[""], kind: "ReplicationController", template: &["spec", "template"], update: Update::No },
    WorkloadKind { groups: &["batch", "extensions"], kind: "Job", template: &["spec", "template"], update: Update::No },
    WorkloadKind {
        groups: &["batch"],
        kind: "CronJob",
        template: &["spec", "jobTemplate", "spec", "template"],
        update: Update::No,
    },
    WorkloadKind { groups: &[""], kind: "Pod", template: &[], update: Update::No },
];

/// Any other kind whose pods are written where those of a Deployment are.
const LIKE_A_DEPLOYMENT: WorkloadKind =
    WorkloadKind { groups: &[], kind: "", template: &["spec", "template"], update: Update::No };

/// How an object makes pods, if it does.
pub fn workload(group: &str, kind: &str, root: &Applied) -> Option<&'static WorkloadKind> {
    let known = WORKLOADS.iter().find(|known| known.kind == kind && known.groups.contains(&group));
    let has_containers =
        || root.path(&["spec", "template", "spec", "containers"]).is_some_and(|containers| containers.is_sequence());
    known.or_else(|| has_containers().then_some(&LIKE_A_DEPLOYMENT))
}

/// An object because of which an operator makes a ConfigMap or Secret.
#[derive(Debug)]
pub struct Maker {
    /// API group.
    pub group: &'static str,
    /// Kind.
    pub kind: &'static str,
    /// What it makes.
    pub makes: &'static str,
    /// Keys down to the name; a list on the way means one for each item.
    pub name: &'static [&'static str],
    /// Without that name it has the maker's own.
    pub own_name: bool,
}

/// What operators make (API reference of each project, read 2026-07; facts/k8s-compose-docker.md §1.1).
pub const MAKERS: &[Maker] = &[
    maker("external-secrets.io", "ExternalSecret", &["spec", "target", "name"], true),
    maker("external-secrets.io", "ClusterExternalSecret", &["spec", "externalSecretName"], true),
    maker("kubernetes-client.io", "ExternalSecret", &[], true),
    maker("bitnami.com", "SealedSecret", &["spec", "template", "metadata", "name"], false),
    maker("bitnami.com", "SealedSecret", &[], true),
    maker("cert-manager.io", "Certificate", &["spec", "secretName"], false),
    maker("cert-manager.io", "Issuer", &["spec", "acme", "privateKeySecretRef", "name"], false),
    maker("cert-manager.io", "ClusterIssuer", &["spec", "acme", "privateKeySecretRef", "name"], false),
    maker("secrets.hashicorp.com", "VaultStaticSecret", &["spec", "destination", "name"], false),
    maker("secrets.hashicorp.com", "VaultDynamicSecret", &["spec", "destination", "name"], false),
    maker("secrets.hashicorp.com", "VaultPKISecret", &["spec", "destination", "name"], false),
    maker("secrets.hashicorp.com", "HCPVaultSecretsApp", &["spec", "destination", "name"], false),
    maker("secrets-store.csi.x-k8s.io", "SecretProviderClass", &["spec", "secretObjects", "secretName"], false),
    maker("secrets.infisical.com", "InfisicalSecret", &["spec", "managedSecretReference", "secretName"], false),
    maker("secrets.doppler.com", "DopplerSecret", &["spec", "managedSecret", "name"], false),
    maker("onepassword.com", "OnePasswordItem", &[], true),
    maker("isindir.github.com", "SopsSecret", &["spec", "secretTemplates", "name"], false),
    maker("spv.no", "AzureKeyVaultSecret", &["spec", "output", "secret", "name"], false),
    maker("kafka.strimzi.io", "KafkaUser", &[], true),
    Maker {
        makes: "ConfigMap",
        ..maker("spv.no", "AzureKeyVaultSecret", &["spec", "output", "configMap", "name"], false)
    },
    Maker { makes: "ConfigMap", ..maker("trust.cert-manager.io", "Bundle", &[], true) },
];

const fn maker(group: &'static str, kind: &'static str, name: &'static [&'static str], own_name: bool) -> Maker {
    Maker { group, kind, makes: "Secret", name, own_name }
}
