//! Which fields a subject has, reached over links and keys of maps.

use super::FieldPath;
use crate::facts::{Facts, FieldInfo};
use crate::rules::written::{Complaints, Text, shown};
use crate::source::Span;

type Kind = (&'static str, &'static str, Vec<FieldInfo>);

/// The fields that a rule can ask about.
pub struct Fields<'a> {
    subject: &'a str,
    kinds: Vec<Kind>,
}

/// A field that exists.
#[derive(Clone, Debug)]
pub struct Asked<'n> {
    /// The way to it.
    pub path: FieldPath,
    /// As written.
    pub name: &'n str,
    /// Kind of value, as [`FieldInfo::kind`] names it.
    pub kind: &'static str,
    /// For a link: the subject that it leads to.
    pub target: &'static str,
    /// One line of meaning.
    pub meaning: &'static str,
    /// It stands for one item of a list or map.
    is_item: bool,
}

impl<'n> Asked<'n> {
    /// One item of a list, or one value of a map.
    pub fn item(&self) -> Self {
        Self { kind: "text", is_item: true, ..self.clone() }
    }

    /// What it is, for people.
    pub fn words(&self) -> String {
        let name = shown(self.name);
        if self.is_item {
            return format!("an item of `{name}`, which is text");
        }
        match self.kind {
            "link" => format!("`{name}`, which is a link to a {}", self.target),
            "word" | "number" | "map" | "list of text" => format!("`{name}`, which is a {}", self.kind),
            "yes/no" => format!("`{name}`, which is yes or no"),
            kind => format!("`{name}`, which is {kind}"),
        }
    }

    /// True when it can stand in a sentence.
    pub fn has_words(&self) -> bool {
        matches!(self.kind, "text" | "word" | "number" | "yes/no" | "link")
    }
}

impl<'a> Fields<'a> {
    /// Those of a subject that exists.
    pub fn of(subject: &'a str) -> Self {
        Self { subject, kinds: Facts::kinds() }
    }

    fn fields(&self, kind: &str) -> &[FieldInfo] {
        self.kinds.iter().find(|(own, ..)| *own == kind).map_or(&[], |(_, _, fields)| fields)
    }

    /// Names of the subject's fields of some kinds.
    pub fn having(&self, wanted: fn(&str) -> bool) -> String {
        let names = self.fields(self.subject).iter().filter(|field| wanted(field.kind)).map(|field| field.name);
        names.collect::<Vec<_>>().join(", ")
    }

    /// The field that is meant; of one that does not exist it complains.
    pub fn find<'n>(&self, name: &'n Text, complaints: &mut Complaints) -> Option<Asked<'n>> {
        let path = FieldPath::parse(name);
        let mut kind = self.subject;
        let mut start = 0;
        for (depth, part) in path.0.iter().enumerate() {
            let span = part_of(name.span, name, start, part.len());
            start += part.len() + 1;
            let is_last = depth + 1 == path.0.len();
            let Some(info) = self.fields(kind).iter().find(|info| info.name == part) else {
                let names: Vec<&str> =
                    self.fields(kind).iter().filter(|info| !is_hidden(info)).map(|info| info.name).collect();
                let message = format!("`{kind}` has no field `{}`", shown(part));
                complaints.unknown_as(span, message, part, &names, &format!("deploylint facts {kind}"));
                return None;
            };
            let meaning = info.meaning;
            let asked = |kind, target| Asked { path: path.clone(), name, kind, target, meaning, is_item: false };
            match info.kind {
                _ if is_hidden(info) => {
                    complaints.add(span, format!("rules cannot ask about `{part}` of `{kind}`"));
                    return None;
                }
                _ if is_last => return Some(asked(info.kind, info.target)),
                "map" if path.0[depth + 1..].iter().all(String::is_empty) => {
                    complaints.add(name.span, format!("no key of `{part}` is named after the dot"));
                    return None;
                }
                // What follows is a key, which may have dots itself.
                "map" => return Some(asked("text", "")),
                "link" => kind = info.target,
                other => {
                    let rest = part_of(name.span, name, start, name.len() - start);
                    complaints.add(rest, format!("nothing can follow `{part}`, which is {other}"));
                    return None;
                }
            }
        }
        None
    }
}

fn is_hidden(info: &FieldInfo) -> bool {
    matches!(info.kind, "hidden" | "target")
}

/// A part of a name, when the name is written as it is meant.
fn part_of(span: Span, name: &str, start: usize, length: usize) -> Span {
    let written = (span.end - span.start) as usize;
    match written.checked_sub(name.len()) {
        Some(0) => span.part(start, start + length),
        // In quotes.
        Some(2) => span.part(start + 1, start + 1 + length),
        _ => span,
    }
}
