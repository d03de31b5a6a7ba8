//! Probes.

use super::field::hidden_field;
use super::{Container, Id};
use crate::value::Value;

/// A port by name or by number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PortReference {
    /// The name of a container's port.
    Name(String),
    /// A number.
    Number(i64),
}

impl std::fmt::Display for PortReference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Name(name) => f.write_str(name),
            Self::Number(number) => write!(f, "{number}"),
        }
    }
}

hidden_field!(Value<PortReference>);

fact! {
    /// A probe of a container
    "probe" Probe {
        /// The container
        container: Id<Container>,
        /// `readiness`, `liveness` or `startup`
        role: &'static str,
        /// How it asks: `http`, `tcp`, `grpc`, `exec`
        handler: Value<String>,
        /// The port it asks
        port: Value<PortReference>,
        /// The path it asks
        path: Value<String>,
    }
}
