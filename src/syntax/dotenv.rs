//! `KEY=value` lines into the shared tree: one mapping of texts.
//!
//! Read as compose, dotenv (npm) and python-dotenv agree: `export`, quotes with line breaks inside,
//! `#` comments after a blank. `${NAME}` stays as written.

use super::tree::{Builder, Raw};
use super::{COMMENTS, Comment, EXPANDED_NODES, NodeId, PROBLEMS, Parsed, Problem, ProblemKind, Style};
use crate::source::{Source, Span};

/// Reads all lines. A leading BOM is skipped; spans count its bytes.
pub fn read(source: &Source, text: &str) -> Parsed {
    let mut reader = Reader { text, parsed: Parsed::default(), builder: Builder::default(), pairs: Vec::new() };
    let mut at = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    while at < text.len() {
        at = reader.line(at);
        if reader.builder.count() as u64 >= EXPANDED_NODES {
            reader.problem(ProblemKind::Limit, format!("more than {EXPANDED_NODES} nodes"), at, at);
            break;
        }
    }
    if !reader.pairs.is_empty() {
        let root = reader.builder.push(Raw::Mapping(&reader.pairs), Span::new(0, text.len()), None);
        reader.parsed.documents.push(reader.builder.finish(source.clone(), root, 0));
    }
    reader.parsed
}

struct Reader<'t> {
    text: &'t str,
    parsed: Parsed,
    builder: Builder,
    pairs: Vec<NodeId>,
}

impl Reader<'_> {
    /// Reads what begins at `start` and returns where the next line begins.
    fn line(&mut self, start: usize) -> usize {
        let end = self.line_end(start);
        let begin = self.skip_blanks(start, end);
        if begin == end {
            return self.after(end);
        }
        if self.text.as_bytes()[begin] == b'#' {
            self.comment(begin, end);
            return self.after(end);
        }
        let key = self.skip_export(begin, end);
        let key_end = key + self.text[key..end].bytes().take_while(|byte| is_key_byte(*byte)).count();
        let separator = self.skip_blanks(key_end, end);
        let is_key = key_end > key && !self.text.as_bytes()[key].is_ascii_digit();
        match self.text.as_bytes().get(separator) {
            Some(b'=') if is_key => self.value(key, key_end, separator + 1, end),
            // `KEY: value` is what dotenv (npm) and compose accept as well.
            Some(b':') if is_key && matches!(self.text.as_bytes().get(separator + 1), Some(b' ' | b'\t')) => {
                self.value(key, key_end, separator + 1, end)
            }
            // A name alone passes the variable through (compose `env_file`).
            _ if is_key && separator == end => {
                self.pair(key, key_end, Raw::Empty, Span::new(end, end));
                self.after(end)
            }
            _ => {
                self.problem(ProblemKind::Syntax, "not a KEY=value line".into(), begin, end);
                self.after(end)
            }
        }
    }

    fn value(&mut self, key: usize, key_end: usize, from: usize, line_end: usize) -> usize {
        let start = self.skip_blanks(from, line_end);
        let quote = self.text.as_bytes().get(start).copied().filter(|byte| matches!(byte, b'"' | b'\'' | b'`'));
        if let (Some(quote), true) = (quote, start < line_end) {
            // An opening quote without a closing one is taken as text of its line.
            if let Some(close) = self.closing_quote(start, quote) {
                return self.quoted(key, key_end, start, close);
            }
        }
        let (end, comment) = self.plain_end(start, line_end);
        let text = self.text;
        let raw = if start == end { Raw::Empty } else { Raw::Scalar(&text[start..end], Style::Plain) };
        self.pair(key, key_end, raw, Span::new(start, end));
        if let Some(comment) = comment {
            self.comment(comment, line_end);
        }
        self.after(line_end)
    }

    fn quoted(&mut self, key: usize, key_end: usize, start: usize, close: usize) -> usize {
        let body = &self.text[start + 1..close];
        let text = if self.text.as_bytes()[start] == b'"' { unescape(body) } else { body.to_owned() };
        self.pair(key, key_end, Raw::Scalar(&text, Style::Quoted), Span::new(start, close + 1));
        let line_end = self.line_end(close + 1);
        let rest = self.skip_blanks(close + 1, line_end);
        match self.text.as_bytes().get(rest) {
            Some(b'#') if rest < line_end => self.comment(rest, line_end),
            Some(_) if rest < line_end => {
                self.problem(ProblemKind::Syntax, "text after the closing quote".into(), rest, line_end);
            }
            _ => {}
        }
        self.after(line_end)
    }

    fn closing_quote(&self, start: usize, quote: u8) -> Option<usize> {
        let bytes = self.text.as_bytes();
        let mut at = start + 1;
        loop {
            at += memchr::memchr2(quote, b'\\', bytes.get(at..)?)?;
            if bytes[at] == quote {
                return Some(at);
            }
            at += if quote == b'"' { 2 } else { 1 };
        }
    }

    /// Where an unquoted value ends, and where a comment after it begins.
    fn plain_end(&self, start: usize, line_end: usize) -> (usize, Option<usize>) {
        let bytes = &self.text.as_bytes()[start..line_end];
        let hash = bytes.windows(2).position(|two| matches!(two[0], b' ' | b'\t') && two[1] == b'#');
        let end = hash.unwrap_or(bytes.len());
        let blanks = bytes[..end].iter().rev().take_while(|byte| matches!(byte, b' ' | b'\t')).count();
        (start + end - blanks, hash.map(|hash| start + hash + 1))
    }

    fn pair(&mut self, key: usize, key_end: usize, raw: Raw<'_>, span: Span) {
        let name = Raw::Scalar(&self.text[key..key_end], Style::Plain);
        self.pairs.push(self.builder.push(name, Span::new(key, key_end), None));
        self.pairs.push(self.builder.push(raw, span, None));
    }

    fn comment(&mut self, start: usize, end: usize) {
        if self.parsed.comments.len() < COMMENTS {
            let text = self.text[start + 1..end].into();
            self.parsed.comments.push(Comment { text, span: Span::new(start, end) });
        }
    }

    fn problem(&mut self, kind: ProblemKind, message: String, start: usize, end: usize) {
        if self.parsed.problems.len() < PROBLEMS {
            self.parsed.problems.push(Problem { kind, message, span: Span::new(start, end) });
        }
    }

    fn skip_export(&self, begin: usize, end: usize) -> usize {
        match self.text[begin..end].strip_prefix("export") {
            Some(rest) if rest.starts_with([' ', '\t']) => self.skip_blanks(begin + "export".len(), end),
            _ => begin,
        }
    }

    fn skip_blanks(&self, from: usize, end: usize) -> usize {
        from + self.text.as_bytes()[from..end].iter().take_while(|byte| matches!(byte, b' ' | b'\t')).count()
    }

    /// The end of the line, its break not included.
    fn line_end(&self, from: usize) -> usize {
        let bytes = self.text.as_bytes();
        memchr::memchr2(b'\n', b'\r', &bytes[from..]).map_or(bytes.len(), |length| from + length)
    }

    /// The start of the next line.
    fn after(&self, end: usize) -> usize {
        let rest = &self.text.as_bytes()[end..];
        end + if rest.starts_with(b"\r\n") { 2 } else { usize::from(!rest.is_empty()) }
    }
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'.' | b'-')
}

fn unescape(body: &str) -> String {
    let mut out = String::with_capacity(body.len());
    let mut chars = body.chars();
    while let Some(c) = chars.next() {
        if c != '\\' {
            out.push(c);
            continue;
        }
        match chars.next() {
            Some('n') => out.push('\n'),
            Some('r') => out.push('\r'),
            Some('t') => out.push('\t'),
            Some(c @ ('"' | '\\' | '$')) => out.push(c),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::ContentId;

    fn dotenv(text: &str) -> Parsed {
        read(&Source::new(".env".into(), ContentId::of(text.as_bytes())), text)
    }

    #[test]
    fn values_and_their_bytes() {
        let text = "\u{feff}# head\r\nA=1\r\n export B = two words  # why\r\nC=\"x # \\\"y\\\"\\n\" # c\r\nD='l1\r\nl2'\r\nE=\r\nF\r\nG=a#b é\r\nH: yes\r\nI.x-y=\"open\r\nJ=`t`";
        let out = dotenv(text);
        assert_eq!(out.problems, vec![]);
        let root = out.documents[0].root();
        let value = |name: &str| root.get(name).and_then(|node| node.text());
        let written = |name: &str| &text[root.get(name).unwrap().span().range()];
        assert_eq!((value("A"), written("A")), (Some("1"), "1"));
        assert_eq!((value("B"), written("B")), (Some("two words"), "two words"));
        assert_eq!((value("C"), written("C")), (Some("x # \"y\"\n"), "\"x # \\\"y\\\"\\n\""));
        assert_eq!(value("D"), Some("l1\r\nl2"));
        assert!(root.get("E").unwrap().is_null() && root.get("F").unwrap().is_null());
        assert_eq!(value("G"), Some("a#b é"));
        assert_eq!(value("H"), Some("yes"));
        assert_eq!(value("I.x-y"), Some("\"open"));
        assert_eq!(value("J"), Some("t"));
        assert_eq!(&text[root.key("B").unwrap().span().range()], "B");
        let comments: Vec<&str> = out.comments.iter().map(|comment| &text[comment.span.range()]).collect();
        assert_eq!(comments, ["# head", "# why", "# c"]);
    }

    #[test]
    fn lines_that_are_none_are_problems_and_the_rest_is_read() {
        let text = "A=1\n=x\nif [ -f x ]; then\n1A=2\nB=\"x\" y\n\u{a0}C=1\nD=4";
        let out = dotenv(text);
        let lines: Vec<usize> =
            out.problems.iter().map(|p| text[..p.span.start as usize].matches('\n').count()).collect();
        assert_eq!(lines, [1, 2, 3, 4, 5]);
        assert_eq!(out.documents[0].root().get("D").unwrap().text(), Some("4"));
    }

    #[test]
    fn emptiness_and_truncation() {
        for text in ["", "\n\n", "\u{feff}", "# only\n", "\r", "\"", "A", "A=\"\\", "export", "export ", "A=\"\\\u{e9}"]
        {
            dotenv(text);
        }
        assert!(dotenv("# only\n").documents.is_empty());
        assert_eq!(dotenv("x y\n".repeat(10_000).as_str()).problems.len(), PROBLEMS);
    }

    #[test]
    fn size_is_bounded_and_time_linear() {
        let start = std::time::Instant::now();
        let many: String = (0..300_000).map(|i| format!("K{i}=v\n")).collect();
        assert_eq!(dotenv(&many).problems[0].kind, ProblemKind::Limit);
        assert_eq!(dotenv(&format!("A={}", "x".repeat(2_000_000))).documents.len(), 1);
        dotenv(&"A=\"\n".repeat(50_001));
        println!("bounds in {:?}", start.elapsed());
    }
}
