//! The literal prefilter and the byte patterns behind it.
//!
//! Several packed groups of literals gate everything; a pattern runs only around a literal that was
//! found (choices.md §3).

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

/// Compiled text patterns.
pub struct Needles {
    groups: Vec<packed::Searcher>,
}

impl Needles {
    /// The patterns that are always searched for.
    pub fn standard() -> Self {
        let groups = packed::Searcher::new([b"-----BEGIN".as_slice()]).into_iter().collect();
        Self { groups }
    }

    /// Places where a pattern matches, in order.
    pub fn search(&self, bytes: &[u8]) -> Vec<Hit> {
        let mut hits = Vec::new();
        for group in &self.groups {
            for found in group.find_iter(bytes) {
                hits.extend(private_key::match_at(bytes, found.start()));
            }
        }
        hits
    }
}

pub mod private_key {
    //! (being written)
    use super::Hit;
    /// Matches.
    pub fn match_at(_bytes: &[u8], _at: usize) -> Option<Hit> {
        None
    }
}
