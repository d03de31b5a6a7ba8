//! The literal prefilter and the byte patterns behind it.
//!
//! Several packed groups of literals gate everything; a pattern runs only around a literal that was
//! found.

mod private_key;

use aho_corasick::packed;

use crate::source::Span;

/// A place that the text search found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit {
    /// Name of the pattern.
    pub pattern: &'static str,
    /// What was found, in words.
    pub what: String,
    /// Bytes in the file.
    pub span: Span,
}

/// Literals that gate patterns; each at least 4 bytes long, so that few places match.
const LITERALS: &[&[u8]] = &[b"-----BEGIN"];

/// Compiled text patterns.
pub struct Needles {
    /// `None` on processors without the instructions that packed search needs.
    packed: Option<packed::Searcher>,
}

impl Needles {
    /// The patterns that are always searched for.
    pub fn standard() -> Self {
        Self { packed: packed::Searcher::new(LITERALS) }
    }

    /// Places where a pattern matches, in order.
    pub fn search(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        match &self.packed {
            Some(packed) => {
                hits.extend(packed.find_iter(bytes).filter_map(|found| private_key::match_at(bytes, found.start())));
            }
            None => {
                for literal in LITERALS {
                    let places = memchr::memmem::find_iter(bytes, literal);
                    hits.extend(places.filter_map(|at| private_key::match_at(bytes, at)));
                }
                hits.sort_by_key(|hit| hit.span);
            }
        }
        hits
    }
}
