//! What each command does: options to output, notes and exit code. Nothing here prints.

mod artifact;
mod check;
mod explain;
pub mod facts;
mod folders;
mod graph;
mod here;
mod hook;
mod named;
mod own_rules;
pub mod rules;
mod setup;
mod table;
pub mod test_rules;

use std::io::Read;
use std::path::PathBuf;

use crate::cli::{Command, ListForm};
use crate::render;
use crate::rules::Registry;

/// What a command prints, and how it ends.
#[derive(Debug, Default)]
pub struct Outcome {
    /// For standard output, or for the file that was asked for.
    pub output: String,
    /// The file that was asked for.
    pub file: Option<PathBuf>,
    /// For standard error.
    pub notes: String,
    /// The process's exit code.
    pub exit_code: u8,
    /// What the output is made of.
    pub form: OutputForm,
}

/// What an output is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OutputForm {
    /// Words.
    #[default]
    Text,
    /// JSON.
    Json,
    /// Commands to GitHub's runner, already safe.
    GithubCommands,
}

impl Outcome {
    /// Something to read, and exit code 0.
    fn print(output: String) -> Self {
        Self { output, ..Self::default() }
    }

    /// A complaint, and exit code 2.
    pub fn refuse(notes: String) -> Self {
        Self { notes, exit_code: 2, ..Self::default() }
    }

    /// The same for the log of GitHub Actions, where no name may be a command to the runner.
    pub fn for_github_actions(mut self) -> Self {
        if self.file.is_none() {
            self.output = match self.form {
                OutputForm::Text => render::without_commands(&self.output).into_owned(),
                OutputForm::Json => render::json_without_commands(&self.output),
                OutputForm::GithubCommands => self.output,
            };
        }
        self.notes = render::without_commands(&self.notes).into_owned();
        self
    }
}

/// What a list is made of.
fn output_form(form: ListForm) -> OutputForm {
    match form {
        ListForm::Text => OutputForm::Text,
        ListForm::Json => OutputForm::Json,
    }
}

/// A list for machines, with the line break that files end in.
fn json_text(list: &impl serde::Serialize) -> String {
    let text = serde_json::to_string_pretty(list).unwrap_or_default();
    format!("{text}\n")
}

/// Does what the command line asks for; `registry` holds the built-in rules, `input` is standard input.
pub fn run(command: &Command, registry: &Registry, input: &mut dyn Read) -> Outcome {
    match command {
        Command::Print(text) => Outcome::print(text.clone()),
        Command::Check(options) => check::check(options, registry),
        Command::PrePush(push) => hook::pre_push(push, registry, input),
        Command::InstallHook => hook::install(),
        Command::UninstallHook => hook::uninstall(),
        Command::Rules { form, folders } => rules::list(registry, folders, *form),
        Command::TestRules { folder } => test_rules::test(registry, folder.as_deref()),
        Command::Explain { id, folders, color } => explain::explain(registry, id, folders, *color),
        Command::Facts { subject, form } => facts::list(subject.as_deref(), *form),
        Command::Graph(request) => graph::show(request, registry),
        Command::Artifact(request) => artifact::show(request),
    }
}
