//! The last lines: verdict, what was checked, what was skipped, what is not decided, and why.

use std::collections::BTreeMap;

use crate::diagnostic::Severity;
use crate::render::counts::{counted, with_reasons};
use crate::render::{Report, Style, Verbosity};
use crate::run::Coverage;
use crate::source::visible;

/// All of them; the last one always says what was checked, skipped and not decided.
pub(crate) fn lines(report: &Report, style: &Style) -> String {
    let coverage = &report.header.coverage;
    let mut out = String::new();
    if style.verbosity == Verbosity::Verbose {
        out.push_str(&details(report));
    }
    out.push_str(&of_base(report));
    out.push_str(&format!("{}\n{}\n", verdict(report), last_line(coverage)));
    out
}

/// How many findings are older than the change, and what could not be compared.
pub(crate) fn of_base(report: &Report) -> String {
    let Some(base) = &report.header.base else { return String::new() };
    let mut out = String::new();
    for problem in &base.problems {
        out.push_str(&format!("not compared: {}; everything is reported\n", visible(problem.as_bytes())));
    }
    let hidden = base.older.saturating_sub(report.older.len());
    if hidden > 0 {
        let verb = if hidden == 1 { "is" } else { "are" };
        out.push_str(&format!("{} {verb} not shown; --all shows them\n", counted(hidden, "older finding")));
    }
    out
}

fn verdict(report: &Report) -> String {
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let mut line = format!(
        "{}: {}, {}, {} info",
        report.header.verdict.word(),
        counted(count(Severity::Error), "error"),
        counted(count(Severity::Warning), "warning"),
        count(Severity::Info)
    );
    let accepted: usize = report.suppressed.values().sum();
    if accepted > 0 {
        line.push_str(&format!("; {} accepted by comments and waivers", counted(accepted, "finding")));
    }
    line
}

/// `checked 214 files, 3 artifacts, …; skipped 12 files (helm chart 8, terraform 4); undecided …`. Of a part of a
/// repository: `checked 12 files, joined with 202 others: 3 artifacts, …`.
pub(crate) fn last_line(coverage: &Coverage) -> String {
    let parts = [
        (coverage.files, "file"),
        (coverage.artifacts, "artifact"),
        (coverage.sets, "release set"),
        (coverage.services, "service"),
        (coverage.routes, "route"),
        (coverage.functions, "function"),
    ];
    let others = coverage.files.saturating_sub(coverage.reported_files);
    let mut checked: Vec<String> = parts
        .iter()
        .enumerate()
        .filter(|(place, (count, _))| *place == 0 || *count > 0)
        .map(|(_, (count, thing))| counted(*count, thing))
        .collect();
    if others > 0 {
        let joined = if checked.len() > 1 { "others: " } else { "others" };
        checked[0] = format!("{}, joined with {others} {joined}", counted(coverage.reported_files, "file"));
        let rest = checked.split_off(1).join(", ");
        checked[0].push_str(&rest);
    }
    let mut by_reason: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, why, count) in coverage.undecided() {
        *by_reason.entry(why).or_default() += count;
    }
    format!(
        "checked {}; skipped {}; undecided {}",
        checked.join(", "),
        with_reasons(&coverage.skipped, "file"),
        with_reasons(&by_reason, "value")
    )
}

/// Every reason, and how decided each field is.
fn details(report: &Report) -> String {
    let coverage = &report.header.coverage;
    let mut out = String::new();
    for (why, count) in &coverage.skipped {
        out.push_str(&format!("skipped: {}, {}\n", visible(why.as_bytes()), counted(*count, "file")));
    }
    for (rule, count) in &report.suppressed {
        out.push_str(&format!("accepted: {rule}, {}\n", counted(*count, "finding")));
    }
    for tally in &coverage.fields {
        let unknown: usize = tally.unknown.values().sum();
        let (known, one_of) = (tally.known, tally.one_of);
        out.push_str(&format!("decided: {}, {known} known, {one_of} one of several, {unknown} not\n", tally.field));
    }
    for (field, why, count) in coverage.undecided() {
        out.push_str(&format!("undecided: {field}, {count}: {}\n", visible(why.as_bytes())));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_are_only_joined_are_said_apart() {
        let whole = Coverage { files: 214, reported_files: 214, sets: 3, ..Coverage::default() };
        assert!(last_line(&whole).starts_with("checked 214 files, 3 release sets; "));
        let part = Coverage { reported_files: 12, ..whole.clone() };
        assert!(last_line(&part).starts_with("checked 12 files, joined with 202 others: 3 release sets; "));
        let alone = Coverage { reported_files: 12, sets: 0, ..whole };
        assert!(last_line(&alone).starts_with("checked 12 files, joined with 202 others; "));
    }
}
