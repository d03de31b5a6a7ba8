//! Written conditions to typed ones, checked against the fields that exist.

use std::collections::BTreeMap;

use serde_yaml::Value as Yaml;

use super::{Condition, FieldPath, OPERATORS};
use crate::facts::{Facts, FieldInfo};
use crate::rules::FrontMatter;

/// A rule's conditions, ready to run.
#[derive(Debug)]
pub struct Compiled {
    /// Kind of fact that is judged.
    pub subject: String,
    /// Which of them.
    pub wanted: Vec<(FieldPath, Condition)>,
    /// What must hold.
    pub require: Vec<(FieldPath, Condition)>,
    /// What must not hold.
    pub forbid: Vec<(FieldPath, Condition)>,
    /// Where it is reported.
    pub at: Option<FieldPath>,
    /// Other places: link and words.
    pub related: Vec<(FieldPath, String)>,
    /// The judged value.
    pub value: Option<FieldPath>,
    /// Fields that messages name.
    pub holes: Vec<FieldPath>,
    /// Answers other than the rule's own, and for which subjects.
    pub cases: Vec<(&'static str, Vec<(FieldPath, Condition)>)>,
}

impl Compiled {
    /// Compiles the conditions of a rule; the error says what is wrong.
    pub fn new(front: &FrontMatter) -> Result<Self, String> {
        let subject = front.subject.clone().ok_or("needs `subject`, or `check: native`")?;
        let names: Vec<&str> = Facts::kinds().iter().map(|(kind, ..)| *kind).collect();
        if !names.contains(&subject.as_str()) {
            return Err(unknown("subject", &subject, &names));
        }
        if front.require.is_empty() && front.forbid.is_empty() {
            return Err("needs `require` or `forbid`".into());
        }
        let mut texts: Vec<&str> = vec![front.message.as_deref().ok_or("needs `message`")?];
        texts.extend(front.help.as_deref());
        texts.extend(front.related.values().map(String::as_str));
        for case in front.cases.values() {
            texts.push(&case.message);
            texts.extend(case.help.as_deref());
        }
        Ok(Self {
            wanted: conditions(&subject, &front.wanted)?,
            require: conditions(&subject, &front.require)?,
            forbid: conditions(&subject, &front.forbid)?,
            at: front.at.as_deref().map(|text| field(&subject, text)).transpose()?,
            value: front.value.as_deref().map(|text| field(&subject, text)).transpose()?,
            related: front
                .related
                .iter()
                .map(|(link, words)| Ok((field(&subject, link)?, words.clone())))
                .collect::<Result<_, String>>()?,
            holes: holes(&texts, &subject)?,
            cases: front
                .cases
                .iter()
                .map(|(name, case)| Ok((interned(name), conditions(&subject, &case.wanted)?)))
                .collect::<Result<_, String>>()?,
            subject,
        })
    }
}

/// Names of answers are few and live as long as the program.
fn interned(name: &str) -> &'static str {
    Box::leak(name.to_owned().into_boxed_str())
}

fn unknown(what: &str, name: &str, known: &[&str]) -> String {
    match crate::value::nearest(name, known.iter().copied()) {
        Some(near) => format!("unknown {what} `{name}`; did you mean `{near}`?"),
        None => format!("unknown {what} `{name}`; one of {}", known.join(", ")),
    }
}

fn conditions(subject: &str, written: &BTreeMap<String, Yaml>) -> Result<Vec<(FieldPath, Condition)>, String> {
    written.iter().map(|(name, value)| Ok((field(subject, name)?, condition(value)?))).collect()
}

/// A field that exists, followed over links.
fn field(subject: &str, text: &str) -> Result<FieldPath, String> {
    let path = FieldPath::parse(text);
    let kinds = Facts::kinds();
    let mut kind = subject.to_owned();
    for (depth, name) in path.0.iter().enumerate() {
        let fields: &[FieldInfo] = kinds.iter().find(|(own, ..)| *own == kind).map_or(&[], |(_, _, fields)| fields);
        let Some(info) = fields.iter().find(|info| info.name == name) else {
            let names: Vec<&str> = fields.iter().map(|info| info.name).collect();
            return Err(unknown(&format!("field of `{kind}`"), name, &names));
        };
        match info.kind {
            "hidden" => return Err(format!("field `{name}` of `{kind}` cannot be asked")),
            "map" => return Ok(path),
            "link" if depth + 1 < path.0.len() => kind = info.target.to_owned(),
            _ => {}
        }
    }
    Ok(path)
}

fn holes(texts: &[&str], subject: &str) -> Result<Vec<FieldPath>, String> {
    let mut out: Vec<FieldPath> = Vec::new();
    for text in texts {
        let mut rest = *text;
        while let Some(open) = rest.find('{') {
            let Some(close) = rest[open..].find('}').map(|i| open + i) else { break };
            let path = field(subject, &rest[open + 1..close])?;
            if !out.contains(&path) {
                out.push(path);
            }
            rest = &rest[close + 1..];
        }
    }
    Ok(out)
}

fn condition(value: &Yaml) -> Result<Condition, String> {
    match value {
        Yaml::String(word) if word == "present" => Ok(Condition::Present),
        Yaml::String(word) if word == "absent" => Ok(Condition::Absent),
        Yaml::String(_) | Yaml::Bool(_) | Yaml::Number(_) => Ok(Condition::Equals(scalar(value)?)),
        Yaml::Mapping(map) if map.len() == 1 => {
            let Some((Yaml::String(operator), operand)) = map.iter().next() else {
                return Err("an operator must be a word".into());
            };
            operator_of(operator, operand)
        }
        _ => Err("a condition is a word, a value, or one operator with its operand".into()),
    }
}

fn operator_of(operator: &str, operand: &Yaml) -> Result<Condition, String> {
    Ok(match operator {
        "equals" => Condition::Equals(scalar(operand)?),
        "in" => {
            let Yaml::Sequence(items) = operand else { return Err("`in` takes a list".into()) };
            Condition::In(items.iter().map(scalar).collect::<Result<_, _>>()?)
        }
        "not" => Condition::Not(Box::new(condition(operand)?)),
        "matches" => {
            let regex = regex::RegexBuilder::new(&scalar(operand)?)
                .size_limit(1 << 20)
                .build()
                .map_err(|error| format!("`matches`: {error}"))?;
            Condition::Matches(Box::new(regex))
        }
        "starts-with" => Condition::StartsWith(scalar(operand)?),
        "ends-with" => Condition::EndsWith(scalar(operand)?),
        "greater" => Condition::Greater(number(operand)?),
        "less" => Condition::Less(number(operand)?),
        "any" => Condition::Any(Box::new(condition(operand)?)),
        "all" => Condition::All(Box::new(condition(operand)?)),
        "linked-to" => Condition::LinkedTo(scalar(operand)?),
        other => {
            let names: Vec<&str> = OPERATORS.iter().map(|operator| operator.name).collect();
            return Err(unknown("operator", other, &names));
        }
    })
}

fn scalar(value: &Yaml) -> Result<String, String> {
    match value {
        Yaml::String(text) => Ok(text.clone()),
        Yaml::Bool(yes) => Ok(yes.to_string()),
        Yaml::Number(number) => Ok(number.to_string()),
        _ => Err("expected a single value".into()),
    }
}

fn number(value: &Yaml) -> Result<i64, String> {
    scalar(value)?.parse().map_err(|_| "expected a whole number".into())
}
