//! For machines: the form that `schemas/report.v1.json` describes.

use std::collections::BTreeMap;

use serde::Serialize;

use super::files::Files;
use super::words::{self, Secrets, Words};
use super::{Report, Snippets};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::source::{Source, visible};

/// Name and version of the form. Within a version, fields are only added.
pub const SCHEMA: &str = "deploylint/report/v1";

#[derive(Serialize)]
struct Run<'r> {
    schema: &'static str,
    tool_version: &'r str,
    root: String,
    revision: Option<&'r str>,
    as_of: &'r str,
    verdict: &'static str,
    exit_code: u8,
    coverage: Coverage<'r>,
    base: Option<Base<'r>>,
    findings: Vec<Finding<'r>>,
    older_findings: Vec<Finding<'r>>,
}

#[derive(Serialize)]
struct Base<'r> {
    revision: Option<&'r str>,
    older: usize,
    problems: Vec<String>,
}

#[derive(Serialize)]
struct Coverage<'r> {
    files: usize,
    reported_files: usize,
    artifacts: usize,
    sets: usize,
    services: usize,
    routes: usize,
    functions: usize,
    skipped: BTreeMap<String, usize>,
    undecided: Vec<Undecided<'r>>,
    decided: Vec<Decided<'r>>,
}

#[derive(Serialize)]
struct Undecided<'r> {
    field: &'r str,
    reason: String,
    count: usize,
}

#[derive(Serialize)]
struct Decided<'r> {
    field: &'r str,
    known: usize,
    one_of: usize,
    unknown: usize,
}

#[derive(Serialize)]
struct Finding<'r> {
    rule: &'r str,
    severity: Severity,
    case: Option<&'static str>,
    subject: String,
    message: String,
    help: Option<String>,
    location: Option<Location>,
    related: Vec<Related>,
    root_cause: Option<String>,
    fingerprint: &'r str,
}

#[derive(Serialize)]
struct Location {
    path: String,
    start: Option<Position>,
    end: Option<Position>,
}

#[derive(Serialize)]
struct Related {
    path: String,
    start: Option<Position>,
    message: Option<String>,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
    byte: u32,
}

/// The report as JSON, with a line break at its end.
pub fn render(report: &Report, snippets: &dyn Snippets) -> String {
    let files = Files::new(snippets);
    let secrets = Secrets::new(&report.secrets);
    let words = Words { files: &files, secrets: &secrets };
    let header = &report.header;
    let run = Run {
        schema: SCHEMA,
        tool_version: &header.tool_version,
        root: visible(header.root.as_bytes()),
        revision: header.revision.as_deref(),
        as_of: &header.as_of,
        verdict: header.verdict.word(),
        exit_code: header.verdict.exit_code(),
        coverage: coverage(&header.coverage),
        base: header.base.as_ref().map(|base| Base {
            revision: base.revision.as_deref(),
            older: base.older,
            problems: base.problems.iter().map(|problem| visible(problem.as_bytes())).collect(),
        }),
        older_findings: report.older.iter().map(|diagnostic| finding(diagnostic, &words)).collect(),
        findings: report.findings.iter().map(|diagnostic| finding(diagnostic, &words)).collect(),
    };
    // Strings, numbers and lists always serialise.
    let mut text = serde_json::to_string_pretty(&run).unwrap_or_default();
    text.push('\n');
    text
}

fn coverage(coverage: &crate::run::Coverage) -> Coverage<'_> {
    let undecided = coverage.undecided().into_iter();
    let decided = coverage.fields.iter();
    Coverage {
        files: coverage.files,
        reported_files: coverage.reported_files,
        artifacts: coverage.artifacts,
        sets: coverage.sets,
        services: coverage.services,
        routes: coverage.routes,
        functions: coverage.functions,
        skipped: coverage.skipped.iter().map(|(why, count)| (visible(why.as_bytes()), *count)).collect(),
        undecided: undecided
            .map(|(field, why, count)| Undecided { field, reason: visible(why.as_bytes()), count })
            .collect(),
        decided: decided
            .map(|tally| Decided {
                field: &tally.field,
                known: tally.known,
                one_of: tally.one_of,
                unknown: tally.unknown.values().sum(),
            })
            .collect(),
    }
}

fn finding<'r>(diagnostic: &'r Diagnostic, words: &Words<'_>) -> Finding<'r> {
    let related = diagnostic.labels.iter().skip(1).map(|label| Related {
        path: words::path(&label.source),
        start: position(&label.source, label.span.start, words.files),
        message: label.message.as_ref().map(|message| words.fill(message)),
    });
    Finding {
        rule: diagnostic.rule.as_str(),
        severity: diagnostic.severity,
        case: diagnostic.case,
        subject: words::address(&diagnostic.subject),
        message: words.message(diagnostic),
        help: words.help(diagnostic),
        location: diagnostic.primary().map(|label| location(label, words.files)),
        related: related.collect(),
        root_cause: diagnostic.root_cause.as_ref().map(words::address),
        fingerprint: &diagnostic.fingerprint,
    }
}

fn location(label: &Label, files: &Files<'_>) -> Location {
    Location {
        path: words::path(&label.source),
        start: position(&label.source, label.span.start, files),
        end: position(&label.source, label.span.end, files),
    }
}

fn position(source: &Source, byte: u32, files: &Files<'_>) -> Option<Position> {
    let position = files.position(source, byte as usize)?;
    Some(Position { line: position.line, column: position.column, byte })
}
