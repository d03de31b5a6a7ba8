//! The git hook: what a push sends is judged as it will be, not as it lies in the working tree.

mod install;
mod lines;
mod push;

use std::io::Read;

pub use install::{install, uninstall};

use self::lines::Update;
use self::push::{Before, Plan};
use super::Outcome;
use super::check::{self, Pushed};
use crate::cli::{Format, Options, PrePush};
use crate::diagnostic::Severity;
use crate::measure::{Cost, Stopwatch};
use crate::policy::Verdict;
use crate::render::{Report, Verbosity, printable};
use crate::rules::Registry;
use crate::tree::{GitRev, Repository, TreeError};

/// Most bytes that are read from git: some 100,000 refs.
const INPUT_CAP: u64 = 16 << 20;
/// How much of a commit's id is shown (git's own default, `core.abbrev`, is 7 to 12).
const SHORT_ID: usize = 12;

/// Refs that bring the same commit over the same one.
struct Group {
    refs: Vec<String>,
    commit: String,
    before: Before,
}

/// Judges what a push sends.
pub fn pre_push(push: &PrePush, registry: &Registry, input: &mut dyn Read) -> Outcome {
    let refuse = |error: String| Outcome::refuse(format!("error: {}\n", printable(&error)));
    let watch = Stopwatch::start();
    let mut text = Vec::new();
    if let Err(error) = input.take(INPUT_CAP).read_to_end(&mut text) {
        return refuse(format!("cannot read standard input: {error}"));
    }
    let updates = match lines::read(&text) {
        Ok(updates) => updates,
        Err(error) => return refuse(error.to_string()),
    };
    let judged = Repository::of_hook().and_then(|repository| {
        let updates = match &push.managed {
            Some(managed) if updates.is_empty() => vec![push::managed(managed, &repository)?],
            _ => updates,
        };
        let mut outcome = Outcome::default();
        if updates.is_empty() {
            note(&mut outcome, &push.options, "git named no ref on standard input: nothing is judged");
        }
        let groups = groups(&updates, push, &repository, &mut outcome)?;
        let mut cost = Cost::default();
        for group in &groups {
            cost.add(judge(group, groups.len(), &repository, &push.options, registry, &mut outcome)?);
        }
        cost.stats.git_processes += repository.processes();
        outcome.notes.push_str(&check::notes(&push.options, &cost, watch.elapsed()));
        Ok(outcome)
    });
    match judged {
        Ok(mut outcome) => {
            if outcome.exit_code != 0 {
                outcome.notes.push_str("deploylint: this push is stopped; `git push --no-verify` sends it unchecked\n");
            }
            outcome.file.clone_from(&push.options.output);
            outcome.form = check::form_of(push.options.format);
            outcome
        }
        Err(error) => refuse(format!("cannot judge what is pushed: {error}")),
    }
}

/// What is to be judged, each commit over each other one once; says why the rest is not.
fn groups(
    updates: &[Update],
    push: &PrePush,
    repository: &Repository,
    outcome: &mut Outcome,
) -> Result<Vec<Group>, TreeError> {
    let mut groups: Vec<Group> = Vec::new();
    let managed = push.managed.as_ref().and_then(|managed| managed.remote.as_deref());
    let remote = push.remote.as_deref().or(managed);
    for update in updates {
        let name = if update.local.is_some() { &update.local_ref } else { &update.remote_ref };
        match push::plan(update, remote, repository)? {
            Plan::Nothing(why) => note(outcome, &push.options, &format!("{name}: nothing to judge: {why}")),
            Plan::Judge { commit, before } => {
                match groups.iter_mut().find(|group| group.commit == commit && group.before == before) {
                    Some(group) => group.refs.push(name.clone()),
                    None => groups.push(Group { refs: vec![name.clone()], commit, before }),
                }
            }
        }
    }
    Ok(groups)
}

fn judge(
    group: &Group,
    of: usize,
    repository: &Repository,
    options: &Options,
    registry: &Registry,
    outcome: &mut Outcome,
) -> Result<Cost, TreeError> {
    let start = Stopwatch::start();
    let names = group.refs.join(", ");
    let commit = GitRev::of_commit(repository.folder(), &group.commit)?;
    // A push of prose alone must pass.
    let options = Options { allow_empty: true, ..options.clone() };
    let against = group.before.against(repository);
    let Pushed { report, output, cost } = match check::pushed(repository.folder(), commit, against, &options, registry)
    {
        Ok(pushed) => pushed,
        Err(refusal) => {
            outcome.notes.push_str(&format!("{names}:\n{}", refusal.notes));
            outcome.exit_code = worse(outcome.exit_code, refusal.exit_code);
            return Ok(Cost::default());
        }
    };
    if is_shown(&report, &options) {
        if of > 1 && options.format == Format::Text {
            outcome.output.push_str(&format!("{names} ({})\n\n", short(&group.commit)));
        }
        outcome.output.push_str(&output);
    }
    let seconds = start.elapsed().as_secs_f64();
    note(outcome, &options, &format!("{names}: {}, {seconds:.1} s", said(&report, &group.before)));
    outcome.exit_code = worse(outcome.exit_code, report.header.verdict.exit_code());
    Ok(cost)
}

/// A push that is fine says one line; machines always get their form.
fn is_shown(report: &Report, options: &Options) -> bool {
    let is_text = matches!(options.format, Format::Text | Format::Concise);
    let has_something = report.findings.iter().any(|finding| finding.severity >= Severity::Warning);
    let has_older = !report.older.is_empty();
    let is_asked = options.style.verbosity == Verbosity::Verbose;
    !is_text || report.header.verdict != Verdict::Pass || has_something || has_older || is_asked
}

/// `pass: nothing new since 1a2b3c4d5e6f, 12 older findings; 785 files checked`.
fn said(report: &Report, before: &Before) -> String {
    let coverage = &report.header.coverage;
    if coverage.is_empty() && report.findings.is_empty() {
        return "nothing to check".to_owned();
    }
    let count = |severity| report.findings.iter().filter(|finding| finding.severity == severity).count();
    let counts = [
        (Severity::Error, "error", "errors"),
        (Severity::Warning, "warning", "warnings"),
        (Severity::Info, "info", "info"),
    ];
    let counts = counts.map(|(severity, one, many)| match count(severity) {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    });
    let counts = counts.join(", ");
    let base = report.header.base.as_ref();
    let problem = base.and_then(|base| base.problems.first());
    let new = match (before, problem) {
        (_, Some(problem)) => format!("{counts} (everything is reported: not compared: {})", printable(problem)),
        (Before::Commit(commit), _) if report.findings.is_empty() => format!("nothing new since {}", short(commit)),
        (Before::Commit(commit), _) => format!("{counts} new since {}", short(commit)),
        _ => format!("{counts} (everything is new to the remote)"),
    };
    let older = base.map_or(0, |base| base.older);
    let older = if older > 0 { format!(", {older} older") } else { String::new() };
    format!("{}: {new}{older}, {} files checked", report.header.verdict.word(), coverage.files)
}

fn note(outcome: &mut Outcome, options: &Options, line: &str) {
    if options.style.verbosity != Verbosity::Quiet {
        outcome.notes.push_str(&format!("deploylint: {line}\n"));
    }
}

fn short(id: &str) -> &str {
    id.get(..SHORT_ID).unwrap_or(id)
}

/// Of two exit codes the one that says more: a finding (1) before what could not be judged (2).
fn worse(one: u8, other: u8) -> u8 {
    match (one, other) {
        (1, _) | (_, 1) => 1,
        _ => one.max(other),
    }
}
