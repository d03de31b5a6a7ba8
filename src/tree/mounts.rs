//! Several trees mounted at places of one file system, as a platform does it.
//!
//! Never a plain union: a package at `var/task` and layers at `opt` stay apart, or modules would be
//! found that the runtime does not find.

use std::io::Read;
use std::sync::Arc;

use super::links::{self, Lookup};
use super::{Entry, EntryKind, Listing, Stat, Tree, TreeError};
use crate::source::TreePath;

/// Trees by mount point, the points relative to `/`. Where several share a point they are merged in
/// order: a file of a later one replaces that of an earlier one.
#[derive(Default)]
pub struct Mounts {
    mounts: Vec<(TreePath, Arc<dyn Tree>)>,
}

/// Where a path lies: the tree, the path in it, what is there.
struct Place<'m> {
    tree: &'m dyn Tree,
    path: TreePath,
    stat: Stat,
}

const FOLDER: Stat = Stat { kind: EntryKind::Folder, mode: 0o755, size: 0 };

impl Mounts {
    /// Mounts in order.
    pub fn new(mounts: Vec<(TreePath, Arc<dyn Tree>)>) -> Self {
        Self { mounts }
    }

    /// What a path means to the last tree that has something there, its folders not being links.
    fn place(&self, path: &TreePath) -> Option<Place<'_>> {
        self.mounts.iter().rev().find_map(|(point, tree)| {
            let inside = path.relative_to(point)?;
            let stat = if inside.is_root() { FOLDER } else { tree.stat(&inside)? };
            Some(Place { tree: &**tree, path: inside, stat })
        })
    }

    /// The file that a path leads to, through links of any of the trees.
    fn file(&self, path: &TreePath) -> Result<Place<'_>, TreeError> {
        let direct = self.place(path).filter(|place| place.stat.kind == EntryKind::File);
        let place = match direct {
            Some(place) => place,
            None => self.place(&links::resolve(self, path, true)?).ok_or(TreeError::NotAFile)?,
        };
        if place.stat.kind == EntryKind::File { Ok(place) } else { Err(TreeError::NotAFile) }
    }

    fn is_above_a_point(&self, path: &TreePath) -> bool {
        self.mounts.iter().any(|(point, _)| point.is_under(path))
    }
}

impl Lookup for Mounts {
    fn kind(&self, path: &TreePath) -> Option<EntryKind> {
        let found = self.place(path).map(|place| place.stat.kind);
        found.or_else(|| self.is_above_a_point(path).then_some(EntryKind::Folder))
    }

    fn target(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        let place = self.place(path).ok_or(TreeError::Missing)?;
        place.tree.read_link(&place.path)
    }

    fn owns_absolute_paths(&self) -> bool {
        true
    }
}

impl Tree for Mounts {
    fn list(&self) -> Result<Listing, TreeError> {
        let (mut entries, mut problems): (Vec<Entry>, Vec<_>) = Default::default();
        let below = |point: &TreePath, path: TreePath| match (point.is_root(), path.is_root()) {
            (true, _) => path,
            (_, true) => point.clone(),
            _ => point.child(path.as_bytes()),
        };
        for (point, tree) in self.mounts.iter().rev() {
            let (listed, failed) = tree.list()?;
            entries.extend(listed.into_iter().map(|entry| Entry { path: below(point, entry.path), ..entry }));
            problems.extend(failed.into_iter().map(|(path, error)| (below(point, path), error)));
        }
        // The sort is stable and the last tree came first: its entry is the one that stays.
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|a, b| a.path == b.path);
        Ok((entries, problems))
    }

    fn stat(&self, path: &TreePath) -> Option<Stat> {
        let real = links::resolve(self, path, false).ok()?;
        self.place(&real).map(|place| place.stat).or_else(|| self.is_above_a_point(&real).then_some(FOLDER))
    }

    fn read_link(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        self.target(&links::resolve(self, path, false)?)
    }

    fn read(&self, path: &TreePath, cap: u64) -> Result<Vec<u8>, TreeError> {
        let place = self.file(path)?;
        place.tree.read(&place.path, cap)
    }

    fn read_range(&self, path: &TreePath, start: u64, length: u64) -> Result<Vec<u8>, TreeError> {
        let place = self.file(path)?;
        place.tree.read_range(&place.path, start, length)
    }

    fn open(&self, path: &TreePath) -> Result<Box<dyn Read + '_>, TreeError> {
        let place = self.file(path)?;
        place.tree.open(&place.path)
    }

    fn names(&self, folder: &TreePath) -> Vec<Vec<u8>> {
        let Ok(folder) = links::resolve(self, folder, true) else { return Vec::new() };
        let mut names = Vec::new();
        for (point, tree) in &self.mounts {
            if let Some(inside) = folder.relative_to(point) {
                names.extend(tree.names(&inside));
            } else if let Some(rest) = point.relative_to(&folder) {
                names.extend(rest.names().next().map(<[u8]>::to_vec));
            }
        }
        names.sort_unstable();
        names.dedup();
        names
    }

    fn resolve(&self, path: &TreePath) -> Option<Stat> {
        let real = links::resolve(self, path, true).ok()?;
        self.place(&real).map(|place| place.stat).or_else(|| self.is_above_a_point(&real).then_some(FOLDER))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Memory;

    fn mounts() -> Mounts {
        let package = Memory::with_links(
            [("index.js", "package"), ("node_modules/a/index.js", "a")],
            [("shared", "/opt/nodejs"), ("up", "../../opt/x"), ("out", "../../../../etc"), ("own", "./index.js")],
        );
        let first = Memory::new([("nodejs/x.js", "first"), ("nodejs/only.js", "1"), ("x", "x1")]);
        let second = Memory::new([("nodejs/x.js", "second"), ("python/y.py", "2")]);
        Mounts::new(vec![
            ("var/task".into(), Arc::new(package)),
            ("opt".into(), Arc::new(first)),
            ("opt".into(), Arc::new(second)),
        ])
    }

    #[test]
    fn layers_are_merged_in_order_and_apart_from_the_package() {
        let tree = mounts();
        let read = |path: &str| tree.read(&path.into(), 100).map(|bytes| String::from_utf8(bytes).unwrap());
        assert_eq!(read("opt/nodejs/x.js"), Ok("second".into()));
        assert_eq!(read("opt/nodejs/only.js"), Ok("1".into()));
        assert_eq!(read("var/task/index.js"), Ok("package".into()));
        assert_eq!(read("nodejs/x.js"), Err(TreeError::Missing));
        assert_eq!(read("var/task/nodejs/x.js"), Err(TreeError::Missing));
        assert_eq!(tree.names(&TreePath::root()), [b"opt".to_vec(), b"var".to_vec()]);
        assert_eq!(tree.names(&"opt".into()), [b"nodejs".to_vec(), b"python".to_vec(), b"x".to_vec()]);
        assert_eq!(tree.stat(&"var".into()), Some(FOLDER));
        let (entries, _) = tree.list().unwrap();
        let paths: Vec<String> = entries.iter().map(|entry| entry.path.to_string()).collect();
        assert_eq!(paths.iter().filter(|path| *path == "opt/nodejs/x.js").count(), 1);
        let kept = entries.iter().find(|entry| entry.path == "opt/nodejs/x.js".into()).unwrap();
        assert_eq!(kept.size, Some(6));
    }

    #[test]
    fn links_lead_across_mounts_and_not_out() {
        let tree = mounts();
        assert_eq!(tree.read(&"var/task/shared/x.js".into(), 100), Ok(b"second".to_vec()));
        assert_eq!(tree.read(&"var/task/up".into(), 100), Ok(b"x1".to_vec()));
        assert_eq!(tree.read(&"var/task/own".into(), 100), Ok(b"package".to_vec()));
        assert!(matches!(tree.read(&"var/task/out".into(), 100), Err(TreeError::Link(_))));
        assert_eq!(tree.names(&"var/task/shared".into()), [b"only.js".to_vec(), b"x.js".to_vec()]);
        assert_eq!(tree.stat(&"var/task/shared".into()).unwrap().kind, EntryKind::Link);
        assert_eq!(tree.resolve(&"var/task/shared".into()).unwrap().kind, EntryKind::Folder);
    }
}
