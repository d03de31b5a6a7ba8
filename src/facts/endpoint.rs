//! Endpoints: hosts that a deployment's configuration names.

use super::{EnvironmentVariable, Id, Setting};
use crate::value::Value;

fact! {
    /// A host that an environment variable or a setting names
    "endpoint" Endpoint {
        /// Technology of the file that names it
        technology: &'static str,
        /// The variable that names it
        variable: Option<Id<EnvironmentVariable>>,
        /// The setting that names it
        setting: Option<Id<Setting>>,
        /// Name of the variable or keys of the setting
        key: String,
        /// Scheme, in lower case; empty when the value is a bare `host:port`
        scheme: String,
        /// Host, in lower case
        host: String,
        /// The bytes of the host
        host_value: Value<String>,
        /// Port, written or implied by the scheme
        port: Value<i64>,
        /// The value is only a default that a variable of the environment may replace
        fallback: bool,
    }
}
