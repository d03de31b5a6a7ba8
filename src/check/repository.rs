//! One repository, by its own configuration: tree, run, policy, and its part of the report.

use std::path::PathBuf;
use std::sync::Arc;

use super::snippets::Mounted;
use super::targets::Repository;
use super::{CheckError, Part};
use crate::cli::Options;
use crate::config::{Config, DeclaredSet, FILE_NAME, FailOn, RuleNames};
use crate::diagnostic::{Diagnostic, LogicalPath, Severity, identify};
use crate::policy::{self, PolicyInputs, Selection};
use crate::render::{Header, Report};
use crate::rules::{Finding, Registry, Rule};
use crate::run::{self, STRUCTURED_FILE_CAP, Settings};
use crate::scope::{Globs, ScopeOptions, path_class};
use crate::source::{ContentId, Source, TreePath};
use crate::tree::{Disk, Tree, TreeError, system};

/// Largest configuration that is read, bytes.
const CONFIGURATION_CAP: u64 = 1 << 20;

/// Judges a repository; also gives the repositories that lie inside it.
pub fn judge(
    repository: &Repository,
    prefix: &TreePath,
    options: &Options,
    registry: &Registry,
) -> Result<(Part, Vec<PathBuf>), CheckError> {
    let listing = |error| CheckError::Tree(prefix.clone(), error);
    let disk = Arc::new(Disk::new(&repository.folder).map_err(listing)?);
    let config = configuration(disk.as_ref(), options, registry)?;
    let scope = ScopeOptions {
        bases: repository.bases.clone(),
        excludes: config.scan.exclude.clone(),
        environments: config.environments.clone(),
    };
    let bases = scope.bases.clone();
    let selection = Selection::new(&config, &options.select, &options.ignore);
    let wanted = |rule: &Rule| selection.wants(rule, &config);
    let settings = Settings {
        registry,
        wanted: &wanted,
        scope,
        cap: config.scan.max_file_size.unwrap_or(STRUCTURED_FILE_CAP),
        // A declared service is reached under its name, whoever deploys it.
        externals: config.externals.iter().chain(config.services.iter().map(|s| &s.name)).cloned().collect(),
        declared: declared_sets(&config),
        artifacts: config.scan.artifacts.clone(),
        environment: options.environment,
    };
    let judgement = run::judge(disk.as_ref(), &settings).map_err(listing)?;
    let fail_on = options.fail_on.or(config.fail_on).unwrap_or(FailOn::Severity(Severity::Error)).severity();
    let inputs = PolicyInputs {
        registry,
        config: &config,
        selection: &selection,
        class_of: &|path| path_class(path, &settings.scope.base_of(path)),
        full_severity: options.full_severity,
        paths: &bases,
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

/// Its globs were checked when the configuration was read.
fn declared_sets(config: &Config) -> Vec<(String, Vec<Globs>)> {
    let globs = |set: &DeclaredSet| set.files.iter().filter_map(|file| Globs::new(&[file]).ok()).collect();
    config.sets.iter().map(|set| (set.name.clone(), globs(set))).collect()
}

/// The configuration that the command line names, else the repository's, else none.
pub fn configuration(tree: &dyn Tree, options: &Options, registry: &Registry) -> Result<Config, CheckError> {
    let (path, bytes) = match &options.config {
        Some(path) => {
            let shown = crate::source::visible(path.as_os_str().as_encoded_bytes());
            let bytes = system::read(path, CONFIGURATION_CAP)
                .map_err(|error| CheckError::NoConfiguration(shown.clone(), error))?;
            (TreePath::new(shown.as_bytes()), bytes)
        }
        None => match tree.read(&FILE_NAME.into(), CONFIGURATION_CAP) {
            Ok(bytes) => (FILE_NAME.into(), bytes),
            Err(TreeError::Missing) => return Ok(Config::default()),
            Err(error) => return Err(CheckError::NoConfiguration(FILE_NAME.to_owned(), error)),
        },
    };
    let source = Source::new(path, ContentId::of(&bytes));
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Config::parse(&text, &source, &RuleNames::of(registry))
        .map_err(|problems| CheckError::Configuration(problems, text.clone()))
}

/// The finding that there was nothing to check.
pub fn nothing_checked(registry: &Registry) -> Vec<Diagnostic> {
    let rule = registry.get("input/nothing-checked");
    let finding = rule.map(|rule| Finding::of(rule, LogicalPath::of_file(&TreePath::root())).build());
    identify(finding.into_iter().collect())
}
