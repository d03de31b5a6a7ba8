//! TOML into the shared tree.

mod comments;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::tree::{Builder, Raw};
use super::{EXPANDED_NODES, NodeId, PROBLEMS, Parsed, Problem, ProblemKind, Style, TOML_BYTES};
use crate::source::{Source, Span};

/// Deepest nesting that is walked. The parser stops at 80 levels of its own, in keys and in values.
const DEPTH: usize = 512;

/// Reads a text. What could be read is kept beside the problems. A leading BOM is skipped; spans
/// count its bytes.
pub fn read(source: &Source, text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    let limit = if text.len() > TOML_BYTES {
        Some(format!("more than {TOML_BYTES} bytes of TOML"))
    } else {
        may_exceed_budget(text).then(|| format!("more than {EXPANDED_NODES} nodes"))
    };
    if let Some(message) = limit {
        parsed.problems.push(Problem { kind: ProblemKind::Limit, message, span: Span::default() });
        return parsed;
    }
    parsed.comments = comments::collect(text);
    let (table, errors) = DeTable::parse_recoverable(text);
    for error in errors.into_iter().take(PROBLEMS) {
        let message = one_line(error.message());
        let kind = if message.contains("recurs") { ProblemKind::Limit } else { ProblemKind::Syntax };
        let range = error.span().unwrap_or(0..0);
        parsed.problems.push(Problem { kind, message, span: Span::new(range.start, range.end) });
    }
    // Where the parser gave up for depth, its other complaints are echoes of that.
    if parsed.problems.iter().any(|problem| problem.kind == ProblemKind::Limit) {
        parsed.problems.retain(|problem| problem.kind == ProblemKind::Limit);
    }
    let mut reader = Reader { text, builder: Builder::default(), is_too_deep: false };
    let root = reader.table(table.get_ref(), table.span(), 0);
    if reader.is_too_deep {
        let message = format!("nested deeper than {DEPTH}");
        parsed.problems.push(Problem { kind: ProblemKind::Limit, message, span: Span::default() });
    }
    parsed.documents.push(reader.builder.finish(source.clone(), root, 0));
    parsed
}

/// The parser keeps everything in memory at once, so the budget is judged before: every value but
/// the first stands after a comma or an equals sign.
fn may_exceed_budget(text: &str) -> bool {
    let separators = text.bytes().filter(|byte| matches!(byte, b',' | b'=')).count();
    separators as u64 > EXPANDED_NODES
}

/// The parser's words without the lines that draw the place.
fn one_line(message: &str) -> String {
    message.lines().next().unwrap_or_default().to_owned()
}

struct Reader<'t> {
    text: &'t str,
    builder: Builder,
    is_too_deep: bool,
}

impl Reader<'_> {
    fn table(&mut self, table: &DeTable<'_>, span: std::ops::Range<usize>, depth: usize) -> NodeId {
        let mut pairs = Vec::with_capacity(2 * table.len());
        // The parser sorts by name; here the order of the file counts.
        let mut entries: Vec<_> = table.iter().collect();
        entries.sort_by_key(|(key, _)| key.span().start);
        for (key, value) in entries {
            let text = Raw::Scalar(key.get_ref().as_ref(), self.key_style(&key.span()));
            pairs.push(self.builder.push(text, to_span(key.span()), None));
            pairs.push(self.value(value, depth + 1));
        }
        self.builder.push(Raw::Mapping(&pairs), to_span(span), None)
    }

    fn value(&mut self, value: &Spanned<DeValue<'_>>, depth: usize) -> NodeId {
        let span = value.span();
        if depth > DEPTH {
            self.is_too_deep = true;
            return self.builder.push(Raw::Empty, to_span(span), None);
        }
        let raw = match value.get_ref() {
            DeValue::Table(table) => return self.table(table, span, depth),
            DeValue::Array(items) => {
                let items: Vec<NodeId> = items.iter().map(|item| self.value(item, depth + 1)).collect();
                return self.builder.push(Raw::Sequence(&items), to_span(span), None);
            }
            DeValue::String(text) => Raw::Scalar(text.as_ref(), Style::Quoted),
            // Numbers, booleans and dates stay as written.
            _ => Raw::Scalar(self.text.get(span.clone()).unwrap_or_default(), Style::Plain),
        };
        self.builder.push(raw, to_span(span), None)
    }

    fn key_style(&self, span: &std::ops::Range<usize>) -> Style {
        let is_quoted = self.text.as_bytes().get(span.start).is_some_and(|byte| matches!(byte, b'"' | b'\''));
        if is_quoted { Style::Quoted } else { Style::Plain }
    }
}

fn to_span(range: std::ops::Range<usize>) -> Span {
    Span::new(range.start, range.end)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::ContentId;

    fn toml(text: &str) -> Parsed {
        read(&Source::new("t.toml".into(), ContentId::of(text.as_bytes())), text)
    }

    #[test]
    fn spans_are_bytes_of_the_file() {
        let text = "\u{feff}# é head\r\n[prod.deploy] # why\r\nname = \"x # y\"\r\nn = 1_000\r\nlist = [1, 'two', {t = true}]\r\nm = '''\na # b\n'''\r\n\"q k\".d = 1979-05-27\r\n[[step]]\r\na = 1.50\r\n[[step]]\r\na = 2\r\n";
        let out = toml(text);
        assert_eq!(out.problems, vec![]);
        let root = out.documents[0].root();
        let at = |path: &[&str]| &text[root.path(path).unwrap().span().range()];
        assert_eq!(at(&["prod", "deploy", "name"]), "\"x # y\"");
        assert_eq!(root.path(&["prod", "deploy", "name"]).unwrap().text(), Some("x # y"));
        assert_eq!(root.path(&["prod", "deploy", "n"]).unwrap().text(), Some("1_000"));
        assert_eq!(at(&["prod", "deploy", "list"]), "[1, 'two', {t = true}]");
        assert_eq!(root.path(&["prod", "deploy", "m"]).unwrap().text(), Some("a # b\n"));
        let key = root.path(&["prod", "deploy"]).unwrap().key("name").unwrap();
        assert_eq!(&text[key.span().range()], "name");
        assert_eq!(root.path(&["prod", "deploy", "q k", "d"]).unwrap().text(), Some("1979-05-27"));
        assert_eq!(root.get("step").unwrap().items().len(), 2);
        let names: Vec<_> = root.entries().iter().map(|(key, _)| key.text().unwrap().to_owned()).collect();
        assert_eq!(names, ["prod", "step"]);
        let comments: Vec<&str> = out.comments.iter().map(|comment| &text[comment.span.range()]).collect();
        assert_eq!(comments, ["# é head", "# why"]);
    }

    #[test]
    fn trouble_has_a_place_and_the_rest_is_read() {
        let text = "a = 1\nb = \nc = 3\nc = 4\n";
        let out = toml(text);
        assert_eq!(out.problems.len(), 2);
        assert_eq!(out.documents[0].root().get("a").unwrap().text(), Some("1"));
        let lines: Vec<usize> =
            out.problems.iter().map(|p| text[..p.span.start as usize].matches('\n').count()).collect();
        assert_eq!(lines, [1, 3]);
        assert!(out.problems.iter().all(|problem| !problem.message.contains('\n')));
    }

    #[test]
    fn depth_and_length_are_bounded() {
        let start = std::time::Instant::now();
        for text in [
            format!("a = {}", "[".repeat(100_000)),
            format!("a = {}", "{a=".repeat(100_000)),
            format!("{}b = 1", "a.".repeat(100_000)),
            format!("[{}b]", "a.".repeat(100_000)),
            "[[a]]\n[a.b]\n".repeat(10_000),
            "[".repeat(100_000),
            "'''".into(),
            "a = \"\"\"\\".into(),
            String::new(),
        ] {
            let out = toml(&text);
            assert!(out.problems.len() <= PROBLEMS + 1);
            let is_limit = out.problems.iter().any(|problem| problem.kind == ProblemKind::Limit);
            assert!(!is_limit || out.problems.iter().all(|problem| problem.kind == ProblemKind::Limit));
        }
        let many: String = (0..600_000).map(|_| "k=1\n").collect();
        assert_eq!(toml(&many).problems[0].kind, ProblemKind::Limit);
        let half: String = (0..50_000).map(|i| format!("k{i}=1\n")).collect();
        assert_eq!(toml(&half).documents[0].root().entries().len(), 50_000);
        assert_eq!(toml(&format!("a = \"{}\"", "x".repeat(2_000_000))).problems, vec![]);
        assert_eq!(toml(&" \n".repeat(TOML_BYTES)).problems[0].kind, ProblemKind::Limit);
        println!("bounds in {:?}", start.elapsed());
    }

    #[test]
    fn every_truncation_is_survived() {
        let text = "[a.b] # c\nx = [1, \"\"\"é\\u00e9\"\"\", { y = 'z' }]\r\n[[t]]\nd.'e f' = 1e9\n";
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            toml(&text[..end]);
        }
    }
}
