//! How a check states what it found.

use std::borrow::Cow;
use std::sync::Arc;

use super::Rule;
use crate::diagnostic::{Argument, Arguments, Diagnostic, Doubt, Label, LogicalPath, Message};
use crate::facts::Place;
use crate::source::Origin;
use crate::value::{Condition, Why};

/// A finding being stated: subject, place, evidence, arguments. Words come from the rule's file.
#[derive(Debug)]
pub struct Finding {
    rule: Arc<Rule>,
    case: Option<&'static str>,
    subject: LogicalPath,
    others: Vec<LogicalPath>,
    value: Option<String>,
    root_cause: Option<LogicalPath>,
    primary: Option<Label>,
    related: Vec<(Label, Cow<'static, str>)>,
    arguments: Arguments,
    doubts: Vec<Doubt>,
}

impl Finding {
    /// A finding about a fact, reported where the fact is declared.
    pub fn about(rule: &Arc<Rule>, place: &Place) -> Self {
        let mut finding = Self::of(rule, place.path.clone());
        finding.primary = Some(Label::at(&place.origin));
        finding
    }

    /// A finding about an address, without a place yet.
    pub fn of(rule: &Arc<Rule>, subject: LogicalPath) -> Self {
        Self {
            rule: Arc::clone(rule),
            case: None,
            subject,
            others: Vec::new(),
            value: None,
            root_cause: None,
            primary: None,
            related: Vec::new(),
            arguments: Vec::new(),
            doubts: Vec::new(),
        }
    }

    /// The same finding about another subject than the fact at whose place it is reported.
    pub fn about_subject(mut self, subject: LogicalPath) -> Self {
        self.subject = subject;
        self
    }

    /// Which of the rule's answers it is.
    pub fn case(mut self, case: &'static str) -> Self {
        self.case = Some(case);
        self
    }

    /// Where the user must edit.
    pub fn at(mut self, origin: &Origin) -> Self {
        self.primary = Some(Label::at(origin));
        self
    }

    /// Where the user must edit, as a label.
    pub fn at_label(mut self, label: Label) -> Self {
        self.primary = Some(label);
        self
    }

    /// Another place of the evidence, with words that may use the arguments.
    pub fn related(mut self, origin: &Origin, words: impl Into<Cow<'static, str>>) -> Self {
        self.related.push((Label::at(origin), words.into()));
        self
    }

    /// An argument of the messages.
    pub fn with(mut self, name: impl Into<Cow<'static, str>>, argument: Argument) -> Self {
        self.arguments.push((name.into(), argument));
        self
    }

    /// A name as an argument.
    pub fn name(self, name: &'static str, text: impl Into<String>) -> Self {
        self.with(name, Argument::Name(text.into()))
    }

    /// Another party, part of the identity.
    pub fn other(mut self, path: &LogicalPath) -> Self {
        self.others.push(path.clone());
        self
    }

    /// The judged value in normal form, part of the identity. Never a credential.
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// The one node to edit.
    pub fn root_cause(mut self, path: LogicalPath) -> Self {
        self.root_cause = Some(path);
        self
    }

    /// Why it is less sure than the rule's ceiling. That something may be made anew is said once, of the
    /// thing that was named last.
    pub fn doubt(mut self, doubt: Doubt) -> Self {
        if matches!(doubt, Doubt::StaleArtifact(_)) {
            self.doubts.retain(|own| !matches!(own, Doubt::StaleArtifact(_)));
        }
        self.doubts.push(doubt);
        self
    }

    /// It is so only under a condition.
    pub fn sometimes(self, condition: Option<&Condition>) -> Self {
        match condition {
            Some(condition) => self.doubt(Doubt::Sometimes(condition.clone())),
            None => self,
        }
    }

    /// The diagnostic.
    pub fn build(self) -> Diagnostic {
        let (message, help, severity) = self.rule.text_of(self.case);
        let arguments = Arc::new(self.arguments);
        let fill = |template: &str| Message { template: Arc::from(template), arguments: Arc::clone(&arguments) };
        let mut labels: Vec<Label> = self.primary.into_iter().collect();
        for (label, words) in self.related {
            labels.push(label.saying(fill(&words)));
        }
        Diagnostic {
            rule: self.rule.id.clone(),
            case: self.case,
            severity,
            subject: self.subject,
            others: self.others,
            value: self.value,
            root_cause: self.root_cause,
            message: fill(message),
            help: help.map(fill),
            labels,
            doubts: self.doubts,
            fix: None,
            fingerprint: String::new(),
        }
    }
}

/// Takes what checks report.
#[derive(Debug, Default)]
pub struct Sink {
    /// What was reported.
    pub diagnostics: Vec<Diagnostic>,
    /// What could not be judged, with the reason.
    pub undecided: Vec<(LogicalPath, Why)>,
}

impl Sink {
    /// Takes a finding.
    pub fn report(&mut self, finding: Finding) {
        self.diagnostics.push(finding.build());
    }

    /// Notes a subject that a native check could not judge; it is counted.
    pub fn undecided(&mut self, subject: &LogicalPath, why: impl Into<Why>) {
        self.undecided.push((subject.clone(), why.into()));
    }
}
