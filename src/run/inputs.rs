//! Trouble with reading as findings: a file that could not be judged is never passed over.

use std::collections::BTreeSet;

use super::Settings;
use crate::diagnostic::{Argument, Diagnostic, Label, LogicalPath};
use crate::extract::{FileKind, by_name};
use crate::rules::Finding;
use crate::source::{Source, Span, TreePath};
use crate::syntax::{Problem, ProblemKind};
use crate::tree::TreeError;

/// Everything that went wrong on the way in.
pub struct Trouble<'a, P: Iterator<Item = &'a (Source, Problem)>> {
    /// Folders that could not be listed.
    pub unlisted: &'a [(TreePath, TreeError)],
    /// Files that could not be read.
    pub unread: &'a [(TreePath, TreeError)],
    /// Trouble inside files.
    pub problems: P,
}

impl<'a, P: Iterator<Item = &'a (Source, Problem)>> Trouble<'a, P> {
    /// A finding each; the first of several problems of one file and kind stands for them.
    pub fn diagnostics(self, settings: &Settings<'_>) -> Vec<Diagnostic> {
        let mut out = Vec::new();
        for (path, error) in self.unlisted.iter().chain(self.unread) {
            let Some(rule) = settings.registry.get("input/unreadable") else { continue };
            let finding = Finding::of(rule, LogicalPath::of_file(path))
                .at_label(Label { source: Source::unread(path.clone()), span: Span::default(), message: None })
                .with("path", Argument::Path(path.clone()))
                .with("reason", Argument::quoted(error.to_string()));
            out.push(finding.build());
        }
        let problems: Vec<&(Source, Problem)> = self.problems.collect();
        let is_limit = |problem: &Problem| problem.kind == ProblemKind::Limit;
        let limited: BTreeSet<&Source> = problems.iter().filter(|(_, p)| is_limit(p)).map(|(s, _)| s).collect();
        let mut seen = BTreeSet::new();
        for (source, problem) in problems {
            // Where reading stopped at a limit, what follows only looks like broken syntax.
            if problem.kind == ProblemKind::Syntax && limited.contains(source) {
                continue;
            }
            let id = match problem.kind {
                ProblemKind::Syntax => "input/unparsable",
                ProblemKind::Limit => "input/limit-exceeded",
                ProblemKind::Failure => "rule/failed",
            };
            let (Some(rule), true) = (settings.registry.get(id), seen.insert((source.clone(), id))) else { continue };
            let mut finding = Finding::of(rule, LogicalPath::of_file(source.path()));
            if problem.kind == ProblemKind::Syntax && is_named_for_its_tool(source) {
                finding = finding.case("refused");
            }
            if problem.kind == ProblemKind::Failure {
                finding = finding.case("file");
            }
            let finding = finding
                .at_label(Label { source: source.clone(), span: problem.span, message: None })
                .with("path", Argument::Path(source.path().clone()))
                .with("reason", Argument::quoted(problem.message.clone()));
            out.push(finding.build());
        }
        out
    }
}

/// Only a file whose name alone says which tool reads it is surely refused by that tool.
fn is_named_for_its_tool(source: &Source) -> bool {
    source.container().is_none() && by_name(source.path()) == Some(FileKind::Compose)
}
