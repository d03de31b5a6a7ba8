//! What a run says, in each format. Messages are filled and secrets masked here, for all of them.

pub mod artifact;
mod build_log;
mod concise;
mod counts;
mod files;
mod github;
pub mod graph;
mod json;
mod mask;
mod page;
mod place;
mod report;
mod text;
mod words;

use std::sync::Arc;

pub use build_log::{json_without_commands, without_commands};
pub use concise::render as concise;
pub use counts::with_reasons;
pub use github::render as github;
pub use json::{SCHEMA, render as json};
pub use page::page;
pub use report::{Base, Header, Report};
pub use text::{configuration, findings, render as text};

use crate::source::{Source, visible};

/// Where snippets come from: the bytes of a file, read again.
pub trait Snippets {
    /// The bytes, if they can still be read.
    fn bytes(&self, source: &Source) -> Option<Arc<[u8]>>;
}

/// How much text says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// Only what fails the run, and the last lines.
    Quiet,
    /// Findings, and the commonest reasons for what was not judged.
    #[default]
    Normal,
    /// Also every reason, and how decided each field is.
    Verbose,
}

/// How text looks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Style {
    /// With terminal colours.
    pub color: bool,
    /// How much is said.
    pub verbosity: Verbosity,
}

/// Text of several lines made safe to print: line breaks stay, everything else that a terminal would
/// obey becomes visible.
pub fn printable(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| visible(line.as_bytes())).collect();
    lines.join("\n")
}

#[cfg(test)]
pub(crate) mod tests;
