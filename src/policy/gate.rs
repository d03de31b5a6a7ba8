//! The verdict of a run.

use crate::diagnostic::{Diagnostic, Severity};

/// The verdict of a run, with its exit code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verdict {
    /// Nothing at or above `fail-on`.
    #[default]
    Pass,
    /// Something at or above `fail-on`; wins over incomplete.
    Fail,
    /// It could not judge, or not everything.
    Incomplete,
}

impl Verdict {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Fail => "fail",
            Self::Incomplete => "incomplete",
        }
    }

    /// The process's exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Pass => 0,
            Self::Fail => 1,
            Self::Incomplete => 2,
        }
    }
}

/// True when a rule failed or is invalid, or nothing was checked.
pub(super) fn is_incomplete(diagnostics: &[Diagnostic], allow_empty: bool) -> bool {
    diagnostics.iter().any(|diagnostic| match diagnostic.rule.as_str() {
        "input/nothing-checked" => !allow_empty,
        _ => diagnostic.rule.family() == "rule",
    })
}

/// A failure of this program says nothing about the deploy, so it alone does not fail the run.
pub(super) fn verdict(reported: &[Diagnostic], fail_on: Option<Severity>, is_incomplete: bool) -> Verdict {
    let fails = |diagnostic: &Diagnostic| {
        diagnostic.rule.family() != "rule" && fail_on.is_some_and(|least| diagnostic.severity >= least)
    };
    if reported.iter().any(fails) {
        Verdict::Fail
    } else if is_incomplete {
        Verdict::Incomplete
    } else {
        Verdict::Pass
    }
}
