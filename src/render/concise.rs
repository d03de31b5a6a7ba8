//! One line for each finding: `path:line:column: severity[family/name] message`.

use super::files::Files;
use super::words::{Secrets, Words};
use super::{Report, Snippets, Style, place, text};

/// The report, one line each, and the line that says what was checked.
pub fn render(report: &Report, snippets: &dyn Snippets, style: &Style) -> String {
    let files = Files::new(snippets);
    let secrets = Secrets::new(&report.secrets);
    let words = Words { files: &files, secrets: &secrets };
    let least = report.least_shown(style.verbosity);
    let mut out = String::new();
    let new = report.findings.iter().map(|finding| (finding, ""));
    let older = report.older.iter().map(|finding| (finding, " (older)"));
    for (finding, age) in new.chain(older).filter(|(finding, _)| finding.severity >= least) {
        let place = finding.primary().map(|label| place::written(&label.source, label.span, &files));
        let place = place.unwrap_or_else(|| "deploylint".to_owned());
        out.push_str(&format!("{place}: {}[{}] {}{age}\n", finding.severity, finding.rule, words.message(finding)));
    }
    out.push_str(&text::of_base(report));
    out.push_str(&text::last_line(&report.header.coverage));
    out.push('\n');
    out
}
