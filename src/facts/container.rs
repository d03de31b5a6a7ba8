//! Containers of workloads and the ports that they declare.

use super::{Id, Probe, Service, Workload};
use crate::value::{Answer, Entry, Many, Value};

fact! {
    /// A container of a workload
    "container" Container {
        /// The workload that runs it
        workload: Id<Workload>,
        /// Name
        name: Value<String>,
        /// Image
        image: Value<String>,
        /// Registry of the image; `docker.io` when it names none
        image_registry: Value<String>,
        /// Name of the image in its registry, `library/nginx` for `nginx`
        image_repository: Value<String>,
        /// Tag of the image; `latest` when it has neither tag nor digest
        image_tag: Value<String>,
        /// Digest of the image
        image_digest: Value<String>,
        /// Most memory that it may use, bytes
        memory_limit: Value<i64>,
        /// Memory that is kept for it, bytes
        memory_request: Value<i64>,
        /// Most processor time that it may use, thousandths of a processor
        cpu_limit: Value<i64>,
        /// Processor time that is kept for it, thousandths of a processor
        cpu_request: Value<i64>,
        /// User that it runs as, when the deployment says so
        user: Value<String>,
        /// It may do on the host what the host's root may
        privileged: Value<bool>,
        /// It cannot write to its own file system
        read_only: Value<bool>,
        /// How its health is asked (compose): the test as written; absent when it is switched off or left to the image
        healthcheck: Value<String>,
        /// Folder from which the image is built, as written
        build_context: Value<String>,
        /// `main`, `init` or `sidecar`
        role: &'static str,
        /// Environment variables by name
        environment: Many<Entry>,
        /// Ports by number or name, as text
        ports: Many<Value<String>>,
        /// Readiness probe, by how it asks
        readiness_probe: Value<String>,
        /// Liveness probe, by how it asks
        liveness_probe: Value<String>,
        /// Startup probe, by how it asks
        startup_probe: Value<String>,
        /// The readiness probe itself
        readiness: Option<Id<Probe>>,
        /// Traffic reaches it: a Service selects its workload and sends to one of its ports
        exposed: Answer,
        /// The first Service that sends traffic to it
        exposed_by: Option<Id<Service>>,
    }
}

fact! {
    /// A port that a container declares
    "container-port" ContainerPort {
        /// The container
        container: Id<Container>,
        /// Name of the port
        name: Value<String>,
        /// Port number inside the container
        number: Value<i64>,
        /// Port number on the host (compose)
        published: Value<i64>,
        /// `TCP`, `UDP` or `SCTP`
        protocol: Value<String>,
    }
}
