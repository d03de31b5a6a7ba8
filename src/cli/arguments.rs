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
    Check(Box<Check>),
    /// List the rules, or test rule files
    #[command(args_conflicts_with_subcommands = true)]
    Rules(Rules),
    /// Print the page of a rule
    Explain(Explain),
    /// List the subjects and fields that a rule can ask about
    Facts(Facts),
    /// Show the deployment graph that rules see
    Graph(Graph),
    /// Show what is inside a package, what its handler reaches, how near the limits it is
    Artifact(Artifact),
    /// Judge what a git hook is about to let pass; install or remove the hook
    #[command(subcommand)]
    Hook(Hook),
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Folders, files or packages (.zip, .jar, or with a flag of `One package` a folder that is uploaded as it is) to report on; the whole repository is read
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    pub package: PackageFlags,
    #[command(flatten)]
    pub tree: TreeFlags,
    /// Judge against this commit: report only what is new since then
    #[arg(long, value_name = "REVISION", help_heading = "Commits")]
    pub base: Option<String>,
    /// With --base, also report what was there before
    #[arg(long, help_heading = "Commits")]
    pub all: bool,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub output: OutputFlags,
}

#[derive(Debug, Args)]
pub(super) struct PackageFlags {
    /// What the package's function runs, as the platform is told: `index.handler`
    #[arg(long, value_name = "NAME", help_heading = "One package")]
    pub handler: Option<String>,
    /// The package's runtime: `nodejs22.x`
    #[arg(long, value_name = "NAME", help_heading = "One package")]
    pub runtime: Option<String>,
    /// The package's processor architecture
    #[arg(long, value_name = "NAME", help_heading = "One package")]
    pub arch: Option<Arch>,
    /// A layer below the package, a file or a folder, in order; repeatable
    #[arg(long, value_name = "FILE", help_heading = "One package")]
    pub layer: Vec<PathBuf>,
    /// An environment variable that the package's function is given: `NODE_ENV=production`; repeatable
    #[arg(long, value_name = "NAME=VALUE", value_parser = variable, help_heading = "One package")]
    pub variable: Vec<(String, String)>,
}

#[derive(Debug, Default, Args)]
pub(super) struct TreeFlags {
    /// Judge this commit, branch or tag instead of the working tree; nothing is checked out
    #[arg(long, value_name = "REVISION", help_heading = "Commits")]
    pub rev: Option<String>,
    /// Judge a commit of this repository, bare or not [default for --rev: HEAD]
    #[arg(long, value_name = "DIR", help_heading = "Commits")]
    pub git_dir: Option<PathBuf>,
}

#[derive(Debug, Default, Args)]
pub(super) struct RuleFlags {
    /// Only these rules or families; repeatable, commas allowed
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    pub select: Vec<String>,
    /// Not these rules or families; repeatable, commas allowed
    #[arg(long, value_name = "RULE", value_delimiter = ',', help_heading = "Rules")]
    pub ignore: Vec<String>,
    /// Also the rules of this folder, `<family>/<name>.md`; repeatable
    #[arg(long, value_name = "DIR", help_heading = "Rules")]
    pub rules: Vec<PathBuf>,
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
}

#[derive(Debug, Args)]
pub(super) struct OutputFlags {
    /// Form of the output
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text", help_heading = "Output")]
    pub format: FormatWord,
    /// Write to a file instead
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
    /// Colours; NO_COLOR turns `auto` off
    #[arg(long, value_name = "WHEN", value_enum, default_value = "auto", help_heading = "Output")]
    pub color: ColorWord,
    /// The same as --color never
    #[arg(long, conflicts_with = "color", help_heading = "Output")]
    pub no_color: bool,
    /// Say every reason for what was not judged
    #[arg(short, long, conflicts_with = "quiet", help_heading = "Output")]
    pub verbose: bool,
    /// Say only what fails the run, and the last line
    #[arg(short, long, help_heading = "Output")]
    pub quiet: bool,
    /// Say on standard error where the time went
    #[arg(long, help_heading = "Output")]
    pub timings: bool,
    /// Say on standard error how much was listed, read, parsed and judged
    #[arg(long, help_heading = "Output")]
    pub stats: bool,
    /// Threads [default: one for each core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024), help_heading = "Output")]
    pub jobs: Option<u16>,
}

#[derive(Debug, Args)]
pub(super) struct Rules {
    #[command(subcommand)]
    pub command: Option<RulesCommand>,
    /// Form of the list
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    pub format: ListFormatWord,
    /// Also the rules of this folder, `<family>/<name>.md`; repeatable
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum RulesCommand {
    /// Run the examples of rule files: every marked line must be reported, and no other
    Test {
        /// Folder of rule files, `<family>/<name>.md` [default: .deploylint/rules]
        #[arg(value_name = "DIR")]
        folder: Option<PathBuf>,
    },
}

#[derive(Debug, Args)]
pub(super) struct Explain {
    /// The rule: `probe/missing-readiness`
    #[arg(value_name = "RULE")]
    pub id: String,
    /// Also the rules of this folder, `<family>/<name>.md`; repeatable
    #[arg(long, value_name = "DIR")]
    pub rules: Vec<PathBuf>,
}

#[derive(Debug, Args)]
pub(super) struct Facts {
    /// Only this subject
    #[arg(value_name = "SUBJECT")]
    pub subject: Option<String>,
    /// Form of the list
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text")]
    pub format: ListFormatWord,
}

#[derive(Debug, Args)]
pub(super) struct Graph {
    /// Folder or file that is shown, with all that it is joined to [default: the repository]
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// Form of the graph
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "mermaid")]
    pub format: GraphFormatWord,
    /// Only what is joined to this name
    #[arg(long, value_name = "NAME")]
    pub focus: Option<String>,
    /// Write to a file instead
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
    #[command(flatten)]
    pub tree: TreeFlags,
    /// Only what is released to this environment
    #[arg(long, value_name = "NAME")]
    pub env: Option<EnvironmentWord>,
    /// Read this configuration instead of the repository's deploylint.toml
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Threads [default: one for each core]
    #[arg(short, long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub jobs: Option<u16>,
}

#[derive(Debug, Args)]
pub(super) struct Artifact {
    /// The package (.zip, .jar, or a folder that is uploaded as it is)
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    #[command(flatten)]
    pub package: PackageFlags,
    /// Form of the output
    #[arg(long, value_name = "FORMAT", value_enum, default_value = "text", help_heading = "Output")]
    pub format: ListFormatWord,
    /// Write to a file instead
    #[arg(short, long, value_name = "FILE", help_heading = "Output")]
    pub output: Option<PathBuf>,
}

#[derive(Debug, Subcommand)]
pub(super) enum Hook {
    /// Judge the commits that a push sends: reads git's lines on standard input
    #[command(name = "pre-push", after_help = super::EXIT_CODES)]
    PrePush(Box<PrePush>),
    /// Install the pre-push hook of this repository; a foreign hook is never overwritten
    Install,
    /// Remove the pre-push hook that `install` made
    Uninstall,
}

#[derive(Debug, Args)]
pub(super) struct PrePush {
    /// Name of the remote, as git gives it
    #[arg(value_name = "REMOTE")]
    pub remote: Option<String>,
    /// Address of the remote, as git gives it
    #[arg(value_name = "URL")]
    pub url: Option<String>,
    /// Also report what was there before
    #[arg(long, help_heading = "Commits")]
    pub all: bool,
    #[command(flatten)]
    pub rules: RuleFlags,
    #[command(flatten)]
    pub output: OutputFlags,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum ListFormatWord {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum GraphFormatWord {
    Mermaid,
    Json,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum FormatWord {
    Text,
    Concise,
    Json,
    Github,
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

impl Default for OutputFlags {
    /// What holds when nothing is said of the output.
    fn default() -> Self {
        Self {
            format: FormatWord::Text,
            output: None,
            color: ColorWord::Auto,
            no_color: false,
            verbose: false,
            quiet: false,
            timings: false,
            stats: false,
            jobs: None,
        }
    }
}

/// `NAME=VALUE`: a name as the platform takes it (docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html:
/// a letter, then letters, digits and underscores; two characters at least), and any value.
fn variable(text: &str) -> Result<(String, String), String> {
    let (name, value) = text.split_once('=').ok_or("NAME=VALUE is needed")?;
    let is_name = name.len() > 1
        && name.starts_with(|c: char| c.is_ascii_alphabetic())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    if !is_name {
        return Err("a name is a letter, then letters, digits and underscores".to_owned());
    }
    Ok((name.to_owned(), value.to_owned()))
}
