//! Answers what the graph demands: paths that a deployment names.

use crate::facts::Lookup;
use crate::graph::{Demand, Graph, near_miss};
use crate::source::TreePath;
use crate::tree::{EntryKind, Tree};

/// Looks up every demanded path.
pub fn answer(graph: &mut Graph, tree: &dyn Tree, demand: &Demand) {
    for path in &demand.paths {
        graph.answer(path.asker, look_up(tree, &path.path, &path.from_above));
    }
}

/// What is at a path, and when nothing is, what could have been meant.
fn look_up(tree: &dyn Tree, path: &TreePath, from_above: &[TreePath]) -> Lookup {
    match tree.resolve(path).map(|stat| stat.kind) {
        Some(EntryKind::Folder | EntryKind::Submodule) => Lookup::Folder,
        Some(_) => Lookup::File,
        None => Lookup::Absent {
            generated: is_generated(tree, path),
            near: near(tree, path),
            above: from_above.iter().find(|other| tree.resolve(other).is_some()).cloned(),
        },
    }
}

/// An ignore rule matches the path or a folder above it.
fn is_generated(tree: &dyn Tree, path: &TreePath) -> bool {
    let mut at = path.clone();
    while !at.is_root() {
        if tree.is_ignored(&at) {
            return true;
        }
        at = at.parent();
    }
    false
}

/// A name close to the first one on the way down that is not there.
fn near(tree: &dyn Tree, path: &TreePath) -> Option<String> {
    let mut folder = TreePath::root();
    for name in path.names() {
        let next = folder.child(name);
        if tree.resolve(&next).is_none() {
            let names = tree.names(&folder);
            let names: Vec<&str> = names.iter().filter_map(|name| std::str::from_utf8(name).ok()).collect();
            let wanted = std::str::from_utf8(name).ok()?;
            return near_miss(wanted, names).map(|near| folder.child(near.as_bytes()).to_string());
        }
        folder = next;
    }
    None
}
