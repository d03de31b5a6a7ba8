//! `explain`: the page of a rule.

use std::path::PathBuf;

use super::Outcome;
use crate::rules::Registry;

/// The page of a rule; a wrong id names the nearest.
pub fn explain(registry: &Registry, id: &str, _folders: &[PathBuf], _color: bool) -> Outcome {
    match registry.get(id) {
        Some(rule) => Outcome::print(rule.body.to_string()),
        None => Outcome::refuse(format!("error: `{}` is no rule\n", crate::source::visible(id.as_bytes()))),
    }
}
