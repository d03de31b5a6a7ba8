//! The severity under which a finding is reported.

use super::PolicyInputs;
use crate::config::Level;
use crate::diagnostic::{Diagnostic, Doubt, Severity};
use crate::source::TreePath;

/// Settles severities, and drops what is turned off.
///
/// Levels of the configuration take the place of the rule's ceiling; doubts lower that; the class of
/// the path lowers what no `[[override]]` speaks of, because who names a path has looked at it.
pub(super) fn settle(diagnostics: Vec<Diagnostic>, inputs: &PolicyInputs<'_>) -> Vec<Diagnostic> {
    let settled = diagnostics.into_iter().filter_map(|mut diagnostic| {
        let path = diagnostic.primary().map(|label| label.source.file().path().clone());
        let (level, is_of_path) = level_of(&diagnostic, path.as_ref(), inputs);
        let ceiling = match level {
            Some(Level::Off) => return None,
            Some(Level::Severity(severity)) => severity,
            None => diagnostic.severity,
        };
        diagnostic.severity = doubted(ceiling, &diagnostic.doubts);
        // A rule file is prose by its name; that it cannot be used is no less true for that.
        let is_of_rules = diagnostic.rule.family() == "rule";
        let is_lowered = !is_of_rules && path.is_some_and(|path| (inputs.class_of)(&path).is_lowered());
        if is_lowered && !inputs.full_severity && !is_of_path {
            diagnostic.severity = Severity::Info;
        }
        Some(diagnostic)
    });
    settled.collect()
}

/// The configured level, and whether it was given for the path.
fn level_of(diagnostic: &Diagnostic, path: Option<&TreePath>, inputs: &PolicyInputs<'_>) -> (Option<Level>, bool) {
    let id = diagnostic.rule.as_str();
    let of_path = path.and_then(|path| {
        let around = inputs.config.overrides.iter().rev().filter(|part| part.paths.matches(path));
        around.filter_map(|part| part.rules.of(id)).next()
    });
    match of_path {
        Some(level) => (Some(level), true),
        None => (inputs.config.rules.of(id), false),
    }
}

/// Less is promised where less is known. However many of an open set and a guess there are, they cost
/// one step together; the rest are bounds.
fn doubted(ceiling: Severity, doubts: &[Doubt]) -> Severity {
    let is_step = |doubt: &Doubt| matches!(doubt, Doubt::OpenSet(_) | Doubt::Guess(_));
    let stepped = if doubts.iter().any(is_step) { ceiling.lowered() } else { ceiling };
    doubts.iter().map(bound).fold(stepped, Severity::min)
}

fn bound(doubt: &Doubt) -> Severity {
    match doubt {
        Doubt::OpenSet(_) => Severity::Error,
        Doubt::Guess(_) | Doubt::Sometimes(_) | Doubt::StaleArtifact(_) => Severity::Warning,
        Doubt::Generated => Severity::Info,
    }
}
