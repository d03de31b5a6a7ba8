//! The bytes behind a finding, read again when it is shown.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use crate::render::Snippets;
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

    fn read(&self, source: &Source) -> Option<Arc<[u8]>> {
        if let Some(outer) = source.container() {
            let bytes = self.read(outer)?;
            let archive = Archive::of_bytes(bytes.to_vec()).ok()?;
            return archive.read(source.path(), SNIPPET_CAP).ok().map(Arc::from);
        }
        let around = self.mounted.iter().filter(|mounted| source.path().is_under(&mounted.prefix));
        let mounted = around.max_by_key(|mounted| mounted.prefix.as_bytes().len())?;
        let path = source.path().relative_to(&mounted.prefix)?;
        mounted.tree.read(&path, SNIPPET_CAP).ok().map(Arc::from)
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
