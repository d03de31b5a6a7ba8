//! `rules`: the list of rules.

use std::path::PathBuf;

use super::Outcome;
use crate::cli::ListForm;
use crate::rules::Registry;

/// Every rule with family, severity, summary and source.
pub fn list(registry: &Registry, _folders: &[PathBuf], _form: ListForm) -> Outcome {
    Outcome::print(registry.rules().map(|rule| format!("{}  {}\n", rule.id, rule.front.summary)).collect())
}
