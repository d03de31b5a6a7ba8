//! Values as they will hold when the platform reads them, and the answers that comparing them gives.
//!
//! Nothing here knows a format. A value that cannot be decided says why; a comparison never guesses.

mod answer;
mod many;
mod near;
mod text;

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

pub use answer::Answer;
pub use many::{Entry, Many};
pub use near::{is_slip, meant, near_miss, nearest};
pub use text::Part;

use crate::source::Origin;

/// Why something could not be decided, in words that can be counted: no names of the user's things.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Why(pub Cow<'static, str>);

impl Why {
    /// A reason.
    pub fn new(text: impl Into<Cow<'static, str>>) -> Self {
        Self(text.into())
    }
}

impl From<&Why> for Why {
    fn from(why: &Why) -> Self {
        why.clone()
    }
}

impl From<&'static str> for Why {
    fn from(text: &'static str) -> Self {
        Self::new(text)
    }
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Under which condition one of several values holds: "parameter `Stage` is `prod`".
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Condition(pub Arc<str>);

impl Condition {
    /// A condition in words.
    pub fn new(text: impl AsRef<str>) -> Self {
        Self(Arc::from(text.as_ref()))
    }
}

impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What is known of a value.
#[derive(Clone, Debug, PartialEq)]
pub enum Content<T> {
    /// Exactly this.
    Known(T),
    /// Nothing is given, and the platform puts nothing in.
    Absent,
    /// Nothing is given; the platform puts this in.
    Default(T),
    /// The identity of another thing of the same set, by its name there.
    Ref(String),
    /// An attribute of another thing of the same set: (name, attribute).
    Attr(String, String),
    /// Text joined of parts, not all of them known.
    Concat(Vec<Part>),
    /// One of several, each under its condition.
    OneOf(Vec<(Condition, Value<T>)>),
    /// Cannot be decided.
    Unknown(Why),
}

/// A value with the place where it is written, or where it should stand when it is absent.
#[derive(Clone, Debug, PartialEq)]
pub struct Value<T> {
    /// What is known.
    pub content: Content<T>,
    /// Where it is written, or should be.
    pub origin: Origin,
    /// The text as written, when typing changed it (`"0x1F"`, `5m`).
    pub raw: Option<Arc<str>>,
}

impl<T> Value<T> {
    /// Any content at a place.
    pub fn new(content: Content<T>, origin: Origin) -> Self {
        Self { content, origin, raw: None }
    }

    /// Exactly this.
    pub fn known(value: T, origin: Origin) -> Self {
        Self::new(Content::Known(value), origin)
    }

    /// Not given; `origin` is where it should stand.
    pub fn absent(origin: Origin) -> Self {
        Self::new(Content::Absent, origin)
    }

    /// Not given; the platform puts `value` in.
    pub fn default(value: T, origin: Origin) -> Self {
        Self::new(Content::Default(value), origin)
    }

    /// Cannot be decided.
    pub fn unknown(why: impl Into<Cow<'static, str>>, origin: Origin) -> Self {
        Self::new(Content::Unknown(Why::new(why)), origin)
    }

    /// The one value that surely holds, given or put in by the platform.
    pub fn get(&self) -> Option<&T> {
        match &self.content {
            Content::Known(value) | Content::Default(value) => Some(value),
            _ => None,
        }
    }

    /// True when nothing is given and nothing is put in.
    pub fn is_absent(&self) -> bool {
        matches!(self.content, Content::Absent)
    }

    /// Why it cannot be decided. A reference or a text with unknown parts is as undecided as it gets
    /// for a typed value, so it has a reason too.
    pub fn undecided(&self) -> Option<Why> {
        match &self.content {
            Content::Unknown(why) => Some(why.clone()),
            Content::Ref(_) => Some(Why::new("identity of another resource")),
            Content::Attr(..) => Some(Why::new("attribute of another resource")),
            Content::Concat(_) => Some(Why::new("text with parts that are not known")),
            Content::OneOf(branches) => branches.iter().find_map(|(_, value)| value.undecided()),
            Content::Known(_) | Content::Absent | Content::Default(_) => None,
        }
    }

    /// Every value that may hold with the condition under which it does (`None`: always).
    /// Branches that cannot be decided are left out.
    pub fn possible(&self) -> Vec<(Option<&Condition>, &T, &Origin)> {
        match &self.content {
            Content::Known(value) | Content::Default(value) => vec![(None, value, &self.origin)],
            Content::OneOf(branches) => branches
                .iter()
                .flat_map(|(condition, value)| {
                    value
                        .possible()
                        .into_iter()
                        .map(move |(inner, value, origin)| (Some(inner.unwrap_or(condition)), value, origin))
                })
                .collect(),
            _ => Vec::new(),
        }
    }

    /// Asks a question of the value. `absent` answers for a value that is not there.
    pub fn ask(&self, absent: Answer, question: &dyn Fn(&T) -> Answer) -> Answer {
        match &self.content {
            Content::Known(value) | Content::Default(value) => question(value),
            Content::Absent => absent,
            Content::OneOf(branches) => Answer::of_branches(
                branches.iter().map(|(condition, value)| (condition, value.ask(absent.clone(), question))),
            ),
            _ => Answer::Unknown(self.undecided().unwrap_or_else(|| Why::new("not decided"))),
        }
    }

    /// Is it given? A platform's default does not count as given.
    pub fn present(&self) -> Answer {
        match &self.content {
            Content::Absent | Content::Default(_) => Answer::False,
            Content::Unknown(why) => Answer::Unknown(why.clone()),
            Content::OneOf(branches) => {
                Answer::of_branches(branches.iter().map(|(condition, value)| (condition, value.present())))
            }
            _ => Answer::True,
        }
    }

    /// The same value with its typed content changed; `None` from `convert` makes it unknown.
    pub fn convert<U>(&self, why: &'static str, convert: &dyn Fn(&T) -> Option<U>) -> Value<U> {
        let content = match &self.content {
            Content::Known(value) => convert(value).map_or(Content::Unknown(Why::new(why)), Content::Known),
            Content::Default(value) => convert(value).map_or(Content::Unknown(Why::new(why)), Content::Default),
            Content::Absent => Content::Absent,
            Content::Ref(name) => Content::Ref(name.clone()),
            Content::Attr(name, attribute) => Content::Attr(name.clone(), attribute.clone()),
            Content::Concat(parts) => Content::Concat(parts.clone()),
            Content::OneOf(branches) => Content::OneOf(
                branches.iter().map(|(condition, value)| (condition.clone(), value.convert(why, convert))).collect(),
            ),
            Content::Unknown(why) => Content::Unknown(why.clone()),
        };
        Value { content, origin: self.origin.clone(), raw: self.raw.clone() }
    }
}
