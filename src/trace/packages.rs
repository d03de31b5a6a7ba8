//! Which package.json speaks for a file, each read once.

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::runtime::node::{MANIFEST_BYTES, Manifest};
use crate::source::TreePath;
use crate::tree::Tree;

/// The manifests of a tree.
pub(super) struct Packages<'t> {
    tree: &'t Arc<dyn Tree>,
    read: FxHashMap<TreePath, Option<Arc<Manifest>>>,
    /// Folders of those that are no JSON.
    broken: FxHashSet<TreePath>,
}

impl<'t> Packages<'t> {
    pub fn new(tree: &'t Arc<dyn Tree>) -> Self {
        Self { tree, read: FxHashMap::default(), broken: FxHashSet::default() }
    }

    fn of_folder(&mut self, folder: &TreePath) -> Option<Arc<Manifest>> {
        if let Some(known) = self.read.get(folder) {
            return known.clone();
        }
        let bytes = self.tree.read(&folder.child(b"package.json"), MANIFEST_BYTES).ok();
        let manifest = bytes.map(|bytes| {
            let manifest = Manifest::parse(&bytes);
            if manifest.is_none() {
                self.broken.insert(folder.clone());
            }
            Arc::new(manifest.unwrap_or_default())
        });
        self.read.insert(folder.clone(), manifest.clone());
        manifest
    }

    /// The manifests from a file's folder upward, as far as the package that it belongs to reaches.
    fn above(&mut self, file: &TreePath) -> Vec<Arc<Manifest>> {
        let mut out = Vec::new();
        let mut folder = file.parent();
        while !folder.is_root() && folder.file_name() != "node_modules" {
            out.extend(self.of_folder(&folder));
            folder = folder.parent();
        }
        out
    }

    /// The nearest package.json when it is no JSON.
    pub fn broken(&mut self, file: &TreePath) -> Option<TreePath> {
        let mut folder = file.parent();
        while self.of_folder(&folder).is_none() {
            if folder.is_root() || folder.file_name() == "node_modules" {
                return None;
            }
            folder = folder.parent();
        }
        self.broken.contains(&folder).then(|| folder.child(b"package.json"))
    }

    /// The nearest package.json: it decides whether a `.js` file is an ECMAScript module.
    pub fn nearest(&mut self, file: &TreePath) -> Option<Arc<Manifest>> {
        self.above(file).into_iter().next()
    }

    /// The package.json at the root of the installed package that a file belongs to, and where it lies.
    pub fn root_of(&mut self, file: &TreePath) -> Option<(TreePath, Arc<Manifest>)> {
        let folder = installed_folder(file)?;
        let manifest = self.of_folder(&folder)?;
        Some((folder.child(b"package.json"), manifest))
    }

    /// The package.json that has a name: it says what the package needs. Those without one only
    /// set the type of a folder; the package's own root may lack a name too, so the outermost counts then.
    pub fn declaring(&mut self, file: &TreePath) -> Option<Arc<Manifest>> {
        let all = self.above(file);
        all.iter().find(|manifest| manifest.name.is_some()).or_else(|| all.last()).cloned()
    }
}

/// The folder of the installed package that a file belongs to.
pub(super) fn installed_folder(file: &TreePath) -> Option<TreePath> {
    let names: Vec<&[u8]> = file.names().collect();
    let at = names.iter().rposition(|name| *name == b"node_modules")?;
    let scoped = names.get(at + 1).is_some_and(|name| name.starts_with(b"@"));
    let end = at + if scoped { 3 } else { 2 };
    Some(TreePath::new(names.get(..end)?.join(&b'/')))
}
