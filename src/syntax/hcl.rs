//! HCL through hcl-edit into the shared tree, in the shape of Terraform's JSON notation: a block
//! `resource "aws_lambda_function" "api" {…}` stands as `resource` → `aws_lambda_function` → `api` → its
//! body, and whatever is no literal stands as text with `${…}` ("JSON Configuration Syntax", Terraform
//! language, 2026-07). So `.tf` and `.tf.json` are read by the same eyes.

use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, ObjectKey};
use hcl_edit::structure::{Block, Structure};
use hcl_edit::template::{Element, Template};

use super::tree::{Builder, Raw};
use super::{HCL_BYTES, NodeId, Parsed, Problem, ProblemKind, Style};
use crate::source::{Source, Span};

/// How the parser begins what it says about depth: 64 levels of nesting, 128 operators in a chain
/// (hcl-edit 0.10). It never recurses deeper, so that its stack is bounded.
const LIMITS: &[&str] = &["invalid nesting depth", "invalid binary operation"];

/// Reads a text. A leading BOM is skipped; spans count its bytes. The parser stops at its first error.
pub fn read(source: &Source, text: &str) -> Parsed {
    let mut parsed = Parsed::default();
    if text.len() > HCL_BYTES {
        let message = format!("more than {HCL_BYTES} bytes of HCL");
        parsed.problems.push(Problem { kind: ProblemKind::Limit, message, span: Span::default() });
        return parsed;
    }
    let mark = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    match hcl_edit::parser::parse_body(&text[mark..]) {
        Ok(body) => {
            let mut reader = Reader { text: &text[mark..], mark, builder: Builder::default() };
            let entries: Vec<&Structure> = body.iter().collect();
            let root = reader.body(&entries, 0..text.len() - mark);
            parsed.documents.push(reader.builder.finish(source.clone(), root, 0));
        }
        Err(error) => {
            let message = error.message().lines().next().unwrap_or_default().to_owned();
            let is_limit = LIMITS.iter().any(|limit| message.starts_with(limit));
            let kind = if is_limit { ProblemKind::Limit } else { ProblemKind::Syntax };
            let at = mark + error.location().offset();
            parsed.problems.push(Problem { kind, message, span: Span::new(at, (at + 1).min(text.len())) });
        }
    }
    parsed
}

struct Reader<'t> {
    /// Without its BOM.
    text: &'t str,
    /// Bytes of the file before the text.
    mark: usize,
    builder: Builder,
}

/// A block while its labels are taken off: those that are left, and the block.
type Labelled<'b> = (&'b Block, usize);

impl Reader<'_> {
    fn place(&self, range: &Range<usize>) -> Span {
        Span::new(self.mark + range.start, self.mark + range.end)
    }

    fn push(&mut self, raw: Raw<'_>, range: &Range<usize>) -> NodeId {
        let span = self.place(range);
        self.builder.push(raw, span, None)
    }

    fn written(&self, range: &Range<usize>) -> &str {
        self.text.get(range.clone()).unwrap_or_default()
    }

    /// Attributes, and blocks gathered under their names.
    fn body(&mut self, entries: &[&Structure], range: Range<usize>) -> NodeId {
        let mut pairs = Vec::with_capacity(2 * entries.len());
        let mut groups: Groups<'_> = Groups::default();
        for entry in entries {
            match entry {
                Structure::Attribute(attribute) => {
                    let key = attribute.key.span().unwrap_or_else(|| range.clone());
                    pairs.push(self.push(Raw::Scalar(attribute.key.as_str(), Style::Plain), &key));
                    pairs.push(self.value(&attribute.value, &key));
                }
                Structure::Block(block) => {
                    let key = block.ident.span().unwrap_or_else(|| range.clone());
                    groups.add(block.ident.as_str(), key, (block, 0));
                }
            }
        }
        self.groups(groups, &mut pairs);
        self.push(Raw::Mapping(&pairs), &range)
    }

    fn groups(&mut self, groups: Groups<'_>, pairs: &mut Vec<NodeId>) {
        for (name, key, blocks) in groups.list {
            pairs.push(self.push(Raw::Scalar(name, Style::Plain), &key));
            pairs.push(self.blocks(&blocks, &key));
        }
    }

    /// Blocks of one name, below the labels that were taken off already.
    fn blocks(&mut self, blocks: &[Labelled<'_>], key: &Range<usize>) -> NodeId {
        let mut below: Groups<'_> = Groups::default();
        let mut bodies = Vec::new();
        for (block, labels) in blocks {
            match block.labels.get(*labels) {
                Some(label) => {
                    let place = label.span().unwrap_or_else(|| key.clone());
                    below.add(label.as_str(), place, (block, labels + 1));
                }
                None => {
                    let entries: Vec<&Structure> = block.body.iter().collect();
                    let range = block.span().unwrap_or_else(|| key.clone());
                    bodies.push(self.body(&entries, range));
                }
            }
        }
        if !below.list.is_empty() {
            let mut pairs = Vec::new();
            self.groups(below, &mut pairs);
            return self.push(Raw::Mapping(&pairs), key);
        }
        match bodies[..] {
            [only] => only,
            _ => self.push(Raw::Sequence(&bodies), key),
        }
    }

    /// An expression. The parser bounds how deep they nest.
    fn value(&mut self, expression: &Expression, around: &Range<usize>) -> NodeId {
        let range = expression.span().unwrap_or_else(|| around.clone());
        match expression {
            Expression::Null(_) => self.push(Raw::Empty, &range),
            Expression::Bool(_) | Expression::Number(_) => {
                let text = self.written(&range).trim().to_owned();
                self.push(Raw::Scalar(&text, Style::Plain), &range)
            }
            Expression::String(text) => {
                let text = escaped(text.as_str());
                self.push(Raw::Scalar(&text, Style::Quoted), &range)
            }
            Expression::StringTemplate(template) => self.template(template, Style::Quoted, &range),
            Expression::HeredocTemplate(heredoc) => self.template(&heredoc.template, Style::Block, &range),
            Expression::Array(items) => {
                let items: Vec<NodeId> = items.iter().map(|item| self.value(item, &range)).collect();
                self.push(Raw::Sequence(&items), &range)
            }
            Expression::Object(object) => {
                let mut pairs = Vec::with_capacity(2 * object.len());
                for (key, value) in object.iter() {
                    pairs.push(self.key(key, &range));
                    pairs.push(self.value(value.expr(), &range));
                }
                self.push(Raw::Mapping(&pairs), &range)
            }
            Expression::Parenthesis(inner) => self.value(inner.inner(), &range),
            _ => {
                let text = format!("${{{}}}", self.written(&range).trim());
                self.push(Raw::Scalar(&text, Style::Plain), &range)
            }
        }
    }

    /// A key of an object: a bare word is text, as everywhere in HCL.
    fn key(&mut self, key: &ObjectKey, around: &Range<usize>) -> NodeId {
        match key {
            ObjectKey::Ident(name) => {
                let range = name.span().unwrap_or_else(|| around.clone());
                self.push(Raw::Scalar(name.as_str(), Style::Plain), &range)
            }
            ObjectKey::Expression(Expression::Variable(name)) => {
                let range = name.span().unwrap_or_else(|| around.clone());
                self.push(Raw::Scalar(name.as_str(), Style::Plain), &range)
            }
            ObjectKey::Expression(other) => self.value(other, around),
        }
    }

    fn template(&mut self, template: &Template, style: Style, range: &Range<usize>) -> NodeId {
        let mut text = String::new();
        for element in template.iter() {
            match element {
                Element::Literal(literal) => text.push_str(&escaped(literal.as_str())),
                Element::Interpolation(hole) => {
                    let inner = hole.expr.span().map_or("", |range| self.written(&range).trim());
                    text.push_str(&format!("${{{inner}}}"));
                }
                // What it makes is not known, whatever it says.
                Element::Directive(_) => text.push_str("${%}"),
            }
        }
        self.push(Raw::Scalar(&text, style), range)
    }
}

/// Text in which nothing stands for anything else.
fn escaped(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

/// Blocks by name, in the order in which the names come first.
#[derive(Default)]
struct Groups<'b> {
    list: Vec<(&'b str, Range<usize>, Vec<Labelled<'b>>)>,
    by_name: rustc_hash::FxHashMap<&'b str, usize>,
}

impl<'b> Groups<'b> {
    fn add(&mut self, name: &'b str, key: Range<usize>, block: Labelled<'b>) {
        let next = self.list.len();
        let at = *self.by_name.entry(name).or_insert(next);
        match self.list.get_mut(at) {
            Some((_, _, blocks)) => blocks.push(block),
            None => self.list.push((name, key, vec![block])),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::ContentId;

    fn hcl(text: &str) -> Parsed {
        read(&Source::new("main.tf".into(), ContentId::of(text.as_bytes())), text)
    }

    #[test]
    fn blocks_stand_under_their_labels() {
        let text = "\u{feff}# é\nresource \"aws_lambda_function\" \"api\" {\n  filename = data.archive_file.api.output_path\n  \
                    handler  = \"a.b\"\n  memory_size = 512\n  layers = [aws_lambda_layer_version.x.arn, \"l\"]\n  environment {\n    \
                    variables = { A = \"x-${var.stage}\", (var.k) = null, \"q k\" = \"$${no}\" }\n  }\n}\n\
                    resource aws_lambda_function other {\n  vpc_config {}\n  vpc_config { a = 1 }\n  t = <<-EOT\n    hi ${a}\n  EOT\n}\nlocals {\n a = 1 + 2\n}\n";
        let out = hcl(text);
        assert_eq!(out.problems, vec![]);
        let root = out.documents[0].root();
        let functions = root.path(&["resource", "aws_lambda_function"]).unwrap();
        assert_eq!(functions.entries().len(), 2);
        let api = functions.get("api").unwrap();
        assert_eq!(api.get("filename").unwrap().text(), Some("${data.archive_file.api.output_path}"));
        assert_eq!(&text[api.get("handler").unwrap().span().range()], "\"a.b\"");
        assert_eq!(&text[functions.key("api").unwrap().span().range()], "\"api\"");
        assert_eq!(api.get("memory_size").unwrap().text(), Some("512"));
        let layers: Vec<_> = api.get("layers").unwrap().items().iter().map(|n| n.text().unwrap().to_owned()).collect();
        assert_eq!(layers, ["${aws_lambda_layer_version.x.arn}", "l"]);
        let variables = api.path(&["environment", "variables"]).unwrap();
        assert_eq!(variables.get("A").unwrap().text(), Some("x-${var.stage}"));
        assert!(variables.get("${var.k}").unwrap().is_null());
        assert_eq!(variables.get("q k").unwrap().text(), Some("$${no}"));
        let other = functions.get("other").unwrap();
        assert_eq!(other.get("vpc_config").unwrap().items().len(), 2);
        assert!(other.get("t").unwrap().text().unwrap().contains("hi ${a}"));
        assert_eq!(root.path(&["locals", "a"]).unwrap().text(), Some("${1 + 2}"));
    }

    #[test]
    fn trouble_has_a_place() {
        let out = hcl("a = 1\nresource \"x\" {\n  b = = 2\n}\n");
        assert_eq!(out.problems.len(), 1);
        assert_eq!(out.problems[0].kind, ProblemKind::Syntax);
        assert!(out.documents.is_empty());
        assert!(!out.problems[0].message.contains('\n'));
    }

    #[test]
    fn depth_and_length_are_bounded() {
        let start = std::time::Instant::now();
        for open in ["[", "(", "{a=", "f(", "\"${", "1+", "!", "-", "a?b:", "a[", "[for x in ", "\"%{if a}", "<<A\n"] {
            let out = hcl(&format!("a = {}", open.repeat(100_000)));
            assert!(!out.problems.is_empty(), "{open}");
        }
        for text in ["a {\n".repeat(100_000), "/*".repeat(100_000), "a {\nb = [\"${f(".repeat(20), "\u{feff}".into()] {
            hcl(&text);
        }
        assert_eq!(hcl(&format!("a = {}", "[".repeat(100_000))).problems[0].kind, ProblemKind::Limit);
        let many: String = (0..20_000).map(|i| format!("a \"b{i}\" {{}}\n")).collect();
        assert_eq!(hcl(&many).documents[0].root().get("a").unwrap().entries().len(), 20_000);
        assert_eq!(hcl(&" \n".repeat(HCL_BYTES)).problems[0].kind, ProblemKind::Limit);
        println!("bounds in {:?}", start.elapsed());
    }

    #[test]
    fn every_truncation_is_survived() {
        let text = "a \"b\" {\n c = [1, \"é${x[\"y\"]}\", { d = <<E\nx\nE\n }]\n}\n";
        for end in (0..text.len()).filter(|end| text.is_char_boundary(*end)) {
            hcl(&text[..end]);
        }
    }
}
