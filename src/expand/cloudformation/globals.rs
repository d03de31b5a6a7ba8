//! The Globals section of SAM templates (SAM specification "Globals section", 2026-05): maps are
//! merged with the resource's value winning, lists are joined with the global items first, anything
//! else is replaced.

use crate::expand::applied::AppliedEntry;
use crate::expand::{Applied, AppliedKind};
use crate::source::{Hop, HopKind};

/// Puts the globals of a resource's type into its properties.
pub fn merge_into(resource: &mut Applied, globals: &Applied) {
    let Some(section) =
        resource.get("Type").and_then(Applied::known).and_then(|kind| kind.strip_prefix("AWS::Serverless::"))
    else {
        return;
    };
    let Some(section) = globals.get(section) else { return };
    let ignored: Vec<String> = match resource.get("IgnoreGlobals") {
        Some(node) if node.known() == Some("*") => return,
        Some(node) => node.items().iter().filter_map(|item| item.known().map(str::to_owned)).collect(),
        None => Vec::new(),
    };
    let site = Hop { kind: HopKind::Globals, source: resource.origin.source.clone(), span: resource.origin.span };
    let mut global = section.through(&site);
    if let AppliedKind::Mapping(entries) = &mut global.kind {
        entries.retain(|entry| !ignored.contains(&entry.name));
    }
    let origin = resource.origin.clone();
    let AppliedKind::Mapping(entries) = &mut resource.kind else { return };
    match entries.iter_mut().find(|entry| entry.name == "Properties") {
        Some(entry) => entry.value = merged(&global, &entry.value),
        None => entries.push(AppliedEntry { name: "Properties".into(), name_origin: origin, value: global }),
    }
}

/// How many nodes it has.
pub fn size(node: &Applied) -> usize {
    let entries = node.entries().iter().map(|entry| size(&entry.value)).sum::<usize>();
    1 + entries + node.items().iter().map(size).sum::<usize>()
}

fn merged(global: &Applied, local: &Applied) -> Applied {
    let kind = match (&global.kind, &local.kind) {
        (_, AppliedKind::Null) => return global.clone(),
        (AppliedKind::Mapping(under), AppliedKind::Mapping(over)) => {
            let mut entries = over.clone();
            for entry in under {
                match entries.iter_mut().find(|own| own.name == entry.name) {
                    Some(own) => own.value = merged(&entry.value, &own.value),
                    None => entries.push(entry.clone()),
                }
            }
            AppliedKind::Mapping(entries)
        }
        (AppliedKind::Sequence(under), AppliedKind::Sequence(over)) => {
            AppliedKind::Sequence(under.iter().chain(over).cloned().collect())
        }
        _ => return local.clone(),
    };
    Applied { origin: local.origin.clone(), kind }
}
