//! Queries over the spanned tree: JSONPath (RFC 9535). Third-party types stop here.
//!
//! A document becomes a JSON value, the query picks values of it, and a walk over both finds the nodes
//! that were picked, so that each result knows its bytes.

mod cost;
mod places;
mod value;

use std::sync::Arc;

use serde_json::Value as Json;
use serde_json_path::JsonPath;

use self::cost::{Cost, Extent};
use super::{Document, Node};

pub use value::{Reading, Scalars};

/// Longest query that is read, bytes.
pub const QUERY_BYTES: usize = 1_000;
/// Deepest nesting of brackets and parentheses in a query: its parser recurses, and tries again.
pub const QUERY_DEPTH: usize = 8;
/// Most steps that a query may take over one document, as estimated before it runs.
pub const QUERY_STEPS: f64 = 5e6;
/// Most places that a query may pick of one file.
pub const QUERY_MATCHES: usize = 10_000;

/// A query that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct QueryError {
    /// What is wrong.
    pub message: String,
    /// The byte of the query at which it is wrong.
    pub at: usize,
}

/// A query, ready to run.
#[derive(Clone, Debug)]
pub struct Query {
    text: Arc<str>,
    path: JsonPath,
    cost: Cost,
}

/// A query that was not run, or whose result is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QueryLimit {
    /// The document is too large for what the query asks.
    #[error("too large for the `select:` of a rule, which would take more than {QUERY_STEPS} steps over it")]
    Steps,
    /// It picks too much.
    #[error("the `select:` of a rule picks more than {QUERY_MATCHES} places of it")]
    Matches,
}

/// A place of a document that a query picked.
#[derive(Clone, Debug)]
pub struct Picked<'d> {
    /// The node.
    pub node: Node<'d>,
    /// Its key, when it is a member of a mapping.
    pub key: Option<Node<'d>>,
    /// Its normalized path, `$['a'][0]`.
    pub path: String,
    /// The names on the way: keys, and for items of a list their `name`, else their index.
    pub names: Vec<String>,
    /// `text`, `number`, `yes/no`, `null`, `list` or `map`.
    pub kind: &'static str,
    /// Text of a scalar, as written; `None` for anything else.
    pub text: Option<String>,
    /// The number that it is, when it is a whole one.
    pub number: Option<i64>,
    /// How many items or members it has.
    pub count: usize,
}

impl Query {
    /// Reads a query.
    pub fn parse(text: &str) -> Result<Self, QueryError> {
        let problem = |message: String, at: usize| QueryError { message, at: text.floor_char_boundary(at) };
        if text.len() > QUERY_BYTES {
            return Err(problem(format!("a JSONPath longer than {QUERY_BYTES} bytes"), QUERY_BYTES));
        }
        if !text.starts_with('$') {
            return Err(problem("a JSONPath starts with `$`, the document".into(), 0));
        }
        let cost = Cost::of(text).map_err(|(message, at)| problem(message.into(), at))?;
        let path = JsonPath::parse(text).map_err(|error| {
            let (message, at) = words(text, error.message(), error.position());
            problem(message, at)
        })?;
        Ok(Self { text: text.into(), path, cost })
    }

    /// As written.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// The parser's words are for those who know its grammar; most of the time it stopped at a character.
fn words(text: &str, message: &str, at: usize) -> (String, usize) {
    let at = at.min(text.len());
    let next = text.get(at..).and_then(|rest| rest.chars().next());
    let known = ["function", "regular", "integer", "range"].iter().any(|word| message.contains(word));
    match next {
        _ if known => (format!("not a JSONPath: {message}"), at),
        Some(next) => (format!("not a JSONPath (RFC 9535): `{next}` cannot stand here"), at),
        None => ("not a JSONPath (RFC 9535): it ends too early".into(), at),
    }
}

/// A document made ready for queries.
pub struct Queried<'d> {
    document: &'d Document,
    reading: Reading,
    value: Json,
    extent: Extent,
}

impl<'d> Queried<'d> {
    /// Makes a document ready. It is walked whole; the readers have refused those that are too deep or
    /// too large for that.
    pub fn of(document: &'d Document, reading: Reading) -> Self {
        let value = value::of(&document.root(), reading);
        let extent = Extent::of(&value);
        Self { document, reading, value, extent }
    }

    /// The places that a query picks, in order of the document, each once.
    pub fn pick(&self, query: &Query) -> Result<Vec<Picked<'d>>, QueryLimit> {
        if query.cost.over(&self.extent) > QUERY_STEPS {
            return Err(QueryLimit::Steps);
        }
        let found = query.path.query(&self.value);
        if found.is_empty() {
            return Ok(Vec::new());
        }
        let wanted = found.iter().map(|value| std::ptr::from_ref::<Json>(value).addr()).collect();
        places::find(&self.document.root(), self.reading, &self.value, &wanted)
    }
}

#[cfg(test)]
mod tests;
