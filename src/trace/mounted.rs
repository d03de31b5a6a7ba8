//! Package and layers as a function sees them: `/var/task` and `/opt`.

use std::io::Read;
use std::sync::Arc;

use crate::source::TreePath;
use crate::tree::{Entry, EntryKind, Listing, Stat, Tree, TreeError};

/// Where layers are unpacked.
pub(super) const LAYER_ROOT: &str = "opt";

/// One tree out of a package and its layers. A later layer hides what earlier ones have at the same path.
pub(super) struct Mounted {
    package: Arc<dyn Tree>,
    layers: Vec<Arc<dyn Tree>>,
    task: TreePath,
    opt: TreePath,
}

impl Mounted {
    pub fn new(package: Arc<dyn Tree>, layers: Vec<Arc<dyn Tree>>) -> Self {
        let layers = layers.into_iter().rev().collect();
        Self { package, layers, task: crate::runtime::node::TASK_ROOT.into(), opt: LAYER_ROOT.into() }
    }

    /// The trees that may hold a path, and the path inside them.
    fn inside(&self, path: &TreePath) -> (Vec<&Arc<dyn Tree>>, TreePath) {
        if let Some(inner) = path.relative_to(&self.task) {
            (vec![&self.package], inner)
        } else if let Some(inner) = path.relative_to(&self.opt) {
            (self.layers.iter().collect(), inner)
        } else {
            (Vec::new(), path.clone())
        }
    }

    fn ask<T>(&self, path: &TreePath, ask: impl Fn(&dyn Tree, &TreePath) -> Option<T>) -> Option<T> {
        let (trees, inner) = self.inside(path);
        trees.into_iter().find_map(|tree| ask(tree.as_ref(), &inner))
    }

    fn first<'t, T>(
        &'t self,
        path: &TreePath,
        ask: impl Fn(&'t dyn Tree, &TreePath) -> Result<T, TreeError>,
    ) -> Result<T, TreeError> {
        let (trees, inner) = self.inside(path);
        let mut last = TreeError::Missing;
        for tree in trees {
            match ask(tree.as_ref(), &inner) {
                Err(error) => last = error,
                found => return found,
            }
        }
        Err(last)
    }

    fn is_above_mounts(&self, path: &TreePath) -> bool {
        self.task.is_under(path) || self.opt.is_under(path)
    }
}

const FOLDER: Stat = Stat { kind: EntryKind::Folder, mode: 0, size: 0 };

impl Tree for Mounted {
    fn list(&self) -> Result<Listing, TreeError> {
        let (mut entries, mut failed): (Vec<Entry>, Vec<(TreePath, TreeError)>) = Default::default();
        let mounts = std::iter::once((&self.task, &self.package)).chain(self.layers.iter().map(|l| (&self.opt, l)));
        for (root, tree) in mounts {
            let at = |path: &TreePath| root.join(&path.lossy()).unwrap_or_else(|| path.clone());
            let listing = tree.list()?;
            entries.extend(listing.0.into_iter().map(|entry| Entry { path: at(&entry.path), ..entry }));
            failed.extend(listing.1.into_iter().map(|(path, error)| (at(&path), error)));
        }
        entries.sort_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|a, b| a.path == b.path);
        Ok((entries, failed))
    }

    fn stat(&self, path: &TreePath) -> Option<Stat> {
        if self.is_above_mounts(path) {
            return Some(FOLDER);
        }
        self.ask(path, |tree, inner| tree.stat(inner))
    }

    fn read_link(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        self.first(path, |tree, inner| tree.read_link(inner))
    }

    fn read(&self, path: &TreePath, cap: u64) -> Result<Vec<u8>, TreeError> {
        self.first(path, |tree, inner| tree.read(inner, cap))
    }

    fn read_range(&self, path: &TreePath, start: u64, length: u64) -> Result<Vec<u8>, TreeError> {
        self.first(path, |tree, inner| tree.read_range(inner, start, length))
    }

    fn open(&self, path: &TreePath) -> Result<Box<dyn Read + '_>, TreeError> {
        self.first(path, |tree, inner| tree.open(inner))
    }

    fn names(&self, folder: &TreePath) -> Vec<Vec<u8>> {
        let (trees, inner) = self.inside(folder);
        let mut names: Vec<Vec<u8>> = trees.into_iter().flat_map(|tree| tree.names(&inner)).collect();
        names.sort();
        names.dedup();
        names
    }

    fn resolve(&self, path: &TreePath) -> Option<Stat> {
        if self.is_above_mounts(path) {
            return Some(FOLDER);
        }
        self.ask(path, |tree, inner| tree.resolve(inner))
    }
}
