//! One repository, by its own configuration: tree, run, policy, and its part of the report.

use std::path::PathBuf;
use std::sync::Arc;

use super::judged::{Against, Judged};
use super::snippets::Mounted;
use super::{CheckError, Part};
use crate::cli::Options;
use crate::command::setup::Setup;
use crate::config::FailOn;
use crate::diagnostic::{Diagnostic, LogicalPath, Severity, identify};
use crate::measure::{Cost, Stage, Stopwatch};
use crate::policy::{self, PolicyInputs};
use crate::render::{Base, Header, Report};
use crate::rules::{Finding, Registry, Rule};
use crate::run::{Judgement, Reading, Settings};
use crate::scope::path_class;
use crate::source::TreePath;
use crate::tree::{GitRev, Tree};

/// Submodules of a commit: what they hold is in another repository.
const SUBMODULE: &str = "submodule, not part of the commit";

/// A repository that is judged.
pub struct Request {
    /// Its tree.
    pub judged: Judged,
    /// What its findings are compared with.
    pub against: Against,
    /// Where its paths are shown.
    pub prefix: TreePath,
    /// The PATHs that lie in it, from its root; none means all of it.
    pub bases: Vec<TreePath>,
}

/// Judges a repository; also gives the repositories that lie inside it.
pub fn judge(
    request: &Request,
    options: &Options,
    registry: &Registry,
) -> Result<(Part, Vec<(TreePath, PathBuf)>), CheckError> {
    let listing = |error| CheckError::Tree(request.prefix.clone(), error);
    let tree = request.judged.tree();
    let watch = Stopwatch::start();
    let setup = Setup::of_several(tree.as_ref(), options, registry)?;
    let setup_time = watch.elapsed();
    let wanted = |rule: &Rule| setup.wants(rule);
    let settings = setup.settings(options, setup.scope(&request.bases), &wanted);
    let reading = match &request.against {
        // What was there before is to be seen whole.
        Against::Commit(base) if !options.show_all => Reading::since(tree.as_ref(), base.as_ref(), &settings),
        _ => Reading::whole(tree.as_ref(), &settings),
    };
    let reading = reading.map_err(listing)?;
    let judgement = reading.judge(&settings);
    let policy = Policy { setup: &setup, options, settings: &settings, is_whole: reading.is_whole() };
    let mut cost = judgement.cost.clone();
    cost.timings.note(Stage::Setup, setup_time, 1);
    let mut judged = cost.timings.measure(Stage::Policy, || policy.judge(tree.as_ref(), &judgement));
    let mut older = Vec::new();
    let base = match &request.against {
        Against::Nothing => None,
        Against::Unusable(problem) => Some(Base { problems: vec![problem.clone()], ..Base::default() }),
        Against::Commit(commit) => {
            let mut base = Base { revision: Some(commit.revision().to_owned()), ..Base::default() };
            match before(&judged, &reading, commit, &policy, &mut cost) {
                Ok(before) => (judged, older) = policy::since(judged, &before, policy.fail_on()),
                Err(problem) => base.problems.push(problem),
            }
            base.older = older.len();
            Some(base)
        }
    };
    let mut coverage = judgement.coverage.clone();
    let nested = request.judged.checkouts(&judgement.nested);
    if matches!(request.judged, Judged::Commit(_)) && !judgement.nested.is_empty() {
        coverage.skipped.insert(SUBMODULE.to_owned(), judgement.nested.len());
    }
    let report = Report {
        header: Header { verdict: judged.verdict, coverage, base, ..Header::default() },
        findings: judged.reported,
        older: if options.show_all { older } else { Vec::new() },
        secrets: judgement.secrets,
        suppressed: judged.suppressed,
        fail_on: policy.fail_on(),
    };
    // Those of the tree itself are counted when it was shown, too.
    if let Against::Commit(base) = &request.against {
        cost.stats.git_processes += base.processes();
    }
    let tree = Mounted { prefix: request.prefix.clone(), tree, beside: setup.outside.clone() };
    Ok((Part { report, cost, unknown: setup.unknown.clone(), tree }, nested))
}

/// What the base reports under the rules and the configuration of the judged tree, so that a rule that
/// comes with a change does not call old what was there before it.
///
/// The base's own silence holds: what a comment accepted there is new when the comment goes. A base
/// that cannot be read whole could seem to lack what it has, and hide what the change breaks.
fn before(
    judged: &policy::Judged,
    reading: &Reading<'_>,
    commit: &GitRev,
    policy: &Policy<'_>,
    cost: &mut Cost,
) -> Result<Vec<Diagnostic>, String> {
    if judged.reported.is_empty() {
        return Ok(Vec::new());
    }
    let name = commit.revision();
    let base = reading.base(commit, policy.settings).map_err(|error| format!("`{name}`: {error}"))?;
    if let Some((path, error)) = base.unread() {
        return Err(format!("`{path}` of `{name}` cannot be read: {error}"));
    }
    let judgement = base.judge(policy.settings);
    let mut reported = policy.judge(commit, &judgement).reported;
    cost.add(judgement.cost);
    // Rules are those of the judged tree on both sides: one that cannot be used is nothing older.
    reported.retain(|finding| finding.rule.as_str() != "rule/invalid");
    Ok(reported)
}

/// What becomes of findings in this repository.
struct Policy<'a> {
    setup: &'a Setup,
    options: &'a Options,
    settings: &'a Settings<'a>,
    /// Every file in scope was read.
    is_whole: bool,
}

impl Policy<'_> {
    fn fail_on(&self) -> Option<Severity> {
        self.options.fail_on.or(self.setup.config.fail_on).unwrap_or(FailOn::Severity(Severity::Error)).severity()
    }

    fn judge(&self, tree: &dyn Tree, judgement: &Judgement) -> policy::Judged {
        let Self { setup, options, settings, .. } = self;
        let is_filtered = options.environment.is_some() || !options.select.is_empty() || !options.ignore.is_empty();
        let inputs = PolicyInputs {
            registry: &setup.registry,
            config: &setup.config,
            selection: &setup.selection,
            class_of: &|path| path_class(path, &settings.scope.base_of(path)),
            full_severity: options.full_severity,
            paths: &settings.scope.bases,
            remarks: &judgement.remarks,
            bytes_of: &|source| tree.read(source.path(), settings.cap).ok().map(Arc::from),
            as_of: options.as_of,
            fail_on: self.fail_on(),
            // Said once, for the whole run.
            allow_empty: true,
            is_whole: self.is_whole && !is_filtered,
        };
        policy::judge(judgement.diagnostics.clone(), &inputs)
    }
}

/// The finding that there was nothing to check.
pub fn nothing_checked(registry: &Registry) -> Vec<Diagnostic> {
    let rule = registry.get("input/nothing-checked");
    let finding = rule.map(|rule| Finding::of(rule, LogicalPath::of_file(&TreePath::root())).build());
    identify(finding.into_iter().collect())
}
