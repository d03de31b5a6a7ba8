//! Release sets of Terraform: each folder whose configuration makes functions is one, with the files of
//! variable values in it. A folder that others call as a module is one for each call, with the files of
//! the folder that calls.

use std::collections::BTreeMap;

use super::Planning;
use crate::expand::terraform::{bodies, call_label, calls, has_functions};
use crate::extract::FileKind;
use crate::facts::ReleaseSet;
use crate::source::TreePath;

/// Most calls of one folder, and most that one folder makes, that are told apart.
const CALLS: usize = 50;

/// A call of a folder of the repository.
struct Call {
    /// The file that it stands in.
    file: TreePath,
    name: String,
}

/// Plans the sets of all folders.
pub fn plan(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let mut folders: Vec<TreePath> = Vec::new();
    // Calls by the folder that is called.
    let mut called: BTreeMap<TreePath, Vec<Call>> = BTreeMap::new();
    for (path, extract) in planning.extracts.iter().filter(|(_, extract)| extract.kind == FileKind::Terraform) {
        let Some(document) = extract.documents().first() else { continue };
        let (root, folder) = (document.root(), path.parent());
        if has_functions(&root) && folders.last() != Some(&folder) {
            folders.push(folder.clone());
        }
        for (name, body) in
            calls(&root).iter().flat_map(|(name, node)| bodies(node).into_iter().map(move |b| (name, b)))
        {
            let source = body.get("source").and_then(|node| node.text()).filter(|text| text.starts_with('.'));
            let module = source.and_then(|text| folder.join(text));
            // `count = 0` calls nothing.
            let is_made = body.get("count").is_none_or(|count| count.text() != Some("0"));
            if let Some(module) = module.filter(|module| is_made && *module != folder) {
                let name = name.text().unwrap_or_default().to_owned();
                called.entry(module).or_default().push(Call { file: path.clone(), name });
            }
        }
    }
    folders.sort();
    folders.dedup();
    if folders.is_empty() {
        return Vec::new();
    }
    let files = files(planning, &folders);
    let mut made: BTreeMap<TreePath, usize> = BTreeMap::new();
    for call in called.values().flatten() {
        *made.entry(call.file.parent()).or_default() += 1;
    }
    // Where the caller is called itself, what it gives is not known either.
    let is_known = |call: &Call| {
        let caller = call.file.parent();
        made.get(&caller).is_none_or(|count| *count <= CALLS) && !called.contains_key(&caller)
    };
    let set = |folder: &TreePath, others: Vec<TreePath>, inputs: Vec<String>| {
        let mut own = files.get(folder).cloned().unwrap_or_default();
        own.extend(others);
        own.dedup();
        let environment = (planning.environment)(folder);
        ReleaseSet { technology: "terraform", root: folder.clone(), files: own, inputs, environment, open: None }
    };
    let mut sets = Vec::new();
    for folder in &folders {
        let calls = called.get(folder).map(Vec::as_slice).unwrap_or_default();
        if calls.is_empty() || calls.len() > CALLS || !calls.iter().all(is_known) {
            sets.push(set(folder, calls.iter().map(|call| call.file.clone()).collect(), Vec::new()));
            continue;
        }
        for call in calls {
            let caller = call.file.parent();
            let around = files.get(&caller).cloned().unwrap_or_default();
            sets.push(set(folder, around, vec![call_label(&caller, &call.name)]));
        }
    }
    sets
}

/// The files that go with each folder.
fn files(planning: &Planning<'_>, folders: &[TreePath]) -> BTreeMap<TreePath, Vec<TreePath>> {
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
    files
}

/// True for Terraform configuration, whether or not it was found worth reading by itself.
pub fn is_terraform(kind: FileKind) -> bool {
    matches!(kind, FileKind::Terraform | FileKind::Skipped("terraform"))
}
