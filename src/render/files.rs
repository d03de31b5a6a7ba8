//! Files read again for positions and snippets, each once.

use std::cell::{OnceCell, RefCell};
use std::collections::HashMap;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::{Snippets, mask};
use crate::source::{ContentId, LineColumn, LineIndex, Source, Span};

/// Distance between places at which characters are counted ahead, bytes.
const STEP: usize = 1024;
/// How much of a large file is searched for what is masked at once, bytes: with what is around it no more
/// than the longest stretch of a line that the mask looks at.
const STRETCH: usize = 8 << 10;
/// How much of a file is looked at to tell text from binary, bytes.
const SNIFF: usize = 8192;

/// Files by source.
pub(super) struct Files<'a> {
    snippets: &'a dyn Snippets,
    seen: RefCell<HashMap<Source, Rc<FileState>>>,
}

/// A file as it is now.
pub(super) enum FileState {
    /// The bytes that were judged.
    Same(FileText),
    /// Other bytes than were judged.
    Changed,
    /// It cannot be read (any more).
    Gone,
}

/// The bytes of a file with its lines and characters counted.
pub(super) struct FileText {
    /// The bytes.
    pub bytes: Arc<[u8]>,
    /// Its lines.
    pub index: LineIndex,
    /// Characters before every [`STEP`]th byte, so that a column in a line of megabytes costs no scan.
    characters: Vec<u32>,
    /// What is masked by its shape, once it was asked for.
    masked: OnceCell<Option<Vec<Range<usize>>>>,
    /// The same for stretches of a file that is too large to be looked at whole.
    stretches: RefCell<HashMap<usize, Rc<[Range<usize>]>>>,
}

impl<'a> Files<'a> {
    /// No file read yet.
    pub fn new(snippets: &'a dyn Snippets) -> Self {
        Self { snippets, seen: RefCell::default() }
    }

    /// A file.
    pub fn get(&self, source: &Source) -> Rc<FileState> {
        if *source.content() == ContentId::Unread {
            return Rc::new(FileState::Gone);
        }
        if let Some(state) = self.seen.borrow().get(source) {
            return Rc::clone(state);
        }
        let state = Rc::new(match self.snippets.bytes(source) {
            None => FileState::Gone,
            Some(bytes) => match source.content() {
                ContentId::Hash(_) if ContentId::of(&bytes) != *source.content() => FileState::Changed,
                // A git blob is what its id says.
                _ => FileState::Same(FileText::new(bytes)),
            },
        });
        self.seen.borrow_mut().insert(source.clone(), Rc::clone(&state));
        state
    }

    /// Line and column of a byte; `None` when the file is not what was judged any more. The first byte
    /// of a file is at 1:1 whatever the file holds.
    pub fn position(&self, source: &Source, offset: usize) -> Option<LineColumn> {
        if offset == 0 {
            return Some(LineColumn { line: 1, column: 1 });
        }
        match &*self.get(source) {
            FileState::Same(text) => Some(text.position(offset)),
            FileState::Changed | FileState::Gone => None,
        }
    }
}

impl FileText {
    /// Counts lines and characters.
    pub fn new(bytes: Arc<[u8]>) -> Self {
        let index = LineIndex::new(&bytes);
        let mut characters = Vec::with_capacity(bytes.len() / STEP + 1);
        let mut seen = 0;
        for chunk in bytes.chunks(STEP) {
            characters.push(seen);
            seen += count(chunk);
        }
        characters.push(seen);
        Self { bytes, index, characters, masked: OnceCell::new(), stretches: RefCell::default() }
    }

    /// Line and column, 1-based, the column in characters; a leading BOM is no character. Offsets past
    /// the end mean the end, those inside a character its start.
    pub fn position(&self, offset: usize) -> LineColumn {
        let offset = self.snap(offset);
        let line = self.index.line_of(offset);
        let mut start = self.index.line_span(line, &self.bytes).start as usize;
        if start == 0 && self.bytes.starts_with(b"\xef\xbb\xbf") {
            start = 3;
        }
        let column = self.characters_before(offset).saturating_sub(self.characters_before(start));
        LineColumn { line: u32::try_from(line + 1).unwrap_or(u32::MAX), column: column + 1 }
    }

    /// The start of the character that contains a byte, at most the end of the text.
    pub fn snap(&self, offset: usize) -> usize {
        let mut at = offset.min(self.bytes.len());
        // No character has more than three continuation bytes; more of them are no text.
        for _ in 0..3 {
            if at > 0 && at < self.bytes.len() && is_continuation(self.bytes[at]) {
                at -= 1;
            }
        }
        at
    }

    /// Ranges of bytes to be masked within `shown`; `known` are places of credentials in this file.
    pub fn masked(&self, shown: Range<usize>, known: &[Span]) -> Vec<Range<usize>> {
        let is_seen = |range: &Range<usize>| range.start < shown.end && range.end > shown.start;
        let known = known.iter().map(|span| span.range()).filter(|range| is_seen(range));
        let by_shape: Vec<Range<usize>> = match self.masked.get_or_init(|| mask::whole(&self.bytes)) {
            Some(all) => {
                let first = all.partition_point(|range| range.end <= shown.start);
                all[first..].iter().take_while(|range| range.start < shown.end).cloned().collect()
            }
            None => {
                let stretches = shown.start / STRETCH..=shown.end / STRETCH;
                let found: Vec<Rc<[Range<usize>]>> = stretches.map(|stretch| self.stretch(stretch)).collect();
                let seen = found.iter().flat_map(|ranges| ranges.iter()).filter(|range| is_seen(range));
                let mut seen: Vec<Range<usize>> = seen.cloned().collect();
                // Where stretches meet, both of them know it.
                seen.dedup();
                seen
            }
        };
        known.chain(by_shape).collect()
    }

    /// What is masked in a stretch; findings stand close together, so each is looked at once.
    fn stretch(&self, number: usize) -> Rc<[Range<usize>]> {
        let start = (number * STRETCH).min(self.bytes.len());
        let end = (start + STRETCH).min(self.bytes.len());
        let mut known = self.stretches.borrow_mut();
        Rc::clone(known.entry(number).or_insert_with(|| mask::around(&self.bytes, start..end).into()))
    }

    /// False for bytes that are no text.
    pub fn is_text(&self) -> bool {
        !self.bytes[..self.bytes.len().min(SNIFF)].contains(&0)
    }

    fn characters_before(&self, offset: usize) -> u32 {
        let step = offset / STEP;
        let counted = self.characters.get(step).copied().unwrap_or(0);
        counted + count(self.bytes.get(step * STEP..offset).unwrap_or_default())
    }
}

fn is_continuation(byte: u8) -> bool {
    byte & 0xc0 == 0x80
}

fn count(bytes: &[u8]) -> u32 {
    let characters = bytes.iter().filter(|byte| !is_continuation(**byte)).count();
    u32::try_from(characters).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &[u8], offset: usize) -> (u32, u32) {
        let position = FileText::new(text.into()).position(offset);
        (position.line, position.column)
    }

    #[test]
    fn columns_are_characters_and_a_bom_is_none() {
        assert_eq!(at("é漢x".as_bytes(), 5), (1, 3));
        assert_eq!(at("é漢x".as_bytes(), 3), (1, 2));
        assert_eq!(at(b"\xef\xbb\xbfa: 1", 3), (1, 1));
        assert_eq!(at(b"\xef\xbb\xbfa: 1", 4), (1, 2));
        assert_eq!(at(b"a\r\nb\rc\n", 99), (4, 1));
        assert_eq!(at(b"", 0), (1, 1));
        assert_eq!(at(b"\x80\x80\x80\x80", 3).0, 1);
    }

    #[test]
    fn in_a_large_file_the_same_is_masked_as_in_a_small_one() {
        // A credential at every place where stretches meet, on lines of their own and on one line.
        for joint in ["\n", " "] {
            let line = r#""password": "hunter2hunter2","#;
            let one = format!("{line}{joint}").repeat(40);
            let small = FileText::new(one.as_bytes().into());
            let large = FileText::new(one.repeat(600).as_bytes().into());
            assert!(mask::whole(&small.bytes).is_some() && mask::whole(&large.bytes).is_none());
            for start in (0..large.bytes.len() - 40).step_by(1_021) {
                let value = |file: &FileText, at: usize| {
                    let from = at - at % (line.len() + 1);
                    let mut masked = file.masked(from..from + line.len(), &[]);
                    masked.iter_mut().for_each(|range| *range = range.start - from..range.end - from);
                    masked
                };
                assert_eq!(value(&large, start), value(&small, start % (line.len() + 1)), "at {start}");
            }
        }
    }

    #[test]
    fn a_long_line_costs_no_scan_and_gives_the_same() {
        let text = "é".repeat(5_000);
        assert_eq!(at(text.as_bytes(), 9_998), (1, 5_000));
        assert_eq!(at(text.as_bytes(), 2_048), (1, 1_025));
    }
}
