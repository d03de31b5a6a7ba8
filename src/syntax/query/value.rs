//! A document as a JSON value, typed as its readers type it.

use serde_json::{Map, Number, Value as Json};

use crate::syntax::{Kind, Node, Style};

/// How plain scalars get their type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scalars {
    /// JSON: numbers, `true`, `false`.
    Json,
    /// YAML 1.2, core schema.
    Core,
    /// YAML 1.1, as CloudFormation and Kubernetes read it: `yes` is true, `010` is eight.
    Yaml11,
    /// TOML: `1_000`; dates are text.
    Toml,
}

/// How a document is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reading {
    /// How plain scalars get their type.
    pub scalars: Scalars,
    /// Tags are calls of CloudFormation: `!Ref X` is `{"Ref": "X"}`.
    pub calls: bool,
}

/// The JSON value of a node: anchors and merge keys applied, of duplicate keys the last.
pub fn of(node: &Node<'_>, reading: Reading) -> Json {
    match call(node, reading) {
        Some(name) => {
            let argument = match (name.as_str(), node.text()) {
                // `!GetAtt Name.Attribute` is a list in its long form.
                ("Fn::GetAtt", Some(text)) => match text.split_once('.') {
                    Some((name, attribute)) => Json::Array(vec![name.into(), attribute.into()]),
                    None => text.into(),
                },
                _ => plain(node, reading),
            };
            Json::Object(Map::from_iter([(name, argument)]))
        }
        None => plain(node, reading),
    }
}

/// The long form of the tag of a node, when it is a call.
pub fn call(node: &Node<'_>, reading: Reading) -> Option<String> {
    let tag = node.tag().filter(|_| reading.calls)?;
    let name = tag.strip_prefix('!').filter(|name| !name.is_empty() && !name.starts_with('!'))?;
    Some(match name {
        "Ref" | "Condition" => name.to_owned(),
        _ => format!("Fn::{name}"),
    })
}

/// The JSON value of a node, its tag left out.
pub fn plain(node: &Node<'_>, reading: Reading) -> Json {
    match node.kind() {
        Kind::Null => Json::Null,
        Kind::Scalar(text, Style::Plain) if !matches!(node.tag(), Some("!!str" | "!!binary")) => {
            typed(text, reading.scalars)
        }
        Kind::Scalar(text, _) => Json::String(text.to_owned()),
        Kind::Sequence => Json::Array(node.items().iter().map(|item| of(item, reading)).collect()),
        Kind::Mapping => Json::Object(
            node.entries().iter().map(|(key, value)| (name_of(key).to_owned(), of(value, reading))).collect(),
        ),
    }
}

/// The name that a key is in JSON.
pub fn name_of<'d>(key: &Node<'d>) -> &'d str {
    key.text().unwrap_or("")
}

fn typed(text: &str, scalars: Scalars) -> Json {
    let yes = ["true", "True", "TRUE"].contains(&text)
        || (scalars == Scalars::Yaml11 && ["yes", "Yes", "YES", "on", "On", "ON"].contains(&text));
    let no = ["false", "False", "FALSE"].contains(&text)
        || (scalars == Scalars::Yaml11 && ["no", "No", "NO", "off", "Off", "OFF"].contains(&text));
    if yes || no {
        return Json::Bool(yes);
    }
    number(text, scalars).map_or_else(|| Json::String(text.to_owned()), Json::Number)
}

fn number(text: &str, scalars: Scalars) -> Option<Number> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if !unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
        return None;
    }
    let is_grouped = matches!(scalars, Scalars::Yaml11 | Scalars::Toml) && unsigned.contains('_');
    let digits = if is_grouped { unsigned.replace('_', "") } else { unsigned.to_owned() };
    let sign = if text.starts_with('-') { -1 } else { 1 };
    let radix = |digits: &str, radix: u32| i64::from_str_radix(digits, radix).ok().map(|number| (sign * number).into());
    if let Some(digits) = digits.strip_prefix("0x") {
        return radix(digits, 16);
    }
    if let Some(digits) = digits.strip_prefix("0o") {
        return radix(digits, 8);
    }
    if let Some(digits) = digits.strip_prefix("0b").filter(|_| scalars != Scalars::Core) {
        return radix(digits, 2);
    }
    let is_octal = digits.len() > 1 && digits.starts_with('0') && digits.bytes().all(|b| matches!(b, b'0'..=b'7'));
    if scalars == Scalars::Yaml11 && is_octal {
        return radix(&digits, 8);
    }
    if let Ok(number) = digits.parse::<i64>() {
        return Some((sign * number).into());
    }
    let is_decimal = digits.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'e' | b'E' | b'-' | b'+'));
    let decimal: f64 = if is_decimal { digits.parse().ok()? } else { return None };
    Number::from_f64(f64::from(i32::try_from(sign).ok()?) * decimal)
}
