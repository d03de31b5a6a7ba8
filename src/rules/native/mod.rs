//! Checks that are joins: a file `<family>/<name>.rs` with a function `check`, and its `mod` line.

mod compose;
mod deps;
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

// `TABLE`: build.rs writes a row for every file `<family>/<name>.rs`.
include!(concat!(env!("OUT_DIR"), "/native_checks.rs"));

/// The check of a rule.
pub fn find(id: &str) -> Option<NativeCheck> {
    TABLE.iter().find(|(own, _)| *own == id).map(|(_, check)| *check)
}
