//! Fields as rules see them: a closed set of shapes.

use std::sync::Arc;

use super::{Fact, Id, Offsets};
use crate::value::{Answer, Entry, Many, Value, Why};

/// A field's value, by shape.
#[derive(Clone, Debug)]
pub enum Field<'a> {
    /// Text that may be undecided.
    Text(&'a Value<String>),
    /// A number that may be undecided.
    Number(&'a Value<i64>),
    /// Yes or no that may be undecided.
    YesNo(&'a Value<bool>),
    /// A list of texts.
    Texts(&'a Many<Value<String>>),
    /// A map.
    Map(&'a Many<Entry>),
    /// A word that is always decided.
    Word(&'a str),
    /// Yes or no, worked out over the graph.
    Answer(&'a Answer),
    /// Another fact: (subject, index); `None` when there is none.
    Link(Option<(&'static str, usize)>),
    /// What a route or a permission points at: why that is not decided, if it is not.
    Target(Option<&'a Why>),
    /// Not for rules.
    Hidden,
}

/// What can stand in a fact.
pub trait AsField {
    /// Kind of value, for the list that users read.
    const KIND: &'static str;
    /// For a link: the subject that it leads to.
    const TARGET: &'static str = "";
    /// The value as rules see it.
    fn as_field(&self) -> Field<'_>;
    /// Moves ids inside.
    fn shift(&mut self, _offsets: &Offsets) {}
}

macro_rules! as_field {
    ($($type:ty, $kind:literal, $value:ident => $field:expr;)*) => {
        $( impl AsField for $type {
            const KIND: &'static str = $kind;
            fn as_field(&self) -> Field<'_> {
                let $value = self;
                $field
            }
        } )*
    };
}

as_field! {
    Value<String>, "text", value => Field::Text(value);
    Value<i64>, "number", value => Field::Number(value);
    Value<bool>, "yes/no", value => Field::YesNo(value);
    Many<Value<String>>, "list of text", value => Field::Texts(value);
    Many<Entry>, "map", value => Field::Map(value);
    Option<Many<Entry>>, "map", value => value.as_ref().map_or(Field::Hidden, Field::Map);
    String, "word", value => Field::Word(value);
    &'static str, "word", value => Field::Word(value);
    Arc<str>, "word", value => Field::Word(value);
    bool, "yes/no", value => Field::Word(if *value { "true" } else { "false" });
    Answer, "yes/no", value => Field::Answer(value);
}

impl<T: Fact> AsField for Id<T> {
    const KIND: &'static str = "link";
    const TARGET: &'static str = T::KIND;
    fn as_field(&self) -> Field<'_> {
        Field::Link(Some((T::KIND, self.index())))
    }
    fn shift(&mut self, offsets: &Offsets) {
        *self = Id::new(self.index() + T::offset(offsets));
    }
}

impl<T: Fact> AsField for Option<Id<T>> {
    const KIND: &'static str = "link";
    const TARGET: &'static str = T::KIND;
    fn as_field(&self) -> Field<'_> {
        Field::Link(self.map(|id| (T::KIND, id.index())))
    }
    fn shift(&mut self, offsets: &Offsets) {
        if let Some(id) = self {
            id.shift(offsets);
        }
    }
}

/// Marks a type as one that rules cannot ask about.
macro_rules! hidden_field {
    ($($type:ty),* $(,)?) => {
        $( impl $crate::facts::AsField for $type {
            const KIND: &'static str = "hidden";
            fn as_field(&self) -> $crate::facts::Field<'_> {
                $crate::facts::Field::Hidden
            }
        } )*
    };
}
pub(super) use hidden_field;
