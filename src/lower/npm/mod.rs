//! npm manifests to packages.

use crate::expand::{Applied, AppliedDocument};
use crate::facts::{Facts, Package, Place, ReleaseSet, SetId};
use crate::value::{Content, Entry, Many, Value};

/// Facts of the applied documents of a release set.
pub fn lower(id: SetId, set: &ReleaseSet, documents: &[AppliedDocument]) -> Facts {
    let packages = documents.iter().filter(|document| document.root.is_mapping()).map(|document| {
        let root = &document.root;
        let map = |key: &str| root.get(key).map_or_else(Many::<Entry>::default, Applied::map);
        let origin = root.get("name").map_or(&root.origin, |name| &name.origin).clone();
        Package {
            place: Place { set: id, path: set.path(), origin },
            technology: "npm",
            name: root.text_of("name"),
            version: root.text_of("version"),
            main: root.text_of("main"),
            module_type: module_type(root),
            dependencies: map("dependencies"),
            optional_dependencies: map("optionalDependencies"),
            peer_dependencies: map("peerDependencies"),
            development_dependencies: map("devDependencies"),
            workspaces: workspaces(root),
        }
    });
    Facts { packages: packages.collect(), ..Facts::default() }
}

/// Without `type`, Node.js reads `.js` files as CommonJS (Node.js documentation, "Determining module system").
fn module_type(root: &Applied) -> Value<String> {
    let written = root.text_of("type");
    match written.content {
        Content::Absent => Value::default("commonjs".to_owned(), written.origin),
        _ => written,
    }
}

/// A list of globs, or a mapping that holds it under `packages` (Yarn).
fn workspaces(root: &Applied) -> Many<Value<String>> {
    match root.get("workspaces") {
        Some(node) if node.is_mapping() => node.get("packages").map_or_else(Many::default, Applied::texts),
        Some(node) => node.texts(),
        None => Many::default(),
    }
}
