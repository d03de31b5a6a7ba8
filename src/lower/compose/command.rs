//! Arguments of commands that carry a value under a name: `--requirepass x`, `--url=x`, `KEY=x cmd`.

use super::{Lowering, Service};
use crate::expand::compose::short::narrow;
use crate::expand::{Applied, AppliedKind};
use crate::facts::EnvironmentVariable;
use crate::source::Origin;
use crate::value::{Content, Value};

/// Most arguments of one command that are looked at.
const ARGUMENTS: usize = 1_000;

pub(super) fn lower(lowering: &mut Lowering<'_>, service: &Service<'_>) {
    for key in ["command", "entrypoint"] {
        let Some(node) = service.node.get(key) else { continue };
        let words = words(node);
        for (at, word) in words.iter().enumerate() {
            let Some(argument) = named(word, words.get(at + 1)) else { continue };
            let place = lowering.place(&argument.origin, &[&service.entry.name, key, &argument.name]);
            lowering.facts.environment_variables.push(EnvironmentVariable {
                place,
                technology: "compose",
                container: Some(service.container),
                function: None,
                name: argument.name,
                value: argument.value,
                given: "command",
            });
        }
    }
}

struct Argument {
    name: String,
    origin: Origin,
    value: Value<String>,
}

/// The words of a command; a list item that is a script of its own is split as well.
fn words(node: &Applied) -> Vec<Value<String>> {
    let mut out = Vec::new();
    let items: &[Applied] = match &node.kind {
        AppliedKind::Sequence(items) => items,
        AppliedKind::Scalar(..) => std::slice::from_ref(node),
        _ => &[],
    };
    let is_list = node.is_sequence();
    for item in items {
        let value = item.text();
        match value.get() {
            Some(text) if !is_list || text.trim().contains(char::is_whitespace) => split(&value, text, &mut out),
            _ => out.push(value),
        }
    }
    out.truncate(ARGUMENTS);
    out
}

/// Splits at blanks outside quotes; quotes around a whole word are cut.
fn split(value: &Value<String>, text: &str, out: &mut Vec<Value<String>>) {
    let (mut start, mut quote): (Option<usize>, Option<char>) = (None, None);
    let mut push = |from: usize, to: usize| {
        let word = &text[from..to];
        let trimmed = word.trim_matches(['"', '\'']);
        let cut = word.len() - word.trim_start_matches(['"', '\'']).len();
        out.push(Value::known(trimmed.to_owned(), narrow(value, from + cut, trimmed.len())));
    };
    for (at, character) in text.char_indices() {
        match (quote, character) {
            (Some(open), close) if open == close => quote = None,
            (None, '"' | '\'') => {
                quote = Some(character);
                start.get_or_insert(at);
            }
            (None, c) if c.is_whitespace() || matches!(c, ';' | '|' | '&') => {
                if let Some(from) = start.take() {
                    push(from, at);
                }
            }
            _ => {
                start.get_or_insert(at);
            }
        }
    }
    if let Some(from) = start {
        push(from, text.len());
    }
}

/// A word that names a value, or names the value that the next word is.
fn named(word: &Value<String>, next: Option<&Value<String>>) -> Option<Argument> {
    let prefix = word.prefix()?;
    if let Some((name, first)) = prefix.split_once('=') {
        let is_flag = name.starts_with('-') && name.len() > 2;
        let is_variable =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_');
        if !is_flag && !is_variable {
            return None;
        }
        let text = word.get();
        let (origin, content) = match text {
            Some(text) => {
                let rest = text[name.len() + 1..].trim_matches(['"', '\'']);
                let at = text.len() - text[name.len() + 1..].trim_start_matches(['"', '\'']).len();
                (narrow(word, at, rest.len()), Content::Known(rest.to_owned()))
            }
            None => {
                let why = word.undecided()?;
                let _ = first;
                (word.origin.clone(), Content::Unknown(why))
            }
        };
        return Some(Argument {
            name: name.to_owned(),
            origin: narrow(word, 0, name.len()),
            value: Value::new(content, origin),
        });
    }
    let flag = word.get()?;
    let next = next?;
    let is_value = next.prefix().is_none_or(|text| !text.starts_with('-'));
    (flag.starts_with("--") && is_value).then(|| Argument {
        name: flag.clone(),
        origin: word.origin.clone(),
        value: next.clone(),
    })
}
