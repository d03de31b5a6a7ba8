//! The command line as typed. The only place that knows clap.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

/// The command line.
#[derive(Debug, Parser)]
#[command(
    name = "deploylint",
    version,
    about = "Says which deploys will fail, and why, before they do",
    args_conflicts_with_subcommands = true,
    max_term_width = 100,
    after_help = super::EXIT_CODES
)]
pub(super) struct Typed {
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub check: Check,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Judge repositories and packages (what happens without a command)
    #[command(after_help = super::EXIT_CODES)]
    Check(Check),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Folders, files or packages (.zip, .jar) to report on; the whole repository is read
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,

    /// What the package's function runs, as the platform is told: `index.handler`
    #[arg(long, value_name = "NAME", help_heading = "One package")]
    pub handler: Option<String>,
    /// The package's runtime: `nodejs22.x`
    #[arg(long, value_name = "NAME", help_heading = "One package")]
    pub runtime: Option<String>,
    /// The package's processor architecture
    #[arg(long, value_name = "NAME", help_heading = "One package")]
    pub arch: Option<Arch>,
    /// A layer below the package, in order; repeatable
    #[arg(long, value_name = "FILE", help_heading = "One package")]
    pub layer: Vec<PathBuf>,

    /// Only these rules or families; repeatable, commas allowed
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    pub select: Vec<String>,
    /// Not these rules or families; repeatable, commas allowed
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    pub ignore: Vec<String>,
    /// From which severity on a finding fails the run [default: error]
    #[arg(long, value_name = "SEVERITY", help_heading = "Rules")]
    pub fail_on: Option<FailOnWord>,
    /// Only what is released to this environment
    #[arg(long, value_name = "NAME", help_heading = "Rules")]
    pub env: Option<EnvironmentWord>,
    /// The day that deadlines are compared with [default: SOURCE_DATE_EPOCH, else today]
    #[arg(long, value_name = "YYYY-MM-DD", help_heading = "Rules")]
    pub as_of: Option<String>,
    /// Tests, examples and documentation are judged like everything else
    #[arg(long, help_heading = "Rules")]
    pub full_severity: bool,
    /// Nothing to check is a pass
    #[arg(long, help_heading = "Rules")]
    pub allow_empty: bool,
    /// Read this configuration instead of the repository's deploylint.toml
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub config: Option<PathBuf>,

    /// Form of the output
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text", help_heading = "Output")]
    pub format: FormatWord,
    /// Write to a file instead
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Colours; NO_COLOR turns `auto` off
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto", help_heading = "Output")]
    pub color: ColorWord,
    /// Say every reason for what was not judged
    #[arg(short, long, conflicts_with = "quiet", help_heading = "Output")]
    pub verbose: bool,
    /// Say only what fails the run, and the last line
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
    /// Threads [default: one for each core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Output")]
    pub jobs: Option<u16>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FormatWord {
    Text,
    Concise,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ColorWord {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FailOnWord {
    Error,
    Warning,
    Info,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum EnvironmentWord {
    Dev,
    Staging,
    Prod,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Arch {
    #[value(name = "x86_64", alias = "x86-64", alias = "amd64")]
    X86,
    #[value(name = "arm64", alias = "aarch64")]
    Arm,
}
