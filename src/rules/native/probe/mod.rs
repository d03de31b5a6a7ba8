//! Checks of probes.

pub mod unresolved_port;
