//! The text of a `Fn::Sub`: literal stretches and `${…}` holes, and where a hole is written.

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
            let written = rest[open..=close].to_owned();
            let same = |stretch: &&Stretch| matches!(stretch, Stretch::Hole { written: own, .. } if *own == written);
            let nth = out.iter().filter(same).count();
            out.push(Stretch::Hole { name: name.trim().to_owned(), written, nth });
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

/// Bytes of a hole in the file. A hole has neither blanks nor line ends inside, so in plain, quoted
/// and block scalars alike it stands in the file as it stands in the text, and as often.
pub fn span(file: Option<&str>, node: &Node<'_>, written: &str, nth: usize) -> Span {
    let whole = node.span();
    let Some(raw) = file.and_then(|text| text.get(whole.range())) else { return whole };
    match raw.match_indices(written).nth(nth) {
        Some((at, _)) => whole.part(at, at + written.len()),
        None => whole,
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
            let span = span(Some(text), &node, "${B}", 1);
            assert_eq!(&text[span.range()], "${B}", "{text}");
            assert_eq!(span.start as usize, text.rfind("${B}").unwrap(), "{text}");
        }
    }
}
