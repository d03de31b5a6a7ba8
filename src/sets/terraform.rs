//! Release sets of Terraform: each folder whose configuration makes functions is one, with the files of
//! variable values in it, and with the files that call it as a module.

use std::collections::BTreeMap;

use super::Planning;
use crate::expand::terraform::{bodies, calls, has_functions};
use crate::extract::FileKind;
use crate::facts::ReleaseSet;
use crate::source::TreePath;

/// Plans a set per folder.
pub fn plan(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let mut folders: Vec<TreePath> = Vec::new();
    // Folders that are called as modules, with the files that call them.
    let mut called: BTreeMap<TreePath, Vec<TreePath>> = BTreeMap::new();
    for (path, extract) in planning.extracts.iter().filter(|(_, extract)| extract.kind == FileKind::Terraform) {
        let Some(document) = extract.documents().first() else { continue };
        let (root, folder) = (document.root(), path.parent());
        if has_functions(&root) && folders.last() != Some(&folder) {
            folders.push(folder.clone());
        }
        for (_, body) in calls(&root).iter().flat_map(|(name, node)| bodies(node).into_iter().map(move |b| (name, b))) {
            let source = body.get("source").and_then(|node| node.text()).filter(|text| text.starts_with('.'));
            let module = source.and_then(|text| folder.join(text));
            if let Some(module) = module.filter(|module| *module != folder) {
                called.entry(module).or_default().push(path.clone());
            }
        }
    }
    folders.sort();
    folders.dedup();
    if folders.is_empty() {
        return Vec::new();
    }
    let mut files: BTreeMap<TreePath, Vec<TreePath>> = BTreeMap::new();
    for (path, _) in planning.extracts.iter().filter(|(_, extract)| is_terraform(extract.kind)) {
        // Values lie beside the configuration or in a folder of their own below it.
        let is_values = path.extension().as_deref() == Some("tfvars");
        let owner = match is_values {
            true => path.parent().ancestors().find(|folder| folders.binary_search(folder).is_ok()),
            false => Some(path.parent()),
        };
        files.entry(owner.unwrap_or_else(|| path.parent())).or_default().push(path.clone());
    }
    let set = |folder: TreePath| {
        let mut own = files.remove(&folder).unwrap_or_default();
        own.extend(called.remove(&folder).unwrap_or_default());
        own.dedup();
        let environment = (planning.environment)(&folder);
        ReleaseSet { technology: "terraform", root: folder, files: own, inputs: Vec::new(), environment, open: None }
    };
    folders.into_iter().map(set).collect()
}

/// True for Terraform configuration, whether or not it was found worth reading by itself.
pub fn is_terraform(kind: FileKind) -> bool {
    matches!(kind, FileKind::Terraform | FileKind::Skipped("terraform"))
}
