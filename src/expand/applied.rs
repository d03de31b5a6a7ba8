//! The applied tree: what a platform will see, with values that may be undecided.

use crate::source::{Hop, Origin};
use crate::syntax::{Kind, Node, Style};
use crate::value::{Content, Entry, Many, Part, Value, Why};

/// A node of an applied document.
#[derive(Clone, Debug, PartialEq)]
pub struct Applied {
    /// Where it is written.
    pub origin: Origin,
    /// What it is.
    pub kind: AppliedKind,
}

/// An entry of a mapping.
#[derive(Clone, Debug, PartialEq)]
pub struct AppliedEntry {
    /// The key.
    pub name: String,
    /// Where the key is written.
    pub name_origin: Origin,
    /// The value.
    pub value: Applied,
}

/// What an applied node is.
#[derive(Clone, Debug, PartialEq)]
pub enum AppliedKind {
    /// Nothing, or null.
    Null,
    /// A scalar, with how it is written (plain scalars get their type from the reader).
    Scalar(Value<String>, Style),
    /// A mapping, keys unique, in order.
    Mapping(Vec<AppliedEntry>),
    /// A sequence.
    Sequence(Vec<Applied>),
    /// Cannot be decided.
    Unknown(Why),
}

impl Applied {
    /// A node as written: anchors and merge keys applied, of duplicate keys the last.
    pub fn of(node: &Node<'_>) -> Self {
        let origin = node.origin();
        let kind = match node.kind() {
            Kind::Null => AppliedKind::Null,
            Kind::Scalar(text, style) => AppliedKind::Scalar(Value::known(text.to_owned(), origin.clone()), style),
            Kind::Sequence => AppliedKind::Sequence(node.items().iter().map(Self::of).collect()),
            Kind::Mapping => AppliedKind::Mapping(
                node.entries()
                    .iter()
                    .map(|(key, value)| AppliedEntry {
                        name: key.text().unwrap_or("").to_owned(),
                        name_origin: key.origin(),
                        value: Self::of(value),
                    })
                    .collect(),
            ),
        };
        Self { origin, kind }
    }

    /// A scalar that is known.
    pub fn text_node(text: impl Into<String>, origin: Origin) -> Self {
        let value = Value::known(text.into(), origin.clone());
        Self { origin, kind: AppliedKind::Scalar(value, Style::Quoted) }
    }

    /// A mapping to which entries are added.
    pub fn mapping(origin: Origin) -> Self {
        Self { origin, kind: AppliedKind::Mapping(Vec::new()) }
    }

    /// Adds an entry to a mapping; any other node stays as it is.
    pub fn push(&mut self, name: &str, name_origin: Origin, value: Applied) {
        if let AppliedKind::Mapping(entries) = &mut self.kind {
            entries.push(AppliedEntry { name: name.to_owned(), name_origin, value });
        }
    }

    /// The same for a name that nobody wrote: it stands where its value does.
    pub fn add(&mut self, name: &str, value: Applied) {
        self.push(name, value.origin.clone(), value);
    }

    /// The value of a key.
    pub fn get(&self, name: &str) -> Option<&Applied> {
        self.entry(name).map(|entry| &entry.value)
    }

    /// The entry of a key.
    pub fn entry(&self, name: &str) -> Option<&AppliedEntry> {
        match &self.kind {
            AppliedKind::Mapping(entries) => entries.iter().rev().find(|entry| entry.name == name),
            _ => None,
        }
    }

    /// Follows keys down.
    pub fn path(&self, names: &[&str]) -> Option<&Applied> {
        names.iter().try_fold(self, |node, name| node.get(name))
    }

    /// Entries of a mapping; none for anything else.
    pub fn entries(&self) -> &[AppliedEntry] {
        match &self.kind {
            AppliedKind::Mapping(entries) => entries,
            _ => &[],
        }
    }

    /// Items of a sequence; none for anything else.
    pub fn items(&self) -> &[Applied] {
        match &self.kind {
            AppliedKind::Sequence(items) => items,
            _ => &[],
        }
    }

    /// True for null.
    pub fn is_null(&self) -> bool {
        matches!(self.kind, AppliedKind::Null)
    }

    /// True for a mapping.
    pub fn is_mapping(&self) -> bool {
        matches!(self.kind, AppliedKind::Mapping(_))
    }

    /// True for a sequence.
    pub fn is_sequence(&self) -> bool {
        matches!(self.kind, AppliedKind::Sequence(_))
    }

    /// Why it cannot be seen.
    pub fn unknown(&self) -> Option<&Why> {
        match &self.kind {
            AppliedKind::Unknown(why) => Some(why),
            _ => None,
        }
    }

    /// The node as text: null is absent, a mapping or sequence is unknown.
    pub fn text(&self) -> Value<String> {
        match &self.kind {
            AppliedKind::Scalar(value, _) => value.clone(),
            AppliedKind::Null => Value::absent(self.origin.clone()),
            AppliedKind::Unknown(why) => Value::new(Content::Unknown(why.clone()), self.origin.clone()),
            AppliedKind::Mapping(_) | AppliedKind::Sequence(_) => Value::unknown("not a scalar", self.origin.clone()),
        }
    }

    /// The text of a known scalar.
    pub fn known(&self) -> Option<&str> {
        match &self.kind {
            AppliedKind::Scalar(value, _) => value.get().map(String::as_str),
            _ => None,
        }
    }

    /// A key's value as text; absent, at this mapping, when there is no such key.
    pub fn text_of(&self, name: &str) -> Value<String> {
        match (self.get(name), &self.kind) {
            (Some(node), _) => node.text(),
            (None, AppliedKind::Unknown(why)) => Value::new(Content::Unknown(why.clone()), self.origin.clone()),
            (None, _) => Value::absent(self.origin.clone()),
        }
    }

    /// A key's value as a number.
    pub fn number_of(&self, name: &str) -> Value<i64> {
        self.text_of(name).convert("not a number", &|text| text.trim().parse().ok())
    }

    /// A key's value as yes or no: YAML 1.1 words, which compose, CloudFormation and Kubernetes read.
    pub fn yes_no_of(&self, name: &str) -> Value<bool> {
        self.text_of(name).convert("not a yes or no", &|text| match text.to_ascii_lowercase().as_str() {
            "true" | "yes" | "on" | "y" => Some(true),
            "false" | "no" | "off" | "n" => Some(false),
            _ => None,
        })
    }

    /// A mapping as named values; open when it cannot be seen whole.
    pub fn map(&self) -> Many<Entry> {
        match &self.kind {
            AppliedKind::Unknown(why) => Many::open(Vec::new(), why.clone()),
            AppliedKind::Scalar(value, _) => {
                value.undecided().map_or_else(Many::default, |why| Many::open(Vec::new(), why))
            }
            _ => Many::closed(
                self.entries()
                    .iter()
                    .map(|entry| Entry {
                        name: entry.name.clone(),
                        name_origin: entry.name_origin.clone(),
                        value: match entry.value.text() {
                            Value { content: Content::Absent, origin, .. } => Value::known(String::new(), origin),
                            value => value,
                        },
                    })
                    .collect(),
            ),
        }
    }

    /// A sequence of scalars; open when it cannot be seen whole.
    pub fn texts(&self) -> Many<Value<String>> {
        match &self.kind {
            AppliedKind::Unknown(why) => Many::open(Vec::new(), why.clone()),
            _ => Many::closed(self.items().iter().map(Applied::text).collect()),
        }
    }

    /// The same node, every place in it saying by which step it came here.
    pub fn through(&self, hop: &Hop) -> Self {
        let via = |origin: &Origin| origin.clone().via(hop.kind, &hop.source, hop.span);
        let kind = match &self.kind {
            AppliedKind::Scalar(value, style) => AppliedKind::Scalar(value_through(value, hop), *style),
            AppliedKind::Sequence(items) => AppliedKind::Sequence(items.iter().map(|item| item.through(hop)).collect()),
            AppliedKind::Mapping(entries) => AppliedKind::Mapping(
                entries
                    .iter()
                    .map(|entry| AppliedEntry {
                        name: entry.name.clone(),
                        name_origin: via(&entry.name_origin),
                        value: entry.value.through(hop),
                    })
                    .collect(),
            ),
            other => other.clone(),
        };
        Self { origin: via(&self.origin), kind }
    }
}

fn value_through(value: &Value<String>, hop: &Hop) -> Value<String> {
    let via = |origin: &Origin| origin.clone().via(hop.kind, &hop.source, hop.span);
    let content = match &value.content {
        Content::OneOf(branches) => {
            let of = |(condition, value): &(_, Value<String>)| (Clone::clone(condition), value_through(value, hop));
            Content::OneOf(branches.iter().map(of).collect())
        }
        Content::Concat(parts) => {
            let part = |part: &Part| match part {
                Part::Hole { name, attribute, why, origin } => Part::Hole {
                    name: name.clone(),
                    attribute: attribute.clone(),
                    why: why.clone(),
                    origin: via(origin),
                },
                known => known.clone(),
            };
            Content::Concat(parts.iter().map(part).collect())
        }
        other => other.clone(),
    };
    Value { content, origin: via(&value.origin), raw: value.raw.clone() }
}
