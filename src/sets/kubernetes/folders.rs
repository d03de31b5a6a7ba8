//! Merges folders upward until each holds a Service and a workload.

use std::collections::BTreeMap;

use super::Files;
use super::alternatives::Unit;
use crate::source::TreePath;

/// The folders from which a set is applied, each with what is applied from there. What never meets
/// both a Service and a workload stays in its own folder.
pub fn merge(files: Files<'_>) -> Vec<(TreePath, Vec<Unit>)> {
    // Deepest first; within one depth by path.
    let mut waiting: BTreeMap<(std::cmp::Reverse<usize>, TreePath), Vec<Unit>> = BTreeMap::new();
    let key = |folder: &TreePath| (std::cmp::Reverse(folder.names().count()), folder.clone());
    for (path, objects) in files {
        waiting.entry(key(&path.parent())).or_default().push(Unit::of_file(path, objects));
    }
    let mut out = Vec::new();
    while let Some(((_, folder), units)) = waiting.pop_first() {
        let any = |question: fn(&Unit) -> bool| units.iter().any(question);
        if any(Unit::has_service) && any(Unit::has_workload) {
            out.push((folder, units));
        } else if folder.is_root() {
            out.extend(by_own_folder(units));
        } else {
            waiting.entry(key(&folder.parent())).or_default().extend(units);
        }
    }
    out
}

fn by_own_folder(units: Vec<Unit>) -> Vec<(TreePath, Vec<Unit>)> {
    let mut out: BTreeMap<TreePath, Vec<Unit>> = BTreeMap::new();
    for unit in units {
        out.entry(unit.folder.clone()).or_default().push(unit);
    }
    out.into_iter().collect()
}
