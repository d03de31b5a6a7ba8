//! Values that hold under guards, so that one expression never joins branches that exclude each other.

use std::sync::Arc;

use super::evaluate::length;
use crate::source::Origin;
use crate::value::{Condition, Content, Part, Value, Why};

/// Most branches one value may have; beyond, it is unknown.
pub const MOST_BRANCHES: usize = 24;

/// What must hold for a branch: (subject, state), sorted by subject.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Guard(Vec<(Arc<str>, Arc<str>)>);

impl Guard {
    /// A guard of one subject.
    pub fn of(subject: &str, state: &str) -> Self {
        Self(vec![(Arc::from(subject), Arc::from(state))])
    }

    /// Both at once; `None` when they exclude each other.
    pub fn and(&self, other: &Self) -> Option<Self> {
        let mut out = self.0.clone();
        for (subject, state) in &other.0 {
            match out.iter().find(|(own, _)| own == subject) {
                Some((_, own)) if own != state => return None,
                Some(_) => {}
                None => out.push((Arc::clone(subject), Arc::clone(state))),
            }
        }
        out.sort();
        Some(Self(out))
    }

    /// In words.
    pub fn condition(&self) -> Condition {
        let words: Vec<String> = self.0.iter().map(|(subject, state)| format!("{subject} {state}")).collect();
        Condition::new(words.join(" and "))
    }
}

/// One value under a guard. Its content is never `OneOf`.
#[derive(Clone, Debug, PartialEq)]
pub struct Branch {
    /// When it holds.
    pub guard: Guard,
    /// What holds then.
    pub value: Value<String>,
}

/// Every value that an expression may have.
#[derive(Clone, Debug, PartialEq)]
pub struct Branches(pub Vec<Branch>);

impl Branches {
    /// Always this value.
    pub fn always(value: Value<String>) -> Self {
        Self(vec![Branch { guard: Guard::default(), value }])
    }

    /// Never decided.
    pub fn unknown(why: Why, origin: Origin) -> Self {
        Self::always(Value::new(Content::Unknown(why), origin))
    }

    /// The only value, when it is one.
    pub fn single(&self) -> Option<&Value<String>> {
        match &*self.0 {
            [only] => Some(&only.value),
            _ => None,
        }
    }

    /// The one known text.
    pub fn known(&self) -> Option<&str> {
        self.single().and_then(|value| value.get()).map(String::as_str)
    }

    /// Bytes of all values.
    pub fn length(&self) -> usize {
        self.0.iter().map(|branch| length(&branch.value)).sum()
    }

    /// True when nothing is given, whatever holds.
    pub fn is_absent(&self) -> bool {
        self.0.iter().all(|branch| branch.value.is_absent())
    }

    /// The same under one more guard; branches that it excludes go.
    pub fn under(self, guard: &Guard) -> Vec<Branch> {
        let with = |branch: Branch| Some(Branch { guard: branch.guard.and(guard)?, ..branch });
        self.0.into_iter().filter_map(with).collect()
    }

    /// As a value at a place.
    pub fn value(self, origin: &Origin) -> Value<String> {
        let same = self.0.windows(2).all(|pair| pair[0].value.content == pair[1].value.content);
        let mut branches = self.0;
        if branches.len() > 1 && !same {
            let of = |branch: Branch| (branch.guard.condition(), branch.value);
            return Value::new(Content::OneOf(branches.into_iter().map(of).collect()), origin.clone());
        }
        match branches.pop() {
            Some(branch) => branch.value,
            None => Value::unknown("no possible value", origin.clone()),
        }
    }
}

/// Joins pieces, each with its branches, into one text.
pub fn concatenate(pieces: &[Branches], origin: &Origin) -> Branches {
    let mut rows: Vec<(Guard, Vec<Part>)> = vec![(Guard::default(), Vec::new())];
    for piece in pieces {
        let mut next = Vec::new();
        for (guard, mut parts) in rows {
            let fitting = piece.0.iter().filter_map(|branch| Some((guard.and(&branch.guard)?, &branch.value)));
            let mut fitting = fitting.peekable();
            while let Some((guard, value)) = fitting.next() {
                // The last goes on with what is there, so that many pieces are not copied many times.
                let mut row = if fitting.peek().is_some() { parts.clone() } else { std::mem::take(&mut parts) };
                push_parts(&mut row, value);
                next.push((guard, row));
            }
        }
        if next.len() > MOST_BRANCHES {
            return Branches::unknown(Why::new("too many possible values"), origin.clone());
        }
        rows = next;
    }
    let branch = |(guard, parts): (Guard, Vec<Part>)| Branch { guard, value: joined(parts, origin) };
    Branches(rows.into_iter().map(branch).collect())
}

fn push_parts(parts: &mut Vec<Part>, value: &Value<String>) {
    let hole = |name: Option<&String>, attribute: Option<&String>, why: Why| Part::Hole {
        name: name.cloned(),
        attribute: attribute.cloned(),
        why,
        origin: value.origin.clone(),
    };
    match &value.content {
        Content::Known(text) | Content::Default(text) => push_text(parts, text),
        Content::Absent => {}
        Content::Concat(inner) => {
            for part in inner {
                match part {
                    Part::Known(text) => push_text(parts, text),
                    other => parts.push(other.clone()),
                }
            }
        }
        Content::Ref(name) => parts.push(hole(Some(name), None, Why::new(IDENTITY))),
        Content::Attr(name, attribute) => parts.push(hole(Some(name), Some(attribute), Why::new(ATTRIBUTE))),
        Content::Unknown(why) => parts.push(hole(None, None, why.clone())),
        Content::OneOf(_) => parts.push(hole(None, None, Why::new("one of several values"))),
    }
}

const IDENTITY: &str = "identity of another resource";
const ATTRIBUTE: &str = "attribute of another resource";

fn push_text(parts: &mut Vec<Part>, text: &str) {
    match parts.last_mut() {
        Some(Part::Known(last)) => last.push_str(text),
        _ if text.is_empty() => {}
        _ => parts.push(Part::Known(text.to_owned())),
    }
}

/// A text of parts: known when all are, the thing itself when it is a single reference.
fn joined(mut parts: Vec<Part>, origin: &Origin) -> Value<String> {
    if parts.len() > 1 {
        return Value::new(Content::Concat(parts), origin.clone());
    }
    match parts.pop() {
        None => Value::known(String::new(), origin.clone()),
        Some(Part::Known(text)) => Value::known(text, origin.clone()),
        Some(Part::Hole { name: Some(name), attribute: Some(attribute), origin, .. }) => {
            Value::new(Content::Attr(name, attribute), origin)
        }
        Some(Part::Hole { name: Some(name), attribute: None, origin, .. }) => Value::new(Content::Ref(name), origin),
        Some(Part::Hole { why, origin, .. }) => Value::new(Content::Unknown(why), origin),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ContentId, Source, Span};

    fn origin() -> Origin {
        Origin::new(Source::new("t".into(), ContentId::of(b"")), Span::default())
    }

    fn one_of(subject: &str, values: &[&str]) -> Branches {
        let branch = |text: &&str| Branch {
            guard: Guard::of(subject, &format!("is `{text}`")),
            value: Value::known((*text).to_owned(), origin()),
        };
        Branches(values.iter().map(branch).collect())
    }

    #[test]
    fn one_subject_has_one_state_in_a_text() {
        let stage = one_of("parameter `Stage`", &["dev", "prod"]);
        let joined = concatenate(&[stage.clone(), stage], &origin());
        let texts: Vec<_> = joined.0.iter().map(|branch| branch.value.get().unwrap().as_str()).collect();
        assert_eq!(texts, ["devdev", "prodprod"]);
    }

    #[test]
    fn two_subjects_multiply_up_to_the_cap() {
        let (a, b) = (one_of("a", &["1", "2"]), one_of("b", &["3", "4"]));
        let joined = concatenate(&[a.clone(), b], &origin());
        assert_eq!(joined.0.len(), 4);
        assert_eq!(joined.0[0].guard.condition().to_string(), "a is `1` and b is `3`");
        let many: Vec<String> = (0..30).map(|n| n.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        let over = concatenate(&[a, one_of("c", &many)], &origin());
        assert!(matches!(over.single().unwrap().content, Content::Unknown(_)));
    }
}
