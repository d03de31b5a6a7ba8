//! One file per format: text to spanned tree. Never fails: a document and the problems met.
//!
//! Third-party parsers stop here. Every tree node knows its bytes; keys, tags, anchors, comments and
//! duplicate keys are kept; plain scalars stay as written, because what `no` or `010` means depends
//! on the tool that will read the file.

pub mod dockerfile;
pub mod dotenv;
pub mod hcl;
pub mod json;
pub mod query;
pub mod template;
pub mod toml;
pub mod tree;
pub mod yaml;

use std::borrow::Cow;

use crate::source::{Source, Span};

pub use tree::{Comment, Document, Kind, Node, NodeId, Style};

/// What went wrong while reading, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problem {
    /// What kind of trouble.
    pub kind: ProblemKind,
    /// The parser's words, without names from the input.
    pub message: String,
    /// Bytes in the file.
    pub span: Span,
}

/// Kinds of trouble, each with its own finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ProblemKind {
    /// Not what the format allows.
    #[default]
    Syntax,
    /// Beyond one of our limits: size, nesting, expanded nodes.
    Limit,
    /// This program failed on it; the rest went on.
    Failure,
}

/// What reading a file gives: the documents that could be read, and the problems met.
#[derive(Debug, Default)]
pub struct Parsed {
    /// Documents, in order; one with a syntax error is left out, those after it are kept.
    pub documents: Vec<Document>,
    /// Comments of the whole file.
    pub comments: Vec<Comment>,
    /// What went wrong.
    pub problems: Vec<Problem>,
}

/// Formats of structured files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// YAML.
    Yaml,
    /// JSON, comments allowed.
    Json,
    /// TOML.
    Toml,
    /// HCL, Terraform's notation.
    Hcl,
    /// `KEY=value` lines.
    Dotenv,
    /// Instructions of a Dockerfile.
    Dockerfile,
    /// No structure.
    Text,
}

impl Format {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Yaml => "YAML",
            Self::Json => "JSON",
            Self::Toml => "TOML",
            Self::Hcl => "HCL",
            Self::Dotenv => ".env",
            Self::Dockerfile => "Dockerfile",
            Self::Text => "text",
        }
    }
}

/// As [`read`], but for schemas of custom resource definitions: most of their bytes, and nothing but
/// a query over the raw document asks for them.
pub fn read_without_schemas(format: Format, source: &Source, text: &str) -> Parsed {
    match format {
        Format::Yaml => yaml::read_without_schemas(source, text),
        _ => read(format, source, text),
    }
}

/// Reads a text in a format.
pub fn read(format: Format, source: &Source, text: &str) -> Parsed {
    match format {
        Format::Yaml => yaml::read(source, text),
        Format::Json => json::read(source, text),
        Format::Toml => toml::read(source, text),
        Format::Hcl => hcl::read(source, text),
        Format::Dotenv => dotenv::read(source, text),
        Format::Dockerfile => {
            let dockerfile::Dockerfile { comments, problems, .. } = dockerfile::read(text);
            Parsed { documents: Vec::new(), comments, problems }
        }
        Format::Text => Parsed::default(),
    }
}

/// Deepest nesting of flow collections that is read.
pub const YAML_FLOW_DEPTH: usize = 128;
/// Deepest nesting of all YAML collections that is read: who walks a tree may recurse as deep.
pub const YAML_DEPTH: usize = 256;
/// Deepest nesting of JSON that is read.
pub const JSON_DEPTH: usize = 256;
/// Most documents that are read of one file.
pub const DOCUMENTS: usize = 20_000;
/// Largest TOML file that is read, in bytes: its parser keeps some fifty bytes for each token.
pub const TOML_BYTES: usize = 4 << 20;
/// Largest HCL file that is read, in bytes: its parser copies every text and keeps what stands between.
pub const HCL_BYTES: usize = 4 << 20;
/// Largest Dockerfile that is read, in bytes.
pub const DOCKERFILE_BYTES: usize = 2 << 20;
/// Most comments that are kept of one file.
pub const COMMENTS: usize = 100_000;
/// Most problems told of one file: what follows the first is often only their echo.
pub const PROBLEMS: usize = 20;
/// Most nodes a document may have once its aliases are expanded.
pub const EXPANDED_NODES: u64 = 500_000;

/// The text of a file: UTF-8, a leading BOM kept, so that offsets in the text are offsets in the file.
///
/// What is no text at all is a problem at the first byte that shows it.
pub fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Problem> {
    let problem = |message: &str, at: usize| Problem {
        kind: ProblemKind::Syntax,
        message: message.into(),
        span: Span::new(at, (at + 1).min(bytes.len())),
    };
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(problem("text is UTF-16, not UTF-8", 0));
    }
    // A NUL is valid UTF-8, but no format here allows one: the file is binary.
    if let Some(at) = memchr::memchr(0, bytes) {
        return Err(problem("binary content, not text", at));
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => Err(problem("not valid UTF-8", error.valid_up_to())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_text_have_a_place() {
        fn at(bytes: &[u8]) -> Result<Cow<'_, str>, u32> {
            decode(bytes).map_err(|problem| problem.span.start)
        }
        assert_eq!(at("\u{feff}é".as_bytes()).unwrap(), "\u{feff}é");
        assert_eq!(at(b"a: \xff\n"), Err(3));
        assert_eq!(at(b"a\0b"), Err(1));
        assert_eq!(at(b"\xff\xfea\0"), Err(0));
        assert_eq!(at(b"ab\xc3"), Err(2));
        assert_eq!(at(b"").unwrap(), "");
    }
}
