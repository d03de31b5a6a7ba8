//! Which package a member belongs to.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::Kind;
use crate::runtime::node::{MANIFEST_BYTES, Manifest};
use crate::runtime::python::{self, PythonVersion, distributions};
use crate::source::TreePath;
use crate::tree::{Entry, EntryKind, Tree};

/// Most manifests of packages that are read for a version.
const MANIFESTS: usize = 20_000;
/// Most names of dependencies that are kept.
const NEEDS: usize = 100_000;
/// Most folders that are searched for Python distributions.
const ROOTS: usize = 1_000;

/// Kind, name and version of a group, and where a member's part of it is installed.
pub(super) type Belonging = (Kind, String, String, Option<TreePath>);

/// Knows to which group a member belongs.
pub(super) struct Sorting<'a> {
    tree: &'a Arc<dyn Tree>,
    /// Versions of npm packages by folder.
    versions: FxHashMap<TreePath, String>,
    /// Names of what packages need, by folder.
    pub needs: FxHashMap<TreePath, Vec<String>>,
    /// How many names these are.
    needed: usize,
    /// Name, version and `.dist-info` folder of Python distributions.
    distributions: Vec<(String, String, TreePath)>,
    /// Which distribution installed a file.
    installed: FxHashMap<TreePath, usize>,
    /// Folders whose files all come from one distribution: what it made later is there, too.
    folders: FxHashMap<TreePath, Option<usize>>,
}

impl<'a> Sorting<'a> {
    pub fn new(tree: &'a Arc<dyn Tree>, members: &[(Entry, Option<u64>)]) -> Self {
        let mut sorting = Self {
            tree,
            versions: FxHashMap::default(),
            needs: FxHashMap::default(),
            needed: 0,
            distributions: Vec::new(),
            installed: FxHashMap::default(),
            folders: FxHashMap::default(),
        };
        sorting.read_distributions(members);
        sorting
    }

    fn read_distributions(&mut self, members: &[(Entry, Option<u64>)]) {
        let is_metadata = |folder: &TreePath| {
            let name = folder.file_name();
            name.ends_with(".dist-info") || name.ends_with(".egg-info")
        };
        let folders = members.iter().map(|(entry, _)| entry.path.parent()).filter(is_metadata);
        let mut roots: Vec<TreePath> = folders.map(|folder| folder.parent()).collect();
        roots.sort_unstable();
        roots.dedup();
        roots.truncate(ROOTS);
        // The version decides about requirements alone, and those are not asked for.
        let Some(version) = PythonVersion::of(python::ASSUMED, None) else { return };
        for found in distributions(self.tree, &roots, version) {
            let at = self.distributions.len();
            let root = found.folder.parent();
            for file in &found.files {
                self.installed.entry(file.clone()).or_insert(at);
                self.claim(file, &root, at);
            }
            // Without a list of files the usual name of its folder has to do.
            if found.files.is_empty() {
                let usual = root.child(python::normalised(&found.name).replace('-', "_").as_bytes());
                self.folders.entry(usual).or_insert(Some(at));
            }
            self.folders.insert(found.folder.clone(), Some(at));
            self.need(&found.folder, found.requirements.iter().map(|requirement| requirement.name.clone()).collect());
            self.distributions.push((found.name, found.version, found.folder));
        }
    }

    fn need(&mut self, folder: &TreePath, names: Vec<String>) {
        if !names.is_empty() && self.needed + names.len() <= NEEDS {
            self.needed += names.len();
            self.needs.insert(folder.clone(), names);
        }
    }

    /// The top folder of an installed file belongs to its distribution, unless several share it.
    fn claim(&mut self, file: &TreePath, root: &TreePath, at: usize) {
        let Some(inside) = file.relative_to(root) else { return };
        let mut names = inside.names();
        let (Some(top), Some(_)) = (names.next(), names.next()) else { return };
        if matches!(top, b"bin" | b"__pycache__" | b"share" | b"include" | b"etc") {
            return;
        }
        let owner = self.folders.entry(root.child(top)).or_insert(Some(at));
        if *owner != Some(at) {
            *owner = None;
        }
    }

    pub fn group_of(&mut self, path: &TreePath, kind: EntryKind) -> Belonging {
        if let Some((name, folder)) = npm(path) {
            let version = self.npm_version(&folder);
            return (Kind::Npm, name, version, Some(folder));
        }
        if let Some(at) = self.distribution_of(path) {
            let (name, version, folder) = &self.distributions[at];
            return (Kind::Python, name.clone(), version.clone(), Some(folder.clone()));
        }
        if kind == EntryKind::File && path.extension().as_deref() == Some("jar") {
            return (Kind::Jar, path.file_name().into_owned(), String::new(), Some(path.clone()));
        }
        (Kind::Own, String::new(), String::new(), None)
    }

    fn distribution_of(&self, path: &TreePath) -> Option<usize> {
        if self.distributions.is_empty() {
            return None;
        }
        let by_folder = |folder: TreePath| self.folders.get(&folder).copied().flatten();
        self.installed.get(path).copied().or_else(|| path.ancestors().find_map(by_folder))
    }

    fn npm_version(&mut self, folder: &TreePath) -> String {
        if let Some(known) = self.versions.get(folder) {
            return known.clone();
        }
        let is_enough = self.versions.len() >= MANIFESTS;
        let read = || self.tree.read(&folder.child(b"package.json"), MANIFEST_BYTES).ok();
        let manifest = if is_enough { None } else { read().and_then(|bytes| Manifest::parse(&bytes)) };
        let manifest = manifest.unwrap_or_default();
        self.need(folder, manifest.all_needs().cloned().collect());
        let version = manifest.version.unwrap_or_default();
        self.versions.insert(folder.clone(), version.clone());
        version
    }
}

/// The innermost installed npm package of a file: its name and its folder.
fn npm(path: &TreePath) -> Option<(String, TreePath)> {
    let names: Vec<&[u8]> = path.names().collect();
    // What lies in `node_modules` itself belongs to the package manager, links to programs too.
    for at in (0..names.len()).rev().filter(|at| names[*at] == b"node_modules") {
        let width = if names.get(at + 1)?.starts_with(b"@") { 2 } else { 1 };
        let end = at + 1 + width;
        if end >= names.len() || matches!(names[at + 1], b".bin" | b".pnpm") {
            continue;
        }
        let name = names[at + 1..end].join(&b'/');
        return Some((String::from_utf8_lossy(&name).into_owned(), TreePath::new(names[..end].join(&b'/'))));
    }
    None
}
