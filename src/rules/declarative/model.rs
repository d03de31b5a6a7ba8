//! What a declarative rule can say.

use regex::Regex;

/// A field, reached over links and map keys: `workload.kind`, `labels.owner`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath(pub Vec<String>);

impl FieldPath {
    /// From its written form.
    pub fn parse(text: &str) -> Self {
        Self(text.split('.').map(str::to_owned).collect())
    }

    /// As written.
    pub fn written(&self) -> String {
        self.0.join(".")
    }
}

/// A condition on a field. Lists and maps need `any` or `all`.
#[derive(Clone, Debug)]
pub enum Condition {
    /// It is given (a platform's default is not given).
    Present,
    /// It is not given.
    Absent,
    /// It is exactly this.
    Equals(String),
    /// It is one of these.
    In(Vec<String>),
    /// The opposite.
    Not(Box<Condition>),
    /// A regular expression matches somewhere in it.
    Matches(Box<Regex>),
    /// It starts with this.
    StartsWith(String),
    /// It ends with this.
    EndsWith(String),
    /// It is a number above this.
    Greater(i64),
    /// It is a number below this.
    Less(i64),
    /// Some item is so.
    Any(Box<Condition>),
    /// Every item is so.
    All(Box<Condition>),
    /// The link leads to a fact of this kind.
    LinkedTo(String),
}
