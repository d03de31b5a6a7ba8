//! deploylint.toml: as written, with spans, and as meant.

mod date;
mod keys;
mod model;
mod names;
mod parse;
mod reader;

pub use date::{Date, NotADate};
pub use model::{
    Config, DeclaredService, DeclaredSet, FailOn, Level, Levels, Override, Pack, Scan, SubjectGlob, Waiver, is_selected,
};
pub use names::RuleNames;
pub use parse::{Draft, text_of};

use crate::diagnostic::Message;
use crate::source::{Source, Span};

/// Name of the file that holds the configuration of a repository, at its root.
pub const FILE_NAME: &str = "deploylint.toml";

/// Names that people give to it and that are not read; a file of such a name is told.
pub const OTHER_NAMES: &[&str] = &[
    ".deploylint.toml",
    "Deploylint.toml",
    "deploylint.yaml",
    "deploylint.yml",
    "deploylint.json",
    ".deploylint/deploylint.toml",
    ".deploylint/config.toml",
];

/// Something in deploylint.toml that cannot be used.
#[derive(Clone, Debug, PartialEq)]
pub struct ConfigProblem {
    /// What is wrong.
    pub message: Message,
    /// What to write instead.
    pub help: Option<Message>,
    /// The file.
    pub source: Source,
    /// Bytes in the file.
    pub span: Span,
}

#[cfg(test)]
mod tests;
