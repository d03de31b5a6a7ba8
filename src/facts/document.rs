//! Places of raw documents that rules ask for by themselves.

use std::sync::Arc;

use super::field::hidden_field;
use crate::value::Value;

/// Which query picked a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AskedBy(pub Arc<str>);

impl From<Arc<str>> for AskedBy {
    fn from(key: Arc<str>) -> Self {
        Self(key)
    }
}

hidden_field!(AskedBy);

/// Kinds of files that `files:` of a rule may name instead of globs.
pub const FILE_KINDS: &[&str] = &["compose", "kubernetes", "cloudformation", "dotenv", "settings", "package-json"];

fact! {
    /// A place of a raw document (YAML, JSON, TOML, as written) that the rule's own `select:` picks
    "document" Match {
        /// The query that picked it
        asked_by: AskedBy,
        /// Path of the file
        file: String,
        /// Kind of the file: `compose`, `kubernetes`, `cloudformation`, `dotenv`, `settings`, `package-json`, `other`
        file_kind: &'static str,
        /// Normalized path of the place, `$['services']['web']`
        path: String,
        /// Name of the selected member; absent for items of lists
        key: Value<String>,
        /// `text`, `number`, `yes/no`, `null`, `list` or `map`
        kind: &'static str,
        /// The scalar as written; absent for null, lists and maps
        value: Value<String>,
        /// The scalar as a whole number; absent when it is not written as a number
        number: Value<i64>,
        /// How many items or members it has
        count: Value<i64>,
    }
}
