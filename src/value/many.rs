//! Lists and maps that may be open: more can be in them than can be seen.

use super::{Answer, Value, Why};
use crate::source::Origin;

/// Items, and why there may be more of them than these.
#[derive(Clone, Debug, PartialEq)]
pub struct Many<T> {
    /// What can be seen.
    pub items: Vec<T>,
    /// Why more may be there; `None` means these are all.
    pub open: Option<Why>,
}

impl<T> Default for Many<T> {
    fn default() -> Self {
        Self { items: Vec::new(), open: None }
    }
}

impl<T> Many<T> {
    /// These and no others.
    pub fn closed(items: Vec<T>) -> Self {
        Self { items, open: None }
    }

    /// These and perhaps others.
    pub fn open(items: Vec<T>, why: Why) -> Self {
        Self { items, open: Some(why) }
    }

    /// Is there an item of which this is true? Over an open list: true or unknown.
    pub fn any(&self, question: impl Fn(&T) -> Answer) -> Answer {
        let seen = self.items.iter().map(question).fold(Answer::False, Answer::or);
        match (&self.open, seen) {
            (Some(why), Answer::False) => Answer::Unknown(why.clone()),
            (_, answer) => answer,
        }
    }

    /// Is this true of every item? Over an open list: false or unknown.
    pub fn all(&self, question: impl Fn(&T) -> Answer) -> Answer {
        let seen = self.items.iter().map(question).fold(Answer::True, Answer::and);
        match (&self.open, seen) {
            (Some(why), Answer::True | Answer::Sometimes(_)) => Answer::Unknown(why.clone()),
            (_, answer) => answer,
        }
    }

    /// Is there any item at all?
    pub fn present(&self) -> Answer {
        if !self.items.is_empty() {
            return Answer::True;
        }
        self.open.as_ref().map_or(Answer::False, |why| Answer::Unknown(why.clone()))
    }
}

/// One entry of a map: label, annotation, environment variable.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// The key.
    pub name: String,
    /// Where the key is written.
    pub name_origin: Origin,
    /// What it maps to.
    pub value: Value<String>,
}

impl Many<Entry> {
    /// The last entry of that name (later ones win).
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.items.iter().rev().find(|entry| entry.name == name)
    }
}
