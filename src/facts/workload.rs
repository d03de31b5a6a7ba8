//! Workloads: what is run.

use crate::value::{Entry, Many, Value};

fact! {
    /// Something that is run: a Kubernetes workload, a compose service
    "workload" Workload {
        /// `k8s` or `compose`
        technology: &'static str,
        /// Kind: `Deployment`, `StatefulSet`, `Job`, … or `service` of a compose project
        kind: Value<String>,
        /// Name
        name: Value<String>,
        /// Namespace; absent where there is none
        namespace: Value<String>,
        /// Labels of the pods it makes
        labels: Many<Entry>,
        /// Annotations of the pods it makes
        annotations: Many<Entry>,
        /// Labels of the workload itself (compose: those of its containers)
        own_labels: Many<Entry>,
        /// When its containers are started again: `Always`, `OnFailure`, `Never`; `no`, `always`, … of compose
        restart_policy: Value<String>,
        /// The ServiceAccount it runs as
        service_account: Value<String>,
        /// Copies that run
        replicas: Value<i64>,
        /// Host names under which others of the set reach it (compose: name, container name, aliases)
        host_names: Many<Value<String>>,
        /// Profiles that must be active for it to start (compose)
        profiles: Many<Value<String>>,
        /// How its network is set: absent for the project's own (compose `network_mode`, Kubernetes `hostNetwork`)
        network_mode: Value<String>,
        /// Replaces old instances while the new ones start (a Deployment with RollingUpdate, a StatefulSet, a DaemonSet)
        rolls: bool,
    }
}
