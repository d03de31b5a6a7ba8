//! Python: one module's text to [`ModuleFacts`]. The parser's types stop here.
//!
//! The caller's thread needs a stack for texts as deep as [`depth`] admits: 64 MiB.

pub mod depth;
mod effects;
mod fold;
mod guard;
mod module;
mod walk;

#[cfg(test)]
mod tests;

use std::borrow::Cow;

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Mod, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;

pub use module::{
    FileName, Form, Import, Metadata, ModuleFacts, Name, OnCall, OutCall, PathChange, PathFolder, Target, TooDeep,
    Unreadable,
};

use crate::source::Span;

/// Reads one module.
pub fn analyse(bytes: &[u8], target: &Target) -> Result<ModuleFacts, Unreadable> {
    let (bytes, shift) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, 3),
        None => (bytes, 0),
    };
    depth::check(bytes)?;
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => Cow::Borrowed(text),
        Err(_) if declares_encoding(bytes) => String::from_utf8_lossy(bytes),
        Err(error) => {
            let at = error.valid_up_to();
            let byte = bytes.get(at).copied().unwrap_or_default();
            let message = format!("Non-UTF-8 code starting with '\\x{byte:02x}', but no encoding declared");
            let at = at + shift as usize;
            return Err(Unreadable::Syntax(message, Span::new(at, at + 1)));
        }
    };
    let version = PythonVersion { major: 3, minor: target.minor };
    let parsed = parse_unchecked(&text, ParseOptions::from(Mode::Module).with_target_version(version));
    let span = |range: ruff_text_size::TextRange| Span {
        start: range.start().to_u32() + shift,
        end: range.end().to_u32() + shift,
    };
    if let Some(error) = parsed.errors().first() {
        return Err(Unreadable::Syntax(error.error.to_string(), span(error.location)));
    }
    let unsupported = parsed.unsupported_syntax_errors().first().map(|error| (error.to_string(), span(error.range())));
    let Mod::Module(module) = parsed.syntax() else { return Ok(ModuleFacts::default()) };
    let mut walk = walk::Walk::new(target, shift);
    walk.declare(&module.body);
    walk.visit_body(&module.body);
    let mut facts = walk.finish();
    facts.unsupported = unsupported;
    Ok(facts)
}

/// One of the first two lines says in which encoding the text is (PEP 263).
fn declares_encoding(bytes: &[u8]) -> bool {
    let says = |line: &[u8]| {
        line.trim_ascii_start().starts_with(b"#")
            && line.windows(7).any(|part| part == b"coding:" || part == b"coding=")
    };
    bytes.split(|byte| *byte == b'\n').take(2).any(says)
}
