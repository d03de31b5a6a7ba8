//! What a run has to say, in the form that every output starts from.

use std::collections::BTreeMap;

use super::Verbosity;
use crate::diagnostic::{Diagnostic, Severity};
use crate::policy::Verdict;
use crate::run::Coverage;
use crate::source::Origin;

/// A whole run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What stands above the findings.
    pub header: Header,
    /// Findings at their final severity, in order.
    pub findings: Vec<Diagnostic>,
    /// Findings that were there before, where they are asked for.
    pub older: Vec<Diagnostic>,
    /// Places of known credentials: masked wherever they are shown.
    pub secrets: Vec<Origin>,
    /// Findings that were accepted, by rule.
    pub suppressed: BTreeMap<String, usize>,
    /// From which severity on a finding fails the run; `None` means never.
    pub fail_on: Option<Severity>,
}

impl Report {
    /// The least severity that is shown.
    pub fn least_shown(&self, verbosity: Verbosity) -> Severity {
        match verbosity {
            Verbosity::Quiet => self.fail_on.unwrap_or(Severity::Error),
            Verbosity::Normal | Verbosity::Verbose => Severity::Info,
        }
    }
}

/// What stands above the findings.
#[derive(Clone, Debug, Default)]
pub struct Header {
    /// Version of this program.
    pub tool_version: String,
    /// The judged tree's root, relative to the working directory.
    pub root: String,
    /// The judged commit, when it is one.
    pub revision: Option<String>,
    /// The day that deadlines are compared with, `YYYY-MM-DD`.
    pub as_of: String,
    /// The verdict.
    pub verdict: Verdict,
    /// What was checked and what was not.
    pub coverage: Coverage,
    /// What was compared with, if anything.
    pub base: Option<Base>,
}

/// The commit that the judged tree is compared with.
#[derive(Clone, Debug, Default)]
pub struct Base {
    /// Its id, where it is one commit.
    pub revision: Option<String>,
    /// Findings that were there before.
    pub older: usize,
    /// Why something could not be compared; there, everything is reported.
    pub problems: Vec<String>,
}
