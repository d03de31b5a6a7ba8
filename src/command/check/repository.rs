//! One repository, by its own configuration: tree, run, policy, and its part of the report.

use std::path::PathBuf;
use std::sync::Arc;

use super::snippets::Mounted;
use super::targets::Repository;
use super::{CheckError, Part};
use crate::cli::Options;
use crate::command::setup::Setup;
use crate::config::FailOn;
use crate::diagnostic::{Diagnostic, LogicalPath, Severity, identify};
use crate::policy::{self, PolicyInputs};
use crate::render::{Header, Report};
use crate::rules::{Finding, Registry, Rule};
use crate::run;
use crate::scope::path_class;
use crate::source::TreePath;
use crate::tree::{Disk, Tree};

/// Judges a repository; also gives the repositories that lie inside it.
pub fn judge(
    repository: &Repository,
    prefix: &TreePath,
    options: &Options,
    registry: &Registry,
) -> Result<(Part, Vec<PathBuf>), CheckError> {
    let listing = |error| CheckError::Tree(prefix.clone(), error);
    let disk = Arc::new(Disk::new(&repository.folder).map_err(listing)?);
    let setup = Setup::of(disk.as_ref(), options, registry)?;
    let wanted = |rule: &Rule| setup.wants(rule);
    let settings = setup.settings(options, setup.scope(&repository.bases), &wanted);
    let judgement = run::judge(disk.as_ref(), &settings).map_err(listing)?;
    let fail_on = options.fail_on.or(setup.config.fail_on).unwrap_or(FailOn::Severity(Severity::Error)).severity();
    let inputs = PolicyInputs {
        registry: &setup.registry,
        config: &setup.config,
        selection: &setup.selection,
        class_of: &|path| path_class(path, &settings.scope.base_of(path)),
        full_severity: options.full_severity,
        paths: &repository.bases,
        remarks: &judgement.remarks,
        bytes_of: &|source| disk.read(source.path(), settings.cap).ok().map(Arc::from),
        as_of: options.as_of,
        fail_on,
        // Said once, for the whole run.
        allow_empty: true,
        is_whole: options.environment.is_none() && options.select.is_empty() && options.ignore.is_empty(),
    };
    let nested = disk.checkouts(&judgement.nested);
    let judged = policy::judge(judgement.diagnostics.clone(), &inputs);
    let report = Report {
        header: Header {
            revision: disk.revision(),
            verdict: judged.verdict,
            coverage: judgement.coverage.clone(),
            ..Header::default()
        },
        findings: judged.reported,
        secrets: judgement.secrets,
        suppressed: judged.suppressed,
        fail_on,
    };
    Ok((Part { report, tree: Mounted { prefix: prefix.clone(), tree: disk } }, nested))
}

/// The finding that there was nothing to check.
pub fn nothing_checked(registry: &Registry) -> Vec<Diagnostic> {
    let rule = registry.get("input/nothing-checked");
    let finding = rule.map(|rule| Finding::of(rule, LogicalPath::of_file(&TreePath::root())).build());
    identify(finding.into_iter().collect())
}
