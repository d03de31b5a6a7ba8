//! Comments of a TOML text: `#` outside strings (TOML 1.0, "Comment" and "String").

use crate::source::Span;
use crate::syntax::{COMMENTS, Comment};

/// All comments, in order.
pub(super) fn collect(text: &str) -> Vec<Comment> {
    let bytes = text.as_bytes();
    let mut comments = Vec::new();
    let mut at = 0;
    while let Some(found) = memchr::memchr3(b'#', b'"', b'\'', &bytes[at..]) {
        at += found;
        if bytes[at] != b'#' {
            at = string_end(bytes, at);
            continue;
        }
        let end = memchr::memchr(b'\n', &bytes[at..]).map_or(bytes.len(), |length| at + length);
        let end = if end > at && bytes[end - 1] == b'\r' { end - 1 } else { end };
        if comments.len() == COMMENTS {
            break;
        }
        comments.push(Comment { text: text[at + 1..end].into(), span: Span::new(at, end) });
        at = end;
    }
    comments
}

/// One past a string; one that does not end on its line ends there.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let quote = bytes[start];
    let is_long = bytes[start..].starts_with(&[quote; 3]);
    let mut at = start + if is_long { 3 } else { 1 };
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' if quote == b'"' => at += 1,
            b'\n' if !is_long => return at,
            byte if *byte == quote && !is_long => return at + 1,
            byte if *byte == quote && bytes[at..].starts_with(&[quote; 3]) => {
                // Up to two more quotes belong to the text before the three that end it.
                return at + bytes[at..].iter().take(5).take_while(|next| **next == quote).count();
            }
            _ => {}
        }
        at += 1;
    }
    bytes.len()
}
