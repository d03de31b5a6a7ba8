//! The command line: arguments as typed, options as meant.

mod arguments;
mod meant;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use clap::Parser;
use clap::error::ErrorKind;

use crate::config::{Date, FailOn, RuleNames};
use crate::facts::Environment;
use crate::render::{Style, printable};

/// The exit codes, as `--help` shows them.
pub const EXIT_CODES: &str = "\
Exit codes:
  0      pass
  1      fail: something at or above --fail-on; wins over 2
  2      incomplete or could not judge: usage, configuration, an invalid rule, a path that is
         missing, nothing in scope (unless --allow-empty), a failure of deploylint itself
  128+n  ended by signal n";

/// What a run was asked to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// What to report on, as typed; none means the current folder.
    pub paths: Vec<PathBuf>,
    /// What is known of the one package that is judged, when anything was said of it.
    pub package: Option<PackageOptions>,
    /// Form of the output.
    pub format: Format,
    /// Where it goes instead of standard output.
    pub output: Option<PathBuf>,
    /// Threads; 0 means one for each core.
    pub jobs: usize,
    /// Colours and volume.
    pub style: Style,
    /// From which severity on a finding fails the run, when it was said.
    pub fail_on: Option<FailOn>,
    /// Only these rules and families; empty means what the configuration says.
    pub select: Vec<String>,
    /// Not these rules and families.
    pub ignore: Vec<String>,
    /// Only what is released to this environment.
    pub environment: Option<Environment>,
    /// The day that deadlines are compared with.
    pub as_of: Date,
    /// Path classes lower nothing.
    pub full_severity: bool,
    /// Nothing to check is a pass.
    pub allow_empty: bool,
    /// The configuration to read instead of the repository's.
    pub config: Option<PathBuf>,
    /// Folders of more rules.
    pub rule_folders: Vec<PathBuf>,
    /// The commit that is judged instead of the working tree.
    pub revision: Option<String>,
    /// The repository that commits are taken from, when it is not the one around the PATHs.
    pub git_dir: Option<PathBuf>,
    /// The commit that is compared with: only what is new since then is reported.
    pub base: Option<String>,
    /// What was there before is reported, too.
    pub show_all: bool,
    /// Where the time went is said.
    pub timings: bool,
    /// How much was done is said.
    pub stats: bool,
}

/// A push, as git tells its hook (githooks(5), pre-push). What is pushed comes on standard input.
#[derive(Clone, Debug)]
pub struct PrePush {
    /// How to judge.
    pub options: Options,
    /// Name of the remote; its address where it has none.
    pub remote: Option<String>,
    /// What a hook manager says instead of git.
    pub managed: Option<ManagedPush>,
}

/// A push as pre-commit and prek tell it: they read git's lines themselves, and give their hooks
/// variables (pre-commit.com, "pre-push"; `PRE_COMMIT` is set in every hook).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ManagedPush {
    /// `PRE_COMMIT_FROM_REF`: what the remote has.
    pub from: Option<String>,
    /// `PRE_COMMIT_TO_REF`: what is pushed.
    pub to: Option<String>,
    /// `PRE_COMMIT_LOCAL_BRANCH`.
    pub branch: Option<String>,
    /// `PRE_COMMIT_REMOTE_NAME`.
    pub remote: Option<String>,
}

/// The graph that is shown.
#[derive(Clone, Debug)]
pub struct GraphRequest {
    /// What is read.
    pub options: Options,
    /// Form of the output.
    pub form: GraphForm,
    /// Only what is joined to this name.
    pub focus: Option<String>,
}

/// The package whose contents are shown.
#[derive(Clone, Debug)]
pub struct ArtifactRequest {
    /// The package.
    pub file: PathBuf,
    /// What is known of how it runs.
    pub package: PackageOptions,
    /// Form of the output.
    pub form: ListForm,
    /// Where it goes instead of standard output.
    pub output: Option<PathBuf>,
}

/// Form of a graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GraphForm {
    /// A mermaid flow chart.
    Mermaid,
    /// For machines.
    Json,
}

/// Form of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ListForm {
    /// For people.
    Text,
    /// For machines.
    Json,
}

/// What the command line says of the one package that is judged.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PackageOptions {
    /// The handler.
    pub handler: Option<String>,
    /// The runtime.
    pub runtime: Option<String>,
    /// `x86_64` or `arm64`.
    pub arch: Option<&'static str>,
    /// Layers, in order.
    pub layers: Vec<PathBuf>,
    /// Environment variables of the function.
    pub variables: BTreeMap<String, String>,
}

/// Form of the output.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For people.
    Text,
    /// One line for each finding.
    Concise,
    /// For machines.
    Json,
    /// Annotations of GitHub Actions.
    Github,
}

/// What the surroundings of the process say.
#[derive(Clone, Debug, Default)]
pub struct Surroundings {
    /// `NO_COLOR` is set and not empty.
    pub no_color: bool,
    /// `SOURCE_DATE_EPOCH`.
    pub source_date_epoch: Option<String>,
    /// Standard output is a terminal that can show colours.
    pub is_terminal: bool,
    /// `GITHUB_ACTIONS` is set: lines of the output may be commands to the runner.
    pub in_github_actions: bool,
    /// Seconds since 1970-01-01.
    pub now: i64,
    /// A hook manager started us.
    pub managed_push: Option<ManagedPush>,
}

/// A command line that was understood.
#[derive(Clone, Debug)]
pub enum Command {
    /// Judge.
    Check(Box<Options>),
    /// Judge what a push sends.
    PrePush(Box<PrePush>),
    /// Install the hook.
    InstallHook,
    /// Remove the hook.
    UninstallHook,
    /// List the rules.
    Rules {
        /// Form of the list.
        form: ListForm,
        /// Folders of more rules.
        folders: Vec<PathBuf>,
    },
    /// Run the examples of rule files.
    TestRules {
        /// Their folder, when it was named.
        folder: Option<PathBuf>,
    },
    /// Print the page of a rule.
    Explain {
        /// Its id, as typed.
        id: String,
        /// Folders of more rules.
        folders: Vec<PathBuf>,
        /// With terminal colours.
        color: bool,
    },
    /// List what rules can ask about.
    Facts {
        /// Only this subject.
        subject: Option<String>,
        /// Form of the list.
        form: ListForm,
    },
    /// Show the graph.
    Graph(Box<GraphRequest>),
    /// Show what is inside a package.
    Artifact(Box<ArtifactRequest>),
    /// Print this to standard output and exit with 0: help, version.
    Print(String),
}

/// A command line that was not understood. Exit code 2.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UsageError(pub String);

impl Surroundings {
    /// Those of this process.
    pub fn of_process() -> Self {
        use std::io::IsTerminal;
        let is_set = |name: &str| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let text = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        Self {
            no_color: is_set("NO_COLOR"),
            source_date_epoch: std::env::var("SOURCE_DATE_EPOCH").ok(),
            is_terminal: std::io::stdout().is_terminal() && std::env::var_os("TERM").is_none_or(|term| term != "dumb"),
            in_github_actions: is_set("GITHUB_ACTIONS"),
            managed_push: is_set("PRE_COMMIT").then(|| ManagedPush {
                from: text("PRE_COMMIT_FROM_REF"),
                to: text("PRE_COMMIT_TO_REF"),
                branch: text("PRE_COMMIT_LOCAL_BRANCH"),
                remote: text("PRE_COMMIT_REMOTE_NAME"),
            }),
            now: now.ok().and_then(|now| i64::try_from(now.as_secs()).ok()).unwrap_or(0),
        }
    }
}

/// Reads the command line; the first argument is the program's name.
pub fn parse(
    arguments: impl IntoIterator<Item = OsString>,
    surroundings: &Surroundings,
    names: &RuleNames,
) -> Result<Command, UsageError> {
    match arguments::Typed::try_parse_from(arguments) {
        Ok(typed) => match typed.command {
            Some(command) => meant::command(command, surroundings, names),
            None => meant::command(arguments::Command::Check(Box::new(typed.check)), surroundings, names),
        },
        Err(error) if matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion) => {
            Ok(Command::Print(error.render().to_string()))
        }
        Err(error) => {
            let text = printable(&error.render().to_string());
            Err(UsageError(text.trim_start_matches("error: ").trim_end().to_owned()))
        }
    }
}

#[cfg(test)]
mod tests;
