//! The metadata of a rule file as written: an owned tree in which everything knows its bytes, so that
//! every complaint points at what it speaks of.

use std::fmt;
use std::ops::Deref;

use crate::source::{ContentId, Source, Span};
use crate::syntax::{self, Kind, Node, ProblemKind, Style};
use crate::value::meant;

/// Most values of one rule file, aliases expanded.
const MOST_VALUES: usize = 10_000;
/// Deepest nesting; conditions need five.
const DEEPEST: usize = 32;

/// A text and where it is written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    text: String,
    /// Bytes in the rule file.
    pub span: Span,
}

impl Text {
    /// A text at a place.
    pub fn new(text: impl Into<String>, span: Span) -> Self {
        Self { text: text.into(), span }
    }
}

impl Deref for Text {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl serde::Serialize for Text {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

/// A value and where it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// What it is.
    pub what: What,
    /// Bytes in the rule file.
    pub span: Span,
}

/// What a written value is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
    /// Nothing, or `null`.
    Nothing,
    /// A single value, as written: `010` stays `010`.
    Scalar(String),
    /// A list.
    List(Vec<Written>),
    /// A mapping; duplicate keys were refused.
    Map(Vec<(Text, Written)>),
}

impl Written {
    /// The entries of a mapping.
    pub fn entries(&self) -> &[(Text, Self)] {
        match &self.what {
            What::Map(entries) => entries,
            _ => &[],
        }
    }

    /// What it is, for people.
    pub fn kind(&self) -> &'static str {
        match self.what {
            What::Nothing => "nothing",
            What::Scalar(_) => "a single value",
            What::List(_) => "a list",
            What::Map(_) => "a mapping",
        }
    }
}

/// Something that is wrong with a rule file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Complaint {
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub help: Option<String>,
    /// Bytes in the rule file.
    pub span: Span,
}

/// Collects what is wrong with one rule file.
#[derive(Clone, Debug, Default)]
pub struct Complaints(pub Vec<Complaint>);

impl Complaints {
    /// One more.
    pub fn add(&mut self, span: Span, message: impl Into<String>) {
        self.0.push(Complaint { message: message.into(), help: None, span });
    }

    /// One more, with what to write instead.
    pub fn add_with(&mut self, span: Span, message: impl Into<String>, help: impl Into<String>) {
        self.0.push(Complaint { message: message.into(), help: Some(help.into()), span });
    }

    /// A name that does not exist, with the one that was probably meant, else all that exist.
    pub fn unknown(&mut self, what: &str, name: &Text, known: &[&str]) {
        self.unknown_as(name.span, format!("unknown {what} `{}`", shown(name)), name, known, "");
    }

    /// The same in other words; `command` prints all names, when they are more than a line can bear.
    pub fn unknown_as(&mut self, span: Span, message: String, name: &str, known: &[&str], command: &str) {
        const LISTED: usize = 11;
        let help = match meant(name, known.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None if known.len() > LISTED && !command.is_empty() => {
                format!("`{command}` lists all {}, among them {}", known.len(), known[..LISTED].join(", "))
            }
            None => format!("known: {}", known.join(", ")),
        };
        self.add_with(span, message, help);
    }
}

/// A part of the rule file, short enough to stand in a sentence.
pub fn shown(text: &str) -> String {
    const MOST: usize = 60;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Reads metadata; `offset` is where it starts in the rule file, `start` the line that opens it.
pub fn read(metadata: &str, offset: usize, start: Span, complaints: &mut Complaints) -> Option<Written> {
    let source = Source::new("metadata".into(), ContentId::of(&[]));
    let parsed = syntax::yaml::read(&source, metadata);
    let moved = |span: Span| Span::new(span.start as usize + offset, span.end as usize + offset);
    // What follows the first is often only its echo.
    if let Some(problem) = parsed.problems.first() {
        let is_limit = problem.kind == ProblemKind::Limit;
        let what = if is_limit { "too deep or too large" } else { "not valid YAML" };
        let message = format!("the metadata is {what}: {}", problem.message);
        let unquoted = [
            "mapping values",
            "character: ``",
            "character: `@",
            "unknown anchor",
            "start any token",
            "tag",
            "directive",
        ];
        if unquoted.iter().any(|part| problem.message.contains(part)) && !is_limit {
            let help = "put the text in quotes: a special character stands at its start, or `: ` in it";
            complaints.add_with(moved(problem.span), message, help);
        } else {
            complaints.add(moved(problem.span), message);
        }
        return None;
    }
    let mut documents = parsed.documents.iter();
    let Some(document) = documents.next() else {
        complaints.add(start, "the metadata is empty");
        return None;
    };
    if let Some(second) = documents.next() {
        complaints.add(moved(second.root().span()), "the metadata must be one document");
        return None;
    }
    for (_, later) in document.duplicate_keys() {
        let key = document.node(later);
        complaints.add(moved(key.span()), format!("the key `{}` is written twice", shown(key.text().unwrap_or(""))));
    }
    let root = document.root();
    if !root.is_mapping() {
        complaints.add(moved(root.span()), "the metadata must be a mapping of keys and values");
        return None;
    }
    let mut left = MOST_VALUES;
    copy(&root, &moved, DEEPEST, &mut left).map_err(|(span, message)| complaints.add(span, message)).ok()
}

fn copy(
    node: &Node<'_>,
    moved: &dyn Fn(Span) -> Span,
    depth: usize,
    left: &mut usize,
) -> Result<Written, (Span, String)> {
    let span = moved(node.span());
    if depth == 0 {
        return Err((span, format!("the metadata is nested deeper than {DEEPEST} levels")));
    }
    *left = left.checked_sub(1).ok_or_else(|| (span, format!("the metadata has more than {MOST_VALUES} values")))?;
    let what = match node.kind() {
        Kind::Null => What::Nothing,
        Kind::Scalar(text, Style::Plain | Style::Quoted | Style::Block) => What::Scalar(text.to_owned()),
        Kind::Sequence => {
            let items = node.items();
            What::List(items.iter().map(|item| copy(item, moved, depth - 1, left)).collect::<Result<_, _>>()?)
        }
        Kind::Mapping => {
            let mut entries = Vec::new();
            for (key, value) in node.written_entries() {
                let at = moved(key.span());
                let name = key.text().ok_or_else(|| (at, "a key must be a single word".to_owned()))?;
                entries.push((Text::new(name, at), copy(&value, moved, depth - 1, left)?));
            }
            What::Map(entries)
        }
    };
    Ok(Written { what, span })
}
