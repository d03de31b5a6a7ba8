//! A PATH scopes reporting, not reading.

use super::PolicyInputs;
use crate::diagnostic::Diagnostic;

/// Drops findings whose place lies outside the PATHs that were asked for. Findings without a place
/// concern the run as a whole and stay; so do those about rules.
pub(super) fn keep_under_paths(mut diagnostics: Vec<Diagnostic>, inputs: &PolicyInputs<'_>) -> Vec<Diagnostic> {
    if inputs.paths.is_empty() {
        return diagnostics;
    }
    diagnostics.retain(|diagnostic| {
        let file = diagnostic.primary().map(|label| label.source.file().path());
        let is_of_run = diagnostic.rule.family() == "rule";
        is_of_run || file.is_none_or(|file| inputs.paths.iter().any(|path| file.is_under(path)))
    });
    diagnostics
}
