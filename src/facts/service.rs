//! Services: names under which workloads are reached.

use super::field::hidden_field;
use super::{Id, PortReference, Workload};
use crate::value::{Answer, Entry, Many, Value};

fact! {
    /// A Kubernetes Service
    "service" Service {
        /// `k8s`
        technology: &'static str,
        /// Name
        name: Value<String>,
        /// Namespace
        namespace: Value<String>,
        /// Type: `ClusterIP`, `NodePort`, `LoadBalancer`, `ExternalName`
        kind: Value<String>,
        /// Labels of the pods it sends to; absent when it selects nothing by labels
        selector: Option<Many<Entry>>,
        /// Labels of the Service itself
        labels: Many<Entry>,
        /// Annotations of the Service itself
        annotations: Many<Entry>,
        /// Host outside the cluster that it stands for
        external_name: Value<String>,
        /// It has no address of its own: its name leads to the pods
        headless: bool,
        /// Traffic reaches pods before they are ready (`publishNotReadyAddresses`)
        publishes_unready: Value<bool>,
        /// The workloads of its set to whose pods it sends, or may send; known when all are there
        pods: Vec<(Id<Workload>, Answer)>,
    }
}

hidden_field!(Vec<(Id<Workload>, Answer)>);

fact! {
    /// A port of a Service
    "service-port" ServicePort {
        /// The Service
        service: Id<Service>,
        /// Name of the port
        name: Value<String>,
        /// Port on which the Service listens
        number: Value<i64>,
        /// Port of the pods to which it sends
        target: Value<PortReference>,
        /// `TCP`, `UDP` or `SCTP`
        protocol: Value<String>,
    }
}
