//! What is said of a deploy: a finding with its place, its identity and its evidence.
//!
//! A rule states what it found. Severity is settled later (policy/), words and masks later (render/).

mod logical;
mod message;

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

pub use logical::LogicalPath;
pub use message::{Argument, Arguments, Message, Piece};

use crate::source::{Origin, Source, Span};
use crate::value::{Condition, Why};

/// How bad it is. `Error` is a promise that the deploy breaks or ships a live secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Readiness advice.
    Info,
    /// Likely, but something outside the repository could make it right.
    Warning,
    /// The platform will refuse it, the process will not start, traffic will be lost, or a live
    /// credential ships.
    Error,
}

impl Severity {
    /// One step down; info stays info.
    pub fn lowered(self) -> Self {
        match self {
            Self::Error => Self::Warning,
            Self::Warning | Self::Info => Self::Info,
        }
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A rule's id, `family/name`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RuleId(Arc<str>);

impl RuleId {
    /// An id; the caller has checked its form.
    pub fn new(id: impl AsRef<str>) -> Self {
        Self(Arc::from(id.as_ref()))
    }

    /// `family/name`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What stands before the last slash (`local/team` of a user's rule).
    pub fn family(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(family, _)| family)
    }

    /// Its name in the family: `missing-module`.
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }
}

impl fmt::Display for RuleId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A place in a file with what is to be said of it.
#[derive(Clone, Debug)]
pub struct Label {
    /// The file.
    pub source: Source,
    /// Bytes in that file.
    pub span: Span,
    /// What is to be said of them; the primary label usually says nothing of its own.
    pub message: Option<Message>,
}

impl Label {
    /// A label at an origin.
    pub fn at(origin: &Origin) -> Self {
        Self { source: origin.source.clone(), span: origin.span, message: None }
    }

    /// The same with words.
    pub fn saying(mut self, message: Message) -> Self {
        self.message = Some(message);
        self
    }
}

/// Why a finding is reported below its rule's ceiling.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// Not everything of the release set could be read.
    OpenSet(Why),
    /// It hangs on a guess (a handler that nobody named).
    Guess(Why),
    /// It is so only under this condition.
    Sometimes(Condition),
    /// The file is generated: absent, but matched by an ignore rule. At most info.
    Generated,
    /// The artifact is not in the judged tree, or older than its sources: at most a warning.
    StaleArtifact(Why),
}

/// A change that would mend it.
#[derive(Clone, Debug)]
pub struct Fix {
    /// What it does.
    pub title: String,
    /// True when it cannot change what works today.
    pub safe: bool,
    /// Replacements: the bytes and the new text.
    pub edits: Vec<(Source, Span, String)>,
}

/// One finding.
#[derive(Clone, Debug)]
pub struct Diagnostic {
    /// Which rule.
    pub rule: RuleId,
    /// Which of the rule's answers (`near-miss`, `absent`, …).
    pub case: Option<&'static str>,
    /// The rule's ceiling for this case; policy lowers it.
    pub severity: Severity,
    /// What is judged.
    pub subject: LogicalPath,
    /// The other parties, part of the identity.
    pub others: Vec<LogicalPath>,
    /// The judged value in normal form, part of the identity; never of a secret.
    pub value: Option<String>,
    /// The one node to edit, when several findings share it.
    pub root_cause: Option<LogicalPath>,
    /// What will happen.
    pub message: Message,
    /// What to do.
    pub help: Option<Message>,
    /// The chain of evidence; the first label is where the user must edit.
    pub labels: Vec<Label>,
    /// Why it is less sure than its rule's ceiling says.
    pub doubts: Vec<Doubt>,
    /// A change that would mend it.
    pub fix: Option<Fix>,
    /// `v1:` and a hash; filled in by [`identify`].
    pub fingerprint: String,
}

impl Diagnostic {
    /// The place where the user must edit.
    pub fn primary(&self) -> Option<&Label> {
        self.labels.first()
    }

    /// Order of output: path, span, rule, subject.
    pub fn order(&self, other: &Self) -> std::cmp::Ordering {
        let place = |d: &Self| d.primary().map(|l| (l.source.clone(), l.span));
        place(self)
            .cmp(&place(other))
            .then_with(|| self.rule.cmp(&other.rule))
            .then_with(|| self.subject.cmp(&other.subject))
            .then_with(|| self.others.cmp(&other.others))
            .then_with(|| self.value.cmp(&other.value))
    }
}

/// Sorts, gives every finding its fingerprint, and drops exact repetitions of one place.
///
/// `fingerprint = v1: + sha256(rule, subject, other parties, judged value) + #n` for twins in span order.
/// No line, column, message text or absolute path takes part.
pub fn identify(mut diagnostics: Vec<Diagnostic>) -> Vec<Diagnostic> {
    diagnostics.sort_by(Diagnostic::order);
    share_root_causes(&mut diagnostics);
    let mut seen: std::collections::HashMap<String, (u32, Vec<(Source, Span)>)> = std::collections::HashMap::new();
    let mut out = Vec::with_capacity(diagnostics.len());
    for mut diagnostic in diagnostics {
        let base = fingerprint(&diagnostic);
        let place = diagnostic.primary().map(|l| (l.source.clone(), l.span));
        let twins = seen.entry(base.clone()).or_default();
        if let Some(place) = place {
            if twins.1.contains(&place) {
                continue;
            }
            twins.1.push(place);
        } else if twins.0 > 0 {
            continue;
        }
        twins.0 += 1;
        diagnostic.fingerprint = if twins.0 == 1 { base } else { format!("{base}#{}", twins.0) };
        out.push(diagnostic);
    }
    out
}

/// One place that several release sets have in common is one node to edit: the first subject names it.
fn share_root_causes(sorted: &mut [Diagnostic]) {
    let is_same = |a: &Diagnostic, b: &Diagnostic| {
        let place = |d: &Diagnostic| d.primary().map(|label| (label.source.clone(), label.span));
        a.rule == b.rule && a.case == b.case && a.value == b.value && place(a).is_some() && place(a) == place(b)
    };
    for same in sorted.chunk_by_mut(is_same) {
        let Some(cause) = same.first().map(|first| first.subject.clone()) else { continue };
        if same.iter().all(|diagnostic| diagnostic.subject == cause) {
            continue;
        }
        for diagnostic in same.iter_mut().filter(|diagnostic| diagnostic.root_cause.is_none()) {
            diagnostic.root_cause = Some(cause.clone());
        }
    }
}

fn fingerprint(diagnostic: &Diagnostic) -> String {
    let mut hash = Sha256::new();
    let mut add = |text: &str| {
        hash.update((text.len() as u64).to_le_bytes());
        hash.update(text.as_bytes());
    };
    add(diagnostic.rule.as_str());
    add(diagnostic.subject.as_str());
    let mut others: Vec<&str> = diagnostic.others.iter().map(LogicalPath::as_str).collect();
    others.sort_unstable();
    others.into_iter().for_each(&mut add);
    add(diagnostic.value.as_deref().unwrap_or(""));
    let digest = hash.finalize();
    let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    format!("v1:{hex}")
}
