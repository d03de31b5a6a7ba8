//! Typed access to written values; what does not fit becomes a problem at its place.

use std::ops::RangeInclusive;
use std::str::FromStr;

use super::{ConfigProblem, Date, RuleNames};
use crate::diagnostic::{Argument, Arguments, Message};
use crate::scope::Globs;
use crate::source::{Source, Span};
use crate::syntax::{Kind, Node, Style};
use crate::value::meant;

/// Reads values and collects what is wrong with them.
pub(super) struct Reader<'a> {
    pub source: &'a Source,
    pub problems: Vec<ConfigProblem>,
    pub named: Vec<Named>,
}

/// A rule or family that the configuration names. Whether it exists is not known before the packs that
/// it also names are read.
#[derive(Clone, Debug)]
pub(super) struct Named {
    pub name: String,
    pub span: Span,
    pub may_be_family: bool,
}

impl Named {
    /// What is wrong with the name.
    pub fn problem(&self, names: &RuleNames, source: &Source) -> Option<ConfigProblem> {
        let Self { name, may_be_family, .. } = self;
        if names.is_rule(name) || (*may_be_family && names.knows(name)) {
            return None;
        }
        let near = names.nearest(name).filter(|near| *may_be_family || names.is_rule(near));
        let help = match near {
            Some(near) => did_you_mean(near),
            None => Message::plain("`deploylint rules` lists the rules"),
        };
        let kind = match may_be_family {
            true => "no rule and no family of rules",
            false if names.knows(name) => "a family of rules; one rule must be named here",
            false => "no rule",
        };
        let arguments = vec![("rule".into(), Argument::name(name)), ("kind".into(), Argument::words(kind))];
        let message = Message::new("`{rule}` is {kind}", arguments);
        Some(ConfigProblem { message, help: Some(help), source: source.clone(), span: self.span })
    }
}

impl Reader<'_> {
    /// Notes a problem and what to write instead.
    pub fn problem_with(&mut self, span: Span, words: &str, help: &'static str) {
        self.problem(span, words, Vec::new(), Some(Message::plain(help)));
    }

    /// Notes a problem.
    pub fn problem(&mut self, span: Span, words: &str, arguments: Arguments, help: Option<Message>) {
        let message = Message::new(words, arguments);
        self.problems.push(ConfigProblem { message, help, source: self.source.clone(), span });
    }

    /// The entries of a table; nothing when it is none.
    pub fn table<'n>(&mut self, node: &Node<'n>) -> Vec<(String, Node<'n>, Node<'n>)> {
        if !node.is_mapping() {
            self.wrong_type(node, "a table");
            return Vec::new();
        }
        let name = |key: &Node<'n>| key.text().unwrap_or_default().to_owned();
        node.entries().into_iter().map(|(key, value)| (name(&key), key, value)).collect()
    }

    /// Says that a key is not known, and which one was probably meant.
    pub fn unknown_key(&mut self, key: &Node<'_>, allowed: &[&str]) {
        let written = key.text().unwrap_or_default();
        let elsewhere = super::keys::KEYS.iter().find(|(table, keys)| !table.is_empty() && keys.contains(&written));
        let help = match (meant(written, allowed.iter().copied()), elsewhere) {
            (Some(near), _) => did_you_mean(near),
            (None, Some((table, _))) => {
                Message::new("its place is the table `[{table}]`", vec![("table".into(), Argument::words(*table))])
            }
            (None, None) => Message::new(
                "known here: {known}",
                vec![("known".into(), Argument::List(allowed.iter().map(|key| Argument::words(*key)).collect()))],
            ),
        };
        self.problem(
            key.span(),
            "`{key}` is not known here",
            vec![("key".into(), Argument::name(written))],
            Some(help),
        );
    }

    /// A string.
    pub fn text(&mut self, node: &Node<'_>) -> Option<String> {
        match node.kind() {
            Kind::Scalar(text, Style::Quoted) => Some(text.to_owned()),
            _ => {
                self.wrong_type(node, "a string");
                None
            }
        }
    }

    /// A list of strings, with their places.
    pub fn texts(&mut self, node: &Node<'_>) -> Vec<(String, Span)> {
        if !node.is_sequence() {
            self.wrong_type(node, "a list of strings");
            return Vec::new();
        }
        node.items().iter().filter_map(|item| Some((self.text(item)?, item.span()))).collect()
    }

    /// One of a few words.
    pub fn word<T>(&mut self, node: &Node<'_>, words: &[&str], read: fn(&str) -> Option<T>) -> Option<T> {
        let known = Argument::List(words.iter().map(|word| Argument::words(*word)).collect());
        let Kind::Scalar(text, Style::Quoted) = node.kind() else {
            let arguments = vec![("known".into(), known), ("found".into(), Argument::words(kind(node)))];
            self.problem(node.span(), "expected one of the strings {known}, not {found}", arguments, None);
            return None;
        };
        let value = read(text);
        if value.is_none() {
            let help = meant(text, words.iter().copied()).map(did_you_mean);
            let arguments = vec![("word".into(), Argument::quoted(text)), ("known".into(), known)];
            self.problem(node.span(), "`{word}` is none of {known}", arguments, help);
        }
        value
    }

    /// A whole number within bounds.
    pub fn number(&mut self, node: &Node<'_>, range: RangeInclusive<u64>) -> Option<u64> {
        let number = match node.kind() {
            Kind::Scalar(text, Style::Plain) => {
                text.replace('_', "").parse().ok().filter(|number| range.contains(number))
            }
            _ => None,
        };
        if number.is_none() {
            self.wrong_type(node, &format!("a whole number from {} to {}", range.start(), range.end()));
        }
        number
    }

    /// A day: TOML's own form or a string.
    pub fn date(&mut self, node: &Node<'_>) -> Option<Date> {
        let Some(text) = node.text().filter(|_| !node.is_mapping()) else {
            self.wrong_type(node, "a date");
            return None;
        };
        match Date::from_str(text) {
            Ok(date) => Some(date),
            Err(error) => {
                let arguments =
                    vec![("text".into(), Argument::quoted(text)), ("error".into(), Argument::words(error.to_string()))];
                self.problem(node.span(), "`{text}` is {error}", arguments, None);
                None
            }
        }
    }

    /// Globs over paths; each bad one is told at its place.
    pub fn globs(&mut self, written: &[(String, Span)]) -> Globs {
        let mut good: Vec<&str> = Vec::new();
        for (glob, span) in written {
            match Globs::new(&[glob]) {
                _ if glob.trim().is_empty() => self.problem_with(*span, "a path is empty", "`**` means every file"),
                _ if glob.split('/').any(|name| name == "..") => {
                    let help = "paths start at the root of the repository and never have `..`";
                    self.problem_with(*span, "nothing outside the repository can be meant here", help);
                }
                Ok(_) => good.push(glob),
                Err(error) => self.bad_glob(*span, glob, error.reason),
            }
        }
        Globs::new(&good).unwrap_or_default()
    }

    /// Says that a glob cannot be read.
    pub fn bad_glob(&mut self, span: Span, glob: &str, reason: String) {
        let arguments = vec![("glob".into(), Argument::quoted(glob)), ("reason".into(), Argument::words(reason))];
        self.problem(span, "`{glob}` is not a glob: {reason}", arguments, None);
    }

    /// Notes the id of a rule, or of a family where families are allowed, to be checked later.
    pub fn rule(&mut self, written: &str, span: Span, may_be_family: bool) {
        self.named.push(Named { name: written.to_owned(), span, may_be_family });
    }

    /// Says that something else must stand here.
    pub fn wrong_type(&mut self, node: &Node<'_>, wanted: &str) {
        let arguments = vec![("wanted".into(), Argument::words(wanted)), ("found".into(), Argument::words(kind(node)))];
        self.problem(node.span(), "expected {wanted}, not {found}", arguments, None);
    }
}

fn did_you_mean(near: &str) -> Message {
    Message::new("did you mean `{near}`?", vec![("near".into(), Argument::words(near))])
}

/// What a value is, in words.
fn kind(node: &Node<'_>) -> String {
    match node.kind() {
        Kind::Null => "nothing".to_owned(),
        Kind::Mapping => "a table".to_owned(),
        Kind::Sequence => "a list".to_owned(),
        Kind::Scalar(_, Style::Quoted) => "a string".to_owned(),
        Kind::Scalar(text, _) => format!("`{text}`"),
    }
}
