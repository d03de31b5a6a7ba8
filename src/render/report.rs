//! What a run has to say, in the form that every output starts from.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Severity};
use crate::policy::Verdict;
use crate::source::Origin;

/// A whole run.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// What stands above the findings.
    pub header: Header,
    /// Findings at their final severity, in order.
    pub findings: Vec<Diagnostic>,
    /// Places of known credentials: masked wherever they are shown.
    pub secrets: Vec<Origin>,
    /// Findings that were accepted, by rule.
    pub suppressed: BTreeMap<String, usize>,
    /// From which severity on a finding fails the run; `None` means never.
    pub fail_on: Option<Severity>,
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
}

/// What was checked and what was not.
#[derive(Clone, Debug, Default)]
pub struct Coverage {
    /// Files in scope.
    pub files: usize,
    /// Packages that were opened.
    pub artifacts: usize,
    /// Release sets.
    pub sets: usize,
    /// Workloads and network services.
    pub services: usize,
    /// Routes of APIs.
    pub routes: usize,
    /// Functions.
    pub functions: usize,
    /// Files that were recognised and not judged, by reason.
    pub skipped: BTreeMap<String, usize>,
    /// How decided each judged field is, in order of names.
    pub fields: Vec<FieldCoverage>,
}

/// How decided one field is, over all things that have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldCoverage {
    /// `function.handler`.
    pub field: String,
    /// Exactly known, or known to be absent.
    pub known: usize,
    /// One of several.
    pub one_of: usize,
    /// Not decided, by reason.
    pub unknown: BTreeMap<String, usize>,
}

impl Coverage {
    /// Adds what was checked elsewhere.
    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.artifacts += other.artifacts;
        self.sets += other.sets;
        self.services += other.services;
        self.routes += other.routes;
        self.functions += other.functions;
        for (reason, count) in other.skipped {
            *self.skipped.entry(reason).or_default() += count;
        }
        for tally in other.fields {
            match self.fields.iter_mut().find(|own| own.field == tally.field) {
                Some(own) => {
                    own.known += tally.known;
                    own.one_of += tally.one_of;
                    for (reason, count) in tally.unknown {
                        *own.unknown.entry(reason).or_default() += count;
                    }
                }
                None => self.fields.push(tally),
            }
        }
        self.fields.sort_by(|a, b| a.field.cmp(&b.field));
    }

    /// True when there was nothing that says anything about a deploy.
    pub fn is_empty(&self) -> bool {
        self.sets == 0 && self.artifacts == 0
    }

    /// Everything that is not decided: (field, reason, count), most first.
    pub fn undecided(&self) -> Vec<(&str, &str, usize)> {
        let mut all: Vec<(&str, &str, usize)> = self
            .fields
            .iter()
            .flat_map(|tally| tally.unknown.iter().map(|(why, count)| (&*tally.field, &**why, *count)))
            .collect();
        all.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (a.0, a.1).cmp(&(b.0, b.1))));
        all
    }
}
