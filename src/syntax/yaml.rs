//! YAML through granit-parser: documents, tags, anchors, comments, duplicate keys, node budget.

use granit_parser::{Event, Parser, ScalarStyle};

use super::tree::{Builder, Pair, Raw};
use super::{
    COMMENTS, Comment, DOCUMENTS, EXPANDED_NODES, NodeId, PROBLEMS, Parsed, Problem, ProblemKind, Style, YAML_DEPTH,
    YAML_FLOW_DEPTH,
};
use crate::source::{Source, Span};

/// Reads all documents of a text. A leading BOM is skipped; spans count its bytes.
pub fn read(source: &Source, text: &str) -> Parsed {
    let first = read_once(source, text, None);
    retry_unindented_quotes(source, text, first)
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
        let next = read_once(source, &padded, Some(&padding));
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

/// Blanks inserted at starts of lines, to map offsets back.
#[derive(Debug, Default)]
struct Padding {
    /// Byte offsets in the original text, ascending.
    at: Vec<usize>,
}

impl Padding {
    const WIDTH: usize = 64;

    /// Pads the line and those that follow up to the end of the scalar, which the next quote that
    /// ends a line or is followed by structure marks. False when there is nothing new to pad.
    fn add_scalar(&mut self, text: &str, start: usize, lines: usize) -> bool {
        let mut at = start;
        let mut added = false;
        for _ in 0..lines {
            if let Err(place) = self.at.binary_search(&at) {
                self.at.insert(place, at);
                added = true;
            }
            let end = text[at..].find('\n').map_or(text.len(), |i| at + i);
            if text[at..end].contains(['"', '\'']) || end >= text.len() {
                break;
            }
            at = end + 1;
        }
        added
    }

    fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + self.at.len() * Self::WIDTH);
        let mut from = 0;
        for at in &self.at {
            out.push_str(&text[from..*at]);
            out.push_str(&" ".repeat(Self::WIDTH));
            from = *at;
        }
        out.push_str(&text[from..]);
        out
    }

    /// The offset in the original text: the k-th insertion begins `k` widths later than it was asked for.
    fn original(&self, padded: usize) -> usize {
        let (mut low, mut high) = (0, self.at.len());
        while low < high {
            let middle = usize::midpoint(low, high);
            if self.at[middle] + middle * Self::WIDTH <= padded {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        let Some(last) = low.checked_sub(1) else { return padded };
        let inside = self.at[last] + low * Self::WIDTH;
        if padded < inside { self.at[last] } else { padded - low * Self::WIDTH }
    }
}

fn read_once(source: &Source, text: &str, padding: Option<&Padding>) -> Parsed {
    let options = granit_parser::options! {
        flow_nesting_limit: YAML_FLOW_DEPTH,
        max_buffered_comment_events: 1_000_000,
    };
    let mut parser = Parser::new_from_str_with_options(text, options);
    let mut reader = Reader::new(source, padding);
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
                let at = error.marker().byte_offset().unwrap_or(0);
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

/// An open collection.
struct Frame {
    is_mapping: bool,
    span: Span,
    tag: Option<(Box<str>, Span)>,
    anchor: usize,
    key: Option<NodeId>,
    pairs: Vec<Pair>,
    items: Vec<NodeId>,
    expanded: u64,
}

struct Reader<'a> {
    source: &'a Source,
    padding: Option<&'a Padding>,
    out: Parsed,
    builder: Builder,
    stack: Vec<Frame>,
    root: Option<NodeId>,
    /// Anchor id → (node, nodes it expands to).
    anchors: rustc_hash::FxHashMap<usize, (NodeId, u64)>,
    expanded: u64,
    refused: bool,
    index: usize,
}

impl<'a> Reader<'a> {
    fn new(source: &'a Source, padding: Option<&'a Padding>) -> Self {
        Self {
            source,
            padding,
            out: Parsed::default(),
            builder: Builder::default(),
            stack: Vec::new(),
            root: None,
            anchors: rustc_hash::FxHashMap::default(),
            expanded: 0,
            refused: false,
            index: 0,
        }
    }

    fn span(&self, range: std::ops::Range<usize>) -> Span {
        match self.padding {
            Some(padding) => Span::new(padding.original(range.start), padding.original(range.end)),
            None => Span::new(range.start, range.end),
        }
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
                    Raw::Scalar { text: text.as_ref().into(), style }
                };
                let tag = self.tag(tag.as_deref(), tag_range, span);
                let id = self.builder.push(raw, span, tag);
                self.anchor(anchor, id, 1);
                self.attach(id, 1, range);
            }
            Event::SequenceStart(_, anchor, tag) => self.open(false, anchor, tag.as_deref(), range, tag_range),
            Event::MappingStart(_, anchor, tag) => self.open(true, anchor, tag.as_deref(), range, tag_range),
            Event::SequenceEnd | Event::MappingEnd => self.close(range),
            Event::Alias(anchor) => self.alias(anchor, range),
            _ => {}
        }
    }

    fn tag(
        &self,
        tag: Option<&granit_parser::Tag>,
        range: Option<std::ops::Range<usize>>,
        node: Span,
    ) -> Option<(Box<str>, Span)> {
        let span = range.map_or(Span::new(node.start as usize, node.start as usize), |range| self.span(range));
        tag.map(|tag| (tag.original().into(), span))
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
        let tag = self.tag(tag, tag_range, span);
        self.stack.push(Frame {
            is_mapping,
            span,
            tag,
            anchor,
            key: None,
            pairs: Vec::new(),
            items: Vec::new(),
            expanded: 1,
        });
    }

    fn close(&mut self, range: std::ops::Range<usize>) {
        let Some(frame) = self.stack.pop() else { return };
        let end = self.span(range.clone()).end.max(self.last_end(&frame));
        let span = Span { start: frame.span.start, end };
        let raw = if frame.is_mapping { Raw::Mapping(frame.pairs) } else { Raw::Sequence(frame.items) };
        let id = self.builder.push(raw, span, frame.tag);
        self.anchor(frame.anchor, id, frame.expanded);
        self.attach(id, frame.expanded, range);
    }

    /// A block collection ends where its last child ends, not where the parser noticed.
    fn last_end(&self, frame: &Frame) -> u32 {
        let last = frame.pairs.last().map(|pair| pair.value).or(frame.items.last().copied());
        last.map_or(frame.span.end, |id| self.builder.nodes[id.0 as usize].span.end)
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
                if frame.is_mapping {
                    match frame.key.take() {
                        None => frame.key = Some(id),
                        Some(key) => frame.pairs.push(Pair { key, value: id }),
                    }
                } else {
                    frame.items.push(id);
                }
                frame.expanded
            }
        };
        if total > EXPANDED_NODES || self.builder.nodes.len() as u64 > EXPANDED_NODES {
            self.refuse(format!("more than {EXPANDED_NODES} nodes once aliases are expanded"), range);
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
        if let (Some(root), false) = (self.root.take(), self.refused) {
            let is_blank = builder.nodes.len() == 1 && builder.nodes[0].raw == Raw::Empty;
            if !is_blank {
                let document = builder.finish(self.source.clone(), root, self.index);
                self.out.documents.push(document);
            }
        }
        self.index += 1;
        self.abandon();
    }

    fn abandon(&mut self) {
        self.builder = Builder::default();
        self.stack.clear();
        self.root = None;
        self.anchors.clear();
        self.expanded = 0;
        self.refused = false;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::ContentId;

    fn yaml(text: &str) -> Parsed {
        read(&Source::new("t.yml".into(), ContentId::of(text.as_bytes())), text)
    }

    #[test]
    fn spans_are_bytes_of_the_file() {
        let text = "é: {b: \"x y\"}\n";
        let out = yaml(text);
        let node = out.documents[0].root().path(&["é", "b"]).unwrap();
        assert_eq!(&text[node.span().range()], "\"x y\"");
        assert_eq!(node.text(), Some("x y"));
    }

    #[test]
    fn merge_keys_and_anchors_are_applied() {
        let out = yaml("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n");
        let b = out.documents[0].root().get("b").unwrap();
        assert_eq!(b.get("x").unwrap().text(), Some("1"));
        assert_eq!(b.get("y").unwrap().text(), Some("3"));
        assert!(!b.get("x").unwrap().origin().steps().is_empty());
    }

    #[test]
    fn a_broken_document_leaves_the_others() {
        let out = yaml("a: 1\n---\nb: [1\n---\nc: 3\n");
        assert_eq!(out.documents.len(), 2);
        assert_eq!(out.problems.len(), 1);
        assert_eq!(out.documents[1].root().get("c").unwrap().text(), Some("3"));
    }

    #[test]
    fn an_alias_inside_its_own_anchor_is_a_problem() {
        let out = yaml("a: &x [1, *x]\n");
        assert_eq!(out.problems.len(), 1);
        assert_eq!(out.documents[0].root().get("a").unwrap().items().len(), 2);
    }

    #[test]
    fn an_alias_bomb_is_refused() {
        let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for i in 1..9 {
            let items = vec![format!("*a{}", i - 1); 9].join(", ");
            text.push_str(&format!("a{i}: &a{i} [{items}]\n"));
        }
        let out = yaml(&text);
        assert!(out.documents.is_empty());
        assert_eq!(out.problems[0].kind, ProblemKind::Limit);
    }

    #[test]
    fn unindented_quoted_continuations_are_read_as_libyaml_does() {
        let text = "a:\n  - sh: 'x\nif y\n'\n    b: 2\nc: 3\n";
        let out = yaml(text);
        assert_eq!(out.problems, vec![]);
        let root = out.documents[0].root();
        let item = &root.get("a").unwrap().items()[0];
        assert_eq!(item.get("sh").unwrap().text(), Some("x if y "));
        let c = root.get("c").unwrap();
        assert_eq!(&text[c.span().range()], "3");
    }

    #[test]
    fn tags_keep_their_short_form() {
        let out = yaml("a: !Ref B\nb: !Sub [x, {y: 1}]\n");
        assert_eq!(out.documents[0].root().get("a").unwrap().tag(), Some("!Ref"));
        assert_eq!(out.documents[0].root().get("b").unwrap().tag(), Some("!Sub"));
    }

    /// Reads, and says how long it took.
    fn timed(name: &str, text: &str) -> Parsed {
        let start = std::time::Instant::now();
        let out = yaml(text);
        println!("{name}: {} bytes in {:?}", text.len(), start.elapsed());
        out
    }

    #[test]
    fn aliases_of_a_long_list_are_refused_early() {
        let list = vec!["x"; 100_000].join(",");
        let aliases: String = (0..95).map(|i| format!("b{i}: *a\n")).collect();
        let out = timed("aliases of a long list", &format!("a: &a [{list}]\n{aliases}"));
        assert!(out.documents.is_empty());
        assert_eq!(out.problems.len(), 1);
        assert_eq!(out.problems[0].kind, ProblemKind::Limit);
        // The same without aliases is an ordinary document.
        assert_eq!(yaml(&format!("a: [{list}]\n")).problems, vec![]);
    }

    #[test]
    fn depth_is_bounded_in_block_and_flow() {
        for (name, text) in [
            ("[[[", "[".repeat(100_000)),
            ("{{{", "{".repeat(100_000)),
            ("- - -", "- ".repeat(100_000)),
            ("? ? ?", "? ".repeat(100_000)),
            ("{a: {a:", "{a: ".repeat(100_000)),
            ("indented", (0..2_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect()),
        ] {
            let out = timed(name, &text);
            assert!(out.documents.is_empty(), "{name}");
            assert_eq!(out.problems[0].kind, ProblemKind::Limit, "{name}: {:?}", out.problems);
        }
        let deep = |count: usize| (0..count).map(|i| format!("{}a:\n", " ".repeat(i))).collect::<String>();
        assert_eq!(yaml(&deep(YAML_DEPTH - 2)).problems, vec![]);
        assert_eq!(yaml(&deep(YAML_DEPTH + 1)).problems.len(), 1);
    }

    #[test]
    fn length_costs_linear_time_and_a_limit_ends_it() {
        let keys: String = (0..300_000).map(|i| format!("key{i}: v\n")).collect();
        assert_eq!(timed("keys", &keys).problems[0].kind, ProblemKind::Limit);
        let keys: String = (0..100_000).map(|i| format!("key{i}: v\n")).collect();
        let out = timed("fewer keys", &keys);
        assert_eq!(out.documents[0].root().entries().len(), 100_000);
        assert_eq!(timed("line", &format!("a: \"{}\"\n", "x ".repeat(1_000_000))).documents.len(), 1);
        assert_eq!(timed("comments", &"# c\n".repeat(150_000)).comments.len(), COMMENTS);
        assert!(timed("broken documents", &"--- [\n".repeat(20_000)).problems.len() <= PROBLEMS);
        assert!(timed("documents", &"--- a\n".repeat(20_000)).documents.len() == 20_000);
        assert_eq!(yaml(&"--- a\n".repeat(DOCUMENTS + 2)).problems[0].kind, ProblemKind::Limit);
        // What follows a refused document is still read.
        let after = yaml(&format!("- {}\n---\nb: 1\n", vec!["- "; 300].concat()));
        assert_eq!((after.documents.len(), after.problems.len()), (1, 1));
    }

    #[test]
    fn unindented_quotes_everywhere_are_bounded() {
        let many: String = (0..5_000).map(|i| format!("a{i}: 'x\ny'\n")).collect();
        timed("unindented quotes", &many);
        timed("one long unindented quote", &format!("a:\n  b: '{}'\n", "x\n".repeat(20_000)));
    }

    #[test]
    fn forms_that_files_come_in() {
        assert!(yaml("").documents.is_empty() && yaml("").problems.is_empty());
        assert!(yaml("# only\n").documents.is_empty());
        let text = "\u{feff}a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 2\r\n";
        let out = yaml(text);
        assert_eq!(out.problems, vec![]);
        let root = out.documents[0].root();
        assert_eq!(root.get("b").unwrap().text(), Some("x\ny\n"));
        assert_eq!(&text[root.key("a").unwrap().span().range()], "a");
        assert_eq!(&text[root.get("c").unwrap().span().range()], "2");
        let whole = "a: &x [1, 'b', *x]\n? k\n: !T {é: \"\\u00e9\"}\n--- |\n t\n...\n";
        for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
            yaml(&whole[..end]);
        }
    }
}
