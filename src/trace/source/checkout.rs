//! The files of the judged tree: what it lists, and nothing that only lies on disk.

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use super::Names;
use crate::source::TreePath;
use crate::tree::Tree;

/// Largest file of code that is read, bytes.
const CODE: u64 = 2 << 20;
/// Largest manifest or lockfile that is read, bytes.
const MANIFEST: u64 = 32 << 20;
/// Most manifests of a repository whose names are read.
const MANIFESTS: usize = 5_000;

/// The judged tree.
pub(super) struct Checkout<'t> {
    tree: &'t dyn Tree,
    /// Sorted.
    paths: &'t [TreePath],
    workspaces: OnceLock<Names>,
    /// Numbers of the files that are directly in a folder.
    folders: OnceLock<FxHashMap<TreePath, Vec<usize>>>,
}

impl<'t> Checkout<'t> {
    pub fn new(tree: &'t dyn Tree, paths: &'t [TreePath]) -> Self {
        Self { tree, paths, workspaces: OnceLock::new(), folders: OnceLock::new() }
    }

    /// It has a file at just this path.
    pub fn has(&self, path: &TreePath) -> bool {
        self.paths.binary_search(path).is_ok()
    }

    /// It has a folder with files at this path.
    pub fn has_folder(&self, path: &TreePath) -> bool {
        self.below(path).next().is_some()
    }

    /// Files below a folder.
    pub fn below(&self, folder: &TreePath) -> impl Iterator<Item = &'t TreePath> + use<'t> {
        let prefix = if folder.is_root() { Vec::new() } else { [folder.as_bytes(), b"/"].concat() };
        let from = self.paths.partition_point(|path| path.as_bytes() < prefix.as_slice());
        self.paths[from..].iter().take_while(move |path| path.as_bytes().starts_with(&prefix))
    }

    /// Files directly in a folder.
    pub fn files_in(&self, folder: &TreePath) -> impl Iterator<Item = &'t TreePath> + use<'t, '_> {
        let folders = self.folders.get_or_init(|| {
            let mut folders: FxHashMap<TreePath, Vec<usize>> = FxHashMap::default();
            for (at, path) in self.paths.iter().enumerate() {
                folders.entry(path.parent()).or_default().push(at);
            }
            folders
        });
        folders.get(folder).into_iter().flatten().map(|at| &self.paths[*at])
    }

    /// A file of code.
    pub fn code(&self, path: &TreePath) -> Option<Vec<u8>> {
        self.has(path).then(|| self.tree.read(path, CODE).ok()).flatten()
    }

    /// A manifest, a lockfile, a configuration.
    pub fn text(&self, path: &TreePath) -> Option<String> {
        let bytes = self.has(path).then(|| self.tree.read(path, MANIFEST).ok()).flatten()?;
        Some(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Names of all npm packages that the repository holds itself: workspaces link them to each other.
    pub fn own_packages(&self) -> &Names {
        self.workspaces.get_or_init(|| {
            let manifests = self.named("package.json");
            let name = |path: &&TreePath| {
                let value: serde_json::Value = serde_json::from_str(&self.text(path)?).ok()?;
                value.get("name")?.as_str().map(str::to_owned)
            };
            // One after the other: a thread of the pool that waits for parallel work takes up other work, and
            // would come back here, to a lock that it holds itself.
            manifests.iter().filter_map(name).collect()
        })
    }

    /// Names of all Python modules and packages below a folder: scripts copy them.
    pub fn modules_below(&self, folder: &TreePath) -> Names {
        let mut names = Names::default();
        for path in self.below(folder).filter(|path| path.as_bytes().ends_with(b".py")) {
            names.insert(path.file_name().trim_end_matches(".py").to_owned());
            let inside = path.parent().relative_to(folder).unwrap_or_else(TreePath::root);
            names.extend(inside.names().map(|name| String::from_utf8_lossy(name).into_owned()));
        }
        names
    }

    fn named(&self, name: &str) -> Vec<&'t TreePath> {
        let ending = format!("/{name}");
        let is_so =
            |path: &&TreePath| path.as_bytes() == name.as_bytes() || path.as_bytes().ends_with(ending.as_bytes());
        self.paths.iter().filter(is_so).take(MANIFESTS).collect()
    }
}
