//! Checks that are joins: one function each, and one line in the table.

mod compose;
mod endpoint;
mod function;
mod k8s;
mod lambda;
mod probe;
mod route;
mod secret;
mod stack;

use super::{RuleContext, Sink};
use crate::graph::Graph;

/// A native check.
pub type NativeCheck = fn(&Graph, &RuleContext<'_>, &mut Sink);

/// Every native check by the id of its rule.
pub const TABLE: &[(&str, NativeCheck)] = &[
    ("compose/missing-bind-source", compose::missing_bind_source::check),
    ("compose/undefined-dependency", compose::undefined_dependency::check),
    ("endpoint/loopback-for-other-service", endpoint::loopback_for_other_service::check),
    ("endpoint/nonprod-host-in-prod", endpoint::nonprod_host_in_prod::check),
    ("endpoint/undefined-service-host", endpoint::undefined_service_host::check),
    ("function/code-path-missing", function::code_path_missing::check),
    ("k8s/config-reference-missing", k8s::config_reference_missing::check),
    ("k8s/service-selects-nothing", k8s::service_selects_nothing::check),
    ("k8s/unknown-target-port", k8s::unknown_target_port::check),
    ("lambda/handler-file-missing", lambda::handler_file_missing::check),
    ("lambda/missing-module", lambda::missing_module::check),
    ("probe/unresolved-port", probe::unresolved_port::check),
    ("route/to-undefined-function", route::to_undefined_function::check),
    ("route/without-permission", route::without_permission::check),
    ("secret/literal-in-compose", secret::literal_in_compose::check),
    ("stack/undefined-reference", stack::undefined_reference::check),
];

/// The check of a rule.
pub fn find(id: &str) -> Option<NativeCheck> {
    TABLE.iter().find(|(own, _)| *own == id).map(|(_, check)| *check)
}
