//! The bytes behind a finding, read again when it is shown.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::render::Snippets;
use crate::run::packages::PACKAGE_CAP;
use crate::source::{Source, TreePath};
use crate::tree::{Archive, Tree};

/// Largest file of which a snippet is shown, bytes.
const SNIPPET_CAP: u64 = 16 << 20;

/// A judged tree at its place below the run's root.
pub struct Mounted {
    /// The place.
    pub prefix: TreePath,
    /// The tree.
    pub tree: Arc<dyn Tree>,
    /// Files that it does not hold, as seen from its root: rules and configuration from elsewhere.
    pub beside: Vec<(Source, Arc<[u8]>)>,
}

/// All judged trees.
#[derive(Default)]
pub struct Trees {
    mounted: Vec<Mounted>,
    read: Mutex<BTreeMap<Source, Option<Arc<[u8]>>>>,
    /// Packages, each opened once however many of its members are shown.
    archives: Mutex<BTreeMap<Source, Option<Arc<Archive>>>>,
}

impl Trees {
    /// One more.
    pub fn add(&mut self, mut tree: Mounted) {
        if let Ok(mut read) = self.read.lock() {
            let beside = tree.beside.drain(..);
            read.extend(beside.map(|(source, bytes)| (source.seen_from_above(&tree.prefix), Some(bytes))));
        }
        self.mounted.push(tree);
    }

    /// git processes that the trees have started so far.
    pub fn processes(&self) -> usize {
        self.mounted.iter().map(|mounted| mounted.tree.processes()).sum()
    }

    fn read(&self, source: &Source) -> Option<Arc<[u8]>> {
        let read = match source.container() {
            Some(outer) => self.archive(outer)?.read(source.path(), SNIPPET_CAP),
            None => {
                let (tree, path) = self.place(source)?;
                tree.read(&path, SNIPPET_CAP)
            }
        };
        read.ok().map(Arc::from)
    }

    fn archive(&self, source: &Source) -> Option<Arc<Archive>> {
        if let Some(known) = self.archives.lock().ok().and_then(|archives| archives.get(source).cloned()) {
            return known;
        }
        let opened = match source.container() {
            Some(outer) => self.archive(outer)?.archive(source.path(), PACKAGE_CAP),
            None => {
                let (tree, path) = self.place(source)?;
                tree.archive(&path, PACKAGE_CAP)
            }
        };
        let opened = opened.ok().map(Arc::new);
        if let Ok(mut archives) = self.archives.lock() {
            archives.insert(source.clone(), opened.clone());
        }
        opened
    }

    /// The tree that holds a file, and where in it the file lies.
    fn place(&self, source: &Source) -> Option<(&dyn Tree, TreePath)> {
        let around = self.mounted.iter().filter(|mounted| source.path().is_under(&mounted.prefix));
        let mounted = around.max_by_key(|mounted| mounted.prefix.as_bytes().len())?;
        Some((mounted.tree.as_ref(), source.path().relative_to(&mounted.prefix)?))
    }
}

impl Snippets for Trees {
    fn bytes(&self, source: &Source) -> Option<Arc<[u8]>> {
        if let Some(known) = self.read.lock().ok().and_then(|read| read.get(source).cloned()) {
            return known;
        }
        let bytes = self.read(source);
        if let Ok(mut read) = self.read.lock() {
            read.insert(source.clone(), bytes.clone());
        }
        bytes
    }
}
