//! Environment variables that a deployment gives.

use super::{Container, Function, Id};
use crate::value::Value;

fact! {
    /// An environment variable given to a container or a function
    "environment-variable" EnvironmentVariable {
        /// `compose`, `k8s`, `sam`, `cfn`, `cdk`, `serverless`, `terraform`
        technology: &'static str,
        /// The container that gets it
        container: Option<Id<Container>>,
        /// The function that gets it
        function: Option<Id<Function>>,
        /// Name
        name: String,
        /// Value
        value: Value<String>,
        /// How it is given: `literal`, `file` (a file of variables), `build` (build argument), `reference` (Secret, ConfigMap, parameter store), `command` (an argument of the command)
        given: &'static str,
    }
}
