//! Kubernetes manifests as they are applied: one document per object, lists unfolded.

use super::{Applied, AppliedDocument, Expansion, Inputs};
use crate::extract::FileKind;
use crate::facts::{Environment, ReleaseSet};
use crate::scope::environment_of;
use crate::source::TreePath;

/// Lists inside lists are followed this deep; kubectl makes none at all.
const LIST_DEPTH: usize = 4;

/// Expands a release set.
pub fn expand(set: &ReleaseSet, inputs: &Inputs<'_>) -> Expansion {
    let mut out = Expansion::default();
    for path in &set.files {
        let Some(extract) = inputs.extract(path) else { continue };
        let is_kustomization = extract.kind == FileKind::Skipped("kustomization");
        for document in extract.documents() {
            let root = Applied::of(&document.root());
            if is_kustomization {
                out.documents.push(AppliedDocument { source: document.source.clone(), root });
            } else {
                unfold(root, LIST_DEPTH, &mut |root| {
                    out.documents.push(AppliedDocument { source: document.source.clone(), root });
                });
            }
        }
    }
    for document in &out.documents {
        if document.root.get("kind").and_then(Applied::known) != Some("Secret") {
            continue;
        }
        let values = ["data", "stringData"].into_iter().filter_map(|key| document.root.get(key));
        out.secrets.extend(values.flat_map(Applied::entries).map(|entry| entry.value.origin.clone()));
    }
    out.environment = environment_of_namespace(&out.documents);
    out
}

/// Gives each object of a document; what is no object is left out.
fn unfold(root: Applied, depth: usize, give: &mut dyn FnMut(Applied)) {
    let Some(kind) = root.get("kind").and_then(Applied::known) else { return };
    let is_list = kind.ends_with("List") && root.get("items").is_some_and(Applied::is_sequence);
    if is_list {
        if depth > 0 {
            for item in root.get("items").map(Applied::items).unwrap_or_default() {
                unfold(item.clone(), depth - 1, give);
            }
        }
    } else if root.get("apiVersion").and_then(Applied::known).is_some() {
        give(root);
    }
}

/// The environment that the one namespace of all objects names.
fn environment_of_namespace(documents: &[AppliedDocument]) -> Option<(Environment, String)> {
    let mut namespaces: Vec<&str> = documents
        .iter()
        .filter_map(|document| document.root.path(&["metadata", "namespace"]).and_then(Applied::known))
        .collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    let [namespace] = namespaces[..] else { return None };
    let (environment, words) = environment_of(&TreePath::from(namespace))?;
    Some((environment, words.replace("its name", "its namespace")))
}
