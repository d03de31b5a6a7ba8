//! Fields of facts as json: what rules can ask, with the reason where nothing is decided.

use serde::Serialize;

use super::super::words::{self, Words};
use crate::facts::{Facts, Field};
use crate::source::Origin;
use crate::value::{Answer, Content, Entry, Many, Part, Value};

/// A field.
#[derive(Debug, Serialize)]
#[serde(tag = "state", rename_all = "kebab-case")]
pub(super) enum Shown {
    /// Exactly this.
    Known { value: Scalar },
    /// Nothing is given; the platform puts this in.
    Default { value: Scalar },
    /// Nothing is given.
    Absent,
    /// The identity of another thing, or an attribute of it.
    Reference { name: String, attribute: Option<String> },
    /// Text joined of parts.
    Joined { parts: Vec<ShownPart> },
    /// One of several.
    OneOf { branches: Vec<Branch> },
    /// Not decided.
    Unknown { why: String },
    /// Yes or no, worked out over the graph.
    Answer { answer: &'static str, why: Option<String> },
    /// A list; more may be in it when it is open.
    List { items: Vec<Shown>, open: Option<String> },
    /// A map; the same.
    Map { entries: Vec<ShownEntry>, open: Option<String> },
    /// Another fact.
    Link { subject: &'static str, path: String },
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum Scalar {
    Text(String),
    Number(i64),
    YesNo(bool),
}

#[derive(Debug, Serialize)]
#[serde(untagged)]
pub(super) enum ShownPart {
    Text { text: String },
    Hole { name: Option<String>, attribute: Option<String>, why: String },
}

#[derive(Debug, Serialize)]
pub(super) struct Branch {
    when: String,
    is: Shown,
}

#[derive(Debug, Serialize)]
pub(super) struct ShownEntry {
    name: String,
    value: Shown,
}

/// Shows fields behind their masks.
pub(super) struct Fields<'a> {
    pub words: &'a Words<'a>,
    pub facts: &'a Facts,
}

impl Fields<'_> {
    /// A field of a fact; `named` is what the fact is called, for masks that go by names.
    pub fn show(&self, field: &Field<'_>, named: &str) -> Option<Shown> {
        Some(match field {
            Field::Text(value) => self.text(value, named),
            Field::Number(value) => self.value(value, named, &|number, _| Scalar::Number(*number)),
            Field::YesNo(value) => self.value(value, named, &|yes, _| Scalar::YesNo(*yes)),
            Field::Texts(list) => self.list(list, named),
            Field::Map(map) => self.map(map),
            Field::Word("true") => Shown::Known { value: Scalar::YesNo(true) },
            Field::Word("false") => Shown::Known { value: Scalar::YesNo(false) },
            Field::Word(word) => Shown::Known { value: Scalar::Text(self.words.text(word)) },
            Field::Answer(answer) => self.answer(answer),
            Field::Link(None) => Shown::Absent,
            Field::Link(Some((subject, index))) => {
                let place = self.facts.place(subject, *index)?;
                Shown::Link { subject, path: words::address(&place.path) }
            }
            Field::Target(Some(why)) => Shown::Unknown { why: self.words.text(&why.0) },
            // Where it leads is an edge.
            Field::Target(None) | Field::Hidden => return None,
        })
    }

    fn text(&self, value: &Value<String>, named: &str) -> Shown {
        self.value(value, named, &|text, origin| Scalar::Text(self.words.named(named, text, origin)))
    }

    fn value<T>(&self, value: &Value<T>, named: &str, scalar: &dyn Fn(&T, &Origin) -> Scalar) -> Shown {
        match &value.content {
            Content::Known(known) => Shown::Known { value: scalar(known, &value.origin) },
            Content::Default(known) => Shown::Default { value: scalar(known, &value.origin) },
            Content::Absent => Shown::Absent,
            Content::Ref(name) => Shown::Reference { name: words::name(name), attribute: None },
            Content::Attr(name, attribute) => {
                Shown::Reference { name: words::name(name), attribute: Some(words::name(attribute)) }
            }
            Content::Concat(parts) => {
                Shown::Joined { parts: parts.iter().map(|part| self.part(part, &value.origin, named)).collect() }
            }
            Content::OneOf(branches) => Shown::OneOf {
                branches: branches
                    .iter()
                    .map(|(when, branch)| Branch {
                        when: self.words.text(&when.to_string()),
                        is: self.value(branch, named, scalar),
                    })
                    .collect(),
            },
            Content::Unknown(why) => Shown::Unknown { why: self.words.text(&why.0) },
        }
    }

    fn part(&self, part: &Part, origin: &Origin, named: &str) -> ShownPart {
        match part {
            Part::Known(text) => ShownPart::Text { text: self.words.named(named, text, origin) },
            Part::Hole { name, attribute, why, .. } => ShownPart::Hole {
                name: name.as_deref().map(words::name),
                attribute: attribute.as_deref().map(words::name),
                why: self.words.text(&why.0),
            },
        }
    }

    fn answer(&self, answer: &Answer) -> Shown {
        let (answer, why) = match answer {
            Answer::True => ("yes", None),
            Answer::False => ("no", None),
            Answer::Sometimes(condition) => ("sometimes", Some(condition.to_string())),
            Answer::Unknown(why) => ("unknown", Some(why.to_string())),
        };
        Shown::Answer { answer, why: why.map(|why| self.words.text(&why)) }
    }

    fn list(&self, list: &Many<Value<String>>, named: &str) -> Shown {
        let items = list.items.iter().map(|item| self.text(item, named)).collect();
        Shown::List { items, open: list.open.as_ref().map(|why| self.words.text(&why.0)) }
    }

    fn map(&self, map: &Many<Entry>) -> Shown {
        let entry =
            |entry: &Entry| ShownEntry { name: words::name(&entry.name), value: self.text(&entry.value, &entry.name) };
        let entries = map.items.iter().map(entry).collect();
        Shown::Map { entries, open: map.open.as_ref().map(|why| self.words.text(&why.0)) }
    }
}
