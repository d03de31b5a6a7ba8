//! From a logical line to words, flags, JSON strings and markers of here-documents.

use std::ops::Range;

use jiter::{Jiter, Peek};

use super::lines::Logical;
use super::{Flag, Word};

/// `<<NAME`.
#[derive(Debug)]
pub(super) struct Marker {
    pub(super) name: String,
    /// `<<-`: leading tabs do not count.
    pub(super) cuts_tabs: bool,
    pub(super) is_expanded: bool,
}

/// Ranges of the words: blanks part them, except inside quotes and after the escape character.
fn ranges(text: &str, range: Range<usize>, escape: char) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut start = None;
    let mut quote = None;
    let mut is_escaped = false;
    for (at, c) in text[range.clone()].char_indices() {
        let at = at + range.start;
        if start.is_none() && c.is_whitespace() {
            continue;
        }
        let begin = *start.get_or_insert(at);
        if is_escaped {
            is_escaped = false;
            continue;
        }
        match (quote, c) {
            (_, c) if c == escape && quote != Some('\'') => is_escaped = true,
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (None, c) if c.is_whitespace() => {
                out.push(begin..at);
                start = None;
            }
            _ => {}
        }
    }
    if let Some(begin) = start {
        out.push(begin..range.end);
    }
    out.retain(|word| !word.is_empty());
    out
}

/// A word with quotes and escapes taken off. Before anything but a quote, a dollar sign, a blank or
/// itself the escape character is an ordinary one: `C:\app`, `\n` in a pattern.
fn unquote(raw: &str, escape: char) -> String {
    let mut out = String::with_capacity(raw.len());
    let mut quote = None;
    let mut chars = raw.chars().peekable();
    while let Some(c) = chars.next() {
        let next = chars.peek().copied();
        match (quote, c) {
            (_, c) if c == escape && quote != Some('\'') => match next {
                Some(next) if next == escape || matches!(next, '"' | '\'' | '$' | ' ' | '\t') => {
                    out.push(next);
                    chars.next();
                }
                _ => out.push(c),
            },
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            _ => out.push(c),
        }
    }
    out
}

/// The words of a range of the line.
pub(super) fn split(logical: &Logical, range: Range<usize>, escape: char) -> Vec<Word> {
    let words = ranges(&logical.text, range, escape).into_iter();
    words.map(|word| Word { text: unquote(&logical.text[word.clone()], escape), span: logical.span(word) }).collect()
}

/// The flags at a place, which is moved past them. `--` alone ends them.
pub(super) fn flags(logical: &Logical, at: &mut usize, escape: char) -> Vec<Flag> {
    let mut flags = Vec::new();
    for word in ranges(&logical.text, *at..logical.text.len(), escape) {
        let Some(body) = logical.text[word.clone()].strip_prefix("--") else { break };
        *at = word.end;
        if body.is_empty() {
            break;
        }
        let (name, value) = body.split_once('=').map_or((body, None), |(name, value)| (name, Some(value)));
        let value = value
            .map(|value| Word { text: unquote(value, escape), span: logical.span(word.end - value.len()..word.end) });
        flags.push(Flag { name: name.to_ascii_lowercase(), value, span: logical.span(word) });
    }
    flags
}

/// The strings of a JSON array that makes up the rest of the line; `None` if it is not one, as for
/// BuildKit, which then takes it for a shell command.
pub(super) fn json(logical: &Logical, from: usize) -> Option<Vec<Word>> {
    let rest = &logical.text[from..];
    if !rest.trim_start().starts_with('[') {
        return None;
    }
    let mut words = Vec::new();
    let mut jiter = Jiter::new(rest.as_bytes());
    let mut next = jiter.next_array().ok()?;
    while let Some(peek) = next {
        if peek != Peek::String {
            return None;
        }
        let start = jiter.current_index();
        let text = jiter.known_str().ok()?.to_owned();
        words.push(Word { text, span: logical.span(from + start..from + jiter.current_index()) });
        next = jiter.array_step().ok()?;
    }
    jiter.finish().ok()?;
    Some(words)
}

/// Markers of here-documents among the words: `<<EOF`, `2<<-"EOF"`. A `#` at the start of a word
/// begins a shell comment: what follows it is none.
pub(super) fn heredocs(text: &str, from: usize) -> Vec<Marker> {
    let mut markers = Vec::new();
    for word in ranges(text, from..text.len(), '\\') {
        let word = &text[word];
        if word.starts_with('#') {
            break;
        }
        let Some(rest) = word.trim_start_matches(|c: char| c.is_ascii_digit()).strip_prefix("<<") else { continue };
        let (cuts_tabs, rest) = rest.strip_prefix('-').map_or((false, rest), |rest| (true, rest));
        // `<<<` is a here-string.
        if rest.contains('<') {
            continue;
        }
        let name = unquote(rest, '\\');
        if !name.is_empty() {
            let is_expanded = !rest.contains(['"', '\'']);
            markers.push(Marker { name, cuts_tabs, is_expanded });
        }
    }
    markers
}
