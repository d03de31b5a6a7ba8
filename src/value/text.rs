//! Questions about text, some of which can be answered although not all of it is known.

use super::{Answer, Content, Value, Why};
use crate::source::Origin;

/// A part of a joined text.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Known text.
    Known(String),
    /// A part that is not known: a reference, an attribute, a parameter without a value.
    Hole {
        /// What stands there: the name of the thing referred to, if it has one.
        name: Option<String>,
        /// The attribute asked of it.
        attribute: Option<String>,
        /// Why it is not known.
        why: Why,
        /// Where the hole is written.
        origin: Origin,
    },
}

impl Value<String> {
    /// The known text from which it surely starts.
    pub fn prefix(&self) -> Option<&str> {
        match &self.content {
            Content::Known(text) | Content::Default(text) => Some(text),
            Content::Concat(parts) => match parts.first() {
                Some(Part::Known(text)) => Some(text),
                _ => Some(""),
            },
            _ => None,
        }
    }

    /// The known text with which it surely ends.
    pub fn suffix(&self) -> Option<&str> {
        match &self.content {
            Content::Known(text) | Content::Default(text) => Some(text),
            Content::Concat(parts) => match parts.last() {
                Some(Part::Known(text)) => Some(text),
                _ => Some(""),
            },
            _ => None,
        }
    }

    /// Where it names a thing: the hole in a text, else the whole value.
    pub fn place_of(&self, wanted: &str) -> Origin {
        let hole = |part: &Part| match part {
            Part::Hole { name: Some(name), origin, .. } if name == wanted => Some(origin.clone()),
            _ => None,
        };
        match &self.content {
            Content::Concat(parts) => parts.iter().find_map(hole),
            Content::OneOf(branches) => branches.first().map(|(_, value)| value.place_of(wanted)),
            _ => None,
        }
        .unwrap_or_else(|| self.origin.clone())
    }

    /// Is it exactly this text?
    pub fn equals(&self, other: &str) -> Answer {
        if let Content::OneOf(branches) = &self.content {
            return Answer::of_branches(branches.iter().map(|(condition, value)| (condition, value.equals(other))));
        }
        if let Content::Concat(parts) = &self.content {
            let (prefix, suffix) = (self.prefix().unwrap_or(""), self.suffix().unwrap_or(""));
            let known: usize = parts.iter().map(|p| if let Part::Known(t) = p { t.len() } else { 0 }).sum();
            if !other.starts_with(prefix) || !other.ends_with(suffix) || known > other.len() {
                return Answer::False;
            }
        }
        self.ask(Answer::False, &|text| (text == other).into())
    }

    /// Does it start with this text?
    pub fn starts_with(&self, other: &str) -> Answer {
        if let Content::OneOf(branches) = &self.content {
            return Answer::of_branches(
                branches.iter().map(|(condition, value)| (condition, value.starts_with(other))),
            );
        }
        if let (Content::Concat(_), Some(prefix)) = (&self.content, self.prefix()) {
            if prefix.starts_with(other) {
                return Answer::True;
            }
            if !other.starts_with(prefix) {
                return Answer::False;
            }
        }
        self.ask(Answer::False, &|text| text.starts_with(other).into())
    }

    /// Does it end with this text?
    pub fn ends_with(&self, other: &str) -> Answer {
        if let Content::OneOf(branches) = &self.content {
            return Answer::of_branches(branches.iter().map(|(condition, value)| (condition, value.ends_with(other))));
        }
        if let (Content::Concat(_), Some(suffix)) = (&self.content, self.suffix()) {
            if suffix.ends_with(other) {
                return Answer::True;
            }
            if !other.ends_with(suffix) {
                return Answer::False;
            }
        }
        self.ask(Answer::False, &|text| text.ends_with(other).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ContentId, Source, Span};

    fn origin() -> Origin {
        Origin::new(Source::new("t".into(), ContentId::of(b"")), Span::default())
    }

    fn joined(prefix: &str, suffix: &str) -> Value<String> {
        let hole = Part::Hole { name: None, attribute: None, why: Why::new("x"), origin: origin() };
        let parts = vec![Part::Known(prefix.into()), hole, Part::Known(suffix.into())];
        Value::new(Content::Concat(parts), origin())
    }

    #[test]
    fn known_ends_decide_where_they_can() {
        let value = joined("https://", ".example.com/");
        assert_eq!(value.starts_with("http"), Answer::True);
        assert_eq!(value.starts_with("ftp"), Answer::False);
        assert!(matches!(value.starts_with("https://api"), Answer::Unknown(_)));
        assert_eq!(value.ends_with("/"), Answer::True);
        assert_eq!(value.equals("http://a.example.com/"), Answer::False);
        assert!(matches!(value.equals("https://a.example.com/"), Answer::Unknown(_)));
    }
}
