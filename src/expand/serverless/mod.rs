//! A service of the Serverless Framework: variables to what they stand for, and the packages that
//! `serverless package` left on disk.
//!
//! The applied document has the sections of the service that say what functions are, and `Built`: the
//! packages that are there, by function and layer (see [`section_names`]). What a plugin changes is not
//! seen.

mod sources;
#[cfg(test)]
mod tests;
mod variables;

use self::variables::Resolver;
use super::{Applied, AppliedDocument, AppliedKind, Expansion, Inputs};
use crate::facts::ReleaseSet;
use crate::source::{Origin, TreePath};
use crate::tree::EntryKind;

/// Keys of the applied document that no service has.
pub mod section_names {
    /// Packages that are on disk.
    pub const BUILT: &str = "Built";
    /// Those of functions by name, as paths from the root of the tree.
    pub const FUNCTIONS: &str = "Functions";
    /// Those of layers by logical id.
    pub const LAYERS: &str = "Layers";
}

/// Sections that functions are made of.
const SECTIONS: &[&str] = &["service", "provider", "functions", "layers", "package", "plugins", "build"];

/// Where `serverless package` writes (Serverless Framework 3 and 4, "Packaging", 2026-07).
const OUTPUT: &str = ".serverless";

/// Expands a release set.
pub fn expand(set: &ReleaseSet, inputs: &Inputs<'_>) -> Expansion {
    let mut out = Expansion::default();
    let Some(extract) = inputs.extract(&set.root) else { return out };
    let Some(document) = extract.documents().first() else { return out };
    let written = document.root();
    let folder = set.root.parent();
    let resolver = Resolver::new(inputs, folder.clone(), written.clone());
    let mut root = Applied::mapping(written.origin());
    for name in SECTIONS {
        let Some((key, node)) = written.entries().into_iter().find(|(key, _)| key.text() == Some(name)) else {
            continue;
        };
        let value = resolver.node(&node);
        let value = if matches!(*name, "functions" | "layers") { joined(value) } else { value };
        root.push(name, key.origin(), value);
    }
    // Of what is custom, only what says how dependencies are packed.
    if let Some(node) = written.path(&["custom", "pythonRequirements"]) {
        let value = resolver.node(&node);
        root.push("pythonRequirements", node.origin(), value);
    }
    let built = built(&root, &folder, inputs);
    root.add(section_names::BUILT, built);
    out.documents.push(AppliedDocument { source: document.source.clone(), root });
    out
}

/// Functions may stand in a list of mappings, which are joined; an item that is not seen leaves it open.
fn joined(section: Applied) -> Applied {
    let AppliedKind::Sequence(items) = section.kind else { return section };
    let mut entries = Vec::new();
    for item in items {
        match item.kind {
            AppliedKind::Mapping(own) => entries.extend(own),
            AppliedKind::Unknown(why) => return Applied { origin: section.origin, kind: AppliedKind::Unknown(why) },
            _ => {}
        }
    }
    Applied { origin: section.origin, kind: AppliedKind::Mapping(entries) }
}

/// Packages that are on disk, whether or not an ignore rule hides them.
fn built(root: &Applied, folder: &TreePath, inputs: &Inputs<'_>) -> Applied {
    let origin = root.origin.clone();
    let output = folder.child(OUTPUT.as_bytes());
    let there = |name: &str| {
        let path = output.child(format!("{name}.zip").as_bytes());
        let is_name = !name.is_empty() && !name.contains('/');
        let is_file = is_name && inputs.tree.resolve(&path).is_some_and(|stat| stat.kind == EntryKind::File);
        is_file.then_some(path)
    };
    let empty = || Applied::mapping(origin.clone());
    let (mut functions, mut layers, mut out) = (empty(), empty(), empty());
    if inputs.tree.resolve(&output).is_some() {
        let service = root.get("service").and_then(|node| node.known().or_else(|| node.get("name")?.known()));
        let whole = service.and_then(there);
        let alone =
            |node: Option<&Applied>| node?.path(&["package", "individually"])?.known().map(|text| text == "true");
        for entry in root.get("functions").map(Applied::entries).unwrap_or_default() {
            let is_alone = alone(Some(&entry.value)).or_else(|| alone(Some(root))).unwrap_or(false);
            let own = there(&entry.name);
            let path = if is_alone { own.or_else(|| whole.clone()) } else { whole.clone().or(own) };
            path_entry(&mut functions, &entry.name, path, &origin);
        }
        for entry in root.get("layers").map(Applied::entries).unwrap_or_default() {
            path_entry(&mut layers, &logical_id(&entry.name), there(&entry.name), &origin);
        }
        // The layer that serverless-python-requirements makes.
        path_entry(&mut layers, "PythonRequirementsLambdaLayer", there("pythonRequirements"), &origin);
    }
    out.add(section_names::FUNCTIONS, functions);
    out.add(section_names::LAYERS, layers);
    out
}

/// The logical id that the framework gives a layer (Serverless Framework, "Layers", 2026-07).
pub fn logical_id(name: &str) -> String {
    let name = name.replace('-', "Dash").replace('_', "Underscore");
    let mut letters = name.chars();
    let first = letters.next().map(|first| first.to_ascii_uppercase());
    first.into_iter().chain(letters).chain("LambdaLayer".chars()).collect()
}

fn path_entry(node: &mut Applied, name: &str, path: Option<TreePath>, origin: &Origin) {
    if let Some(path) = path.as_ref().and_then(TreePath::as_str) {
        node.add(name, Applied::text_node(path, origin.clone()));
    }
}
