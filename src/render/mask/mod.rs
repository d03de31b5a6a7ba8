//! What is never shown: credentials, known and probable, and user-info in URLs.
//!
//! Known ones come with the report as places. The rest is found by shape, because a line that is shown
//! for one reason may hold a credential for no reason at all.

mod names;
mod pairs;

use std::borrow::Cow;
use std::ops::Range;
use std::sync::OnceLock;

use regex::Regex;

/// Formats of tokens, from their vendors' documentation (2026-11): a fixed prefix and a body.
const TOKENS: &[&str] = &[
    r"\b(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{12,}",
    r"\bgh[pousr]_[A-Za-z0-9]{16,}",
    r"\bgithub_pat_[A-Za-z0-9_]{16,}",
    r"\bglpat-[A-Za-z0-9_-]{16,}",
    r"\bxox[abeoprs]-[A-Za-z0-9-]{8,}",
    r"\bxapp-[A-Za-z0-9-]{8,}",
    r"hooks\.slack\.com/services/[A-Za-z0-9/_-]+",
    r"\b[srp]k_(?:live|test)_[A-Za-z0-9]{8,}",
    r"\bwhsec_[A-Za-z0-9+/=]{16,}",
    r"\bsk-[A-Za-z0-9_-]{16,}",
    r"\bAIza[A-Za-z0-9_-]{20,}",
    r"\bya29\.[A-Za-z0-9_-]{16,}",
    r"\bSG\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}",
    r"\bSK[0-9a-f]{32}\b",
    r"\bnpm_[A-Za-z0-9]{16,}",
    r"\bpypi-[A-Za-z0-9_-]{16,}",
    r"\bdop_v1_[0-9a-f]{16,}",
    r"\bhf_[A-Za-z0-9]{16,}",
    r"\bdckr_pat_[A-Za-z0-9_-]{16,}",
    r"\bhv[sb]\.[A-Za-z0-9_-]{16,}",
    r"\bAccountKey=[A-Za-z0-9+/=]{16,}",
    r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{4,}\.?[A-Za-z0-9_-]*",
    r"(?i)\b(?:basic|bearer)\s+[A-Za-z0-9+/=._~-]{8,}",
];

/// A run that may be a token of no known format; [`is_mixed`] decides.
const GENERAL: &str = "[A-Za-z0-9_+-]{32,}={0,2}";

/// How far before a place the start of an armoured key is looked for, bytes.
const ARMOUR: usize = 16 << 10;
/// How much around what is shown is looked at, so that nothing is cut in two, bytes.
const AROUND: usize = 4 << 10;
/// Longest user-info with its host, bytes.
const AUTHORITY: usize = 1 << 10;
/// Largest file that is looked at as a whole, once, bytes.
const WHOLE: usize = 512 << 10;

/// What is shown of a credential: the first four characters of those of 16 or more, else the length.
pub fn shown_secret(value: &str) -> String {
    let length = value.chars().count();
    match length {
        16.. => format!("{}…", value.chars().take(4).collect::<String>()),
        1 => "1 character".to_owned(),
        _ => format!("{length} characters"),
    }
}

/// A text from the input for a message: user-info of URLs cut, what looks like a credential masked.
pub fn value(text: &str) -> Cow<'_, str> {
    replace(text, &mut [of_armour(text), of_user_info(text), of_tokens(text), pairs::ranges(text)].concat())
}

/// A name, a path or an address: user-info of URLs cut, tokens of known formats masked. Names that are
/// only long stay what they are, because people must find them again.
pub fn address(text: &str) -> Cow<'_, str> {
    replace(text, &mut [of_user_info(text), of_known_tokens(text)].concat())
}

/// Ranges of bytes to be masked in a file by their shape, in order and apart from each other. `None` for
/// files that are looked at only around what is shown.
pub(super) fn whole(bytes: &[u8]) -> Option<Vec<Range<usize>>> {
    let is_small = bytes.len() <= WHOLE && bytes.split(|byte| *byte == b'\n').all(|line| line.len() <= pairs::LONGEST);
    is_small.then(|| {
        let text = same_length_text(bytes);
        joined([of_armour(&text), of_user_info(&text), of_tokens(&text), pairs::ranges(&text)].concat())
    })
}

/// The same for a part of a file.
pub(super) fn around(bytes: &[u8], shown: Range<usize>) -> Vec<Range<usize>> {
    let start = shown.start.saturating_sub(AROUND);
    let end = (shown.end + AROUND).min(bytes.len());
    let armour = shown.start.saturating_sub(ARMOUR);
    // Offsets must hold, so what is no text is replaced byte for byte.
    let text = |range: Range<usize>| same_length_text(bytes.get(range).unwrap_or_default());
    let near = text(start..end);
    let moved = |ranges: Vec<Range<usize>>, by: usize| ranges.into_iter().map(move |r| r.start + by..r.end + by);
    let mut out: Vec<Range<usize>> = moved(of_user_info(&near), start).collect();
    out.extend(moved(of_tokens(&near), start));
    out.extend(moved(pairs::ranges(&near), start));
    out.extend(moved(of_armour(&text(armour..end)), armour));
    joined(out)
}

fn joined(mut ranges: Vec<Range<usize>>) -> Vec<Range<usize>> {
    ranges.sort_by_key(|range| range.start);
    let mut out: Vec<Range<usize>> = Vec::with_capacity(ranges.len());
    for range in ranges {
        match out.last_mut() {
            Some(last) if range.start <= last.end => last.end = last.end.max(range.end),
            _ => out.push(range),
        }
    }
    out
}

fn same_length_text(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        out.push_str(chunk.valid());
        out.extend(chunk.invalid().iter().map(|_| '?'));
    }
    out
}

fn replace<'t>(text: &'t str, ranges: &mut [Range<usize>]) -> Cow<'t, str> {
    if ranges.is_empty() {
        return Cow::Borrowed(text);
    }
    ranges.sort_by_key(|range| (range.start, std::cmp::Reverse(range.end)));
    let (mut out, mut at) = (String::with_capacity(text.len()), 0);
    for range in ranges.iter() {
        if range.end <= at {
            continue;
        }
        if range.start >= at {
            out.push_str(&text[at..range.start]);
            out.push_str("***");
        }
        at = range.end;
    }
    out.push_str(&text[at..]);
    Cow::Owned(out)
}

fn of_known_tokens(text: &str) -> Vec<Range<usize>> {
    static KNOWN: OnceLock<Option<Regex>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| Regex::new(&TOKENS.join("|")).ok());
    known.iter().flat_map(|regex| regex.find_iter(text)).map(|found| found.range()).collect()
}

fn of_tokens(text: &str) -> Vec<Range<usize>> {
    static RUN: OnceLock<Option<Regex>> = OnceLock::new();
    let run = RUN.get_or_init(|| Regex::new(GENERAL).ok());
    let general = run.iter().flat_map(|regex| regex.find_iter(text)).filter(|found| is_mixed(found.as_str()));
    let mut found = of_known_tokens(text);
    found.extend(general.map(|found| found.range()));
    found
}

/// Tokens mix both cases with digits all over; digests and generated names, words with a hash at their
/// end, do not.
fn is_mixed(run: &str) -> bool {
    let bytes = run.as_bytes();
    let at_least_four = |test: fn(&u8) -> bool| bytes.iter().filter(|byte| test(byte)).count() >= 4;
    let starts_number =
        |place: usize| bytes[place].is_ascii_digit() && (place == 0 || !bytes[place - 1].is_ascii_digit());
    let numbers: Vec<usize> = (0..bytes.len()).filter(|place| starts_number(*place)).collect();
    let is_spread = numbers.len() >= 4 && numbers.first().is_some_and(|first| *first < bytes.len() / 2);
    is_spread && at_least_four(u8::is_ascii_uppercase) && at_least_four(u8::is_ascii_lowercase)
}

/// What stands between `://` and the `@` of its authority.
fn of_user_info(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(found) = text[from..].find("://") {
        let start = from + found + 3;
        let ends = |byte: &u8| byte.is_ascii_whitespace() || matches!(byte, b'"' | b'\'' | b'<' | b'>' | b'`');
        let most = &bytes[start..bytes.len().min(start + AUTHORITY)];
        let rest = &most[..most.iter().position(ends).unwrap_or(most.len())];
        let authority = rest.iter().position(|byte| matches!(byte, b'/' | b'?' | b'#')).unwrap_or(rest.len());
        let at = rest[..authority].iter().rposition(|byte| *byte == b'@').or_else(|| {
            // A password with `/`, `?` or `#` in it: after the colon stands no port.
            let colon = rest[..authority].iter().position(|byte| *byte == b':')?;
            let is_port = rest[colon + 1..authority].iter().all(u8::is_ascii_digit);
            let at = rest.iter().rposition(|byte| *byte == b'@')?;
            (!is_port && !rest[..authority].contains(&b'{')).then_some(at)
        });
        if let Some(at) = at.filter(|at| *at > 0) {
            out.push(start..start + at);
        }
        from = start;
    }
    out
}

/// Bodies of PEM blocks, also of those whose line breaks are escapes.
fn of_armour(text: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(found) = text[from..].find("-----BEGIN ") {
        let label = from + found + "-----BEGIN ".len();
        let Some(header) = text[label..].find("-----").map(|at| label + at + 5) else { break };
        let end = text[header..].find("-----END").map_or(text.len(), |at| header + at);
        out.push(header..end);
        from = end;
    }
    out.retain(|range| !range.is_empty());
    out
}

#[cfg(test)]
mod tests;
