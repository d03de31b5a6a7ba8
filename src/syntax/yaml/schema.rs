//! Schemas of custom resource definitions, which nothing asks for and which are most of their bytes.

use crate::source::Span;

/// Key under which a definition keeps the schema of a version (apiextensions.k8s.io/v1).
const SCHEMA: &[u8] = b"openAPIV3Schema:";
/// What a document with such schemas says of itself, at the start of a line.
const KIND: &[u8] = b"kind: CustomResourceDefinition";

/// Stretches that are left out of a text, to map offsets back.
#[derive(Debug)]
pub(super) struct Cuts {
    /// Bytes of the text that are left out, ascending, apart.
    cuts: Vec<Span>,
}

impl Cuts {
    /// The lines under each schema key; none when there is nothing to leave out.
    pub(super) fn of(text: &str) -> Option<Self> {
        let bytes = text.as_bytes();
        starts_line(bytes, KIND)?;
        let mut cuts = Vec::new();
        let mut from = 0;
        for found in memchr::memmem::find_iter(bytes, SCHEMA) {
            let line = memchr::memrchr(b'\n', &bytes[..found]).map_or(0, |at| at + 1);
            let end = line_end(bytes, found);
            let is_key = bytes[line..found].iter().all(|byte| matches!(byte, b' ' | b'-'));
            let is_alone = bytes[found + SCHEMA.len()..end].iter().all(u8::is_ascii_whitespace);
            if found < from || !is_key || !is_alone || !is_of_definition(bytes, found) {
                continue;
            }
            from = below(bytes, end, found - line);
            cuts.push(Span::new(end, from));
        }
        (!cuts.is_empty()).then_some(Self { cuts })
    }

    /// The rest of the text.
    pub(super) fn apply(&self, text: &str) -> String {
        let mut out = String::new();
        let mut from = 0;
        for cut in &self.cuts {
            out.push_str(&text[from..cut.start as usize]);
            from = cut.end as usize;
        }
        out.push_str(&text[from..]);
        out
    }

    /// The offset in the whole text. What ends where something was left out ends before it.
    pub(super) fn original(&self, shortened: usize) -> usize {
        let mut offset = shortened;
        for cut in &self.cuts {
            if offset <= cut.start as usize {
                break;
            }
            offset += (cut.end - cut.start) as usize;
        }
        offset
    }
}

fn starts_line(bytes: &[u8], words: &[u8]) -> Option<usize> {
    memchr::memmem::find_iter(bytes, words).find(|at| *at == 0 || bytes[at - 1] == b'\n')
}

/// The end of the line that an offset lies in, before its line feed.
fn line_end(bytes: &[u8], from: usize) -> usize {
    memchr::memchr(b'\n', &bytes[from..]).map_or(bytes.len(), |at| from + at)
}

/// True when the document around the offset says that it is a definition.
fn is_of_definition(bytes: &[u8], at: usize) -> bool {
    let start = memchr::memmem::rfind(&bytes[..at], b"\n---").map_or(0, |at| at + 1);
    let end = memchr::memmem::find(&bytes[at..], b"\n---").map_or(bytes.len(), |found| at + found);
    starts_line(&bytes[start..end], KIND).is_some()
}

/// The end of the lines from `end` on that lie further in than `column`, before the line feed of the
/// last. Blank lines and comments between them go with them.
fn below(bytes: &[u8], end: usize, column: usize) -> usize {
    let (mut last, mut at) = (end, end);
    while at < bytes.len() {
        let start = at + 1;
        if start >= bytes.len() {
            break;
        }
        at = line_end(bytes, start);
        let line = &bytes[start..at];
        let indent = line.iter().take_while(|byte| **byte == b' ').count();
        match line.get(indent) {
            None | Some(b'\r' | b'#') => {}
            Some(_) if indent > column => last = at,
            Some(_) => break,
        }
    }
    last
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "kind: CustomResourceDefinition\nspec:\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n        type: object\n# a comment\n\n        more: x\n    served: true\n---\nkind: Other\nopenAPIV3Schema:\n  kept: 1\n";

    #[test]
    fn the_schema_is_left_out_and_offsets_lead_back() {
        let cuts = Cuts::of(TEXT).unwrap();
        let short = cuts.apply(TEXT);
        assert_eq!(
            short,
            "kind: CustomResourceDefinition\nspec:\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n    served: true\n---\nkind: Other\nopenAPIV3Schema:\n  kept: 1\n"
        );
        for word in ["name", "served", "kept"] {
            assert_eq!(cuts.original(short.find(word).unwrap()), TEXT.find(word).unwrap());
        }
    }

    #[test]
    fn what_is_no_block_of_a_definition_stays() {
        assert!(Cuts::of("kind: ConfigMap\ndata:\n  openAPIV3Schema:\n    a: 1\n").is_none());
        assert!(Cuts::of("kind: CustomResourceDefinition\nspec: {openAPIV3Schema: {}}\n").is_none());
        assert!(Cuts::of("  kind: CustomResourceDefinition\n  openAPIV3Schema:\n    a: 1\n").is_none());
    }
}
