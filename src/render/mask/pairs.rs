//! Values that stand beside a name of a credential: `PASSWORD=x`, `"password": "x"`, `--token x`,
//! `name: PASSWORD` with `value: x` on another line.

use std::ops::Range;

use super::names::is_secret_name;

/// Keys whose value belongs to a name given beside them.
const VALUE_KEYS: &[&str] = &["value", "default", "stringvalue", "plaintext", "parametervalue"];
/// Keys that give such a name.
const NAME_KEYS: &[&str] = &["name", "key", "parameterkey"];
/// How many lines away that name may stand.
const NEARBY: usize = 4;
/// Longest value that belongs to a name beside it, bytes.
const SHORT: usize = 1 << 10;
/// Longest stretch of a line that is looked at, bytes.
pub(super) const LONGEST: usize = 16 << 10;

/// A name with its value, as a byte range of a text.
struct Pair<'t> {
    name: &'t str,
    value: Range<usize>,
    is_secret: bool,
}

/// What one line says.
struct Line<'t> {
    indent: usize,
    pairs: Vec<Pair<'t>>,
    /// It gives the name of a credential: `name: DB_PASSWORD`.
    names_secret: bool,
    /// It opens a block under this name.
    opens: Option<&'t str>,
}

/// Ranges of values that may be credentials.
pub(super) fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let ranges = lines(text);
    let lines: Vec<Line<'_>> = ranges.iter().map(|range| line(text, range.clone())).collect();
    for (number, line) in lines.iter().enumerate() {
        let belongs_to_secret = belongs_to_secret(&lines, number);
        for pair in &line.pairs {
            if pair.is_secret || (belongs_to_secret && is_one_of(pair.name, VALUE_KEYS)) {
                out.extend(literal(text, pair.value.clone()));
            }
        }
        out.extend(flags(text, ranges[number].clone()));
    }
    out
}

/// A `value:` here is that of a credential: `name: DB_PASSWORD` stands beside it, or it stands below
/// `DbPassword:`.
fn belongs_to_secret(lines: &[Line<'_>], number: usize) -> bool {
    let near = &lines[number.saturating_sub(NEARBY)..lines.len().min(number + NEARBY + 1)];
    let above = lines[..number].iter().rev().take(3 * NEARBY);
    let parent = above.filter(|line| line.indent < lines[number].indent).find_map(|line| line.opens);
    near.iter().any(|line| line.names_secret) || parent.is_some_and(is_secret_name)
}

fn lines(text: &str) -> Vec<Range<usize>> {
    let mut start = 0;
    text.split('\n')
        .map(|line| {
            let range = start..start + line.len().min(LONGEST);
            start += line.len() + 1;
            range.start..floor(text, range.end)
        })
        .collect()
}

fn floor(text: &str, mut at: usize) -> usize {
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.')
}

fn is_one_of(name: &str, list: &[&str]) -> bool {
    list.iter().any(|known| name.eq_ignore_ascii_case(known))
}

/// Every `name=value` and `name: value` of a line that matters: the name is one of a credential's, or
/// speaks of another name or value. What stands inside a credential is not looked at again.
fn line(text: &str, range: Range<usize>) -> Line<'_> {
    let bytes = text.as_bytes();
    let written = &text[range.clone()];
    let indent = written.len() - written.trim_start_matches([' ', '\t', '-']).len();
    let mut line = Line { indent, pairs: Vec::new(), names_secret: false, opens: None };
    let mut covered = range.start;
    for at in range.clone().filter(|at| matches!(bytes[*at], b'=' | b':')) {
        // The fallback of `${X:-…}` and the like starts after the sign.
        let sign = usize::from(bytes[at] == b':' && matches!(bytes.get(at + 1), Some(b'-' | b'?' | b'+')));
        let mut end = at;
        if end > range.start && bytes[at] == b'=' && bytes[end - 1] == b':' {
            end -= 1;
        }
        let is_skipped = |byte: u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'`' | b'\\');
        while end > range.start && is_skipped(bytes[end - 1]) {
            end -= 1;
        }
        let mut start = end;
        while start > range.start && is_name_byte(bytes[start - 1]) {
            start -= 1;
        }
        if start == end || at < covered {
            continue;
        }
        let name = &text[start..end];
        if text[at + 1..range.end].trim_start().is_empty() {
            line.opens = Some(name);
        }
        let is_secret = is_secret_name(name);
        if !is_secret && !is_one_of(name, VALUE_KEYS) && !is_one_of(name, NAME_KEYS) {
            continue;
        }
        let leads = text[range.start..start].trim_start_matches([' ', '\t', '-', '"', '\'']);
        let is_whole_line = matches!(leads, "" | "export " | "ENV " | "ARG ");
        let from = at + 1 + sign;
        let until = if is_secret { range.end } else { floor(text, range.end.min(from + SHORT)) };
        let value = value(text, from..until.max(from), is_whole_line);
        if is_secret {
            covered = value.end;
        }
        line.names_secret |= is_one_of(name, NAME_KEYS) && is_secret_name(&text[value.clone()]);
        line.pairs.push(Pair { name, value, is_secret });
    }
    line
}

/// The value after a separator: what is in quotes; else, when the pair is all of the line, the rest of
/// it; else up to white space or what closes a pair.
fn value(text: &str, rest: Range<usize>, is_whole_line: bool) -> Range<usize> {
    let bytes = text.as_bytes();
    let mut start = rest.start;
    while start < rest.end && matches!(bytes[start], b' ' | b'\t' | b'=' | b'>' | b'\\') {
        start += 1;
    }
    if start < rest.end && matches!(bytes[start], b'"' | b'\'' | b'`') {
        let quote = bytes[start];
        let mut end = start + 1;
        while end < rest.end && bytes[end] != quote {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        return start + 1..floor(text, end.min(rest.end));
    }
    let closes = |byte: &u8| matches!(byte, b' ' | b'\t' | b',' | b'}' | b']' | b'&' | b';' | b'"' | b'\'' | b'`');
    let length = if is_whole_line {
        text[start..rest.end].trim_end_matches(['"', '\'', '\r', ' ']).len()
    } else {
        bytes[start..rest.end].iter().position(closes).unwrap_or(rest.end - start)
    };
    start..start + length
}

/// `--password x`, `["--password", "x"]`.
fn flags(text: &str, line: Range<usize>) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut from = line.start;
    while let Some(found) = text[from..line.end].find("--") {
        let start = from + found + 2;
        let length = bytes[start..line.end].iter().position(|byte| !is_name_byte(*byte)).unwrap_or(line.end - start);
        let name = &text[start..start + length];
        from = start + length;
        if !is_secret_name(name) || bytes.get(from) == Some(&b'=') {
            continue;
        }
        let skipped = bytes[from..line.end].iter().position(|byte| !matches!(byte, b' ' | b'"' | b'\'' | b','));
        if let Some(skipped) = skipped.filter(|skipped| *skipped > 0) {
            let start = from + skipped;
            let closes = |byte: &u8| matches!(byte, b' ' | b'"' | b'\'' | b',' | b']');
            let length = bytes[start..line.end].iter().position(closes).unwrap_or(line.end - start);
            if !text[start..].starts_with('-') {
                out.extend(literal(text, start..start + length));
            }
        }
    }
    out
}

/// The part of a value that is written out: nothing of a reference, the fallback of `${X:-fallback}`.
fn literal(text: &str, value: Range<usize>) -> Option<Range<usize>> {
    let written = &text[value.clone()];
    let is_word = ["true", "false", "null", "yes", "no", "none", "~"].contains(&written.to_ascii_lowercase().as_str());
    let is_structure = written.starts_with(['{', '[', '|', '>', '&', '*', '!']) && !written.contains("!Sub");
    if written.is_empty() || is_word || is_structure || written.starts_with("$(") {
        return None;
    }
    if let Some(inner) = written.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        let fallback = inner.find(['-', '=']).map(|at| value.start + 2 + at + 1);
        return fallback.map(|start| start..value.end - 1).filter(|range| !range.is_empty());
    }
    let is_variable = written.strip_prefix('$').is_some_and(|rest| rest.bytes().all(is_name_byte) && !rest.is_empty());
    (!is_variable).then_some(value)
}
