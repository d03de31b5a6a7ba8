//! Dependencies that are declared.

use super::{Id, Workload};
use crate::value::Value;

fact! {
    /// A declared dependency of one workload on another (compose `depends_on`, `links`, `volumes_from`, `network_mode: service:`)
    "dependency" Dependency {
        /// `compose`
        technology: &'static str,
        /// The workload that depends
        workload: Id<Workload>,
        /// Name of what it depends on
        target: Value<String>,
        /// The workload it depends on, if the set has it
        resolved: Option<Id<Workload>>,
        /// Which key declares it: `depends_on`, `links`, `volumes_from`, `network_mode`, `extends`
        declared_as: &'static str,
        /// What is waited for: `service_started`, `service_healthy`, `service_completed_successfully`
        condition: Value<String>,
        /// The project starts without it (`required: false`)
        optional: Value<bool>,
    }
}
