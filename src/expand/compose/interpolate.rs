//! Variables in compose files: `$X`, `${X}`, `${X:-d}`, `${X-d}`, `${X:?m}`, `${X:+a}`, `$$`, nested.
//!
//! What the shell of the person who deploys sets is not in the repository, so a variable that no
//! `.env` sets is unknown, and one with a default is one of two values (compose-spec, 12-interpolation).

use std::collections::BTreeMap;
use std::ops::Range;
use std::rc::Rc;

use rustc_hash::FxHashMap;

use crate::expand::budget::Budget;
use crate::source::{HopKind, Origin};
use crate::value::{Condition, Content, Part, Value, Why};

/// Deepest nesting of `${A:-${B:-…}}` that is read.
const DEPTH: usize = 16;

/// Why a variable has no value.
pub(crate) const NOT_SET: &str = "variable that the repository does not set";

/// Why a variable has no value when long ones that are named often would fill memory.
pub(super) const TOO_LONG: &str = "variables that are too long";

/// Variables that the repository itself sets, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    known: BTreeMap<String, (Rc<str>, Origin)>,
    /// Bytes that may still be filled in, for those that are made of these too.
    budget: Rc<Budget>,
}

impl Variables {
    /// Adds a variable; one that is there already stays.
    pub fn add(&mut self, name: &str, text: impl Into<Rc<str>>, origin: Origin) {
        self.known.entry(name.to_owned()).or_insert_with(|| (text.into(), origin));
    }

    /// Adds a variable, in place of one that is there already.
    pub fn replace(&mut self, name: &str, text: impl Into<Rc<str>>, origin: Origin) {
        self.known.insert(name.to_owned(), (text.into(), origin));
    }

    /// Adds those of another list that are not there yet.
    pub fn fill_from(&mut self, other: &Self) {
        for (name, (text, origin)) in &other.known {
            self.add(name, Rc::clone(text), origin.clone());
        }
    }

    /// The value of a variable and where it is written.
    pub fn get(&self, name: &str) -> Option<(&str, &Origin)> {
        self.known.get(name).map(|(text, origin)| (&**text, origin))
    }

    /// Takes a text that is filled in; false when nothing is left.
    pub fn may_put(&self, text: &str) -> bool {
        self.budget.text(text)
    }
}

/// How the syntax of defaults is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Dialect {
    /// `${X:-d}`; a bare `$X` is a variable.
    Compose,
    /// `${X:d}` as Spring writes it, beside `${X:-d}`; a bare `$X` is text.
    Braces,
}

/// A text as written: its content and where its bytes stand.
pub(crate) struct Written<'a> {
    /// The text, unquoted.
    pub text: &'a str,
    /// Where all of it stands.
    pub origin: &'a Origin,
    /// Offset of the text's first byte from the start of the origin's span; `None` when quoting or
    /// folding changed the text, so that parts of it have no place of their own.
    pub offset: Option<usize>,
}

impl Written<'_> {
    fn part(&self, range: &Range<usize>) -> Origin {
        match self.offset {
            Some(offset) => self.origin.part(offset + range.start, offset + range.end),
            None => self.origin.clone(),
        }
    }
}

#[derive(Debug)]
enum Segment {
    Text(String),
    Variable { name: String, operator: Operator, argument: Vec<Segment>, whole: Range<usize>, inner: Range<usize> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Operator {
    None,
    /// `:-` (true: also when empty) and `-`.
    Default(bool),
    /// `:+` and `+`.
    Instead(bool),
    /// `:?` and `?`.
    Required,
}

/// The value that a text has once its variables are filled in.
pub(crate) fn interpolate(written: &Written<'_>, variables: &Variables, dialect: Dialect) -> Value<String> {
    if !written.text.contains('$') {
        return Value::known(written.text.to_owned(), written.origin.clone());
    }
    let segments = parse(written.text, 0, dialect, 0, &closings(written.text));
    if let [Segment::Text(text)] = segments.as_slice() {
        let mut value = Value::known(text.clone(), written.origin.clone());
        value.raw = Some(written.text.into());
        return value;
    }
    let evaluate = |unset: bool| {
        let mut run = Run { variables, written, unset, assumed: Vec::new() };
        let value = run.value(&segments);
        (value, run.assumed)
    };
    let (unset, mut names) = evaluate(true);
    if names.is_empty() {
        return unset;
    }
    names.sort();
    names.dedup();
    let (set, _) = evaluate(false);
    let listed = names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(" and ");
    let verb = if names.len() == 1 { "is" } else { "are" };
    let branches = vec![
        (Condition::new(format!("{listed} {verb} not set")), unset),
        (Condition::new(format!("{listed} {verb} set")), set),
    ];
    let mut value = Value::new(Content::OneOf(branches), written.origin.clone());
    value.raw = Some(written.text.into());
    value
}

/// One evaluation: variables that the repository does not set are all taken as unset, or all as set.
struct Run<'a> {
    variables: &'a Variables,
    written: &'a Written<'a>,
    unset: bool,
    assumed: Vec<String>,
}

impl Run<'_> {
    fn value(&mut self, segments: &[Segment]) -> Value<String> {
        let mut parts = Vec::new();
        self.parts(segments, &mut parts);
        let mut value = join(parts, self.origin(segments));
        value.raw = Some(self.written.text.into());
        value
    }

    /// A text that is one variable and nothing else is written where that variable gets its value.
    fn origin(&self, segments: &[Segment]) -> Origin {
        let mut segments = segments;
        let mut origin = self.written.origin.clone();
        while let [Segment::Variable { name, operator, argument, whole, inner }] = segments {
            match (self.variables.get(name), operator) {
                (Some((_, own)), Operator::None | Operator::Required) => return self.used_here(own, whole),
                (Some((text, own)), Operator::Default(colon)) if !(text.is_empty() && *colon) => {
                    return self.used_here(own, whole);
                }
                (_, Operator::Default(_)) if self.unset => {
                    origin = self.written.part(inner);
                    segments = argument;
                }
                _ => return origin,
            }
        }
        origin
    }

    fn used_here(&self, own: &Origin, whole: &Range<usize>) -> Origin {
        own.clone().via(HopKind::EnvironmentFile, &self.written.origin.source, self.written.part(whole).span)
    }

    fn parts(&mut self, segments: &[Segment], out: &mut Vec<Part>) {
        for segment in segments {
            match segment {
                Segment::Text(text) => push_text(out, text),
                Segment::Variable { name, operator, argument, whole, .. } => {
                    self.variable(name, *operator, argument, whole, out);
                }
            }
        }
    }

    fn variable(
        &mut self,
        name: &str,
        operator: Operator,
        argument: &[Segment],
        whole: &Range<usize>,
        out: &mut Vec<Part>,
    ) {
        let variables = self.variables;
        if let Some((text, _)) = variables.get(name) {
            match operator {
                Operator::Default(true) if text.is_empty() => self.parts(argument, out),
                Operator::Instead(colon) if !(colon && text.is_empty()) => self.parts(argument, out),
                Operator::Instead(_) => {}
                _ if variables.may_put(text) => push_text(out, text),
                _ => out.push(self.hole(name, TOO_LONG, whole)),
            }
            return;
        }
        match operator {
            Operator::Default(_) if self.unset => {
                self.assumed.push(name.to_owned());
                self.parts(argument, out);
            }
            Operator::Instead(_) => {
                self.assumed.push(name.to_owned());
                if !self.unset {
                    self.parts(argument, out);
                }
            }
            _ => out.push(self.hole(name, NOT_SET, whole)),
        }
    }

    fn hole(&self, name: &str, why: &'static str, whole: &Range<usize>) -> Part {
        let origin = self.written.part(whole);
        Part::Hole { name: Some(name.to_owned()), attribute: None, why: Why::new(why), origin }
    }
}

fn push_text(out: &mut Vec<Part>, text: &str) {
    match out.last_mut() {
        Some(Part::Known(known)) => known.push_str(text),
        _ if text.is_empty() => {}
        _ => out.push(Part::Known(text.to_owned())),
    }
}

/// Parts to a value: known when all of them are, unknown when nothing else is there.
pub(crate) fn join(parts: Vec<Part>, origin: Origin) -> Value<String> {
    match parts.as_slice() {
        [] => Value::known(String::new(), origin),
        [Part::Known(text)] => Value::known(text.clone(), origin),
        [Part::Hole { why, .. }] => Value::new(Content::Unknown(why.clone()), origin),
        _ => Value::new(Content::Concat(parts), origin),
    }
}

fn parse(text: &str, base: usize, dialect: Dialect, depth: usize, closings: &Closings) -> Vec<Segment> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut plain = String::new();
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'$' {
            let next = text[at..].find('$').map_or(text.len(), |i| at + i);
            plain.push_str(&text[at..next]);
            at = next;
            continue;
        }
        match bytes.get(at + 1) {
            Some(b'$') if dialect == Dialect::Compose => {
                plain.push('$');
                at += 2;
            }
            Some(b'{') => match braced(text, at, base, dialect, depth, closings) {
                Some((segment, end)) => {
                    flush(&mut plain, &mut out);
                    out.push(segment);
                    at = end;
                }
                None => {
                    plain.push('$');
                    at += 1;
                }
            },
            Some(first) if dialect == Dialect::Compose && is_name_start(*first) => {
                let end = name_end(bytes, at + 1);
                flush(&mut plain, &mut out);
                out.push(Segment::Variable {
                    name: text[at + 1..end].to_owned(),
                    operator: Operator::None,
                    argument: Vec::new(),
                    whole: base + at..base + end,
                    inner: base + end..base + end,
                });
                at = end;
            }
            _ => {
                plain.push('$');
                at += 1;
            }
        }
    }
    flush(&mut plain, &mut out);
    out
}

fn flush(plain: &mut String, out: &mut Vec<Segment>) {
    if !plain.is_empty() {
        out.push(Segment::Text(std::mem::take(plain)));
    }
}

fn is_name_start(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_'
}

fn name_end(bytes: &[u8], start: usize) -> usize {
    let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    bytes[start..].iter().position(|byte| !is_name(byte)).map_or(bytes.len(), |i| start + i)
}

/// `${…}` at `at`: the segment and where it ends. `None` when it is not closed or has no name.
fn braced(
    text: &str,
    at: usize,
    base: usize,
    dialect: Dialect,
    depth: usize,
    closings: &Closings,
) -> Option<(Segment, usize)> {
    let bytes = text.as_bytes();
    let start = at + 2;
    if depth >= DEPTH || !bytes.get(start).copied().is_some_and(is_name_start) {
        return None;
    }
    let mut after = name_end(bytes, start);
    if dialect == Dialect::Braces {
        // Property placeholders have dots and dashes in their names.
        let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-');
        after = bytes[start..].iter().position(|byte| !is_name(byte)).map_or(bytes.len(), |i| start + i);
    }
    let close = closings.get(&(base + at))? - base;
    let (operator, skip) = match (bytes.get(after)?, bytes.get(after + 1)) {
        (b'}', _) => (Operator::None, 0),
        (b':', Some(b'-')) => (Operator::Default(true), 2),
        (b':', Some(b'+')) if dialect == Dialect::Compose => (Operator::Instead(true), 2),
        (b':', Some(b'?')) if dialect == Dialect::Compose => (Operator::Required, 2),
        (b':', _) if dialect == Dialect::Braces => (Operator::Default(true), 1),
        (b'-', _) => (Operator::Default(false), 1),
        (b'+', _) => (Operator::Instead(false), 1),
        (b'?', _) => (Operator::Required, 1),
        _ => return None,
    };
    let inner = after + skip..close;
    let argument = parse(&text[inner.clone()], base + inner.start, dialect, depth + 1, closings);
    let segment = Segment::Variable {
        name: text[start..after].to_owned(),
        operator,
        argument,
        whole: base + at..base + close + 1,
        inner: base + inner.start..base + inner.end,
    };
    Some((segment, close + 1))
}

/// Where each `${` of a text is closed, found in one pass: a text of nothing but openings costs no more.
type Closings = FxHashMap<usize, usize>;

fn closings(text: &str) -> Closings {
    let bytes = text.as_bytes();
    let (mut open, mut out) = (Vec::new(), Closings::default());
    for at in memchr::memchr2_iter(b'{', b'}', bytes) {
        if bytes[at] == b'{' && at > 0 && bytes[at - 1] == b'$' {
            open.push(at - 1);
        } else if bytes[at] == b'}' {
            out.extend(open.pop().map(|start| (start, at)));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ContentId, Source, Span};

    fn origin(text: &str) -> Origin {
        Origin::new(Source::new("c.yml".into(), ContentId::of(b"")), Span::new(10, 10 + text.len()))
    }

    fn value(text: &str, variables: &Variables) -> Value<String> {
        let origin = origin(text);
        interpolate(&Written { text, origin: &origin, offset: Some(0) }, variables, Dialect::Compose)
    }

    fn variables() -> Variables {
        let mut variables = Variables::default();
        let source = Source::new(".env".into(), ContentId::of(b"e"));
        variables.add("HOST", "db", Origin::new(source.clone(), Span::new(5, 7)));
        variables.add("EMPTY", "", Origin::new(source, Span::new(9, 9)));
        variables
    }

    #[test]
    fn what_the_repository_sets_is_known() {
        let variables = variables();
        assert_eq!(value("http://${HOST}:80/$$x", &variables).get().unwrap(), "http://db:80/$x");
        assert_eq!(value("${EMPTY:-d}", &variables).get().unwrap(), "d");
        assert_eq!(value("${EMPTY-d}", &variables).get().unwrap(), "");
        assert_eq!(value("${HOST:+yes}${EMPTY:+no}", &variables).get().unwrap(), "yes");
        let alone = value("${HOST}", &variables);
        assert_eq!(alone.origin.source.path().to_string(), ".env");
        assert_eq!(alone.origin.steps()[0].kind, HopKind::EnvironmentFile);
    }

    #[test]
    fn a_default_is_one_of_two_values_and_has_its_own_place() {
        let out = value("${X:-abc}", &Variables::default());
        let Content::OneOf(branches) = &out.content else { panic!("{out:?}") };
        assert_eq!(branches[0].0.to_string(), "`X` is not set");
        assert_eq!(branches[0].1.get().unwrap(), "abc");
        assert_eq!(branches[0].1.origin.span, Span::new(15, 18));
        assert!(branches[1].1.undecided().is_some());
        let nested = value("a-${X:-${Y:-z}}", &Variables::default());
        assert_eq!(nested.possible()[0].1, "a-z");
        assert_eq!(nested.possible()[0].0.unwrap().to_string(), "`X` and `Y` are not set");
    }

    #[test]
    fn what_nobody_sets_is_unknown() {
        let none = Variables::default();
        assert!(matches!(value("${X}", &none).content, Content::Unknown(_)));
        assert!(matches!(value("${X:?say it}", &none).content, Content::Unknown(_)));
        let url = value("http://$X/a", &none);
        assert_eq!(url.prefix(), Some("http://"));
        assert_eq!(url.suffix(), Some("/a"));
        assert_eq!(value("${", &none).get().unwrap(), "${");
        assert_eq!(value("a$", &none).get().unwrap(), "a$");
    }

    #[test]
    fn a_long_variable_that_many_name_ends() {
        let mut variables = Variables::default();
        variables.add("LONG", "x".repeat(1 << 20), origin(""));
        let values: Vec<_> = (0..1_000).map(|_| value("a-${LONG}", &variables)).collect();
        assert!(values[0].get().is_some() && values[999].undecided().is_some());
    }

    #[test]
    fn property_placeholders() {
        let origin = origin("");
        let text = "${spring.url:jdbc:postgresql://localhost/x} $y";
        let written = Written { text, origin: &origin, offset: Some(0) };
        let out = interpolate(&written, &Variables::default(), Dialect::Braces);
        assert_eq!(out.possible()[0].1, "jdbc:postgresql://localhost/x $y");
    }
}
