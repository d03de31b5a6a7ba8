//! ConfigMaps and Secrets, and the places that ask for them.

use super::{Container, Id, Workload};
use crate::value::{Many, Value};

fact! {
    /// A ConfigMap or Secret that the set defines, or that an object of the set makes
    "config-object" ConfigObject {
        /// `ConfigMap` or `Secret`
        kind: &'static str,
        /// Name
        name: Value<String>,
        /// Namespace
        namespace: Value<String>,
        /// Keys; open when something else fills it
        keys: Many<Value<String>>,
        /// What makes it: `manifest`, or the kind of the object that makes it (`ExternalSecret`, `SealedSecret`, `Certificate`, …)
        made_by: String,
    }
}

fact! {
    /// A place where a pod asks for a ConfigMap or Secret
    "config-reference" ConfigReference {
        /// The workload
        workload: Id<Workload>,
        /// The container; absent for volumes and pull secrets
        container: Option<Id<Container>>,
        /// `ConfigMap` or `Secret`
        kind: &'static str,
        /// Name of the object
        name: Value<String>,
        /// Namespace
        namespace: Value<String>,
        /// Key inside; absent when the whole object is used
        key: Value<String>,
        /// `environment-variable`, `environment-from`, `volume`, `pull-secret`
        used_as: &'static str,
        /// The pod starts without it
        optional: Value<bool>,
    }
}
