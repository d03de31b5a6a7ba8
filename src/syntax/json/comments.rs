//! Comments and commas too many in JSON, blanked out so that offsets stay.

use crate::source::Span;
use crate::syntax::{COMMENTS, Comment};

/// The text with comments and trailing commas as blanks, and the comments. `None` when there was
/// nothing to blank. Lengths are the same, line breaks stay.
pub(super) fn blank(text: &str) -> (Option<Vec<u8>>, Vec<Comment>) {
    let bytes = text.as_bytes();
    let mut out: Option<Vec<u8>> = None;
    let mut comments = Vec::new();
    // Place of a comma that nothing but blanks and comments has followed yet.
    let mut comma = None;
    // The last byte that is neither blank nor comment: a comma needs a value before it.
    let mut before = b'[';
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match (byte, bytes.get(at + 1)) {
            (b'"', _) => {
                at = string_end(bytes, at);
                (comma, before) = (None, b'"');
            }
            (b'/', Some(b'/' | b'*')) => {
                let end = comment_end(bytes, at);
                fill(out.get_or_insert_with(|| bytes.to_vec()), at, end);
                if comments.len() < COMMENTS {
                    comments.push(comment(text, at, end));
                }
                at = end;
            }
            (b',', _) => {
                comma = (!b"[{,:".contains(&before)).then_some(at);
                before = b',';
                at += 1;
            }
            (b']' | b'}', _) => {
                before = *byte;
                if let Some(place) = comma.take() {
                    fill(out.get_or_insert_with(|| bytes.to_vec()), place, place + 1);
                }
                at += 1;
            }
            (b' ' | b'\t' | b'\r' | b'\n', _) => at += 1,
            _ => {
                (comma, before) = (None, *byte);
                at += 1;
            }
        }
    }
    (out, comments)
}

/// One past the quote that ends a string, or the end of the text.
fn string_end(bytes: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = memchr::memchr2(b'"', b'\\', bytes.get(at..).unwrap_or_default()) {
        at += found;
        if bytes[at] == b'"' {
            return at + 1;
        }
        at += 2;
    }
    bytes.len()
}

/// One past a comment: before the line break, or after `*/`.
fn comment_end(bytes: &[u8], start: usize) -> usize {
    let body = &bytes[start + 2..];
    let length = if bytes[start + 1] == b'/' {
        memchr::memchr2(b'\n', b'\r', body)
    } else {
        memchr::memmem::find(body, b"*/").map(|found| found + 2)
    };
    length.map_or(bytes.len(), |length| start + 2 + length)
}

fn comment(text: &str, start: usize, end: usize) -> Comment {
    let whole = &text[start..end];
    let body = &whole[2..];
    let body = if whole.starts_with("/*") { body.strip_suffix("*/").unwrap_or(body) } else { body };
    Comment { text: body.into(), span: Span::new(start, end) }
}

fn fill(out: &mut [u8], start: usize, end: usize) {
    for byte in &mut out[start..end] {
        if !matches!(byte, b'\n' | b'\r') {
            *byte = b' ';
        }
    }
}
