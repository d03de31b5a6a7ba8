//! What becomes of findings: severity, silence, scope of the report, verdict.
//!
//! Rules state what they found at their ceiling. Everything that lowers, raises, drops or accepts a
//! finding happens here, as a chain of steps from findings to findings, and nowhere else.

mod gate;
mod older;
mod remark;
mod scope;
mod selection;
mod severity;
mod silence;

use std::collections::BTreeMap;
use std::sync::Arc;

pub use gate::Verdict;
pub use older::since;
pub use selection::{Selection, is_meta};

use crate::config::{Config, Date};
use crate::diagnostic::{Diagnostic, Severity};
use crate::rules::Registry;
use crate::scope::PathClass;
use crate::source::{Source, TreePath};
use crate::syntax::Comment;

/// Everything that the chain looks at beside the findings.
pub struct PolicyInputs<'a> {
    /// The rules, for the words of findings about silence.
    pub registry: &'a Registry,
    /// Levels, overrides and waivers.
    pub config: &'a Config,
    /// Which rules were wanted.
    pub selection: &'a Selection,
    /// What a path is for.
    pub class_of: &'a dyn Fn(&TreePath) -> PathClass,
    /// Path classes lower nothing.
    pub full_severity: bool,
    /// Findings are reported under these paths; none means everywhere.
    pub paths: &'a [TreePath],
    /// Comments that speak to this program, by file.
    pub remarks: &'a [(Source, Vec<Comment>)],
    /// The bytes of a file that has such comments.
    pub bytes_of: &'a dyn Fn(&Source) -> Option<Arc<[u8]>>,
    /// The day that deadlines are compared with.
    pub as_of: Date,
    /// From which severity on a finding fails the run; `None` means never.
    pub fail_on: Option<Severity>,
    /// Nothing to check is no reason to be incomplete.
    pub allow_empty: bool,
    /// All release sets were judged, so silence that met no finding is of no use.
    pub is_whole: bool,
}

/// What became of the findings.
#[derive(Clone, Debug, Default)]
pub struct Judged {
    /// Findings at their final severity, in order.
    pub reported: Vec<Diagnostic>,
    /// Accepted findings, by rule.
    pub suppressed: BTreeMap<String, usize>,
    /// The verdict.
    pub verdict: Verdict,
    /// Something could not be judged, whatever was found.
    pub is_incomplete: bool,
}

impl Judged {
    /// How many findings were accepted.
    pub fn suppressed_count(&self) -> usize {
        self.suppressed.values().sum()
    }
}

/// Judges findings that have their fingerprints.
pub fn judge(diagnostics: Vec<Diagnostic>, inputs: &PolicyInputs<'_>) -> Judged {
    // Asked first: a run that could not judge stays so, whatever is silenced afterwards.
    let is_incomplete = gate::is_incomplete(&diagnostics, inputs.allow_empty);
    let diagnostics = selection::keep_selected(diagnostics, inputs);
    let (diagnostics, silenced) = silence::apply(diagnostics, inputs);
    let diagnostics = severity::settle(diagnostics, inputs);
    let mut reported = scope::keep_under_paths(diagnostics, inputs);
    reported.sort_by(Diagnostic::order);
    let verdict = gate::verdict(&reported, inputs.fail_on, is_incomplete);
    Judged { reported, suppressed: silenced, verdict, is_incomplete }
}

#[cfg(test)]
mod tests;
