//! JSON files that code loads: one that is not JSON fails as a file of code does.

use serde::de::IgnoredAny;

use super::{Walk, is_first_party};
use crate::code::Strength;
use crate::source::{ContentId, Span, TreePath};
use crate::trace::ProblemKind;
use crate::trace::reach::{Next, shown};
use crate::trace::report::{Fault, Party, Way};

/// Largest file that is looked at, bytes.
const JSON_BYTES: u64 = 32 << 20;

impl Walk<'_> {
    /// Looks whether the runtime's `JSON.parse` takes a file.
    pub(super) fn json(&mut self, next: &Next) {
        let own = is_first_party(&next.path);
        // Who loads it perhaps may look first whether it is right.
        if next.strength != Strength::Hard && !own {
            return;
        }
        let Ok(bytes) = self.tree.read(&next.path, JSON_BYTES) else { return };
        let Some((at, message)) = fault(&bytes) else { return };
        let source = self.files.source(&next.path, ContentId::of(&bytes));
        let file = shown(&next.path);
        let way = Way::to_file(next.index, &next.path, &source, next.strength);
        let error = format!("SyntaxError: /{}: {message}", next.path);
        let fault = Fault::new("syntax-error", Span::new(at, at + 1), error).name(&message).module(&file);
        self.fault(way, Party { first: own, generated: false }, fault);
    }
}

/// The first version that reads package.json with a parser of its own, which passes over what it does not need
/// (nodejs/node, src/node_modules.cc).
const SKIMS: u32 = 21;

impl Walk<'_> {
    /// The package.json that speaks for a script is asked for before the script is loaded.
    pub(super) fn manifest_of(&mut self, next: &Next) {
        if next.path.extension().as_deref() == Some("js")
            && let Some(path) = self.packages.broken(&next.path)
        {
            self.broken_manifest(path, next.index, next.strength);
        }
    }

    /// A package.json that could not be read is asked for.
    pub(super) fn broken_manifest(&mut self, path: TreePath, index: usize, strength: Strength) {
        if strength == Strength::Soft || !self.broken.insert(path.clone()) {
            return;
        }
        let Ok(bytes) = self.tree.read(&path, JSON_BYTES) else { return };
        let source = self.files.source(&path, ContentId::of(&bytes));
        let Some((at, message)) = fault(&bytes) else {
            return self.files.problem(source, Span::default(), ProblemKind::Limit, "package.json nests too deeply");
        };
        let (span, major) = (Span::new(at, at + 1), self.resolver.version().major);
        let is_sure = major < SKIMS || at + 1 >= bytes.len() || bytes[..at].iter().all(u8::is_ascii_whitespace);
        let own = is_first_party(&path);
        if !is_sure || (strength != Strength::Hard && !own) {
            return self.files.problem(source, span, ProblemKind::Syntax, message);
        }
        let way = Way::to_file(index, &path, &source, strength);
        let error = match major {
            SKIMS.. => format!("Error: Invalid package config /{path}"),
            _ => format!("SyntaxError: Error parsing /{path}: {message}"),
        };
        let file = shown(&path);
        let fault = Fault::new("syntax-error", span, error).name(&message).module(&file);
        self.fault(way, Party { first: own, generated: false }, fault);
    }
}

/// Where a text stops being JSON, and what the runtime says of it (the words are those of Node.js 18). Neither the depth
/// nor the encoding inside strings matters to it, nor does a mark of byte order in front.
fn fault(bytes: &[u8]) -> Option<(usize, String)> {
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mark = bytes.len() - text.len();
    let error = serde_json::from_slice::<IgnoredAny>(text).err()?;
    let lines = text.split_inclusive(|byte| *byte == b'\n').take(error.line().saturating_sub(1));
    let at = lines.map(<[u8]>::len).sum::<usize>() + error.column().saturating_sub(1);
    match text.get(at).filter(|_| !error.is_eof()) {
        Some(byte) => {
            let token = text[at..].utf8_chunks().next().and_then(|chunk| chunk.valid().chars().next());
            let token = token.unwrap_or(char::REPLACEMENT_CHARACTER).escape_debug();
            let byte_at = if *byte < 0x80 { format!(" in JSON at position {at}") } else { " in JSON".to_owned() };
            Some((mark + at, format!("Unexpected token {token}{byte_at}")))
        }
        None => Some((mark + text.len().saturating_sub(1), "Unexpected end of JSON input".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_runtime_takes_is_taken() {
        let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
        for text in ["{}", " null\r\n\t", "\u{feff}[1]", "1e999", r#""\ud800""#, r#"{"a":1,"a":2}"#, "-0", &deep] {
            assert_eq!(fault(text.as_bytes()), None, "{text:.20}");
        }
        assert_eq!(fault(b"\"\xff\""), None);
    }

    #[test]
    fn what_it_refuses_is_told_where() {
        let end = "Unexpected end of JSON input";
        assert_eq!(fault(b""), Some((0, end.to_owned())));
        assert_eq!(fault(b"{\"a\":"), Some((4, end.to_owned())));
        let told = |text: &str| fault(text.as_bytes()).unwrap();
        assert_eq!(told("{\n  a: 1}"), (4, "Unexpected token a in JSON at position 4".to_owned()));
        assert_eq!(told("[1,]"), (3, "Unexpected token ] in JSON at position 3".to_owned()));
        assert_eq!(told("// x\n{}"), (0, "Unexpected token / in JSON at position 0".to_owned()));
        for text in ["01", "'a'", "{} {}", "NaN", "\"a\nb\"", "\u{feff}\u{feff}1", "[1"] {
            assert!(fault(text.as_bytes()).is_some(), "{text}");
        }
    }
}
