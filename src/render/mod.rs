//! What a run says, in each format. Messages are filled and secrets masked here, for all of them.

mod report;

use std::sync::Arc;

use crate::config::ConfigProblem;
use crate::source::Source;

pub use report::{Coverage, FieldCoverage, Header, Report};

/// Where snippets come from: the bytes of a file, read again.
pub trait Snippets {
    /// The bytes, if they can still be read.
    fn bytes(&self, source: &Source) -> Option<Arc<[u8]>>;
}

/// How much text says.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Verbosity {
    /// Only what fails the run, and the last line.
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

/// For people: findings with the lines they speak of.
pub fn text(_report: &Report, _snippets: &dyn Snippets, _style: &Style) -> String {
    String::new()
}

/// One line for each finding.
pub fn concise(_report: &Report, _snippets: &dyn Snippets, _style: &Style) -> String {
    String::new()
}

/// For machines: `schemas/report.v1.json`.
pub fn json(_report: &Report, _snippets: &dyn Snippets) -> String {
    String::new()
}

/// A configuration that cannot be used, with carets.
pub fn configuration(_problems: &[ConfigProblem], _text: &str, _style: &Style) -> String {
    String::new()
}

/// Text of several lines made safe to print: line breaks stay, everything else that a terminal would
/// obey becomes visible.
pub fn printable(text: &str) -> String {
    let lines: Vec<String> = text.split('\n').map(|line| crate::source::visible(line.as_bytes())).collect();
    lines.join("\n")
}
