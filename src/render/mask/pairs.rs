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
/// Longest stretch of a line that is looked at, bytes.
const LONGEST: usize = 16 << 10;

/// A name with its value, as byte ranges of a text.
struct Pair<'t> {
    name: &'t str,
    value: Range<usize>,
    indent: usize,
}

/// Ranges of values that may be credentials.
pub(super) fn ranges(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let lines = lines(text);
    let pairs: Vec<Vec<Pair<'_>>> = lines.iter().map(|line| pairs(text, line.clone())).collect();
    for (number, line) in pairs.iter().enumerate() {
        for pair in line {
            if is_secret_name(pair.name) || is_value_of_secret(text, &pairs, number, pair) {
                out.extend(literal(text, pair.value.clone()));
            }
        }
        out.extend(flags(text, lines[number].clone()));
    }
    out
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

/// Every `name=value` and `name: value` of a line.
fn pairs(text: &str, line: Range<usize>) -> Vec<Pair<'_>> {
    let bytes = text.as_bytes();
    let indent = text[line.clone()].len() - text[line.clone()].trim_start_matches([' ', '\t', '-']).len();
    let mut out = Vec::new();
    for at in line.clone().filter(|at| matches!(bytes[*at], b'=' | b':')) {
        // The fallback of `${X:-…}` and the like starts after the sign.
        let sign = usize::from(bytes[at] == b':' && matches!(bytes.get(at + 1), Some(b'-' | b'?' | b'+')));
        let mut end = at;
        if end > line.start && bytes[at] == b'=' && bytes[end - 1] == b':' {
            end -= 1;
        }
        let is_skipped = |byte: u8| matches!(byte, b' ' | b'\t' | b'"' | b'\'' | b'`' | b'\\');
        while end > line.start && is_skipped(bytes[end - 1]) {
            end -= 1;
        }
        let mut start = end;
        while start > line.start && is_name_byte(bytes[start - 1]) {
            start -= 1;
        }
        if start == end {
            continue;
        }
        let leads = text[line.start..start].trim_start_matches([' ', '\t', '-', '"', '\'']);
        let is_whole_line = matches!(leads, "" | "export " | "ENV " | "ARG ");
        out.push(Pair {
            name: &text[start..end],
            value: value(text, at + 1 + sign..line.end.max(at + 1 + sign), is_whole_line),
            indent,
        });
    }
    out
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

/// `value:` beside `name: DB_PASSWORD`, `Default:` below `DbPassword:`.
fn is_value_of_secret(text: &str, pairs: &[Vec<Pair<'_>>], number: usize, pair: &Pair<'_>) -> bool {
    let is_one_of = |name: &str, list: &[&str]| list.contains(&name.to_ascii_lowercase().as_str());
    if !is_one_of(pair.name, VALUE_KEYS) {
        return false;
    }
    let near = &pairs[number.saturating_sub(NEARBY)..pairs.len().min(number + NEARBY + 1)];
    let is_named_beside = near
        .iter()
        .flatten()
        .any(|other| is_one_of(other.name, NAME_KEYS) && is_secret_name(&text[other.value.clone()]));
    let above = pairs[..number].iter().rev().take(3 * NEARBY).flatten();
    let parent = above.into_iter().find(|other| other.indent < pair.indent);
    is_named_beside || parent.is_some_and(|parent| is_secret_name(parent.name))
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
