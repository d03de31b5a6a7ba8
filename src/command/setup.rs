//! What a repository says of its own run: configuration, rules, which of them are wanted.

use super::Outcome;
use crate::cli::Options;
use crate::config::{Config, ConfigProblem, DeclaredSet, FILE_NAME, RuleNames};
use crate::policy::Selection;
use crate::render::{self, Style};
use crate::rules::{Registry, Rule};
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
    /// Which of them are wanted.
    pub selection: Selection,
}

/// Why a repository cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// A configuration, with the text that its problems point into.
    #[error("the configuration cannot be used")]
    Configuration(Vec<ConfigProblem>, String),
    /// The configuration that the command line names.
    #[error("cannot read the configuration `{0}`: {1}")]
    NoConfiguration(String, TreeError),
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
    /// Reads what the judged tree and the command line say.
    pub fn of(tree: &dyn Tree, options: &Options, builtin: &Registry) -> Result<Self, SetupError> {
        let config = configuration(tree, options, builtin)?;
        let selection = Selection::new(&config, &options.select, &options.ignore);
        Ok(Self { config, registry: builtin.clone(), selection })
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
        }
    }
}

/// Its globs were checked when the configuration was read.
fn declared_sets(config: &Config) -> Vec<(String, Vec<Globs>)> {
    let globs = |set: &DeclaredSet| set.files.iter().filter_map(|file| Globs::new(&[file]).ok()).collect();
    config.sets.iter().map(|set| (set.name.clone(), globs(set))).collect()
}

/// The configuration that the command line names, else the repository's, else none.
fn configuration(tree: &dyn Tree, options: &Options, registry: &Registry) -> Result<Config, SetupError> {
    let (path, bytes) = match &options.config {
        Some(path) => {
            let shown = crate::source::visible(path.as_os_str().as_encoded_bytes());
            let bytes = system::read(path, CONFIGURATION_CAP)
                .map_err(|error| SetupError::NoConfiguration(shown.clone(), error))?;
            (TreePath::new(shown.as_bytes()), bytes)
        }
        None => match tree.read(&FILE_NAME.into(), CONFIGURATION_CAP) {
            Ok(bytes) => (FILE_NAME.into(), bytes),
            Err(TreeError::Missing) => return Ok(Config::default()),
            Err(error) => return Err(SetupError::NoConfiguration(FILE_NAME.to_owned(), error)),
        },
    };
    let source = Source::new(path, ContentId::of(&bytes));
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Config::parse(&text, &source, &RuleNames::of(registry))
        .map_err(|problems| SetupError::Configuration(problems, text.clone()))
}
