//! From lines to logical lines: continuations joined, comments taken out, here-documents set apart.

use std::ops::Range;

use super::words::Marker;
use super::{Heredoc, Word};
use crate::source::Span;
use crate::syntax::Comment;

/// A logical line: its text and where each part of it stands in the file.
pub(super) struct Logical {
    /// The text, continuations joined, blanks around it taken off.
    pub(super) text: String,
    /// (offset in the text, offset in the file), ascending: from there on both run in step.
    parts: Vec<(usize, usize)>,
}

impl Logical {
    /// Offset in the file of an offset in the text.
    fn offset(&self, at: usize) -> usize {
        let place = self.parts.partition_point(|(from, _)| *from <= at).saturating_sub(1);
        self.parts.get(place).map_or(at, |(from, file)| file + at - from)
    }

    /// Bytes in the file of a range of the text.
    pub(super) fn span(&self, range: Range<usize>) -> Span {
        let start = self.offset(range.start);
        let end = if range.is_empty() { start } else { self.offset(range.end - 1) + 1 };
        Span::new(start, end)
    }
}

/// The lines of a file that are still to be read.
pub(super) struct Lines<'t> {
    text: &'t str,
    at: usize,
    /// The character that continues a line and quotes the next character.
    pub(super) escape: char,
    pub(super) comments: Vec<Comment>,
}

impl<'t> Lines<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
        Self { text, at, escape: '\\', comments: Vec::new() }
    }

    /// Takes one line: its bytes without the line break.
    fn take(&mut self) -> Option<Range<usize>> {
        if self.at >= self.text.len() {
            return None;
        }
        let start = self.at;
        let end =
            memchr::memchr(b'\n', &self.text.as_bytes()[start..]).map_or(self.text.len(), |length| start + length);
        self.at = (end + 1).min(self.text.len());
        let has_return = end > start && self.text.as_bytes()[end - 1] == b'\r';
        Some(start..if has_return { end - 1 } else { end })
    }

    /// Parser directives: `# name=value` lines before anything else. A comment, an empty line or a
    /// directive that occurs a second time ends them.
    pub(super) fn directives(&mut self) -> Vec<(String, Word)> {
        let mut found: Vec<(String, Word)> = Vec::new();
        loop {
            let before = self.at;
            let directive = self.take().and_then(|line| self.directive(line));
            match directive {
                Some((name, value)) if !found.iter().any(|(known, _)| *known == name) => {
                    if name == "escape" && value.text == "`" {
                        self.escape = '`';
                    }
                    found.push((name, value));
                }
                _ => {
                    self.at = before;
                    return found;
                }
            }
        }
    }

    fn directive(&self, line: Range<usize>) -> Option<(String, Word)> {
        let content = self.text[line.clone()].trim_start().strip_prefix('#')?;
        let (name, value) = content.split_once('=')?;
        let name = name.trim().to_ascii_lowercase();
        let is_known = matches!(name.as_str(), "syntax" | "escape" | "check");
        let start = line.end - value.trim_start().len();
        let text = value.trim().to_owned();
        let span = Span::new(start, start + text.len());
        is_known.then_some((name, Word { text, span }))
    }

    /// The next instruction's line, with the lines that continue it.
    pub(super) fn next_logical(&mut self) -> Option<Logical> {
        let mut logical = Logical { text: String::new(), parts: Vec::new() };
        let mut has_begun = false;
        while let Some(line) = self.take() {
            let content = &self.text[line.clone()];
            // Empty lines and comments inside a continued instruction are skipped too.
            if content.trim().is_empty() {
                continue;
            }
            if content.trim_start().starts_with('#') {
                let start = line.end - content.trim_start().len();
                self.comments
                    .push(Comment { text: self.text[start + 1..line.end].into(), span: Span::new(start, line.end) });
                continue;
            }
            let content = if has_begun { content } else { content.trim_start() };
            let start = line.end - content.len();
            logical.parts.push((logical.text.len(), start));
            has_begun = true;
            match self.without_continuation(content) {
                Some(part) => logical.text.push_str(part),
                None => {
                    logical.text.push_str(content.trim_end());
                    break;
                }
            }
        }
        has_begun.then_some(logical)
    }

    /// What stands before an escape character that ends the line; a doubled one does not.
    fn without_continuation<'l>(&self, content: &'l str) -> Option<&'l str> {
        let part = content.trim_end_matches([' ', '\t']).strip_suffix(self.escape)?;
        (!part.ends_with(self.escape)).then_some(part)
    }

    /// Takes the lines of a here-document. At the end of the file before its end: where it began.
    pub(super) fn heredoc(&mut self, marker: &Marker) -> Result<Heredoc, Span> {
        let start = self.at;
        let mut text = String::new();
        while let Some(line) = self.take() {
            let content = &self.text[line.clone()];
            let content = if marker.cuts_tabs { content.trim_start_matches('\t') } else { content };
            if content == marker.name {
                let span = Span::new(start, line.start);
                return Ok(Heredoc { name: marker.name.clone(), text, span, is_expanded: marker.is_expanded });
            }
            text.push_str(content);
            text.push('\n');
        }
        Err(Span::new(start.min(self.text.len()), self.text.len()))
    }
}
