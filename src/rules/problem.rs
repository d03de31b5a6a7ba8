//! Rule files that cannot be used, as findings.

use super::{Finding, Registry, RuleOrigin};
use crate::diagnostic::{Argument, Diagnostic, Label, LogicalPath, Message, identify};
use crate::source::{Source, Span};

/// A rule file, or a pack of them, that cannot be used, and where the trouble is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleProblem {
    /// What cannot be used: the id of a rule, or the path of a file or pack.
    pub id: String,
    /// The file: that of the rule, or the configuration that names the pack.
    pub origin: RuleOrigin,
    /// What cannot be used, when it is no single rule.
    pub of: ProblemOf,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Bytes in the file.
    pub span: Span,
    /// Another file that is part of it: the first one of the same id.
    pub other: Option<Source>,
}

/// What cannot be used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProblemOf {
    /// The file of a rule.
    #[default]
    Rule,
    /// A file or folder among rules that is none.
    File,
    /// A folder of rules.
    Pack,
}

impl RuleProblem {
    /// A problem of one rule file.
    pub fn about(id: &str, origin: RuleOrigin, message: impl Into<String>, span: Span) -> Self {
        Self { id: id.to_owned(), origin, of: ProblemOf::Rule, message: message.into(), help: None, span, other: None }
    }

    /// The finding.
    pub fn diagnostic(&self, registry: &Registry) -> Option<Diagnostic> {
        let rule = registry.get("rule/invalid")?;
        let label = |source: &Source, span| Label { source: source.clone(), span, message: None };
        let mut finding = Finding::of(rule, LogicalPath::of_set("rule", &self.id.as_str().into(), &[]))
            .name("rule", &self.id)
            .with("problem", Argument::words(&self.message))
            // Two faults of one file are two findings.
            .value(&self.message);
        finding = match self.of {
            ProblemOf::Rule => finding,
            ProblemOf::File => finding.case("file"),
            ProblemOf::Pack => finding.case("pack"),
        };
        if let Some(source) = self.origin.file() {
            finding = finding.at_label(label(source, self.span));
        }
        let mut diagnostic = finding.build();
        if let Some(other) = &self.other {
            diagnostic.labels.push(label(other, Span::default()).saying(Message::plain("the other one is here")));
        }
        if let Some(help) = &self.help {
            // A list is shown as one, with as many of its items as a line can bear.
            let words = Argument::List(help.split(", ").map(Argument::words).collect());
            diagnostic.help = Some(Message::new("{help}", vec![("help".into(), words)]));
        }
        Some(diagnostic)
    }

    /// The findings, in order.
    pub fn diagnostics(problems: &[Self], registry: &Registry) -> Vec<Diagnostic> {
        identify(problems.iter().filter_map(|problem| problem.diagnostic(registry)).collect())
    }
}
