//! What miette gets to see of a file: a window of a few lines, each clipped around what is marked, with
//! nothing in it that a terminal would obey and no credential.
//!
//! miette 7.6 as it is panics past column 65,535, passes control characters through, loses marks without
//! length at the end of a file, and scans the file once for each mark.

use std::ops::Range;

use miette::{MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};

use crate::render::files::FileText;
use crate::source::{LineColumn, Span, is_unprintable};

/// Lines above and below what is marked.
const CONTEXT: usize = 1;
/// Most lines of one window.
const MOST_LINES: usize = 7;
/// How much of a line is shown before what is marked, and how much from there on, characters.
const BESIDE: usize = 100;
/// Longest mark, characters.
const LONGEST_MARK: usize = 100;
/// Lines up to this length are shown whole, bytes.
const WHOLE_LINE: usize = 200;
/// Longest character, bytes.
const CHARACTER: usize = 4;

/// Some lines of one file with what is marked in them.
#[derive(Debug)]
pub(super) struct Window {
    name: String,
    text: String,
    first_line: usize,
    lines: Range<usize>,
    /// Marks as byte ranges of `text`, in the order in which they were given; the first one leads.
    pub marks: Vec<Range<usize>>,
    position: LineColumn,
}

/// A mark: where in the file, on which line, and what to show.
#[derive(Clone, Debug)]
struct Mark {
    range: Range<usize>,
    line: usize,
}

impl Window {
    /// A window that shows as many of the spans as fit with the first one, and how many that are.
    /// `None` when there is nothing to show: an empty file, no text.
    pub fn new(name: String, file: &FileText, spans: &[Span], known: &[Span]) -> Option<(Self, usize)> {
        if !file.is_text() || file.bytes.is_empty() {
            return None;
        }
        let mut marks: Vec<Mark> = Vec::new();
        for span in spans {
            let mark = mark(file, *span)?;
            if !marks.is_empty() && !fits(&marks, &mark, file) {
                break;
            }
            marks.push(mark);
        }
        let position = file.position(spans.first()?.start as usize);
        let shown = marks.len();
        Some((Self::of(name, file, &marks, position, known), shown))
    }

    fn of(name: String, file: &FileText, marks: &[Mark], position: LineColumn, known: &[Span]) -> Self {
        let first = marks.iter().map(|mark| mark.line).min().unwrap_or(0).saturating_sub(CONTEXT);
        let last = marks.iter().map(|mark| mark.line).max().unwrap_or(0) + CONTEXT;
        let last = last.min(file.index.count().saturating_sub(1));
        let mut window =
            Self { name, text: String::new(), first_line: first, lines: first..last + 1, marks: Vec::new(), position };
        let mut places: Vec<(usize, usize)> = Vec::new();
        for line in first..=last {
            let marked = marks.iter().filter(|mark| mark.line == line).map(|mark| mark.range.clone());
            let marked = marked.reduce(|a, b| a.start.min(b.start)..a.end.max(b.end));
            let whole = file.index.line_span(line, &file.bytes).range();
            window.line(file, clip(file, whole, marked), known, &mut places);
        }
        // Characters that were left out map to the next one that was not.
        let out = |offset: usize| {
            let next = places.partition_point(|(from, _)| *from < offset);
            places.get(next).map_or(window.text.len(), |(_, to)| *to)
        };
        window.marks = marks
            .iter()
            .map(|mark| {
                let start = out(mark.range.start);
                start..out(mark.range.end).max(start)
            })
            .collect();
        window
    }

    /// Adds one line, remembering where each character went.
    fn line(&mut self, file: &FileText, clip: Clip, known: &[Span], places: &mut Vec<(usize, usize)>) {
        let masked = file.masked(clip.range.clone(), known);
        let is_masked = |at: usize| masked.iter().any(|range| range.contains(&at));
        if clip.cut_before {
            self.text.push('…');
        }
        let mut at = clip.range.start;
        for chunk in file.bytes.get(clip.range.clone()).unwrap_or_default().utf8_chunks() {
            for c in chunk.valid().chars() {
                places.push((at, self.text.len()));
                self.text.push(if is_masked(at) && !c.is_whitespace() { '*' } else { harmless(c) });
                at += c.len_utf8();
            }
            for _ in chunk.invalid() {
                places.push((at, self.text.len()));
                self.text.push('\u{fffd}');
                at += 1;
            }
        }
        // One place past the last character, for marks that end with the line.
        places.push((at, self.text.len()));
        if clip.cut_after {
            self.text.push('…');
        }
        self.text.push('\n');
    }
}

/// A part of a line.
struct Clip {
    range: Range<usize>,
    cut_before: bool,
    cut_after: bool,
}

fn clip(file: &FileText, line: Range<usize>, marked: Option<Range<usize>>) -> Clip {
    let mut line = line;
    if line.start == 0 && file.bytes.starts_with(b"\xef\xbb\xbf") {
        line.start = 3.min(line.end);
    }
    if line.len() <= WHOLE_LINE {
        return Clip { range: line, cut_before: false, cut_after: false };
    }
    let marked = marked.unwrap_or(line.start..line.start);
    let start = back(file, marked.start, BESIDE).max(line.start);
    let end = forward(file, marked.end, BESIDE).min(line.end);
    Clip { cut_before: start > line.start, cut_after: end < line.end, range: start..end.max(start) }
}

/// The offset some characters before.
fn back(file: &FileText, from: usize, characters: usize) -> usize {
    let mut at = from.min(file.bytes.len());
    for _ in 0..characters {
        if at == 0 {
            break;
        }
        at = file.snap(at - 1);
    }
    at
}

/// The offset some characters after.
fn forward(file: &FileText, from: usize, characters: usize) -> usize {
    let mut at = from;
    for _ in 0..characters {
        if at >= file.bytes.len() {
            break;
        }
        at = next(file, at);
    }
    at.min(file.bytes.len())
}

/// The start of the next character.
fn next(file: &FileText, at: usize) -> usize {
    (at + 1..=at + CHARACTER).find(|to| *to >= file.bytes.len() || file.snap(*to) == *to).unwrap_or(at + 1)
}

/// A span as it can be shown: inside the text, on character boundaries, on its first line, not empty.
fn mark(file: &FileText, span: Span) -> Option<Mark> {
    let length = file.bytes.len();
    let start = file.snap((span.start as usize).min(length));
    let mut end = (span.end as usize).min(length);
    if file.snap(end) != end {
        end = next(file, file.snap(end));
    }
    let line = file.index.line_of(start);
    let line_span = file.index.line_span(line, &file.bytes).range();
    let end = end.min(line_span.end).min(forward(file, start, LONGEST_MARK));
    if start < end {
        return Some(Mark { range: start..end, line });
    }
    if start < line_span.end {
        return Some(Mark { range: start..next(file, start).min(line_span.end), line });
    }
    // Nothing to mark at the end of a line: the last visible character before it.
    let before = file.bytes[..start].iter().rposition(|byte| !byte.is_ascii_whitespace());
    let after = || file.bytes[start..].iter().position(|byte| !byte.is_ascii_whitespace()).map(|at| start + at);
    let at = file.snap(before.or_else(after)?);
    let line = file.index.line_of(at);
    Some(Mark { range: at..next(file, at).min(length), line })
}

/// True when a mark can be shown in the window of the others: few lines, and none of them clipped around
/// one mark so that the other would be lost.
fn fits(marks: &[Mark], mark: &Mark, file: &FileText) -> bool {
    let lines = marks.iter().chain([mark]).map(|mark| mark.line);
    let (Some(first), Some(last)) = (lines.clone().min(), lines.max()) else { return false };
    let clipped = marks.iter().any(|other| {
        let whole = file.index.line_span(mark.line, &file.bytes).range();
        other.line == mark.line && whole.len() > WHOLE_LINE
    });
    // Marks that overlap cannot be drawn on one line.
    let overlaps = marks.iter().any(|other| other.range.start < mark.range.end && mark.range.start < other.range.end);
    last + 1 - first + 2 * CONTEXT <= MOST_LINES && !clipped && !overlaps
}

/// A character that shows what a terminal would obey.
fn harmless(c: char) -> char {
    match c {
        '\t' => '\t',
        '\u{7f}' => '\u{2421}',
        '\0'..='\u{1f}' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('\u{fffd}'),
        _ if is_unprintable(c) => '\u{fffd}',
        _ => c,
    }
}

impl SourceCode for Window {
    /// Always all of it; asked without context (for the line above the snippet), where the first mark
    /// stands in the file.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        if span.offset() + span.len() > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let whole = SourceSpan::new(0.into(), self.text.len());
        let (line, column) = match lines_before {
            0 => (self.position.line as usize - 1, self.position.column as usize - 1),
            _ => (self.first_line, 0),
        };
        let (data, count) = (self.text.as_bytes(), self.lines.len());
        Ok(Box::new(MietteSpanContents::new_named(self.name.clone(), data, whole, line, column, count)))
    }
}
