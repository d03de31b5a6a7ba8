//! Answers what the graph demands: paths that a deployment names, packages that functions run.

use crate::facts::Lookup;
use crate::graph::{Demand, Graph, near_miss};
use crate::scope::Globs;
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

/// Finished packages whose paths match, wherever they lie but in git's own folder and among dependencies:
/// archives, and folders without any archive of their own.
pub fn packages(tree: &dyn Tree, globs: &Globs) -> Vec<TreePath> {
    let mut found = Vec::new();
    let mut folders = vec![TreePath::root()];
    while let Some(folder) = folders.pop() {
        for name in tree.names(&folder) {
            let path = folder.child(&name);
            match tree.stat(&path).map(|stat| stat.kind) {
                Some(EntryKind::Folder) if matches!(&*name, b".git" | b"node_modules") => {}
                Some(EntryKind::Folder) if globs.matches(&path) && !holds_archives(tree, &path) => found.push(path),
                Some(EntryKind::Folder) => folders.push(path),
                Some(EntryKind::File) if globs.matches(&path) && is_archive(tree, &path) => found.push(path),
                _ => {}
            }
        }
    }
    found.sort();
    found
}

/// By its name or its first bytes (`PK`, APPNOTE.TXT §4.3.7).
fn is_archive(tree: &dyn Tree, path: &TreePath) -> bool {
    let is_named_so = matches!(path.extension().as_deref(), Some("zip" | "jar"));
    is_named_so || tree.read_range(path, 0, 4).is_ok_and(|head| head == b"PK\x03\x04")
}

/// Who names a folder of archives means these.
fn holds_archives(tree: &dyn Tree, folder: &TreePath) -> bool {
    let named_so = |name: &Vec<u8>| name.ends_with(b".zip") || name.ends_with(b".jar");
    tree.names(folder).iter().any(named_so)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Memory;

    #[test]
    fn packages_are_archives_and_folders() {
        let tree = Memory::new([
            ("dist/a.zip", &b"PK"[..]),
            ("dist/notes.txt", b"no package"),
            ("dist/packed", b"PK\x03\x04"),
            (".aws-sam/build/template.yaml", b""),
            (".aws-sam/build/F/index.js", b""),
            (".aws-sam/build/F/lib/x.js", b""),
            ("node_modules/x/dist/a.zip", b""),
        ]);
        let found = |glob: &str| {
            let paths = packages(&tree, &Globs::new(&[glob]).unwrap());
            paths.into_iter().map(|path| path.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found("dist/*.zip"), ["dist/a.zip"]);
        assert_eq!(found("dist"), ["dist/a.zip", "dist/packed"]);
        assert_eq!(found("dist/**"), ["dist/a.zip", "dist/packed"]);
        assert_eq!(found(".aws-sam/build/*"), [".aws-sam/build/F"]);
        assert_eq!(found(".aws-sam/build/F"), [".aws-sam/build/F"]);
    }
}
