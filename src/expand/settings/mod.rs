//! Plain configuration files: values with their placeholders, `${X:default}` as Spring and others write
//! them. What a placeholder stands for is not in the file, so it is never taken as known.

use super::applied::AppliedEntry;
use super::compose::{Dialect, Variables, Written, interpolate};
use super::{Applied, AppliedDocument, AppliedKind, Expansion, Inputs};
use crate::facts::ReleaseSet;
use crate::syntax::{Kind, Node};
use crate::value::{Value, Why};

/// Deepest nesting that is read.
const DEPTH: usize = 64;

/// Openings of template languages whose result cannot be known (ERB, Jinja, mustache, EJS).
const TEMPLATES: &[&str] = &["{{", "<%", "{%", "#{"];

/// Expands a release set.
pub fn expand(set: &ReleaseSet, inputs: &Inputs<'_>) -> Expansion {
    let mut expansion = Expansion::default();
    for path in &set.files {
        let Some(extract) = inputs.extract(path) else { continue };
        for document in extract.documents() {
            let root = applied(&document.root(), 0);
            expansion.documents.push(AppliedDocument { source: extract.source.clone(), root });
        }
    }
    expansion
}

fn applied(node: &Node<'_>, depth: usize) -> Applied {
    let origin = node.origin();
    if depth > DEPTH {
        return Applied { origin, kind: AppliedKind::Unknown(Why::new("nested too deeply")) };
    }
    let kind = match node.kind() {
        Kind::Null => AppliedKind::Null,
        Kind::Scalar(text, style) => {
            let value = if TEMPLATES.iter().any(|opening| text.contains(opening)) {
                Value::unknown("template", origin.clone())
            } else {
                let offset = match origin.span.range().len().checked_sub(text.len()) {
                    Some(0) => Some(0),
                    Some(2) => Some(1),
                    _ => None,
                };
                interpolate(&Written { text, origin: &origin, offset }, &Variables::default(), Dialect::Braces)
            };
            AppliedKind::Scalar(value, style)
        }
        Kind::Sequence => AppliedKind::Sequence(node.items().iter().map(|item| applied(item, depth + 1)).collect()),
        Kind::Mapping => AppliedKind::Mapping(
            node.entries()
                .iter()
                .map(|(key, value)| AppliedEntry {
                    name: key.text().unwrap_or("").to_owned(),
                    name_origin: key.origin(),
                    value: applied(value, depth + 1),
                })
                .collect(),
        ),
    };
    Applied { origin, kind }
}
