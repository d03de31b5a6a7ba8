//! Checks that are joins: one function each, and one line in the table.

mod k8s;
mod lambda;
mod probe;

use super::{RuleContext, Sink};
use crate::graph::Graph;

/// A native check.
pub type NativeCheck = fn(&Graph, &RuleContext<'_>, &mut Sink);

/// Every native check by the id of its rule.
pub const TABLE: &[(&str, NativeCheck)] = &[
    ("k8s/config-reference-missing", k8s::config_reference_missing::check),
    ("k8s/service-selects-nothing", k8s::service_selects_nothing::check),
    ("k8s/unknown-target-port", k8s::unknown_target_port::check),
    ("probe/unresolved-port", probe::unresolved_port::check),
    ("lambda/handler-file-missing", lambda::handler_file_missing::check),
    ("lambda/missing-module", lambda::missing_module::check),
];

/// The check of a rule.
pub fn find(id: &str) -> Option<NativeCheck> {
    TABLE.iter().find(|(own, _)| *own == id).map(|(_, check)| *check)
}
