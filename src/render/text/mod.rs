//! For people: each finding with the lines it speaks of, then what was checked and what was not.

mod draw;
mod source;
pub(super) mod summary;

pub(super) use summary::{last_line, of_base};

use std::collections::{BTreeMap, HashMap};

use draw::{Drawing, Pen};
use source::Window;

use super::counts::counted;
use super::files::{FileState, FileText, Files};
use super::words::{self, Secrets, Words};
use super::{Report, Snippets, Style, place};
use crate::config::ConfigProblem;
use crate::diagnostic::{Diagnostic, Label, RuleId, Severity};

/// Most findings of one rule that are drawn.
const MOST_OF_A_RULE: usize = 50;
/// Most other places of one cause that are listed.
pub(super) const MOST_PLACES: usize = 10;

/// The report as text.
pub fn render(report: &Report, snippets: &dyn Snippets, style: &Style) -> String {
    let files = Files::new(snippets);
    let secrets = Secrets::new(&report.secrets);
    let scribe = Scribe { words: Words { files: &files, secrets: &secrets }, pen: Pen::new(style.color) };
    let mut out = String::new();
    if !report.older.is_empty() {
        // First, so that what is new stands next to the verdict.
        out.push_str("older findings:\n\n");
        out.push_str(&scribe.all(&report.older, report, style));
        out.push_str("new findings:\n\n");
    }
    out.push_str(&scribe.all(&report.findings, report, style));
    out.push_str(&summary::lines(report, style));
    out
}

/// Findings as text, and nothing about a run.
pub fn findings(findings: &[Diagnostic], snippets: &dyn Snippets, style: &Style) -> String {
    let (files, secrets) = (Files::new(snippets), Secrets::default());
    let scribe = Scribe { words: Words { files: &files, secrets: &secrets }, pen: Pen::new(style.color) };
    findings.iter().map(|finding| format!("{}\n", scribe.finding(finding))).collect()
}

/// Problems of a configuration as text.
pub fn configuration(problems: &[ConfigProblem], bytes: &[u8], style: &Style) -> String {
    struct Nothing;
    impl Snippets for Nothing {
        fn bytes(&self, _: &crate::source::Source) -> Option<std::sync::Arc<[u8]>> {
            None
        }
    }
    let (files, secrets) = (Files::new(&Nothing), Secrets::default());
    let words = Words { files: &files, secrets: &secrets };
    let pen = Pen::new(style.color);
    let file = FileText::new(bytes.into());
    let mut out = String::new();
    for problem in problems {
        let name = words::path(&problem.source);
        let window = Window::new(name, &file, &[problem.span], &[]).map(|(window, _)| (window, vec![None]));
        let mut message = words.fill(&problem.message);
        if window.is_none() {
            let at = file.position(problem.span.start as usize);
            message.push_str(&format!("\n{}:{}:{}", words::path(&problem.source), at.line, at.column));
        }
        out.push_str(&pen.draw(&Drawing {
            code: Some("error[configuration]".to_owned()),
            severity: Some(Severity::Error),
            message,
            window,
            help: problem.help.as_ref().map(|help| words.fill(help)),
        }));
        out.push('\n');
    }
    out
}

/// Findings that share the one node to edit, in order of the first of each.
fn groups<'r>(findings: &'r [Diagnostic], report: &Report, style: &Style) -> Vec<Vec<&'r Diagnostic>> {
    let least = report.least_shown(style.verbosity);
    let mut groups: Vec<Vec<&Diagnostic>> = Vec::new();
    let mut place_of = HashMap::new();
    for finding in findings.iter().filter(|finding| finding.severity >= least) {
        let Some(cause) = &finding.root_cause else {
            groups.push(vec![finding]);
            continue;
        };
        let key = (&finding.rule, finding.case, finding.severity, cause);
        let place = *place_of.entry(key).or_insert_with(|| {
            groups.push(Vec::new());
            groups.len() - 1
        });
        if let Some(group) = groups.get_mut(place) {
            group.push(finding);
        }
    }
    groups
}

/// Lines, and the words for each mark in them.
type Picture = (Window, Vec<Option<String>>);

struct Scribe<'a> {
    words: Words<'a>,
    pen: Pen,
}

impl Scribe<'_> {
    /// Findings, grouped by cause; of each rule a part, and how many more there are.
    fn all(&self, findings: &[Diagnostic], report: &Report, style: &Style) -> String {
        let mut out = String::new();
        let mut drawn: BTreeMap<&RuleId, usize> = BTreeMap::new();
        let mut left_out: BTreeMap<&RuleId, usize> = BTreeMap::new();
        for group in groups(findings, report, style) {
            let Some(leader) = group.first() else { continue };
            let count = drawn.entry(&leader.rule).or_default();
            if *count == MOST_OF_A_RULE {
                *left_out.entry(&leader.rule).or_default() += group.len();
                continue;
            }
            *count += 1;
            out.push_str(&self.finding(leader));
            out.push_str(&self.places(&group));
            out.push('\n');
        }
        for (rule, count) in left_out {
            let findings = counted(count, "finding");
            out.push_str(&format!("{rule}: {findings} more are not shown here; --format json has all\n"));
        }
        out
    }

    /// A finding: its message over the first lines, each further piece of evidence below, help last.
    fn finding(&self, finding: &Diagnostic) -> String {
        let mut drawings = Vec::new();
        let mut rest: Vec<&Label> = finding.labels.iter().collect();
        let mut message = self.words.message(finding);
        let mut code = Some(format!("{}[{}]", finding.severity, finding.rule));
        let mut severity = Some(finding.severity);
        loop {
            let (window, used) = self.scene(&rest, drawings.is_empty());
            if let (None, Some(label)) = (&window, rest.first()) {
                message.push_str(&format!("\n{}", self.place(label)));
            }
            drawings.push(Drawing { code, severity, message, window, help: None });
            rest.drain(..used.min(rest.len()));
            let Some(next) = rest.first() else { break };
            (code, severity) = (None, None);
            message = next.message.as_ref().map_or_else(|| "see also".to_owned(), |words| self.words.fill(words));
        }
        if let Some(last) = drawings.last_mut() {
            last.help = self.words.help(finding);
        }
        drawings.iter().map(|drawing| self.pen.draw(drawing)).collect()
    }

    /// The window for the first of the labels and as many of those after it as fit, and how many these are.
    fn scene(&self, labels: &[&Label], is_first: bool) -> (Option<Picture>, usize) {
        let Some(first) = labels.first() else { return (None, 0) };
        let together: Vec<&&Label> =
            labels.iter().take_while(|label| label.source == first.source && !is_whole_file(label)).collect();
        if together.is_empty() {
            return (None, 1);
        }
        let FileState::Same(file) = &*self.words.files.get(&first.source) else { return (None, 1) };
        let spans: Vec<_> = together.iter().map(|label| label.span).collect();
        let known = self.words.secrets.of(&first.source);
        let Some((window, used)) = Window::new(words::path(&first.source), file, &spans, known) else {
            return (None, 1);
        };
        let says = |(place, label): (usize, &&&Label)| {
            // The words of the first further piece of evidence stand above its lines.
            let is_above = place == 0 && !is_first;
            label.message.as_ref().filter(|_| !is_above).map(|words| self.words.fill(words))
        };
        let words = together.iter().take(used).enumerate().map(says).collect();
        (Some((window, words)), used)
    }

    /// Where something is, for labels without lines, and why there are none.
    fn place(&self, label: &Label) -> String {
        let place = place::written(&label.source, label.span, self.words.files);
        if is_whole_file(label) {
            return place;
        }
        let why = match &*self.words.files.get(&label.source) {
            FileState::Changed => " (the file changed after it was read, so its lines are not shown)",
            FileState::Gone => " (the file cannot be read any more, so its lines are not shown)",
            FileState::Same(_) => "",
        };
        format!("{place}{why}")
    }

    /// Where else the same cause shows.
    fn places(&self, group: &[&Diagnostic]) -> String {
        let mut out = String::new();
        let others = group.get(1..).unwrap_or_default();
        for finding in others.iter().take(MOST_PLACES) {
            let place = finding.primary().map(|label| place::written(&label.source, label.span, self.words.files));
            let place = place.unwrap_or_default();
            out.push_str(&format!("  also: {} at {place}\n", words::address(&finding.subject)));
        }
        if others.len() > MOST_PLACES {
            out.push_str(&format!("  also: {} more with this cause\n", others.len() - MOST_PLACES));
        }
        out
    }
}

/// True for a label that means the file as such: there is no line to show.
fn is_whole_file(label: &Label) -> bool {
    label.span.start == 0 && label.span.end == 0
}
