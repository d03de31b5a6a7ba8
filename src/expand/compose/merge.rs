//! One compose file laid over what is there already: variables filled in, lists normalised, keys merged.

use rustc_hash::FxHashMap;

use super::interpolate::{Dialect, Variables, Written, interpolate};
use super::shape::Shape;
use super::short;
use crate::expand::applied::AppliedEntry;
use crate::expand::{Applied, AppliedKind};
use crate::source::Origin;
use crate::syntax::{Kind, Node, Style};
use crate::value::{Value, Why};

/// Deepest nesting that is read; real files stay below 10.
const DEPTH: usize = 48;

/// Lays nodes over each other, with the variables that hold for one file.
pub(super) struct Merger<'a> {
    pub variables: &'a Variables,
}

impl Merger<'_> {
    /// `node` laid over `base`; `None` when it takes the key away (`!reset`).
    pub fn lay(&self, base: Option<Applied>, node: &Node<'_>, shape: Shape, depth: usize) -> Option<Applied> {
        if depth > DEPTH {
            let kind = AppliedKind::Unknown(Why::new("nested too deeply"));
            return Some(Applied { origin: node.origin(), kind });
        }
        let base = match node.tag() {
            Some("!reset") => return None,
            Some("!override") => None,
            _ => base,
        };
        Some(match shape {
            Shape::KeyValues(separators) => self.lay_key_values(base, node, separators, depth),
            Shape::Names => self.lay_names(base, node, depth),
            Shape::Build if node.text().is_some() => {
                let origin = node.origin();
                let context =
                    AppliedEntry { name: "context".into(), name_origin: origin.clone(), value: self.scalar(node) };
                let own = Applied { origin, kind: AppliedKind::Mapping(vec![context]) };
                over(base, own)
            }
            Shape::List if node.text().is_some() => {
                let own = Applied { origin: node.origin(), kind: AppliedKind::Sequence(vec![self.scalar(node)]) };
                append(base, own)
            }
            Shape::Replaced => self.lay_plain(None, node, Shape::Replaced, depth),
            _ => self.lay_plain(base, node, shape, depth),
        })
    }

    fn lay_plain(&self, base: Option<Applied>, node: &Node<'_>, shape: Shape, depth: usize) -> Applied {
        match node.kind() {
            // A key without a value changes nothing that a file before it has given.
            Kind::Null => base.unwrap_or(Applied { origin: node.origin(), kind: AppliedKind::Null }),
            Kind::Scalar(..) => self.scalar(node),
            Kind::Sequence => {
                let items =
                    node.items().iter().filter_map(|item| self.lay(None, item, Shape::Other, depth + 1)).collect();
                let own = Applied { origin: node.origin(), kind: AppliedKind::Sequence(items) };
                match shape {
                    Shape::Volumes => append_unique(base, own, &volume_target),
                    Shape::Ports => append_unique(base, own, &port_identity),
                    _ => append(base, own),
                }
            }
            Kind::Mapping => {
                let (origin, mut entries) = match base {
                    Some(Applied { origin, kind: AppliedKind::Mapping(entries) }) => (origin, entries),
                    _ => (node.origin(), Vec::new()),
                };
                let mut places = places(&entries);
                let mut is_reset = false;
                for (key, value) in node.entries() {
                    let Some(name) = key.text() else { continue };
                    let at = places.get(name).copied();
                    let before = at.map(|at| entries[at].value.clone());
                    match (self.lay(before, &value, shape.child(name), depth + 1), at) {
                        (Some(laid), Some(at)) => {
                            if !laid.is_mapping() || matches!(shape, Shape::KeyValues(_)) {
                                entries[at].name_origin = key.origin();
                            }
                            entries[at].value = laid;
                        }
                        (Some(laid), None) => {
                            places.insert(name.to_owned(), entries.len());
                            entries.push(AppliedEntry { name: name.into(), name_origin: key.origin(), value: laid });
                        }
                        // Taken out at the end, so that places hold until then.
                        (None, Some(at)) => {
                            entries[at].name.clear();
                            is_reset = true;
                        }
                        (None, None) => {}
                    }
                }
                if is_reset {
                    entries.retain(|entry| !entry.name.is_empty());
                }
                Applied { origin, kind: AppliedKind::Mapping(entries) }
            }
        }
    }

    /// A scalar with its variables filled in.
    pub fn scalar(&self, node: &Node<'_>) -> Applied {
        let origin = node.origin();
        let Kind::Scalar(text, style) = node.kind() else {
            return Applied { origin, kind: AppliedKind::Null };
        };
        let written = Written { text, origin: &origin, offset: offset(text, &origin) };
        let value = interpolate(&written, self.variables, Dialect::Compose);
        Applied { origin, kind: AppliedKind::Scalar(value, style) }
    }

    fn lay_key_values(&self, base: Option<Applied>, node: &Node<'_>, separators: &[char], depth: usize) -> Applied {
        if !node.is_sequence() {
            return self.lay_plain(base, node, Shape::KeyValues(&[]), depth);
        }
        let mut entries = Vec::new();
        for item in node.items() {
            let Some(text) = item.text() else { continue };
            let origin = item.origin();
            let offset = offset(text, &origin);
            let part = |from: usize, to: usize| match offset {
                Some(offset) => origin.part(offset + from, offset + to),
                None => origin.clone(),
            };
            let (name, value) = match text.find(separators) {
                Some(at) => {
                    let place = part(at + 1, text.len());
                    let written = Written { text: &text[at + 1..], origin: &place, offset: offset.map(|_| 0) };
                    let value = interpolate(&written, self.variables, Dialect::Compose);
                    (&text[..at], Applied { origin: place, kind: AppliedKind::Scalar(value, Style::Quoted) })
                }
                None => (text, Applied { origin: origin.clone(), kind: AppliedKind::Null }),
            };
            entries.push(AppliedEntry { name: name.trim().to_owned(), name_origin: part(0, name.len()), value });
        }
        over(base, Applied { origin: node.origin(), kind: AppliedKind::Mapping(entries) })
    }

    fn lay_names(&self, base: Option<Applied>, node: &Node<'_>, depth: usize) -> Applied {
        if !node.is_sequence() {
            return self.lay_plain(base, node, Shape::Other, depth);
        }
        let entries = node
            .items()
            .iter()
            .filter_map(|item| {
                let scalar = self.scalar(item);
                let name = scalar.known()?.to_owned();
                let value = Applied { origin: scalar.origin.clone(), kind: AppliedKind::Null };
                Some(AppliedEntry { name, name_origin: scalar.origin, value })
            })
            .collect();
        over(base, Applied { origin: node.origin(), kind: AppliedKind::Mapping(entries) })
    }
}

/// Offset of a scalar's text from the start of its bytes; `None` when they are not the same bytes.
fn offset(text: &str, origin: &Origin) -> Option<usize> {
    match (origin.span.range().len()).checked_sub(text.len()) {
        Some(0) => Some(0),
        Some(2) => Some(1),
        _ => None,
    }
}

/// One applied mapping over another; entries of the same name are replaced, mappings merged.
pub(super) fn over(base: Option<Applied>, own: Applied) -> Applied {
    let (Some(base), true) = (base, own.is_mapping()) else { return own };
    let AppliedKind::Mapping(mut entries) = base.kind else { return own };
    let AppliedKind::Mapping(mine) = own.kind else { return Applied { kind: AppliedKind::Null, ..own } };
    let mut places = places(&entries);
    for entry in mine {
        match places.get(&entry.name).copied() {
            Some(at) if entry.value.is_null() && entries[at].value.is_mapping() => {}
            Some(at) => entries[at] = entry,
            None => {
                places.insert(entry.name.clone(), entries.len());
                entries.push(entry);
            }
        }
    }
    Applied { origin: base.origin, kind: AppliedKind::Mapping(entries) }
}

/// Where each name stands; of entries without a name, which only hostile input has, none.
pub(super) fn places(entries: &[AppliedEntry]) -> FxHashMap<String, usize> {
    entries.iter().enumerate().map(|(at, entry)| (entry.name.clone(), at)).collect()
}

fn append(base: Option<Applied>, own: Applied) -> Applied {
    append_unique(base, own, &|_| None)
}

/// Items of the second after those of the first; of items with the same identity the later one stays.
fn append_unique(base: Option<Applied>, own: Applied, identity: &dyn Fn(&Applied) -> Option<String>) -> Applied {
    let mut items: Vec<Applied> = Vec::new();
    let origin = base.as_ref().map_or(&own, |base| base).origin.clone();
    let before = base.as_ref().map_or(&[][..], |base| base.items());
    let mut seen: FxHashMap<String, usize> = FxHashMap::default();
    for item in before.iter().chain(own.items()) {
        match identity(item) {
            Some(name) => match seen.get(&name) {
                Some(at) => items[*at] = item.clone(),
                None => {
                    seen.insert(name, items.len());
                    items.push(item.clone());
                }
            },
            None => items.push(item.clone()),
        }
    }
    Applied { origin, kind: AppliedKind::Sequence(items) }
}

fn volume_target(item: &Applied) -> Option<String> {
    let target = match &item.kind {
        AppliedKind::Mapping(_) => item.text_of("target"),
        AppliedKind::Scalar(value, _) => short::volume(value).ok()?.1,
        _ => return None,
    };
    known(&target).map(|text| text.trim_end_matches('/').to_owned())
}

fn port_identity(item: &Applied) -> Option<String> {
    match &item.kind {
        AppliedKind::Scalar(value, _) => known(value).map(str::to_owned),
        AppliedKind::Mapping(_) => {
            let of = |name: &str| item.get(name).and_then(Applied::known).unwrap_or("").to_owned();
            Some(["host_ip", "published", "target", "protocol"].map(of).join("|"))
        }
        _ => None,
    }
}

/// The text, or of one with alternatives the bytes as written: good enough to see that two are the same.
fn known(value: &Value<String>) -> Option<&str> {
    value.get().map(String::as_str).or(value.raw.as_deref())
}
