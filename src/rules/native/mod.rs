//! Checks that are joins: one function each, and one line in the table.

use super::{RuleContext, Sink};
use crate::graph::Graph;

/// A native check.
pub type NativeCheck = fn(&Graph, &RuleContext<'_>, &mut Sink);

/// Every native check by the id of its rule.
pub const TABLE: &[(&str, NativeCheck)] = &[];

/// The check of a rule.
pub fn find(id: &str) -> Option<NativeCheck> {
    TABLE.iter().find(|(own, _)| *own == id).map(|(_, check)| *check)
}
