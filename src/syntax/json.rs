//! JSON through jiter into the shared tree; comments and trailing commas are allowed.

mod comments;

use jiter::{Jiter, JiterError, Peek};

use super::tree::{Builder, Raw};
use super::{EXPANDED_NODES, JSON_DEPTH, NodeId, Parsed, Problem, ProblemKind, Style};
use crate::source::{Source, Span};

/// Reads the one value of a text. A leading BOM is skipped; spans count its bytes.
///
/// Strict JSON is tried first: only what fails is looked through for comments and commas too many.
pub fn read(source: &Source, text: &str) -> Parsed {
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut parsed = Parsed::default();
    let result = match Reader::new(&text.as_bytes()[mark..], mark).read() {
        Err(problem) if problem.kind == ProblemKind::Syntax => {
            let (blanked, comments) = comments::blank(text);
            parsed.comments = comments;
            blanked.map_or(Err(problem), |bytes| Reader::new(&bytes[mark..], mark).read())
        }
        result => result,
    };
    match result {
        Ok((builder, root)) => parsed.documents.push(builder.finish(source.clone(), root, 0)),
        Err(problem) => parsed.problems.push(problem),
    }
    parsed
}

/// An open object or array.
struct Frame {
    is_object: bool,
    start: usize,
    /// Its first child among those of all open collections.
    first: usize,
}

/// Walks the values with a stack of its own, so that depth costs memory and not the thread's stack.
struct Reader<'j> {
    bytes: &'j [u8],
    /// Bytes of the file before `bytes`.
    shift: usize,
    jiter: Jiter<'j>,
    builder: Builder,
    stack: Vec<Frame>,
    /// Children of the open collections, innermost last: of an object key, value, key, value ….
    children: Vec<NodeId>,
}

impl<'j> Reader<'j> {
    fn new(bytes: &'j [u8], shift: usize) -> Self {
        Self {
            bytes,
            shift,
            jiter: Jiter::new(bytes),
            builder: Builder::default(),
            stack: Vec::new(),
            children: Vec::new(),
        }
    }

    fn read(mut self) -> Result<(Builder, NodeId), Problem> {
        let mut next = Some(self.jiter.peek().map_err(|error| self.syntax(&error))?);
        loop {
            let done = match next {
                Some(peek @ (Peek::Array | Peek::Object)) => {
                    next = self.open(peek)?;
                    continue;
                }
                Some(peek) => self.scalar(peek)?,
                None => self.close()?,
            };
            if self.stack.is_empty() {
                self.jiter.finish().map_err(|error| self.syntax(&error))?;
                return Ok((self.builder, done));
            }
            self.children.push(done);
            next = self.step()?;
        }
    }

    fn scalar(&mut self, peek: Peek) -> Result<NodeId, Problem> {
        let start = self.jiter.current_index();
        self.check_budget(start)?;
        // The text that the parser gives lives until it is asked for anything else: where it ends is
        // known after it was copied.
        let builder = &mut self.builder;
        let mut push = |text: &str, style| builder.push(Raw::Scalar(text, style), Span::default(), None);
        let pushed = match peek {
            Peek::String => self.jiter.known_str().map(|text| push(text, Style::Quoted)),
            Peek::True | Peek::False => {
                self.jiter.known_bool(peek).map(|is| push(if is { "true" } else { "false" }, Style::Plain))
            }
            Peek::Null => self.jiter.known_null().map(|()| push("null", Style::Plain)),
            _ => {
                let number = self.jiter.known_number_bytes(peek);
                number.map(|bytes| push(&String::from_utf8_lossy(bytes), Style::Plain))
            }
        };
        let id = pushed.map_err(|error| self.syntax(&error))?;
        self.place(id, start, self.jiter.current_index());
        Ok(id)
    }

    /// Opens a collection and leads to its first value, `None` if it has none.
    fn open(&mut self, peek: Peek) -> Result<Option<Peek>, Problem> {
        let start = self.jiter.current_index();
        if self.stack.len() >= JSON_DEPTH {
            return Err(self.problem(ProblemKind::Limit, format!("nested deeper than {JSON_DEPTH}"), start));
        }
        let is_object = peek == Peek::Object;
        self.stack.push(Frame { is_object, start, first: self.children.len() });
        if !is_object {
            return self.jiter.known_array().map_err(|error| self.syntax(&error));
        }
        self.check_budget(start)?;
        let builder = &mut self.builder;
        let mut push = |text: &str| builder.push(Raw::Scalar(text, Style::Quoted), Span::default(), None);
        let key = self.jiter.known_object().map(|key| key.map(&mut push)).map_err(|error| self.syntax(&error))?;
        self.key(key, start + 1)
    }

    /// Goes on in the innermost open collection; `None` at its end.
    fn step(&mut self) -> Result<Option<Peek>, Problem> {
        let before = self.jiter.current_index();
        if !self.stack.last().is_some_and(|frame| frame.is_object) {
            return self.jiter.array_step().map_err(|error| self.syntax(&error));
        }
        self.check_budget(before)?;
        let builder = &mut self.builder;
        let mut push = |text: &str| builder.push(Raw::Scalar(text, Style::Quoted), Span::default(), None);
        let key = self.jiter.next_key().map(|key| key.map(&mut push)).map_err(|error| self.syntax(&error))?;
        self.key(key, before)
    }

    /// Notes a key that was just read and leads to its value. The parser does not tell where a key
    /// stands: it is what lies between `before` and the colon, blanks and a comma taken off.
    fn key(&mut self, key: Option<NodeId>, before: usize) -> Result<Option<Peek>, Problem> {
        let Some(id) = key else { return Ok(None) };
        let is_blank = |byte: &u8| matches!(byte, b' ' | b'\t' | b'\r' | b'\n');
        let colon = self.jiter.current_index().saturating_sub(1);
        let lead = self.bytes[before..colon].iter().take_while(|byte| is_blank(byte) || **byte == b',').count();
        let trail = self.bytes[before..colon].iter().rev().take_while(|byte| is_blank(byte)).count();
        self.place(id, before + lead, colon - trail);
        self.children.push(id);
        self.jiter.peek().map(Some).map_err(|error| self.syntax(&error))
    }

    fn close(&mut self) -> Result<NodeId, Problem> {
        let end = self.jiter.current_index();
        let Some(frame) = self.stack.pop() else {
            return Err(self.problem(ProblemKind::Syntax, "unexpected end".into(), end));
        };
        self.check_budget(frame.start)?;
        let children = self.children.get(frame.first..).unwrap_or_default();
        let raw = if frame.is_object { Raw::Mapping(children) } else { Raw::Sequence(children) };
        let id = self.builder.push(raw, Span::default(), None);
        self.children.truncate(frame.first);
        self.place(id, frame.start, end);
        Ok(id)
    }

    /// Every node has its price, so the next one is looked at before it is made.
    fn check_budget(&self, at: usize) -> Result<(), Problem> {
        if self.builder.count() as u64 >= EXPANDED_NODES {
            return Err(self.problem(ProblemKind::Limit, format!("more than {EXPANDED_NODES} nodes"), at));
        }
        Ok(())
    }

    fn place(&mut self, id: NodeId, start: usize, end: usize) {
        self.builder.place(id, Span::new(start + self.shift, end + self.shift));
    }

    fn syntax(&self, error: &JiterError) -> Problem {
        self.problem(ProblemKind::Syntax, error.error_type.to_string(), error.index)
    }

    fn problem(&self, kind: ProblemKind, message: String, at: usize) -> Problem {
        let at = at.min(self.bytes.len()) + self.shift;
        Problem { kind, message, span: Span::new(at, at) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::ContentId;

    fn json(text: &str) -> Parsed {
        read(&Source::new("t.json".into(), ContentId::of(text.as_bytes())), text)
    }

    #[test]
    fn spans_are_bytes_of_the_file() {
        let text = "\u{feff}{ \"é\\u0041\" : [ \"x y\" , -1.50e3, true,null ],\r\n\"b\":{},\"c\":[]}";
        let out = json(text);
        assert_eq!(out.problems, vec![]);
        let document = &out.documents[0];
        let at = |node: &crate::syntax::Node<'_>| &text[node.span().range()];
        let (key, list) = &document.root().entries()[0];
        assert_eq!((at(key), key.text()), ("\"é\\u0041\"", Some("éA")));
        assert_eq!(at(list), "[ \"x y\" , -1.50e3, true,null ]");
        let items: Vec<&str> = list.items().iter().map(at).collect();
        assert_eq!(items, ["\"x y\"", "-1.50e3", "true", "null"]);
        assert!(list.items()[3].is_null());
        assert_eq!(at(&document.root().get("b").unwrap()), "{}");
        assert_eq!(at(&document.root().key("c").unwrap()), "\"c\"");
        assert_eq!(at(&document.root()), &text[3..]);
    }

    #[test]
    fn comments_and_commas_too_many_are_allowed() {
        let text = "// head\n{\"a\": \"http://x\", /* in\nside */ \"b\": [1, 2, ], // tail é\n}\n";
        let out = json(text);
        assert_eq!(out.problems, vec![]);
        let root = out.documents[0].root();
        assert_eq!(root.get("a").unwrap().text(), Some("http://x"));
        let b = root.get("b").unwrap();
        assert_eq!((b.items().len(), &text[b.span().range()]), (2, "[1, 2, ]"));
        let comments: Vec<(&str, &str)> = out.comments.iter().map(|c| (&*c.text, &text[c.span.range()])).collect();
        assert_eq!(comments, [(" head", "// head"), (" in\nside ", "/* in\nside */"), (" tail é", "// tail é")]);
    }

    #[test]
    fn duplicate_keys_are_kept() {
        let out = json(r#"{"a":1,"a":2}"#);
        assert_eq!(out.documents[0].duplicate_keys().len(), 1);
        assert_eq!(out.documents[0].root().get("a").unwrap().text(), Some("2"));
    }

    #[test]
    fn trouble_has_a_place() {
        let at = |text: &str| {
            let out = json(text);
            assert!(out.documents.is_empty(), "{text}");
            assert_eq!(out.problems.len(), 1, "{text}");
            (out.problems[0].span.start as usize, out.problems[0].kind)
        };
        assert_eq!(at(""), (0, ProblemKind::Syntax));
        assert_eq!(at("\u{feff}"), (3, ProblemKind::Syntax));
        assert_eq!(at("{\"a\": 1").0, 7);
        assert_eq!(at("{\"a\": nope}").0, 7);
        assert_eq!(at("{} x").0, 3);
        assert_eq!(at("[1 /* never closed").0, 18);
        assert_eq!(at("{\"a\": {{ .Values.x }}}").0, 7);
        for text in
            [r#"["\ud800"]"#, r#"["\udc00\ud800"]"#, "[\"a\nb\"]", "[,]", "[1,,2]", "{,}", "[01]", "/", "\"", "[\"\\"]
        {
            at(text);
        }
        assert_eq!(at(&"[".repeat(100_000)), (256, ProblemKind::Limit));
        assert_eq!(at(&"{\"a\":".repeat(100_000)), (256 * 5, ProblemKind::Limit));
    }

    #[test]
    fn every_truncation_is_survived() {
        let text = "{\"a\": [1, \"\\u00e9 x\", {\"b\": null}], // c\n \"d\": tru\u{e9}e, /* x */ }";
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            assert!(json(&text[..end]).documents.len() <= 1);
        }
    }

    #[test]
    fn large_objects_take_linear_time_and_a_limit_ends_them() {
        let start = std::time::Instant::now();
        let object = |count: usize| {
            let keys: Vec<String> = (0..count).map(|i| format!("\"key{i}\":{i}")).collect();
            json(&format!("{{{}}}", keys.join(",")))
        };
        let out = object(100_000);
        assert_eq!(out.documents[0].root().entries().len(), 100_000);
        assert_eq!(out.documents[0].duplicate_keys().len(), 0);
        assert_eq!(object(300_000).problems[0].kind, ProblemKind::Limit);
        let line = format!("[\"{}\"]", "x".repeat(2_000_000));
        assert_eq!(json(&line).documents.len(), 1);
        println!("large objects in {:?}", start.elapsed());
    }
}
