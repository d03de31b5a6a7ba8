//! The graph as json, for machines and writers of rules, and as a mermaid diagram, for people.

mod json;
mod mermaid;
mod values;

pub use json::{SCHEMA, render as json};
pub use mermaid::render as mermaid;

use std::collections::BTreeMap;

use crate::graph::Graph;
use crate::graph::view::View;
use crate::source::Origin;

/// What is shown of a graph.
pub struct Picture<'a> {
    /// The nodes and edges.
    pub view: &'a View,
    /// The facts behind them.
    pub graph: &'a Graph,
    /// How many files were recognised and not read, by reason.
    pub skipped: &'a BTreeMap<String, usize>,
    /// Places of known credentials: masked wherever they are shown.
    pub secrets: &'a [Origin],
    /// Version of this program.
    pub tool_version: &'a str,
    /// The tree's root, relative to the working directory.
    pub root: String,
    /// The commit, when it is one.
    pub revision: Option<String>,
    /// The name that was asked for.
    pub focus: Option<&'a str>,
}
