//! What a repository says of its own run: configuration, rules, which of them are wanted.

use std::sync::Arc;

use super::Outcome;
use super::own_rules::{OwnRules, RulePlaces, registry_with};
use crate::cli::Options;
use crate::config::{Config, ConfigProblem, DeclaredSet, Draft, FILE_NAME, OTHER_NAMES, RuleNames, text_of};
use crate::diagnostic::Diagnostic;
use crate::policy::Selection;
use crate::render::{self, Style};
use crate::rules::{Registry, Rule, RuleProblem};
use crate::run::{STRUCTURED_FILE_CAP, Settings};
use crate::scope::{Globs, ScopeOptions};
use crate::source::{ContentId, Source, TreePath};
use crate::tree::{Tree, TreeError, system};

/// Largest configuration that is read, bytes.
const CONFIGURATION_CAP: u64 = 1 << 20;

/// What holds for one repository.
pub struct Setup {
    /// Its configuration.
    pub config: Config,
    /// The built-in rules and its own.
    pub registry: Registry,
    /// What is wrong with its own, as findings.
    pub found: Vec<Diagnostic>,
    /// Files of the findings that the judged tree does not hold.
    pub outside: Vec<(Source, Arc<[u8]>)>,
    /// Selectors of the command line that mean no rule of this repository, each with why it is wrong.
    pub unknown: Vec<(String, String)>,
    /// Which of them are wanted.
    pub selection: Selection,
}

/// Why a repository cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A configuration, with the text that its problems point into.
    #[error("the configuration cannot be used")]
    Configuration(Vec<ConfigProblem>, Vec<u8>),
    /// The configuration that the command line names.
    #[error("cannot read the configuration `{0}`: {1}")]
    NoConfiguration(String, TreeError),
    /// A file that was meant as the configuration.
    #[error("`{0}` is not read: the configuration of a repository is `{FILE_NAME}` at its root")]
    Misnamed(&'static str),
    /// A rule or family that no repository of the run has.
    #[error("{0}")]
    UnknownRule(String),
}

impl SetupError {
    /// As the end of a command.
    pub fn refusal(&self, style: &Style) -> Outcome {
        Outcome::refuse(match self {
            Self::Configuration(problems, text) => render::configuration(problems, text, style),
            other => format!("error: {}\n", render::printable(&other.to_string())),
        })
    }
}

impl Setup {
    /// Reads what the judged tree and the command line say; names of rules must mean something here.
    #[allow(dead_code, reason = "for commands that judge one repository")]
    pub fn of(tree: &dyn Tree, options: &Options, builtin: &Registry) -> Result<Self, SetupError> {
        let setup = Self::of_several(tree, options, builtin)?;
        match setup.unknown.first() {
            Some((_, why)) => Err(SetupError::UnknownRule(why.clone())),
            None => Ok(setup),
        }
    }

    /// The same for one of several repositories: a rule of the command line may be another one's.
    pub fn of_several(tree: &dyn Tree, options: &Options, builtin: &Registry) -> Result<Self, SetupError> {
        let written = configuration(tree, options)?;
        let draft = written.as_ref().map(|(text, source)| Draft::read(text, source));
        let packs = draft.as_ref().map_or(&[][..], Draft::packs);
        let OwnRules { registry, problems, mut outside } =
            registry_with(builtin, &RulePlaces { tree: Some(tree), packs, folders: &options.rule_folders });
        let names = RuleNames::of(&registry);
        let config = draft.map_or_else(|| Ok(Config::default()), |draft| draft.check(&names));
        let text = written.as_ref().map_or("", |(text, _)| text);
        let config = config.map_err(|problems| SetupError::Configuration(problems, text.as_bytes().to_vec()))?;
        if let (Some(_), Some((text, source))) = (&options.config, &written) {
            outside.push((source.clone(), text.as_bytes().into()));
        }
        let selection = Selection::new(&config, &options.select, &options.ignore);
        let found = RuleProblem::diagnostics(&problems, &registry);
        Ok(Self { config, registry, found, outside, unknown: unknown(options, &names), selection })
    }

    /// True when a rule may report anything.
    pub fn wants(&self, rule: &Rule) -> bool {
        self.selection.wants(rule, &self.config)
    }

    /// Which paths are judged, when findings are reported under these (none: everywhere).
    pub fn scope(&self, bases: &[TreePath]) -> ScopeOptions {
        ScopeOptions {
            bases: bases.to_vec(),
            excludes: self.config.scan.exclude.clone(),
            environments: self.config.environments.clone(),
        }
    }

    /// What a run over the repository needs to know.
    pub fn settings<'a>(
        &'a self,
        options: &Options,
        scope: ScopeOptions,
        wanted: &'a (dyn Fn(&Rule) -> bool + Sync),
    ) -> Settings<'a> {
        let config = &self.config;
        Settings {
            registry: &self.registry,
            wanted,
            scope,
            cap: config.scan.max_file_size.unwrap_or(STRUCTURED_FILE_CAP),
            // A declared service is reached under its name, whoever deploys it.
            externals: config.externals.iter().chain(config.services.iter().map(|s| &s.name)).cloned().collect(),
            declared: declared_sets(config),
            artifacts: config.scan.artifacts.clone(),
            environment: options.environment,
            as_of: options.as_of,
            found: self.found.clone(),
        }
    }
}

/// Its globs were checked when the configuration was read.
fn declared_sets(config: &Config) -> Vec<(String, Vec<Globs>)> {
    let globs = |set: &DeclaredSet| set.files.iter().filter_map(|file| Globs::new(&[file]).ok()).collect();
    config.sets.iter().map(|set| (set.name.clone(), globs(set))).collect()
}

/// Selectors of the command line that mean nothing, and why.
fn unknown(options: &Options, names: &RuleNames) -> Vec<(String, String)> {
    let of_flag = |flag: &'static str, selectors: &[String]| {
        let wrong = selectors.iter().filter_map(|selector| Some((selector.clone(), names.refusal(flag, selector)?)));
        wrong.collect::<Vec<_>>()
    };
    let mut out = of_flag("--select", &options.select);
    out.extend(of_flag("--ignore", &options.ignore));
    out
}

/// The text of the configuration that the command line names, else of the repository's, and where it is.
fn configuration(tree: &dyn Tree, options: &Options) -> Result<Option<(String, Source)>, SetupError> {
    let (path, bytes) = match &options.config {
        Some(path) => {
            let shown = crate::source::visible(path.as_os_str().as_encoded_bytes());
            let bytes = system::read(path, CONFIGURATION_CAP)
                .map_err(|error| SetupError::NoConfiguration(shown.clone(), error))?;
            (TreePath::new(shown.as_bytes()), bytes)
        }
        None => match tree.read(&FILE_NAME.into(), CONFIGURATION_CAP) {
            _ if let Some(other) = misnamed(tree) => return Err(SetupError::Misnamed(other)),
            Ok(bytes) => (FILE_NAME.into(), bytes),
            Err(TreeError::Missing) => return Ok(None),
            Err(error) => return Err(SetupError::NoConfiguration(FILE_NAME.to_owned(), error)),
        },
    };
    let source = Source::new(path, ContentId::of(&bytes));
    match text_of(&bytes, &source) {
        Ok(text) => Ok(Some((text, source))),
        Err(problem) => Err(SetupError::Configuration(vec![problem], bytes)),
    }
}

/// A file that was meant as the configuration and is none. The names of the root are compared, because
/// some systems open `deploylint.toml` under other names too.
fn misnamed(tree: &dyn Tree) -> Option<&'static str> {
    let at_root = tree.names(&TreePath::root());
    let is_there = |name: &str| match name.split_once('/') {
        Some(_) => tree.stat(&name.into()).is_some(),
        None => at_root.iter().any(|other| other == name.as_bytes()),
    };
    OTHER_NAMES.iter().copied().find(|name| is_there(name))
}
