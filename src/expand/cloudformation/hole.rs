//! The text of a `Fn::Sub`: literal stretches and `${…}` holes, and where a hole is written.

use rustc_hash::FxHashMap;

use crate::source::Span;
use crate::syntax::Node;

/// A stretch of the text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stretch {
    /// Literal text, `${!x}` already turned into `${x}`.
    Literal(String),
    /// `${Name}` or `${Name.Attribute}`.
    Hole {
        /// What stands between the braces, without blanks around it.
        name: String,
        /// With the braces, as written.
        written: String,
        /// How many equal holes stand before it.
        nth: usize,
    },
}

/// Splits a text. An unclosed `${` is literal.
pub fn split(text: &str) -> Vec<Stretch> {
    let mut out: Vec<Stretch> = Vec::new();
    let mut literal = String::new();
    let mut rest = text;
    let mut counts: FxHashMap<&str, usize> = FxHashMap::default();
    while let Some(open) = rest.find("${") {
        let Some(close) = rest[open..].find('}').map(|i| open + i) else { break };
        literal.push_str(&rest[..open]);
        let name = &rest[open + 2..close];
        if let Some(escaped) = name.strip_prefix('!') {
            literal.push_str(&format!("${{{escaped}}}"));
        } else {
            if !literal.is_empty() {
                out.push(Stretch::Literal(std::mem::take(&mut literal)));
            }
            let written = &rest[open..=close];
            let count = counts.entry(written).or_default();
            out.push(Stretch::Hole { name: name.trim().to_owned(), written: written.to_owned(), nth: *count });
            *count += 1;
        }
        rest = &rest[close + 1..];
    }
    literal.push_str(rest);
    if !literal.is_empty() {
        out.push(Stretch::Literal(literal));
    }
    out
}

/// True when a hole's name has only the characters that names may have; anything else is a fault of
/// its own, never an undefined name.
pub fn is_name(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b':'))
}

/// Where the holes of a text stand in the file. A hole has neither blanks nor line ends inside, so in
/// plain, quoted and block scalars alike it stands in the file as it stands in the text, and as often.
pub struct Places<'f> {
    whole: Span,
    /// Offsets from the start of the text, by hole as written.
    starts: FxHashMap<&'f str, Vec<usize>>,
}

impl<'f> Places<'f> {
    /// Those of a node of the file, found in one pass.
    pub fn of(file: Option<&'f str>, node: &Node<'_>) -> Self {
        let whole = node.span();
        let mut starts: FxHashMap<&str, Vec<usize>> = FxHashMap::default();
        let raw = file.and_then(|text| text.get(whole.range())).unwrap_or("");
        let mut at = 0;
        while let Some(open) = raw[at..].find("${").map(|i| at + i) {
            let Some(close) = raw[open..].find('}').map(|i| open + i) else { break };
            starts.entry(&raw[open..=close]).or_default().push(open);
            at = close + 1;
        }
        Self { whole, starts }
    }

    /// The place of a hole; that of the whole text where it is written otherwise.
    pub fn span(&self, written: &str, nth: usize) -> Span {
        match self.starts.get(written).and_then(|starts| starts.get(nth)) {
            Some(at) => self.whole.part(*at, at + written.len()),
            None => self.whole,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ContentId, Source};

    #[test]
    fn holes_literals_and_escapes() {
        let hole = |name: &str, nth| Stretch::Hole { name: name.into(), written: format!("${{{name}}}"), nth };
        assert_eq!(
            split("a${B.C}-${!d}${B.C}${"),
            [hole("B.C", 0), hole("B.C", 1)]
                .into_iter()
                .zip(["a", "-${d}"])
                .flat_map(|(hole, text)| [Stretch::Literal(text.into()), hole])
                .chain([Stretch::Literal("${".into())])
                .collect::<Vec<_>>()
        );
        assert!(is_name("AWS::Region") && is_name("Fn.Arn") && !is_name("foo bar") && !is_name("x:-y$"));
    }

    #[test]
    fn spans_in_every_style() {
        for text in [
            "a: x ${B} y ${B}\n",
            "a: \"q\\n ${B} \u{e9}\\u00e9 ${B}\"\n",
            "a: 'it''s ${B} ${B}'\n",
            "a: |\n  one ${B}\n  two ${B} three\n",
            "a: >-\n  one ${B}\n\n  two ${B}\n",
        ] {
            let parsed = crate::syntax::yaml::read(&Source::new("t".into(), ContentId::of(b"")), text);
            let node = parsed.documents[0].root().get("a").unwrap();
            let span = Places::of(Some(text), &node).span("${B}", 1);
            assert_eq!(&text[span.range()], "${B}", "{text}");
            assert_eq!(span.start as usize, text.rfind("${B}").unwrap(), "{text}");
        }
    }
}
