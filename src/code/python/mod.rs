//! Python: one module's text to [`ModuleFacts`]. The parser's types stop here.
//!
//! The caller's thread needs a stack for texts as deep as [`depth`] admits: 64 MiB.

pub mod depth;
mod effects;
mod encoding;
mod fold;
mod guard;
mod module;
mod walk;

#[cfg(test)]
mod tests;

use ruff_python_ast::visitor::Visitor;
use ruff_python_ast::{Mod, PythonVersion};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::Ranged;

pub use module::{
    FileName, Form, Import, Metadata, ModuleFacts, Name, OnCall, OutCall, PathChange, PathFolder, Substitute, Target,
    TooDeep, Unreadable, VariableChange,
};

use crate::source::Span;

/// Reads one module.
pub fn analyse(bytes: &[u8], target: &Target) -> Result<ModuleFacts, Unreadable> {
    analyse_as(None, bytes, target)
}

/// Reads one module of which the dotted name may be known.
pub fn analyse_as(module: Option<&str>, bytes: &[u8], target: &Target) -> Result<ModuleFacts, Unreadable> {
    let (bytes, shift) = match bytes.strip_prefix(b"\xef\xbb\xbf") {
        Some(rest) => (rest, 3),
        None => (bytes, 0),
    };
    if bytes.starts_with(b"\xef\xbb\xbf") {
        let at = shift as usize;
        return Err(Unreadable::Syntax("invalid non-printable character U+FEFF".to_owned(), Span::new(at, at + 3)));
    }
    let encoding::Text { text, is_rewritten } = encoding::decode(bytes).map_err(|error| match error {
        Unreadable::Syntax(message, span) => {
            Unreadable::Syntax(message, Span { start: span.start + shift, end: span.end + shift })
        }
        other => other,
    })?;
    depth::check(bytes)?;
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
    let Mod::Module(parsed) = parsed.syntax() else { return Ok(ModuleFacts::default()) };
    let mut walk = walk::Walk::new(target, shift, module);
    walk.declare(&parsed.body);
    walk.visit_body(&parsed.body);
    let mut facts = walk.finish();
    facts.unsupported = unsupported;
    if is_rewritten {
        facts.doubt_names(bytes, shift);
    }
    Ok(facts)
}
