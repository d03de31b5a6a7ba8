//! YAML through granit-parser: documents, tags, anchors, comments, duplicate keys, node budget.

mod padding;
mod schema;

use granit_parser::{Event, Parser, ScalarStyle};

use self::padding::Padding;
use self::schema::Cuts;
use super::tree::{Builder, Raw, Tag};
use super::{
    COMMENTS, Comment, DOCUMENTS, EXPANDED_NODES, NodeId, PROBLEMS, Parsed, Problem, ProblemKind, Style, YAML_DEPTH,
    YAML_FLOW_DEPTH,
};
use crate::source::{Source, Span};

/// Reads all documents of a text. A leading BOM is skipped; spans count its bytes.
pub fn read(source: &Source, text: &str) -> Parsed {
    let first = read_once(source, text, Offsets::Same);
    retry_unindented_quotes(source, text, first)
}

/// As [`read`], but for schemas of custom resource definitions, which seem empty.
pub fn read_without_schemas(source: &Source, text: &str) -> Parsed {
    if let Some(cuts) = Cuts::of(text) {
        let parsed = read_once(source, &cuts.apply(text), Offsets::Cut(&cuts));
        if parsed.problems.is_empty() {
            return parsed;
        }
    }
    read(source, text)
}

/// How offsets in the text that is read become offsets in the file.
#[derive(Clone, Copy)]
enum Offsets<'a> {
    Same,
    Padded(&'a Padding),
    Cut(&'a Cuts),
}

impl Offsets<'_> {
    fn original(self, offset: usize) -> usize {
        match self {
            Self::Same => offset,
            Self::Padded(padding) => padding.original(offset),
            Self::Cut(cuts) => cuts.original(offset),
        }
    }
}

/// Most bytes that are read again for the sake of unindented quotes.
const RETRIED_BYTES: usize = 32 << 20;

/// libyaml (and so the platforms) accepts a quoted scalar whose continuation lines are not indented;
/// the parser does not. Blanks put at the start of such a line are folded away, so they change
/// nothing but the offsets, which are mapped back.
fn retry_unindented_quotes(source: &Source, text: &str, first: Parsed) -> Parsed {
    let mut padding = Padding::default();
    let mut result = first;
    let rounds = (RETRIED_BYTES / text.len().max(1)).clamp(1, 64);
    for round in 0..rounds {
        let Some(line_start) = result.problems.iter().find_map(|problem| {
            (problem.message.contains("multiline quoted scalar")).then(|| line_start(text, problem.span.start as usize))
        }) else {
            return result;
        };
        if !padding.add_scalar(text, line_start, 2_000 << round.min(10)) {
            return result;
        }
        let padded = padding.apply(text);
        let next = read_once(source, &padded, Offsets::Padded(&padding));
        if next.documents.len() < result.documents.len() {
            return result;
        }
        result = next;
    }
    result
}

fn line_start(text: &str, offset: usize) -> usize {
    text[..floor(text, offset)].rfind(['\n', '\r']).map_or(0, |i| i + 1)
}

fn floor(text: &str, mut offset: usize) -> usize {
    offset = offset.min(text.len());
    while !text.is_char_boundary(offset) {
        offset -= 1;
    }
    offset
}

fn read_once(source: &Source, text: &str, offsets: Offsets<'_>) -> Parsed {
    let options = granit_parser::options! {
        flow_nesting_limit: YAML_FLOW_DEPTH,
        max_buffered_comment_events: 1_000_000,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut reader = Reader::new(source, offsets);
    let mut is_known_to_go_on = false;
    loop {
        match parser.next_event() {
            None => break,
            Some(Ok((event, span))) => {
                let range = span.byte_range().unwrap_or(0..0);
                let end = range.end;
                let tag_range = span.tag_span().and_then(|tag| tag.byte_range());
                reader.event(event, range, tag_range);
                if reader.out.documents.len() > DOCUMENTS {
                    reader.refuse(format!("more than {DOCUMENTS} documents"), end..end);
                    break;
                }
                // Nothing is kept of the rest of a refused document: if none follows, it is not read.
                if reader.refused && !is_known_to_go_on && !has_another_document(text, end) {
                    break;
                }
                is_known_to_go_on = reader.refused;
            }
            Some(Err(error)) => {
                let mut at = error.marker().byte_offset().unwrap_or(0);
                // The parser stands behind the tab that it speaks of.
                if error.info().contains("tabs") && text.as_bytes().get(at.wrapping_sub(1)) == Some(&b'\t') {
                    at -= 1;
                }
                let message = error.info();
                let kind = if message.contains("nest") || message.contains("recursion") || message.contains("too many")
                {
                    ProblemKind::Limit
                } else {
                    ProblemKind::Syntax
                };
                reader.problem(kind, message, at..at);
                reader.abandon();
                match parser.proceed_next_document() {
                    Ok(true) => {}
                    Ok(false) | Err(_) => break,
                }
            }
        }
    }
    reader.out
}

fn has_another_document(text: &str, from: usize) -> bool {
    memchr::memmem::find(text.as_bytes().get(from..).unwrap_or_default(), b"\n---").is_some()
}

/// So many bytes of a text count as one more node: a long text that many aliases name fills memory too.
const BYTES_OF_NODE: usize = 128;

/// An open collection.
struct Frame {
    is_mapping: bool,
    span: Span,
    tag: Option<(Box<str>, Span)>,
    anchor: usize,
    /// Its first child among those of all open collections.
    first: usize,
    /// Nodes that it expands to, long texts counted as several.
    expanded: u64,
}

struct Reader<'a> {
    source: &'a Source,
    offsets: Offsets<'a>,
    out: Parsed,
    builder: Builder,
    stack: Vec<Frame>,
    /// Children of the open collections, innermost last: of a mapping key, value, key, value ….
    children: Vec<NodeId>,
    root: Option<NodeId>,
    /// Anchor id → (node, nodes it expands to).
    anchors: rustc_hash::FxHashMap<usize, (NodeId, u64)>,
    expanded: u64,
    refused: bool,
    index: usize,
}

impl<'a> Reader<'a> {
    fn new(source: &'a Source, offsets: Offsets<'a>) -> Self {
        Self {
            source,
            offsets,
            out: Parsed::default(),
            builder: Builder::default(),
            stack: Vec::new(),
            children: Vec::new(),
            root: None,
            anchors: rustc_hash::FxHashMap::default(),
            expanded: 0,
            refused: false,
            index: 0,
        }
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        Span::new(self.offsets.original(range.start), self.offsets.original(range.end))
    }

    fn problem(&mut self, kind: ProblemKind, message: String, range: std::ops::Range<usize>) {
        if self.out.problems.len() < PROBLEMS {
            let span = self.span(range);
            self.out.problems.push(Problem { kind, message, span });
        }
    }

    fn event(&mut self, event: Event<'_>, range: std::ops::Range<usize>, tag_range: Option<std::ops::Range<usize>>) {
        match event {
            Event::DocumentStart(..) => self.abandon(),
            Event::DocumentEnd => self.end_document(),
            // The rest of a refused document is read for its end alone.
            _ if self.refused => {}
            Event::Comment(text, _) if self.out.comments.len() < COMMENTS => {
                let span = self.span(range);
                self.out.comments.push(Comment { text: text.as_ref().into(), span });
            }
            Event::Scalar(text, style, anchor, tag) => {
                let span = self.span(range.clone());
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                let raw = if style == Style::Plain && range.is_empty() {
                    Raw::Empty
                } else {
                    Raw::Scalar(text.as_ref(), style)
                };
                let tag = tag.as_deref().map(|tag| (tag.original(), self.tag_span(tag_range, span)));
                let tag = tag.as_ref().map(|(text, span)| (text.as_str(), *span));
                let id = self.builder.push(raw, span, tag);
                let expanded = 1 + (text.len() / BYTES_OF_NODE) as u64;
                self.anchor(anchor, id, expanded);
                self.attach(id, expanded, range);
            }
            Event::SequenceStart(_, anchor, tag) => self.open(false, anchor, tag.as_deref(), range, tag_range),
            Event::MappingStart(_, anchor, tag) => self.open(true, anchor, tag.as_deref(), range, tag_range),
            Event::SequenceEnd | Event::MappingEnd => self.close(range),
            Event::Alias(anchor) => self.alias(anchor, range),
            _ => {}
        }
    }

    fn tag_span(&self, range: Option<std::ops::Range<usize>>, node: Span) -> Span {
        range.map_or(Span::new(node.start as usize, node.start as usize), |range| self.span(range))
    }

    fn anchor(&mut self, anchor: usize, id: NodeId, expanded: u64) {
        if anchor > 0 {
            self.anchors.insert(anchor, (id, expanded));
        }
    }

    fn open(
        &mut self,
        is_mapping: bool,
        anchor: usize,
        tag: Option<&granit_parser::Tag>,
        range: std::ops::Range<usize>,
        tag_range: Option<std::ops::Range<usize>>,
    ) {
        if self.stack.len() >= YAML_DEPTH {
            return self.refuse(format!("nested deeper than {YAML_DEPTH}"), range);
        }
        let span = self.span(range);
        let tag = tag.map(|tag| (tag.original().into(), self.tag_span(tag_range, span)));
        let first = self.children.len();
        self.stack.push(Frame { is_mapping, span, tag, anchor, first, expanded: 1 });
    }

    fn close(&mut self, range: std::ops::Range<usize>) {
        let Some(frame) = self.stack.pop() else { return };
        let end = self.span(range.clone()).end.max(self.last_end(&frame));
        let span = Span { start: frame.span.start, end };
        let children = self.children.get(frame.first..).unwrap_or_default();
        let raw = if frame.is_mapping { Raw::Mapping(children) } else { Raw::Sequence(children) };
        let tag: Tag<'_> = frame.tag.as_ref().map(|(text, span)| (&**text, *span));
        let id = self.builder.push(raw, span, tag);
        self.children.truncate(frame.first);
        self.anchor(frame.anchor, id, frame.expanded);
        self.attach(id, frame.expanded, range);
    }

    /// A block collection ends where its last child ends, not where the parser noticed.
    fn last_end(&self, frame: &Frame) -> u32 {
        let last = self.children.get(frame.first..).and_then(<[NodeId]>::last);
        last.map_or(frame.span.end, |id| self.builder.end_of(*id))
    }

    fn alias(&mut self, anchor: usize, range: std::ops::Range<usize>) {
        let span = self.span(range.clone());
        match self.anchors.get(&anchor).copied() {
            Some((target, expanded)) => {
                let id = self.builder.push(Raw::Alias(target), span, None);
                self.attach(id, expanded, range);
            }
            None => {
                self.problem(ProblemKind::Syntax, "alias inside its own anchor never ends".into(), range.clone());
                let id = self.builder.push(Raw::Empty, span, None);
                self.attach(id, 1, range);
            }
        }
    }

    fn attach(&mut self, id: NodeId, expanded: u64, range: std::ops::Range<usize>) {
        let total = match self.stack.last_mut() {
            None => {
                self.root = Some(id);
                self.expanded = self.expanded.saturating_add(expanded);
                self.expanded
            }
            Some(frame) => {
                frame.expanded = frame.expanded.saturating_add(expanded);
                self.children.push(id);
                frame.expanded
            }
        };
        if total > EXPANDED_NODES || self.builder.count() as u64 > EXPANDED_NODES {
            let what = "nodes once aliases are expanded (a long text counts as several)";
            self.refuse(format!("more than {EXPANDED_NODES} {what}"), range);
        }
    }

    /// Gives up the document, and its memory.
    fn refuse(&mut self, message: String, range: std::ops::Range<usize>) {
        self.problem(ProblemKind::Limit, message, range);
        self.abandon();
        self.refused = true;
    }

    fn end_document(&mut self) {
        let builder = std::mem::take(&mut self.builder);
        if let (Some(root), false, false) = (self.root.take(), self.refused, builder.is_blank()) {
            self.out.documents.push(builder.finish(self.source.clone(), root, self.index));
        }
        self.index += 1;
        self.abandon();
    }

    fn abandon(&mut self) {
        self.builder = Builder::default();
        self.stack.clear();
        self.children.clear();
        self.root = None;
        self.anchors.clear();
        self.expanded = 0;
        self.refused = false;
    }
}

#[cfg(test)]
mod tests;
