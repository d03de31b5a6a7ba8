//! What rules want of raw documents: queries over files of certain names or kinds.

use std::sync::Arc;

use super::{Extract, FileKind};
use crate::scope::Globs;
use crate::source::{Origin, Span, TreePath};
use crate::syntax::query::{QUERY_MATCHES, Queried, Query, QueryLimit, Reading, Scalars};
use crate::syntax::{Document, Format, Node, Problem, ProblemKind};

/// A query over files: plain data, whoever asks.
#[derive(Clone, Debug)]
pub struct Selection {
    /// What tells it from others; who asks finds its results by it.
    pub key: Arc<str>,
    /// Files by name: they are read because of it.
    pub files: Globs,
    /// Files by kind, as [`FileKind::word`] names them, if they are read anyway.
    pub kinds: Vec<String>,
    /// What is picked of their documents.
    pub query: Query,
}

/// A place that a query picked.
#[derive(Clone, Debug)]
pub struct Selected {
    /// Whose query it was.
    pub key: Arc<str>,
    /// Kind of the file.
    pub file_kind: &'static str,
    /// Names from the top of the document, that of the document first where it has one.
    pub names: Vec<String>,
    /// Normalized path, `$['a'][0]`.
    pub path: String,
    /// The member's name, with its place, when it is one.
    pub member: Option<(String, Origin)>,
    /// `text`, `number`, `yes/no`, `null`, `list` or `map`.
    pub kind: &'static str,
    /// Text of a scalar.
    pub text: Option<String>,
    /// A whole number.
    pub number: Option<i64>,
    /// Items or members.
    pub count: usize,
    /// Bytes of the value.
    pub value: Origin,
    /// Where it is shown: a scalar itself, of anything larger its key or beginning.
    pub shown: Origin,
}

/// Is a file of this name wanted, whatever it holds?
pub fn is_asked_for(path: &TreePath, selections: &[Selection]) -> bool {
    selections.iter().any(|selection| selection.files.matches(path))
}

/// Runs the queries that want this file; what they pick, and which of them had to be left out.
pub fn select(extract: &Extract, format: Format, selections: &[Selection]) -> (Vec<Selected>, Vec<Problem>) {
    let (mut out, mut problems) = (Vec::new(), Vec::new());
    let (path, word) = (extract.source.path(), extract.kind.word());
    let wanting: Vec<&Selection> =
        selections.iter().filter(|one| one.files.matches(path) || one.kinds.iter().any(|kind| kind == word)).collect();
    if wanting.is_empty() {
        return (out, problems);
    }
    let limit =
        |limit: QueryLimit| Problem { kind: ProblemKind::Limit, message: limit.to_string(), span: Span::default() };
    let mut counts = vec![0; wanting.len()];
    for document in extract.documents() {
        let queried = Queried::of(document, reading(format, extract.kind));
        let name = document_name(document, extract.documents().len());
        for (selection, count) in wanting.iter().zip(&mut counts) {
            let found = match queried.pick(&selection.query) {
                _ if *count > QUERY_MATCHES => continue,
                Ok(found) => found,
                Err(error) => {
                    problems.push(limit(error));
                    continue;
                }
            };
            *count += found.len();
            if *count > QUERY_MATCHES {
                problems.push(limit(QueryLimit::Matches));
                continue;
            }
            out.extend(found.into_iter().map(|one| {
                let member = one.key.as_ref().map(|key| (key.text().unwrap_or("").to_owned(), key.origin()));
                Selected {
                    key: Arc::clone(&selection.key),
                    file_kind: word,
                    names: name.iter().cloned().chain(one.names).collect(),
                    shown: shown(&one.node, one.key.as_ref()),
                    value: one.node.origin(),
                    path: one.path,
                    kind: one.kind,
                    text: one.text,
                    number: one.number,
                    count: one.count,
                    member,
                }
            }));
        }
    }
    problems.dedup();
    (out, problems)
}

/// A block of many lines is shown by its key, an item of a list by its first key.
fn shown(node: &Node<'_>, key: Option<&Node<'_>>) -> Origin {
    let is_scalar = !node.is_mapping() && !node.is_sequence();
    match (is_scalar && !node.span().range().is_empty(), key) {
        (true, _) => node.origin(),
        (false, Some(key)) => key.origin(),
        (false, None) => {
            let first = node.entries().into_iter().next();
            let named = node.get("name").filter(|name| name.text().is_some());
            named.or(first.map(|(key, _)| key)).map_or_else(|| node.origin(), |node| node.origin())
        }
    }
}

/// An object of Kubernetes is known by kind and name, any other document after the first by its number.
fn document_name(document: &Document, of: usize) -> Option<String> {
    let root = document.root();
    let kind = root.get("kind").and_then(|kind| kind.text());
    let name = root.path(&["metadata", "name"]).and_then(|name| name.text());
    match (kind, name) {
        (Some(kind), Some(name)) => Some(format!("{kind}/{name}")),
        _ if of > 1 && document.index > 0 => Some(format!("document {}", document.index + 1)),
        _ => None,
    }
}

fn reading(format: Format, kind: FileKind) -> Reading {
    let scalars = match (format, kind) {
        (Format::Json, _) => Scalars::Json,
        (Format::Toml, _) => Scalars::Toml,
        (_, FileKind::Kubernetes | FileKind::CloudFormation) => Scalars::Yaml11,
        _ => Scalars::Core,
    };
    Reading { scalars, calls: kind == FileKind::CloudFormation }
}
