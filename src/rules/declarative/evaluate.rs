//! Runs a compiled rule over the facts of its subject.

use std::cmp::Ordering;

use regex::Regex;

use super::{Compiled, Condition, Documents, FieldPath};
use crate::diagnostic::{Argument, Doubt};
use crate::facts::{Fact, Facts, Field, Match};
use crate::rules::{RuleContext, Sink, Undecided};
use crate::source::Origin;
use crate::value::{Answer, Content, Value};

impl Compiled {
    /// Judges every subject. Unknown never fires; it is returned to be counted.
    pub fn evaluate(&self, context: &RuleContext<'_>, sink: &mut Sink, undecided: &mut Vec<Undecided>) {
        let facts = &context.graph.facts;
        for index in 0..facts.count(&self.subject).unwrap_or(0) {
            let is_asked =
                |documents: &Documents| facts.matches.get(index).is_some_and(|one| one.asked_by.0 == documents.key);
            if self.documents.as_ref().is_some_and(|documents| !is_asked(documents)) {
                continue;
            }
            let Some(place) = facts.place(&self.subject, index) else { continue };
            let condition = match self.judge(facts, index) {
                Answer::True => None,
                Answer::Sometimes(condition) => Some(condition),
                Answer::False => continue,
                Answer::Unknown(why) => {
                    let rule = context.rule.id.as_str().into();
                    undecided.push(Undecided { rule, subject: place.path.clone(), why });
                    continue;
                }
            };
            let mut finding = context.finding(place);
            if let Some(case) = self.case(facts, index) {
                finding = finding.case(case);
            }
            if let Some(origin) = self.at.as_ref().and_then(|path| origin_of(facts, &self.subject, index, path)) {
                finding = finding.at(&origin);
            }
            for (link, words) in &self.related {
                if let Some(origin) = origin_of(facts, &self.subject, index, link) {
                    finding = finding.related(&origin, words.clone());
                }
            }
            for hole in &self.holes {
                finding = finding.with(hole.written(), argument(facts, &self.subject, index, hole));
            }
            if let Some(path) = &self.value
                && let Argument::Quoted { value, secret: false, .. } | Argument::Name(value) =
                    argument(facts, &self.subject, index, path)
            {
                finding = finding.value(value);
            }
            if let Some(condition) = condition {
                finding = finding.doubt(Doubt::Sometimes(condition));
            }
            sink.report(finding);
        }
    }

    /// The first answer that may be meant for this subject.
    fn case(&self, facts: &Facts, index: usize) -> Option<&'static str> {
        let ask = |(path, condition): &(FieldPath, Condition)| ask(facts, &self.subject, index, path, condition);
        let may_be = |wanted: &[(FieldPath, Condition)]| {
            !wanted.is_empty() && wanted.iter().map(ask).fold(Answer::True, Answer::and) != Answer::False
        };
        self.cases.iter().find(|(_, wanted)| may_be(wanted)).map(|(name, _)| *name)
    }

    /// Does the rule fire on this subject?
    fn judge(&self, facts: &Facts, index: usize) -> Answer {
        let ask = |(path, condition): &(FieldPath, Condition)| ask(facts, &self.subject, index, path, condition);
        let wanted = self.wanted.iter().map(ask).fold(Answer::True, Answer::and);
        if wanted == Answer::False {
            return Answer::False;
        }
        // A rule that says nothing more of what it selects says that it should not be there.
        if self.require.is_empty() && self.forbid.is_empty() {
            return wanted;
        }
        // What is required is asked for its opposite, because a value that is one of several may surely
        // break the rule in one case while nothing is known of another.
        let breaks = |(path, condition): &(FieldPath, Condition)| ask_not(facts, &self.subject, index, path, condition);
        let required = self.require.iter().map(breaks).fold(Answer::False, Answer::or);
        let forbidden = self.forbid.iter().map(ask).fold(Answer::False, Answer::or);
        wanted.and(required.or(forbidden))
    }
}

/// A field reached over links and map keys.
enum Reached<'a> {
    Field(Field<'a>),
    Entry(Option<&'a Value<String>>, Answer),
    Nothing,
}

fn reach<'a>(facts: &'a Facts, kind: &str, index: usize, path: &FieldPath) -> Reached<'a> {
    let (mut kind, mut index) = (kind.to_owned(), index);
    for (depth, name) in path.0.iter().enumerate() {
        let last = depth + 1 == path.0.len();
        match facts.field(&kind, index, name) {
            None => return Reached::Nothing,
            Some(Field::Link(Some((to, at)))) if !last => (kind, index) = (to.to_owned(), at),
            Some(Field::Link(None)) if !last => return Reached::Nothing,
            Some(Field::Map(map)) if !last => {
                let wanted = path.0[depth + 1..].join(".");
                let open = map.open.clone().map_or(Answer::False, Answer::Unknown);
                return Reached::Entry(map.entry(&wanted).map(|entry| &entry.value), open);
            }
            Some(field) => return Reached::Field(field),
        }
    }
    Reached::Nothing
}

fn ask(facts: &Facts, kind: &str, index: usize, path: &FieldPath, condition: &Condition) -> Answer {
    Question { condition, negated: false }.of(facts, kind, index, path)
}

fn ask_not(facts: &Facts, kind: &str, index: usize, path: &FieldPath, condition: &Condition) -> Answer {
    Question { condition, negated: true }.of(facts, kind, index, path)
}

/// A condition or its opposite, asked of each branch of a value by itself.
#[derive(Clone, Copy)]
struct Question<'c> {
    condition: &'c Condition,
    negated: bool,
}

impl Question<'_> {
    fn of(self, facts: &Facts, kind: &str, index: usize, path: &FieldPath) -> Answer {
        if let Condition::Not(inner) = self.condition {
            return Question { condition: inner, negated: !self.negated }.of(facts, kind, index, path);
        }
        let nothing = || self.turned(matches!(self.condition, Condition::Absent).into());
        match reach(facts, kind, index, path) {
            Reached::Nothing => nothing(),
            Reached::Entry(Some(value), _) => self.of_value(value, &ask_text),
            Reached::Entry(None, Answer::Unknown(why)) => Answer::Unknown(why),
            Reached::Entry(None, _) => nothing(),
            Reached::Field(Field::Text(value)) => self.of_value(value, &ask_text),
            Reached::Field(Field::Number(value)) => {
                self.of_value(value, &|value, condition| ask_field(&Field::Number(value), condition))
            }
            Reached::Field(Field::YesNo(value)) => {
                self.of_value(value, &|value, condition| ask_field(&Field::YesNo(value), condition))
            }
            Reached::Field(field) => self.turned(ask_field(&field, self.condition)),
        }
    }

    fn of_value<T>(self, value: &Value<T>, ask: &dyn Fn(&Value<T>, &Condition) -> Answer) -> Answer {
        match &value.content {
            Content::OneOf(branches) => {
                Answer::of_branches(branches.iter().map(|(condition, branch)| (condition, self.of_value(branch, ask))))
            }
            _ => self.turned(ask(value, self.condition)),
        }
    }

    fn turned(self, answer: Answer) -> Answer {
        if self.negated { answer.not() } else { answer }
    }
}

fn ask_field(field: &Field<'_>, condition: &Condition) -> Answer {
    if let Condition::Not(inner) = condition {
        return ask_field(field, inner).not();
    }
    let yes_or_no = |yes: bool| if yes { "true" } else { "false" };
    match (field, condition) {
        (Field::Text(value), condition) => ask_text(value, condition),
        (Field::Word(word), condition) => ask_word(word, condition),
        (Field::Number(value), Condition::Present) => value.present(),
        (Field::Number(value), Condition::Absent) => value.present().not(),
        (Field::Number(value), other) => value.ask(Answer::False, &|number| ask_word(&number.to_string(), other)),
        (Field::YesNo(value), Condition::Present) => value.present(),
        (Field::YesNo(value), Condition::Absent) => value.present().not(),
        (Field::YesNo(value), other) => value.ask(Answer::False, &|yes| ask_word(yes_or_no(*yes), other)),
        (Field::Texts(list), Condition::Present) => list.present(),
        (Field::Texts(list), Condition::Absent) => list.present().not(),
        (Field::Texts(list), Condition::Any(inner)) => list.any(|item| ask_text(item, inner)),
        (Field::Texts(list), Condition::All(inner)) => list.all(|item| ask_text(item, inner)),
        (Field::Map(map), Condition::Present) => map.present(),
        (Field::Map(map), Condition::Absent) => map.present().not(),
        (Field::Map(map), Condition::Any(inner)) => map.any(|entry| ask_text(&entry.value, inner)),
        (Field::Map(map), Condition::All(inner)) => map.all(|entry| ask_text(&entry.value, inner)),
        (Field::Answer(answer), Condition::Present) => (*answer).clone(),
        (Field::Answer(answer), Condition::Absent) => (*answer).clone().not(),
        (Field::Answer(answer), Condition::Equals(text)) if text == "true" => (*answer).clone(),
        (Field::Answer(answer), Condition::Equals(text)) if text == "false" => (*answer).clone().not(),
        (Field::Link(target), Condition::Present) => target.is_some().into(),
        (Field::Link(target), Condition::Absent) => target.is_none().into(),
        (Field::Link(target), Condition::LinkedTo(kind)) => target.is_some_and(|(own, _)| own == kind).into(),
        _ => Answer::False,
    }
}

fn ask_text(value: &Value<String>, condition: &Condition) -> Answer {
    match condition {
        Condition::Present => value.present(),
        Condition::Absent => value.present().not(),
        Condition::Equals(text) => value.equals(text),
        Condition::In(texts) => texts.iter().fold(Answer::False, |sum, text| sum.or(value.equals(text))),
        Condition::StartsWith(text) => value.starts_with(text),
        Condition::EndsWith(text) => value.ends_with(text),
        Condition::Matches(regex) if surely_matches(value, regex) => Answer::True,
        Condition::Not(inner) => ask_text(value, inner).not(),
        other => value.ask(Answer::False, &|text| ask_word(text, other)),
    }
}

/// Does an expression match in what is known of a text with unknown parts? A match that ends before the
/// known start does, or starts behind the start of the known end, depends on nothing else.
fn surely_matches(value: &Value<String>, regex: &Regex) -> bool {
    let Content::Concat(_) = value.content else { return false };
    let (prefix, suffix) = (capped(value.prefix().unwrap_or("")), capped(value.suffix().unwrap_or("")));
    regex.find(prefix).is_some_and(|found| found.end() < prefix.len())
        || regex.find_iter(suffix).any(|found| found.start() > 0)
}

/// A cap keeps hostile values from costing time.
fn capped(text: &str) -> &str {
    &text[..text.floor_char_boundary(10_000)]
}

/// Compares a number with a bound: exactly when it is whole, else as a decimal.
fn compares(word: &str, bound: i64, wanted: Ordering) -> bool {
    let word = word.trim();
    match word.parse::<i64>() {
        Ok(number) => number.cmp(&bound) == wanted,
        #[allow(clippy::cast_precision_loss, reason = "who compares decimals does not count on the last digit")]
        Err(_) => word.parse::<f64>().is_ok_and(|number| number.partial_cmp(&(bound as f64)) == Some(wanted)),
    }
}

fn ask_word(word: &str, condition: &Condition) -> Answer {
    match condition {
        Condition::Present => (!word.is_empty()).into(),
        Condition::Absent => word.is_empty().into(),
        Condition::Equals(text) => (word == text).into(),
        Condition::In(texts) => texts.iter().any(|text| text == word).into(),
        Condition::Not(inner) => ask_word(word, inner).not(),
        Condition::Matches(regex) => regex.is_match(capped(word)).into(),
        Condition::StartsWith(text) => word.starts_with(text.as_str()).into(),
        Condition::EndsWith(text) => word.ends_with(text.as_str()).into(),
        Condition::Greater(bound) => compares(word, *bound, Ordering::Greater).into(),
        Condition::Less(bound) => compares(word, *bound, Ordering::Less).into(),
        Condition::Any(_) | Condition::All(_) | Condition::LinkedTo(_) => Answer::False,
    }
}

fn origin_of(facts: &Facts, kind: &str, index: usize, path: &FieldPath) -> Option<Origin> {
    match reach(facts, kind, index, path) {
        Reached::Entry(Some(value), _) => Some(value.origin.clone()),
        Reached::Field(Field::Text(value)) => Some(value.origin.clone()),
        Reached::Field(Field::Number(value)) => Some(value.origin.clone()),
        Reached::Field(Field::YesNo(value)) => Some(value.origin.clone()),
        Reached::Field(Field::Link(Some((kind, index)))) => facts.place(kind, index).map(|p| p.origin.clone()),
        _ => None,
    }
}

fn argument(facts: &Facts, kind: &str, index: usize, path: &FieldPath) -> Argument {
    match reach(facts, kind, index, path) {
        Reached::Entry(Some(value), _) => text_argument(value),
        Reached::Field(Field::Text(value)) => text_argument(value),
        Reached::Field(Field::Number(value)) if value.content == Content::Absent => Argument::words("none"),
        // A number of a raw document may be a credential: it meets the mask of its place.
        Reached::Field(Field::Number(value)) if kind == Match::KIND && path.written() == "number" => {
            value.get().map_or(Argument::words("unknown"), |number| Argument::Quoted {
                value: number.to_string(),
                origin: Some(value.origin.clone()),
                secret: false,
            })
        }
        Reached::Field(Field::Number(value)) => {
            value.get().map_or(Argument::words("unknown"), |number| Argument::Number(*number))
        }
        Reached::Field(Field::YesNo(value)) => {
            Argument::words(value.get().map_or("unknown", |yes| if *yes { "yes" } else { "no" }))
        }
        Reached::Field(Field::Word(word)) => Argument::Name(word.to_owned()),
        Reached::Field(Field::Link(Some((kind, index)))) => match facts.field(kind, index, "name") {
            Some(Field::Text(value)) => text_argument(value),
            Some(Field::Word(word)) => Argument::Name(word.to_owned()),
            _ => Argument::words("unknown"),
        },
        _ => Argument::words("none"),
    }
}

fn text_argument(value: &Value<String>) -> Argument {
    let quoted = |text: &String, origin: &Origin| Argument::Quoted {
        value: text.clone(),
        origin: Some(origin.clone()),
        secret: false,
    };
    match &value.content {
        Content::Known(text) | Content::Default(text) => quoted(text, &value.origin),
        Content::OneOf(_) => {
            Argument::List(value.possible().into_iter().map(|(_, text, origin)| quoted(text, origin)).collect())
        }
        Content::Absent => Argument::words("none"),
        _ => Argument::words("unknown"),
    }
}

#[cfg(test)]
mod tests;
