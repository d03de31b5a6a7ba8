//! Release sets of Terraform: each folder whose configuration makes functions is one, with the files of
//! variable values in it. A folder that others call as a module is one for each call, with the files of
//! the folder that calls.

use std::collections::BTreeMap;

use super::Planning;
use crate::expand::terraform::{Call, Calls, has_functions};
use crate::extract::{Extract, FileKind};
use crate::facts::ReleaseSet;
use crate::source::TreePath;

/// Most calls of one folder, and most that one folder makes, that are told apart.
const CALLS: usize = 50;

/// Plans the sets of all folders.
pub fn plan(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let terraform = planning.extracts.iter().filter(|(_, extract)| extract.kind == FileKind::Terraform);
    let makes = |extract: &Extract| extract.documents().first().is_some_and(|document| has_functions(&document.root()));
    let mut folders: Vec<TreePath> =
        terraform.filter(|(_, extract)| makes(extract)).map(|(path, _)| path.parent()).collect();
    folders.sort();
    folders.dedup();
    if folders.is_empty() {
        return Vec::new();
    }
    let files = files(planning, &folders);
    let all = Calls::of(planning.extracts);
    // Where the caller is called itself, what it gives is not known either.
    let is_known = |call: &Call| {
        let caller = call.folder();
        all.made_by(&caller) <= CALLS && all.of_module(&caller).is_empty()
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
        let calls = all.of_module(folder);
        if calls.is_empty() || calls.len() > CALLS || !calls.iter().all(is_known) {
            sets.push(set(folder, calls.iter().map(|call| call.file.clone()).collect(), Vec::new()));
            continue;
        }
        for call in calls {
            let around = files.get(&call.folder()).cloned().unwrap_or_default();
            sets.push(set(folder, around, vec![call.label()]));
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
