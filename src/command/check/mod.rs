//! `check`: PATHs to repositories, each judged by its own configuration, to one report.

mod artifacts;
mod repository;
mod snippets;
mod targets;

use std::path::Path;

use super::setup::SetupError;
use super::{Outcome, OutputForm};
use crate::cli::{Format, Options};
use crate::policy::Verdict;
use crate::render::{self, Header, Report};
use crate::rules::Registry;
use crate::run::in_pool;
use crate::source::TreePath;
use crate::tree::system;

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
    /// An option that does not fit what the PATHs are.
    #[error("{0}")]
    Usage(&'static str),
}

/// Judges what the options name.
pub fn check(options: &Options, registry: &Registry) -> Outcome {
    let judged = in_pool(options.jobs, || report(options, registry));
    match judged.map_err(CheckError::Threads).and_then(|result| result) {
        Ok((report, snippets)) => {
            let output = match options.format {
                Format::Text => render::text(&report, &snippets, &options.style),
                Format::Concise => render::concise(&report, &snippets, &options.style),
                Format::Json => render::json(&report, &snippets),
                Format::Github => render::github(&report, &snippets, &options.style),
            };
            let exit_code = report.header.verdict.exit_code();
            Outcome {
                output,
                file: options.output.clone(),
                exit_code,
                form: form_of(options.format),
                ..Outcome::default()
            }
        }
        Err(CheckError::Setup(error)) => error.refusal(&options.style),
        Err(error) => Outcome::refuse(format!("error: {}\n", render::printable(&error.to_string()))),
    }
}

/// What an output in this format is made of.
fn form_of(format: Format) -> OutputForm {
    match format {
        Format::Text | Format::Concise => OutputForm::Text,
        Format::Json => OutputForm::Json,
        Format::Github => OutputForm::GithubCommands,
    }
}

fn report(options: &Options, registry: &Registry) -> Result<(Report, snippets::Trees), CheckError> {
    let targets = targets::resolve(&options.paths)?;
    if options.package.is_some() && (targets.packages.len() != 1 || !targets.repositories.is_empty()) {
        return Err(CheckError::Usage("--handler, --runtime, --arch and --layer go with exactly one package"));
    }
    let mut whole = Whole::new(options, &targets.root);
    let mut left: Vec<targets::Repository> = targets.repositories;
    // Repositories are done one after the other; one that lies inside another is found while that is listed.
    while !left.is_empty() {
        let repository = left.remove(0);
        let prefix = targets::inside(&repository.folder, &targets.root);
        let (part, nested) = repository::judge(&repository, &prefix, options, registry)?;
        for folder in nested {
            if !left.iter().any(|known| known.folder == folder) {
                left.push(targets::Repository { folder, bases: Vec::new() });
            }
        }
        whole.add(part);
    }
    for package in &targets.packages {
        let prefix = targets::inside(&package.folder, &targets.root);
        whole.add(artifacts::judge(package, prefix, options, registry)?);
    }
    Ok(whole.finish(options, registry))
}

/// One judged repository or package.
struct Part {
    report: Report,
    tree: snippets::Mounted,
}

/// The parts of a run, put together.
struct Whole {
    report: Report,
    trees: snippets::Trees,
    verdicts: Vec<Verdict>,
}

impl Whole {
    fn new(options: &Options, root: &Path) -> Self {
        let header = Header {
            tool_version: env!("CARGO_PKG_VERSION").to_owned(),
            root: targets::relative(root, &system::working_directory()),
            as_of: options.as_of.to_string(),
            ..Header::default()
        };
        let report = Report { header, ..Report::default() };
        Self { report, trees: snippets::Trees::default(), verdicts: Vec::new() }
    }

    fn add(&mut self, part: Part) {
        let Part { mut report, tree } = part;
        let prefix = &tree.prefix;
        for label in report.findings.iter_mut().flat_map(|finding| &mut finding.labels) {
            label.source = label.source.seen_from_above(prefix);
        }
        for secret in &mut report.secrets {
            secret.source = secret.source.seen_from_above(prefix);
        }
        self.verdicts.push(report.header.verdict);
        if self.report.header.revision.is_none() && self.verdicts.len() == 1 {
            self.report.header.revision = report.header.revision;
        }
        self.report.header.coverage.add(report.header.coverage);
        self.report.findings.extend(report.findings);
        self.report.secrets.extend(report.secrets);
        for (rule, count) in report.suppressed {
            *self.report.suppressed.entry(rule).or_default() += count;
        }
        self.report.fail_on = self.report.fail_on.or(report.fail_on);
        self.trees.add(tree);
    }

    fn finish(mut self, options: &Options, registry: &Registry) -> (Report, snippets::Trees) {
        let checked_nothing = self.report.header.coverage.is_empty();
        if checked_nothing && !options.allow_empty {
            self.verdicts.push(Verdict::Incomplete);
            self.report.findings.extend(repository::nothing_checked(registry));
        }
        self.report.findings.sort_by(crate::diagnostic::Diagnostic::order);
        let any = |verdict: Verdict| self.verdicts.contains(&verdict);
        self.report.header.verdict = match () {
            () if any(Verdict::Fail) => Verdict::Fail,
            () if any(Verdict::Incomplete) => Verdict::Incomplete,
            () => Verdict::Pass,
        };
        (self.report, self.trees)
    }
}
