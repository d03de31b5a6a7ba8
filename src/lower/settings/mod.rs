//! Plain configuration files to settings: one for each scalar, keys joined by dots.

use crate::expand::{Applied, AppliedDocument, AppliedKind};
use crate::facts::{Facts, Place, ReleaseSet, SetId, Setting};
use crate::source::Origin;

/// Most settings of one file; translations and fixtures can have more, configuration has not.
const SETTINGS: usize = 20_000;

/// Facts of the applied documents of a release set.
pub fn lower(id: SetId, set: &ReleaseSet, documents: &[AppliedDocument]) -> Facts {
    let mut facts = Facts::default();
    for document in documents {
        let technology = technology(document);
        let mut walk = Walk { id, set, technology, out: &mut facts.settings };
        walk.node(&document.root, String::new(), &document.root.origin);
    }
    facts
}

fn technology(document: &AppliedDocument) -> &'static str {
    match document.source.path().extension().as_deref() {
        Some("yml" | "yaml") => "yaml",
        Some("json") => "json",
        Some("toml") => "toml",
        _ => "dotenv",
    }
}

struct Walk<'a> {
    id: SetId,
    set: &'a ReleaseSet,
    technology: &'static str,
    out: &'a mut Vec<Setting>,
}

impl Walk<'_> {
    fn node(&mut self, node: &Applied, key: String, name: &Origin) {
        if self.out.len() >= SETTINGS {
            return;
        }
        match &node.kind {
            AppliedKind::Mapping(entries) => {
                for entry in entries {
                    self.node(&entry.value, joined(&key, &entry.name), &entry.name_origin);
                }
            }
            AppliedKind::Sequence(items) => {
                for (at, item) in items.iter().enumerate() {
                    self.node(item, joined(&key, &at.to_string()), &item.origin);
                }
            }
            AppliedKind::Scalar(value, _) if !key.is_empty() => self.out.push(Setting {
                place: Place { set: self.id, path: self.set.path().child(&key), origin: name.clone() },
                technology: self.technology,
                key,
                value: value.clone(),
            }),
            AppliedKind::Scalar(..) | AppliedKind::Null | AppliedKind::Unknown(_) => {}
        }
    }
}

fn joined(key: &str, name: &str) -> String {
    if key.is_empty() { name.to_owned() } else { format!("{key}.{name}") }
}
