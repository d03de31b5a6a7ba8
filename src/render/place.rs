//! Places as words.

use super::files::Files;
use super::words;
use crate::source::{Source, Span};

/// `path:line:column`; the path alone when the file is not what was judged any more.
pub(super) fn written(source: &Source, span: Span, files: &Files<'_>) -> String {
    let path = words::path(source);
    match files.position(source, span.start as usize) {
        Some(position) => format!("{path}:{}:{}", position.line, position.column),
        None => path,
    }
}
