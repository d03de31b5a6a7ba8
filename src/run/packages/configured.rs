//! The packages that the configuration names: what `[scan] artifacts` matches.

use super::open::is_archive as is_named_archive;
use crate::scope::Globs;
use crate::source::TreePath;
use crate::tree::{EntryKind, Tree};

/// Finished packages whose paths match, wherever they lie but in git's own folder and among dependencies:
/// archives, and folders without any archive of their own.
pub fn matching(tree: &dyn Tree, globs: &Globs) -> Vec<TreePath> {
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
    is_named_archive(path) || tree.read_range(path, 0, 4).is_ok_and(|head| head == b"PK\x03\x04")
}

/// Who names a folder of archives means these.
fn holds_archives(tree: &dyn Tree, folder: &TreePath) -> bool {
    tree.names(folder).iter().any(|name| is_named_archive(&folder.child(name)))
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
            let paths = matching(&tree, &Globs::new(&[glob]).unwrap());
            paths.into_iter().map(|path| path.to_string()).collect::<Vec<_>>()
        };
        assert_eq!(found("dist/*.zip"), ["dist/a.zip"]);
        assert_eq!(found("dist"), ["dist/a.zip", "dist/packed"]);
        assert_eq!(found("dist/**"), ["dist/a.zip", "dist/packed"]);
        assert_eq!(found(".aws-sam/build/*"), [".aws-sam/build/F"]);
        assert_eq!(found(".aws-sam/build/F"), [".aws-sam/build/F"]);
    }
}
