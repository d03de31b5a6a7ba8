//! Checks of Kubernetes objects.

pub mod config_reference_missing;
pub mod service_selects_nothing;
pub mod unknown_target_port;
