//! Variables of a service: `${source(parameters):address, fallback}`, nested (Serverless Framework,
//! "Variables", 2026-07). What only the machine that deploys knows is unknown.

use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::expand::applied::AppliedEntry;
use crate::expand::budget::{Budget, LONGEST};
use crate::expand::{Applied, AppliedKind, Inputs};
use crate::source::{Hop, HopKind, Origin, TreePath};
use crate::syntax::{Kind, Node, Parsed, Style};
use crate::value::{Content, Part, Value, Why};

/// Stands for a hole while a text is joined.
const HOLE: char = '\u{0}';

/// Why a value is not known when variables lead round in a circle or too far.
pub(super) const TOO_DEEP: &str = "variables that lead too far";

/// Evaluates nodes of one service.
pub struct Resolver<'a> {
    pub(super) inputs: &'a Inputs<'a>,
    /// The folder of the service, from which files are named.
    pub(super) folder: TreePath,
    /// The service as written.
    pub(super) root: Node<'a>,
    budget: Budget,
    /// Files that were read for it, `None` for those that are not there.
    pub(super) read: RefCell<BTreeMap<TreePath, Option<Arc<Parsed>>>>,
    /// The stage is being asked for, so that what says it may not ask again.
    pub(super) in_stage: Cell<bool>,
}

/// What one alternative of a variable gives.
pub(super) enum Found {
    /// This.
    Is(Applied),
    /// Nothing: the next alternative holds.
    Nothing,
    /// It cannot be known, nor whether a later alternative holds.
    Unknown(Why),
}

impl<'a> Resolver<'a> {
    /// For the service that a document is.
    pub fn new(inputs: &'a Inputs<'a>, folder: TreePath, root: Node<'a>) -> Self {
        Self { inputs, folder, root, budget: Budget::new(), read: RefCell::default(), in_stage: Cell::new(false) }
    }

    /// A node with its variables put in.
    pub fn node(&self, node: &Node<'_>) -> Applied {
        self.at(node, 0)
    }

    pub(super) fn at(&self, node: &Node<'_>, depth: usize) -> Applied {
        let origin = node.origin();
        if !self.budget.step(depth) {
            return Applied { origin, kind: AppliedKind::Unknown(Why::new(TOO_DEEP)) };
        }
        if let Some(content) = cloudformation(node) {
            return Applied {
                origin: origin.clone(),
                kind: AppliedKind::Scalar(Value::new(content, origin), Style::Plain),
            };
        }
        let kind = match node.kind() {
            Kind::Null => AppliedKind::Null,
            Kind::Scalar(text, _) if !self.budget.text(text) => AppliedKind::Unknown(Why::new(TOO_DEEP)),
            Kind::Scalar(text, style) if text.contains("${") => return self.text(text, &origin, style, depth),
            Kind::Scalar(text, style) => AppliedKind::Scalar(Value::known(text.to_owned(), origin.clone()), style),
            Kind::Sequence => AppliedKind::Sequence(node.items().iter().map(|item| self.at(item, depth + 1)).collect()),
            Kind::Mapping => AppliedKind::Mapping(
                node.entries()
                    .iter()
                    .map(|(key, value)| AppliedEntry {
                        name: key.text().unwrap_or("").to_owned(),
                        name_origin: key.origin(),
                        value: self.at(value, depth + 1),
                    })
                    .collect(),
            ),
        };
        Applied { origin, kind }
    }

    /// A text with variables. One that is nothing but a variable is whatever that stands for.
    pub(super) fn text(&self, text: &str, origin: &Origin, style: Style, depth: usize) -> Applied {
        let hop = Hop { kind: HopKind::StringPart, source: origin.source.clone(), span: origin.span };
        let pieces = pieces(text);
        if let [Piece::Variable(inner)] = pieces[..] {
            return self.variable(inner, origin, depth + 1).through(&hop);
        }
        // A hole is marked by a byte that no text has, and takes its place once all is joined.
        let (mut joined, mut holes) = (String::new(), Vec::new());
        for piece in pieces {
            match piece {
                Piece::Text(text) => joined.push_str(text),
                Piece::Variable(inner) => {
                    let value = self.variable(inner, origin, depth + 1).text();
                    match (&value.content, value.undecided()) {
                        (Content::Known(text) | Content::Default(text), _) => joined.push_str(text),
                        (_, Some(why)) => {
                            joined.push(HOLE);
                            holes.push(why);
                        }
                        (_, None) => {}
                    }
                }
            }
            if joined.len() > LONGEST {
                return Applied { origin: origin.clone(), kind: AppliedKind::Unknown(Why::new(TOO_DEEP)) };
            }
        }
        let content = match holes.is_empty() {
            true => Content::Known(joined),
            false => Content::Concat(with_holes(&joined, holes, origin)),
        };
        Applied { origin: origin.clone(), kind: AppliedKind::Scalar(Value::new(content, origin.clone()), style) }
    }

    /// What stands between `${` and `}`: alternatives, of which the first that gives anything holds.
    fn variable(&self, inner: &str, origin: &Origin, depth: usize) -> Applied {
        let unknown = |why| Applied { origin: origin.clone(), kind: AppliedKind::Unknown(why) };
        if !self.budget.step(depth) {
            return unknown(Why::new(TOO_DEEP));
        }
        let mut last = Why::new("variable that nothing defines");
        for alternative in alternatives(inner) {
            let alternative = alternative.trim();
            if let Some(text) = quoted(alternative) {
                return Applied::text_node(text, origin.clone());
            }
            // The address may hold variables itself.
            let written = if alternative.contains("${") {
                let value = self.text(alternative, origin, Style::Plain, depth + 1);
                if alternative.starts_with("${") && pieces(alternative).len() == 1 {
                    match value.kind {
                        AppliedKind::Null => continue,
                        AppliedKind::Unknown(why) => {
                            last = why;
                            continue;
                        }
                        _ => return value,
                    }
                }
                match value.known() {
                    Some(text) => text.to_owned(),
                    None => return unknown(value.text().undecided().unwrap_or(last)),
                }
            } else {
                alternative.to_owned()
            };
            match self.source(&written, origin, depth) {
                Found::Is(applied) if applied.is_null() => {}
                Found::Is(applied) => return applied,
                Found::Nothing => last = Why::new(super::sources::nothing(&written)),
                Found::Unknown(why) => return unknown(why),
            }
        }
        self.implied(inner.trim(), origin, depth).unwrap_or_else(|| unknown(last))
    }
}

/// Functions of CloudFormation, which the framework leaves as they are: `!Ref X`, `{Ref: X}`.
fn cloudformation(node: &Node<'_>) -> Option<Content<String>> {
    if let Some(tag) = node.tag().filter(|tag| tag.starts_with('!') && !tag.starts_with("!!")) {
        return Some(match (tag, node.text()) {
            ("!Ref", Some(name)) => Content::Ref(name.to_owned()),
            ("!GetAtt", Some(text)) => attribute(text),
            _ => Content::Unknown(Why::new("function of CloudFormation")),
        });
    }
    if !node.is_mapping() {
        return None;
    }
    let entries = node.written_entries();
    let [(key, value)] = &entries[..] else { return None };
    match key.text()? {
        "Ref" => Some(
            value
                .text()
                .map_or(Content::Unknown(Why::new("function of CloudFormation")), |name| Content::Ref(name.to_owned())),
        ),
        name if name.starts_with("Fn::") => Some(Content::Unknown(Why::new("function of CloudFormation"))),
        _ => None,
    }
}

fn attribute(text: &str) -> Content<String> {
    match text.split_once('.') {
        Some((name, attribute)) => Content::Attr(name.to_owned(), attribute.to_owned()),
        None => Content::Unknown(Why::new("function of CloudFormation")),
    }
}

/// A piece of a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'t> {
    Text(&'t str),
    /// What stands between `${` and its `}`.
    Variable(&'t str),
}

/// Cuts a text at its variables; one that never closes is text.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut out = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = text[at..].find("${") {
        let open = at + found;
        let Some(length) = closing(&text[open + 2..]) else { break };
        if open > from {
            out.push(Piece::Text(&text[from..open]));
        }
        out.push(Piece::Variable(&text[open + 2..open + 2 + length]));
        at = open + 2 + length + 1;
        from = at;
    }
    if from < text.len() {
        out.push(Piece::Text(&text[from..]));
    }
    out
}

/// Bytes up to the brace that closes.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' if depth == 0 => return Some(at),
            b'}' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// Cuts at commas that stand in no brackets and no quotes.
fn alternatives(inner: &str) -> Vec<&str> {
    let (mut out, mut depth, mut quote, mut from) = (Vec::new(), 0usize, None, 0);
    for (at, byte) in inner.bytes().enumerate() {
        match (byte, quote) {
            (_, Some(open)) if byte == open => quote = None,
            (_, Some(_)) => {}
            (b'"' | b'\'', None) => quote = Some(byte),
            (b'{' | b'(' | b'[', None) => depth += 1,
            (b'}' | b')' | b']', None) => depth = depth.saturating_sub(1),
            (b',', None) if depth == 0 => {
                out.push(&inner[from..at]);
                from = at + 1;
            }
            _ => {}
        }
    }
    out.push(&inner[from..]);
    out
}

/// A literal: text in quotes, a number, a word of YAML.
fn quoted(text: &str) -> Option<&str> {
    let is_word = matches!(text, "true" | "false") || text.parse::<f64>().is_ok();
    if is_word {
        return Some(text);
    }
    ['\'', '"'].iter().find_map(|quote| text.strip_prefix(*quote)?.strip_suffix(*quote))
}

/// Text with a mark for each hole, as parts.
fn with_holes(text: &str, holes: Vec<Why>, origin: &Origin) -> Vec<Part> {
    let mut parts = Vec::new();
    let mut holes = holes.into_iter();
    for (index, known) in text.split(HOLE).enumerate() {
        if index > 0 {
            let why = holes.next().unwrap_or_else(|| Why::new(TOO_DEEP));
            parts.push(Part::Hole { name: None, attribute: None, why, origin: origin.clone() });
        }
        if !known.is_empty() {
            parts.push(Part::Known(known.to_owned()));
        }
    }
    parts
}
