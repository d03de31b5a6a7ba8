//! `check`: PATHs to repositories, each judged by its own configuration, to one report.

mod artifacts;
mod judged;
mod repository;
mod single;
mod snippets;
mod targets;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

pub use judged::Against;
pub use single::Single;
pub use snippets::{Mounted, Trees};

use judged::{Commit, Judged};
use repository::Request;

use super::folders::relative;
use super::setup::SetupError;
use super::{Outcome, OutputForm};
use crate::cli::{Format, Options};
use crate::diagnostic::Diagnostic;
use crate::measure::{Cost, Stage, Stopwatch};
use crate::policy::Verdict;
use crate::render::{self, Base, Header, Report};
use crate::rules::Registry;
use crate::run::{in_lanes, in_pool};
use crate::source::TreePath;
use crate::tree::{Disk, GitRev, system};

/// Why nothing could be judged.
#[derive(Debug, thiserror::Error)]
enum CheckError {
    /// A PATH.
    #[error(transparent)]
    Target(#[from] targets::TargetError),
    /// A tree that cannot be listed at all.
    #[error("cannot list `{0}`: {1}")]
    Tree(TreePath, crate::tree::TreeError),
    /// What the repository says of its own run.
    #[error(transparent)]
    Setup(#[from] SetupError),
    /// A layer that the command line names.
    #[error("cannot open the layer `{0}`: {1}")]
    Layer(String, crate::tree::TreeError),
    /// The thread pool.
    #[error("cannot start threads: {0}")]
    Threads(String),
    /// The commit that is judged.
    #[error("cannot judge `{0}`: {1}")]
    Commit(String, crate::tree::TreeError),
    /// An option that does not fit what the PATHs are.
    #[error("{0}")]
    Usage(&'static str),
}

/// Judges what the options name.
pub fn check(options: &Options, registry: &Registry) -> Outcome {
    let watch = Stopwatch::start();
    let judged = in_pool(options.jobs, || report(options, registry));
    match judged.map_err(CheckError::Threads).and_then(|result| result) {
        Ok((report, snippets, mut cost)) => {
            let output = rendered(&report, &snippets, options, &mut cost);
            let exit_code = report.header.verdict.exit_code();
            Outcome {
                output,
                notes: notes(options, &cost, watch.elapsed()),
                file: options.output.clone(),
                exit_code,
                form: form_of(options.format),
            }
        }
        Err(error) => refusal(error, options),
    }
}

/// The output, and what it cost, added to the cost of what is said.
fn rendered(report: &Report, snippets: &Trees, options: &Options, cost: &mut Cost) -> String {
    let output = cost.timings.measure(Stage::Render, || written(report, snippets, options));
    cost.stats.git_processes += snippets.processes();
    output
}

fn written(report: &Report, snippets: &Trees, options: &Options) -> String {
    match options.format {
        Format::Text => render::text(report, snippets, &options.style),
        Format::Concise => render::concise(report, snippets, &options.style),
        Format::Json => render::json(report, snippets),
        Format::Github => render::github(report, snippets, &options.style),
    }
}

fn refusal(error: CheckError, options: &Options) -> Outcome {
    match error {
        CheckError::Setup(error) => error.refusal(&options.style),
        error => Outcome::refuse(format!("error: {}\n", render::printable(&error.to_string()))),
    }
}

/// What an output in this format is made of.
pub fn form_of(format: Format) -> OutputForm {
    match format {
        Format::Text | Format::Concise => OutputForm::Text,
        Format::Json => OutputForm::Json,
        Format::Github => OutputForm::GithubCommands,
    }
}

/// What was asked for beside the report.
pub fn notes(options: &Options, cost: &Cost, total: Duration) -> String {
    let mut notes = String::new();
    if options.timings {
        notes.push_str(&cost.timings.lines(total));
    }
    if options.stats {
        notes.push_str(&cost.stats.lines(system::peak_memory()));
    }
    notes
}

fn report(options: &Options, registry: &Registry) -> Result<Finished, CheckError> {
    if options.revision.is_some() || options.git_dir.is_some() {
        return commit_report(options, registry);
    }
    let targets = targets::resolve(&options.paths, options.package.is_some())?;
    let is_one_package = targets.packages.len() == 1 && targets.repositories.is_empty();
    refuse_misfits(options, is_one_package, targets.repositories.is_empty())?;
    let mut whole = Whole::new(options, &targets.root);
    let against = |folder: &Path| Against::of(folder, options.base.as_deref());
    let mut level: Vec<(targets::Repository, Against)> = Vec::new();
    let mut known: BTreeSet<PathBuf> = BTreeSet::new();
    for repository in targets.repositories {
        known.insert(repository.folder.clone());
        let against = against(&repository.folder);
        level.push((repository, against));
    }
    // One that lies inside another is found while that is listed.
    while !level.is_empty() {
        let judged = in_lanes(&level, |(repository, against)| {
            let prefix = targets::inside(&repository.folder, &targets.root);
            let disk = Disk::new(&repository.folder).map_err(|error| CheckError::Tree(prefix.clone(), error))?;
            let judged = Judged::Disk(Arc::new(disk));
            let request = Request { judged, against: against.clone(), prefix, bases: repository.bases.clone() };
            let (part, nested) = repository::judge(&request, options, registry)?;
            Ok::<_, CheckError>((request.judged, part, nested))
        });
        let mut next = Vec::new();
        for (judged, (_, against)) in judged.into_iter().zip(&level) {
            let (judged, part, nested) = judged?;
            whole.note_revision(&judged, options);
            whole.add(part);
            for (path, folder) in nested {
                if known.insert(folder.clone()) {
                    next.push((
                        targets::Repository { folder: folder.clone(), bases: Vec::new() },
                        against.inside(&path, &folder),
                    ));
                }
            }
        }
        level = next;
    }
    for package in &targets.packages {
        let prefix = targets::inside(&package.folder, &targets.root);
        let disk = Disk::new(&package.folder).map_err(|error| CheckError::Tree(prefix.clone(), error))?;
        whole.add(artifacts::judge(Arc::new(disk), &package.path, prefix, options, registry)?);
    }
    whole.finish(options, registry)
}

/// Options that speak of one package, or of commits, where there is none.
fn refuse_misfits(options: &Options, is_one_package: bool, has_no_repository: bool) -> Result<(), CheckError> {
    if options.package.is_some() && !is_one_package {
        return Err(CheckError::Usage("--handler, --runtime, --arch and --layer go with exactly one package"));
    }
    if options.base.is_some() && has_no_repository {
        return Err(CheckError::Usage("--base goes with a repository: a package by itself has no history"));
    }
    Ok(())
}

/// A commit instead of what lies on disk.
fn commit_report(options: &Options, registry: &Registry) -> Result<Finished, CheckError> {
    let commit = Commit::of(options)?;
    let is_wanted = commit.is_wanted(options);
    refuse_misfits(options, commit.packages.len() == 1 && !is_wanted, !is_wanted)?;
    let mut whole = Whole::new(options, &commit.folder);
    whole.note_revision(&Judged::Commit(commit.tree.clone()), options);
    for package in &commit.packages {
        whole.add(artifacts::judge(commit.tree.clone(), package, TreePath::root(), options, registry)?);
    }
    if is_wanted {
        let request = Request {
            judged: Judged::Commit(commit.tree),
            against: Against::of(&commit.folder, options.base.as_deref()),
            prefix: TreePath::root(),
            bases: commit.bases,
        };
        whole.add(repository::judge(&request, options, registry)?.0);
    }
    whole.finish(options, registry)
}

/// What a commit brings to a remote, judged for the hook.
pub struct Pushed {
    /// The report.
    pub report: Report,
    /// In the form that was asked for.
    pub output: String,
    /// What it cost.
    pub cost: Cost,
}

/// Judges a commit of a repository against another one, or by itself.
pub fn pushed(
    folder: &Path,
    commit: GitRev,
    against: Against,
    options: &Options,
    registry: &Registry,
) -> Result<Pushed, Outcome> {
    let judged = in_pool(options.jobs, || {
        let mut whole = Whole::new(options, folder);
        let judged = Judged::Commit(Arc::new(commit));
        let request = Request { judged, against, prefix: TreePath::root(), bases: Vec::new() };
        whole.note_revision(&request.judged, options);
        whole.add(repository::judge(&request, options, registry)?.0);
        whole.finish(options, registry)
    });
    let (report, snippets, mut cost) =
        judged.map_err(CheckError::Threads).and_then(|result| result).map_err(|error| refusal(error, options))?;
    let output = rendered(&report, &snippets, options, &mut cost);
    Ok(Pushed { report, output, cost })
}

/// One judged repository or package.
struct Part {
    report: Report,
    tree: Mounted,
    /// Selectors that mean no rule here, and why.
    unknown: Vec<(String, String)>,
    cost: Cost,
}

/// What a run comes to.
type Finished = (Report, Trees, Cost);

/// The parts of a run, put together.
struct Whole {
    report: Report,
    trees: Trees,
    verdicts: Vec<Verdict>,
    /// Selectors that have meant no rule so far, and why.
    unknown: Vec<(String, String)>,
    cost: Cost,
}

impl Whole {
    fn new(options: &Options, root: &Path) -> Self {
        let header = Header {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            root: relative(root, &system::working_directory()),
            as_of: options.as_of.to_string(),
            ..Header::default()
        };
        let report = Report { header, ..Report::default() };
        Self { report, trees: Trees::default(), verdicts: Vec::new(), unknown: Vec::new(), cost: Cost::default() }
    }

    /// Notes the commit of the first tree: git is asked for it only where it is said.
    fn note_revision(&mut self, judged: &Judged, options: &Options) {
        if self.verdicts.is_empty() && options.format == Format::Json {
            self.report.header.revision = judged.revision();
        }
    }

    fn add(&mut self, part: Part) {
        let Part { mut report, tree, unknown, cost } = part;
        self.cost.add(cost);
        match self.verdicts.is_empty() {
            true => self.unknown = unknown,
            false => self.unknown.retain(|selector| unknown.contains(selector)),
        }
        let prefix = &tree.prefix;
        let findings = report.findings.iter_mut().chain(&mut report.older);
        for label in findings.flat_map(|finding| &mut finding.labels) {
            label.source = label.source.seen_from_above(prefix);
        }
        for secret in &mut report.secrets {
            secret.source = secret.source.seen_from_above(prefix);
        }
        self.verdicts.push(report.header.verdict);
        self.report.header.coverage.add(report.header.coverage);
        self.report.findings.extend(report.findings);
        self.report.older.extend(report.older);
        if let Some(base) = report.header.base {
            let whole =
                self.report.header.base.get_or_insert_with(|| Base { revision: base.revision, ..Base::default() });
            whole.older += base.older;
            whole.problems.extend(base.problems);
        }
        self.report.secrets.extend(report.secrets);
        for (rule, count) in report.suppressed {
            *self.report.suppressed.entry(rule).or_default() += count;
        }
        self.report.fail_on = self.report.fail_on.or(report.fail_on);
        self.trees.add(tree);
    }

    fn finish(mut self, options: &Options, registry: &Registry) -> Result<Finished, CheckError> {
        if let Some((_, why)) = self.unknown.into_iter().next() {
            return Err(SetupError::UnknownRule(why).into());
        }
        let checked_nothing = self.report.header.coverage.is_empty();
        if checked_nothing && !options.allow_empty {
            self.verdicts.push(Verdict::Incomplete);
            self.report.findings.extend(repository::nothing_checked(registry));
        }
        self.report.findings.sort_by(Diagnostic::order);
        self.report.older.sort_by(Diagnostic::order);
        // A pack that several repositories share is wrong once.
        let place = |finding: &Diagnostic| finding.primary().map(|label| (label.source.clone(), label.span));
        self.report.findings.dedup_by(|a, b| {
            a.rule.as_str() == "rule/invalid" && a.fingerprint == b.fingerprint && place(a) == place(b)
        });
        let any = |verdict: Verdict| self.verdicts.contains(&verdict);
        self.report.header.verdict = match () {
            () if any(Verdict::Fail) => Verdict::Fail,
            () if any(Verdict::Incomplete) => Verdict::Incomplete,
            () => Verdict::Pass,
        };
        Ok((self.report, self.trees, self.cost))
    }
}
