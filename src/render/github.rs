//! Annotations of GitHub Actions: one workflow command for each finding, then the ordinary last lines.
//!
//! Form: "Workflow commands for GitHub Actions" (docs.github.com, 2026-07) and how actions/runner reads it
//! (`ActionCommand.cs`). Whatever a file is called or says, it cannot end a command or begin another.

use std::cmp::Reverse;

use super::build_log::without_commands;
use super::files::Files;
use super::text::{MOST_PLACES, summary};
use super::words::{Secrets, Words};
use super::{Report, Snippets, Style, mask, place};
use crate::diagnostic::{Diagnostic, Label, Severity};

/// Annotations of one kind that GitHub shows for one step ("Limitations", docs of zizmor and of the
/// checks API, 2026-07); the log has all.
const SHOWN: usize = 10;

/// The report as annotations, the worst first, because only some of them are shown.
pub fn render(report: &Report, snippets: &dyn Snippets, style: &Style) -> String {
    let files = Files::new(snippets);
    let secrets = Secrets::new(&report.secrets);
    let words = Words { files: &files, secrets: &secrets };
    let least = report.least_shown(style.verbosity);
    let mut findings: Vec<&Diagnostic> = report.findings.iter().filter(|finding| finding.severity >= least).collect();
    findings.sort_by_key(|finding| Reverse(finding.severity));
    let mut out = String::new();
    for finding in &findings {
        let place = finding.primary().map_or(String::new(), |label| properties(label, &files));
        let title = property(finding.rule.as_str());
        let message = data(&message(finding, &words));
        out.push_str(&format!("::{} {place}title={title}::{message}\n", command(finding.severity)));
    }
    let most = findings.chunk_by(|a, b| a.severity == b.severity).map(<[_]>::len).max().unwrap_or(0);
    if most > SHOWN {
        out.push_str(&format!("GitHub shows {SHOWN} annotations of each severity; this log has all\n"));
    }
    out.push_str(&without_commands(&summary::lines(report, style)));
    out
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    }
}

/// `file=…,line=…,endLine=…,col=…,endColumn=…,`. Columns hold only within one line; what lies inside a
/// package is shown at the package.
fn properties(label: &Label, files: &Files<'_>) -> String {
    let file = label.source.file();
    let mut out = format!("file={},", property(&mask::address(&file.path().to_string())));
    if label.source.container().is_some() {
        out.push_str("line=1,endLine=1,");
        return out;
    }
    let at = |byte: u32| files.position(file, byte as usize);
    let (Some(start), Some(end)) = (at(label.span.start), at(label.span.end.max(label.span.start))) else {
        return out;
    };
    if end.line > start.line {
        // A line break at the end is not a line more.
        let last = if end.column == 1 { end.line - 1 } else { end.line };
        out.push_str(&format!("line={},endLine={last},", start.line));
    } else {
        let last = end.column.max(start.column);
        out.push_str(&format!("line={0},endLine={0},col={1},endColumn={last},", start.line, start.column));
    }
    out
}

/// All that is to be said: in the log nothing but the message is seen.
fn message(finding: &Diagnostic, words: &Words<'_>) -> String {
    let at = |label: &Label| place::written(&label.source, label.span, words.files);
    let lead = finding.primary().map_or(String::new(), |label| format!("{}: ", at(label)));
    let mut lines = vec![format!("{lead}{}", words.message(finding))];
    if let Some(said) = finding.primary().and_then(|label| label.message.as_ref()) {
        lines.push(words.fill(said));
    }
    let others = finding.labels.get(1..).unwrap_or_default();
    for label in others.iter().take(MOST_PLACES) {
        let said = label.message.as_ref().map_or_else(|| "see also".to_owned(), |said| words.fill(said));
        lines.push(format!("{}: {said}", at(label)));
    }
    if others.len() > MOST_PLACES {
        lines.push(format!("and {} more places", others.len() - MOST_PLACES));
    }
    lines.extend(words.help(finding).map(|help| format!("help: {help}")));
    without_commands(&lines.join("\n")).into_owned()
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
