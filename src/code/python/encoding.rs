//! The encoding of a source file (PEP 263), as far as bytes can be told apart without decoding them.

use std::borrow::Cow;

use super::module::Unreadable;
use crate::source::Span;

/// Beginnings of the names of encodings that give each byte a character of its own and keep ASCII
/// (docs.python.org/3/library/codecs.html, "Standard Encodings", 2026-08), `_` written as `-`.
const SINGLE_BYTE: [&str; 20] = [
    "ascii",
    "cp125",
    "cp43",
    "cp44",
    "cp77",
    "cp85",
    "cp86",
    "iso-8859",
    "iso8859",
    "koi8",
    "l1",
    "l2",
    "latin",
    "mac",
    "tis",
    "us-ascii",
    "windows-125",
    "8859",
    "cp819",
    "hp-roman8",
];
/// The same of encodings in which ASCII stands for itself as long as nothing else occurs.
const MULTI_BYTE: [&str; 14] = [
    "big5", "cp932", "cp936", "cp949", "cp950", "euc", "eucjp", "gb", "johab", "ms932", "shift", "sjis", "s-jis",
    "ujis",
];

/// A text, in which bytes keep their places.
pub(super) struct Text<'t> {
    pub text: Cow<'t, str>,
    /// Some of its letters stand for others.
    pub is_rewritten: bool,
}

/// The text of a file, from its bytes behind a mark of byte order.
pub(super) fn decode(bytes: &[u8]) -> Result<Text<'_>, Unreadable> {
    let declared = declared(bytes);
    let is = |names: &[&str]| declared.as_ref().is_some_and(|own| names.iter().any(|name| own.starts_with(name)));
    let is_read = is(&["utf-8", "utf8", "u8"]) || is(&SINGLE_BYTE) || is(&MULTI_BYTE) && bytes.is_ascii();
    if declared.is_some() && !is_read {
        return Err(Unreadable::Encoding(declared.unwrap_or_default()));
    }
    if let Some(at) = memchr::memchr(0, bytes) {
        let message = "source code string cannot contain null bytes".to_owned();
        return Err(Unreadable::Syntax(message, Span::new(at, at + 1)));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Text { text: Cow::Borrowed(text), is_rewritten: false }),
        // In names a letter has to stand there.
        Err(_) if is(&SINGLE_BYTE) => Ok(Text { text: Cow::Owned(rewritten(bytes)), is_rewritten: true }),
        Err(error) => {
            let at = error.valid_up_to();
            let byte = bytes.get(at).copied().unwrap_or_default();
            let message = match declared {
                None => format!("Non-UTF-8 code starting with '\\x{byte:02x}', but no encoding declared"),
                Some(_) => format!("(unicode error) 'utf-8' codec can't decode byte 0x{byte:02x}"),
            };
            Err(Unreadable::Syntax(message, Span::new(at, at + 1)))
        }
    }
}

fn rewritten(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        text.extend(std::iter::repeat_n('_', chunk.invalid().len()));
    }
    text
}

/// The encoding that a comment in one of the first two lines names, in lower case.
fn declared(bytes: &[u8]) -> Option<String> {
    for line in bytes.split(|byte| matches!(byte, b'\n' | b'\r')).take(2) {
        let line = line.trim_ascii();
        if line.is_empty() {
            continue;
        }
        let comment = line.strip_prefix(b"#")?;
        for at in memchr::memmem::find_iter(comment, b"coding") {
            let Some(value) = comment[at + 6..].strip_prefix(b":").or(comment[at + 6..].strip_prefix(b"=")) else {
                continue;
            };
            let value = value.trim_ascii_start();
            let is_name = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
            let name: Vec<u8> = value.iter().copied().take_while(is_name).collect();
            if !name.is_empty() {
                return Some(String::from_utf8_lossy(&name).to_ascii_lowercase().replace('_', "-"));
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_comment_names_the_encoding() {
        let of = |text: &str| declared(text.as_bytes());
        assert_eq!(of("# -*- coding: Latin_1 -*-\n"), Some("latin-1".to_owned()));
        assert_eq!(of("#!/usr/bin/python\r# vim: set fileencoding=cp1252 :"), Some("cp1252".to_owned()));
        assert_eq!(of("\n# coding=utf-8"), Some("utf-8".to_owned()));
        assert_eq!(of("x = 1\n# coding: latin-1"), None);
        assert_eq!(of("#\n#\n# coding: latin-1"), None);
        assert_eq!(of("# coding style: latin-1"), None);
    }

    #[test]
    fn bytes_keep_their_places() {
        let text = |bytes: &[u8]| decode(bytes).map(|text| (text.text.into_owned(), text.is_rewritten));
        assert_eq!(text(b"# coding: l1\n\xe9t\xe9"), Ok(("# coding: l1\n_t_".to_owned(), true)));
        assert_eq!(text(b"# coding: gbk\nx"), Ok(("# coding: gbk\nx".to_owned(), false)));
        assert_eq!(text(b"# coding: gbk\n\xb0\xa1"), Err(Unreadable::Encoding("gbk".to_owned())));
        assert_eq!(text(b"# coding: utf-16\nx"), Err(Unreadable::Encoding("utf-16".to_owned())));
        assert!(matches!(text(b"# coding: utf8\n\xe9"), Err(Unreadable::Syntax(..))));
        assert!(matches!(text(b"x = 1 # \0"), Err(Unreadable::Syntax(..))));
        assert!(matches!(text(b"\xe9"), Err(Unreadable::Syntax(..))));
    }
}
