//! Accepted findings: comments in the files and waivers of the configuration.

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::ops::RangeInclusive;

use super::remark::{self, Remark};
use super::{PolicyInputs, is_meta};
use crate::config::{Date, Waiver};
use crate::diagnostic::{Argument, Diagnostic, Label, LogicalPath, identify};
use crate::rules::Finding;
use crate::source::{LineIndex, Source};
use crate::syntax::Comment;

/// Extensions of prose, where such comments are quoted, not meant.
const PROSE: &[&str] = &["md", "mdx", "markdown", "rst", "adoc", "asciidoc", "txt"];

/// Extensions of languages whose comments start with `//`, in which a `#` is part of something else.
const SLASHES: &[&str] = &[
    "rs", "js", "mjs", "cjs", "jsx", "ts", "tsx", "mts", "cts", "go", "java", "kt", "kts", "scala", "groovy", "cs",
    "swift", "c", "h", "cc", "cpp", "hpp", "dart", "json", "jsonc", "json5",
];

/// One comment or waiver, for one rule.
struct Silence<'a> {
    rule: String,
    reach: Reach<'a>,
    state: State,
    place: Label,
    met_a_finding: Cell<bool>,
}

/// Which findings of the rule are meant.
enum Reach<'a> {
    Lines(RangeInclusive<usize>),
    Waiver(&'a Waiver),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Holds,
    WithoutReason,
    Expired(Date),
    Malformed(&'static str),
}

/// Drops what is accepted and counts it by rule; adds findings about silence that does not hold.
pub(super) fn apply(
    mut diagnostics: Vec<Diagnostic>,
    inputs: &PolicyInputs<'_>,
) -> (Vec<Diagnostic>, BTreeMap<String, usize>) {
    let silences = Silences::collect(inputs);
    let mut silenced: BTreeMap<String, usize> = BTreeMap::new();
    diagnostics.retain(|diagnostic| {
        let is_silenced = silences.silences(diagnostic);
        if is_silenced {
            *silenced.entry(diagnostic.rule.to_string()).or_default() += 1;
        }
        !is_silenced
    });
    diagnostics.extend(identify(silences.findings(inputs)));
    (diagnostics, silenced)
}

#[derive(Default)]
struct Silences<'a> {
    inline: HashMap<Source, (Option<LineIndex>, Vec<Silence<'a>>)>,
    waivers: Vec<Silence<'a>>,
}

impl<'a> Silences<'a> {
    fn collect(inputs: &'a PolicyInputs<'_>) -> Self {
        let mut all = Self::default();
        for (source, comments) in inputs.remarks {
            let (lines, silences) = of_file(source, comments, inputs);
            if !silences.is_empty() {
                let entry = all.inline.entry(source.clone()).or_insert_with(|| (lines, Vec::new()));
                entry.1.extend(silences);
            }
        }
        for waiver in &inputs.config.waivers {
            let state = state_of(&waiver.rule, waiver.reason.is_some(), waiver.until, inputs);
            let place = Label { source: waiver.source.clone(), span: waiver.span, message: None };
            let reach = Reach::Waiver(waiver);
            all.waivers.push(Silence {
                rule: waiver.rule.clone(),
                reach,
                state,
                place,
                met_a_finding: Cell::new(false),
            });
        }
        all
    }

    /// True when something that holds accepts the finding. All that mean it are marked, so that of two
    /// neither is called useless.
    fn silences(&self, diagnostic: &Diagnostic) -> bool {
        let mut is_silenced = false;
        let inline = diagnostic.primary().and_then(|label| {
            let (lines, silences) = self.inline.get(&label.source)?;
            Some((silences, lines.as_ref()?.line_of(label.span.start as usize)))
        });
        let in_file = inline.iter().flat_map(|(silences, line)| {
            silences.iter().filter(move |silence| matches!(&silence.reach, Reach::Lines(lines) if lines.contains(line)))
        });
        let waivers = self.waivers.iter().filter(|silence| match &silence.reach {
            Reach::Waiver(waiver) => reaches(waiver, diagnostic),
            Reach::Lines(_) => false,
        });
        for silence in in_file.chain(waivers).filter(|silence| silence.rule == diagnostic.rule.as_str()) {
            silence.met_a_finding.set(true);
            is_silenced |= silence.state == State::Holds;
        }
        is_silenced
    }

    fn findings(&self, inputs: &PolicyInputs<'_>) -> Vec<Diagnostic> {
        let inline = self.inline.values().flat_map(|(_, silences)| silences);
        inline.chain(&self.waivers).filter_map(|silence| finding(silence, inputs)).collect()
    }
}

fn reaches(waiver: &Waiver, diagnostic: &Diagnostic) -> bool {
    let path = diagnostic.primary().map(|label| label.source.file().path());
    let in_path = waiver.path.as_ref().is_none_or(|globs| path.is_some_and(|path| globs.matches(path)));
    in_path && waiver.subject.as_ref().is_none_or(|glob| glob.is_match(diagnostic.subject.as_str()))
}

fn of_file<'a>(
    source: &Source,
    comments: &[Comment],
    inputs: &PolicyInputs<'_>,
) -> (Option<LineIndex>, Vec<Silence<'a>>) {
    let extension = source.path().extension().unwrap_or_default();
    if PROSE.contains(&extension.as_str()) {
        return (None, Vec::new());
    }
    let remarks: Vec<(&Comment, Result<Remark, &'static str>)> =
        comments.iter().filter_map(|comment| remark::read(&comment.text).map(|remark| (comment, remark))).collect();
    if remarks.is_empty() {
        return (None, Vec::new());
    }
    let bytes = (inputs.bytes_of)(source);
    let marker: &[u8] = if SLASHES.contains(&extension.as_str()) { b"/" } else { b"#;" };
    let is_comment = |comment: &Comment| {
        let start = comment.span.start as usize;
        let at = |place: usize| bytes.as_ref().and_then(|bytes| bytes.get(place).copied());
        let follows_space = start == 0 || at(start - 1).is_none_or(|byte| byte.is_ascii_whitespace() || byte >= 0x80);
        at(start).is_none_or(|byte| marker.contains(&byte)) && follows_space
    };
    let index = bytes.as_deref().map(LineIndex::new);
    let line = |comment: &Comment| index.as_ref().map_or(0, |index| index.line_of(comment.span.start as usize));
    // A comment alone on its line speaks of the line below, skipping other such remarks.
    let is_alone = |comment: &Comment| match (&bytes, &index) {
        (Some(bytes), Some(index)) => {
            let start = index.line_span(line(comment), bytes).start as usize;
            let before = bytes.get(start..comment.span.start as usize).unwrap_or_default();
            before.iter().all(|byte| matches!(byte, b' ' | b'\t' | 0xef | 0xbb | 0xbf))
        }
        _ => false,
    };
    let alone: Vec<usize> = remarks.iter().filter(|(c, _)| is_alone(c)).map(|(c, _)| line(c)).collect();
    let mut out = Vec::new();
    for (comment, remark) in remarks.iter().filter(|(comment, _)| is_comment(comment)) {
        let mut target = line(comment);
        if is_alone(comment) {
            target += 1;
            while alone.contains(&target) {
                target += 1;
            }
        }
        let place = Label { source: source.clone(), span: comment.span, message: None };
        let mut add = |rule: &str, state: State| {
            let reach = Reach::Lines(target..=target);
            let place = place.clone();
            out.push(Silence { rule: rule.to_owned(), reach, state, place, met_a_finding: Cell::new(false) });
        };
        match remark {
            Err(problem) => add("", State::Malformed(problem)),
            Ok(remark) => {
                for rule in &remark.rules {
                    add(rule, state_of(rule, remark.reason.is_some(), remark.until, inputs));
                }
            }
        }
    }
    (index, out)
}

fn state_of(rule: &str, has_reason: bool, until: Option<Date>, inputs: &PolicyInputs<'_>) -> State {
    match until {
        _ if !inputs.registry.has(rule) => State::Malformed("no rule has this id"),
        _ if is_meta(rule) => {
            State::Malformed("findings about the run itself cannot be silenced; `[rules]` sets their level")
        }
        _ if !has_reason => State::WithoutReason,
        Some(until) if until < inputs.as_of => State::Expired(until),
        _ => State::Holds,
    }
}

fn finding(silence: &Silence<'_>, inputs: &PolicyInputs<'_>) -> Option<Diagnostic> {
    let id = match silence.state {
        State::Malformed(_) => "waiver/malformed",
        State::WithoutReason => "waiver/without-reason",
        State::Expired(_) => "waiver/expired",
        State::Holds if silence.met_a_finding.get() || !was_run(&silence.rule, inputs) => return None,
        State::Holds => "waiver/unused",
    };
    let kind = if matches!(silence.reach, Reach::Lines(_)) { "comment" } else { "waiver" };
    let subject = LogicalPath::of_file(silence.place.source.path()).child(kind).child(&silence.rule);
    let mut finding = Finding::of(inputs.registry.get(id)?, subject)
        .at_label(silence.place.clone())
        .with("kind", Argument::words(kind))
        .name("rule", &silence.rule);
    match silence.state {
        State::Malformed(problem) => finding = finding.with("problem", Argument::words(problem)),
        State::Expired(until) => finding = finding.with("until", Argument::words(until.to_string())),
        State::Holds | State::WithoutReason => {}
    }
    Some(finding.build())
}

/// Silence is useless only when its rule had the chance to find something.
fn was_run(rule: &str, inputs: &PolicyInputs<'_>) -> bool {
    let wanted = |rule: &crate::rules::Rule| inputs.selection.wants(rule, inputs.config);
    inputs.is_whole && inputs.registry.get(rule).is_some_and(|rule| wanted(rule))
}
