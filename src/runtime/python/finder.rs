//! The import system restated over a mounted tree.
//!
//! Source: docs.python.org/3/reference/import.html and CPython's `importlib/_bootstrap_external.py`
//! (`FileFinder.find_spec`, suffixes in the order extension, source, bytecode), 3.11.

use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use rustc_hash::FxHashMap;

use super::tags::Misfit;
use super::version::PythonVersion;
use crate::runtime::{LAYER_ROOT, TASK_ROOT};
use crate::source::TreePath;
use crate::tree::{EntryKind, Tree};

/// What a module's name leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Found {
    /// Python source; for a package its `__init__.py` and the folder where its modules are looked for.
    Source(TreePath, Option<TreePath>),
    /// A compiled module or one without source; for a package also its folder.
    Opaque(TreePath, Option<TreePath>),
    /// A package without `__init__`: folders of all roots.
    Namespace(Vec<TreePath>),
}

impl Found {
    /// Folders that modules below it are looked for in.
    pub fn folders(&self) -> &[TreePath] {
        match self {
            Self::Source(_, folder) | Self::Opaque(_, folder) => folder.as_slice(),
            Self::Namespace(portions) => portions,
        }
    }
}

/// Looks for modules. A clone has roots of its own and shares what is known of folders.
#[derive(Clone)]
pub struct Finder {
    version: PythonVersion,
    roots: Vec<TreePath>,
    /// How many of them the platform itself puts there.
    platform_roots: usize,
    shared: Arc<Shared>,
}

/// What all threads that look for modules share.
struct Shared {
    tree: Arc<dyn Tree>,
    suffixes: [String; 3],
    folders: RwLock<FxHashMap<TreePath, Arc<Folder>>>,
    /// Folders of the package that hold packages but are no root, by what their modules are called, once somebody asked.
    misplaced: OnceLock<FxHashMap<Vec<u8>, Vec<TreePath>>>,
    /// Where modules of these names lie in them.
    misplaced_modules: RwLock<FxHashMap<String, Option<TreePath>>>,
}

/// A folder that modules were looked for in.
struct Folder {
    /// Names in it, sorted.
    names: Vec<Vec<u8>>,
    /// Where names of modules lead.
    modules: RwLock<FxHashMap<Box<str>, Option<Found>>>,
}

impl Folder {
    fn has(&self, name: &[u8]) -> bool {
        self.names.binary_search_by(|own| own.as_slice().cmp(name)).is_ok()
    }

    /// Something in it is called so, with whatever ending. Most paths that an import may mean are not there, and
    /// following links to find that out costs more than a look at the list.
    fn may_have(&self, name: &[u8]) -> bool {
        let after = self.names.partition_point(|own| own.as_slice() < name);
        self.names.get(after).is_some_and(|own| own.starts_with(name))
    }
}

impl Finder {
    /// The package at /var/task, layers at /opt.
    pub fn new(tree: Arc<dyn Tree>, version: PythonVersion) -> Self {
        let of_layers = TreePath::from(LAYER_ROOT).child(b"python");
        let site = format!("lib/python3.{}/site-packages", version.minor);
        let site = of_layers.joined(&TreePath::from(site.as_str()));
        let roots = vec![TreePath::from(TASK_ROOT), of_layers, site];
        let own = format!(".cpython-3{}-{}-linux-gnu.so", version.minor, version.machine());
        let shared = Shared {
            tree,
            suffixes: [own, ".abi3.so".to_owned(), ".so".to_owned()],
            folders: RwLock::default(),
            misplaced: OnceLock::new(),
            misplaced_modules: RwLock::default(),
        };
        Self { version, platform_roots: roots.len(), roots, shared: Arc::new(shared) }
    }

    /// The version.
    pub fn version(&self) -> PythonVersion {
        self.version
    }

    /// Folders that top-level modules are looked for in.
    pub fn roots(&self) -> &[TreePath] {
        &self.roots
    }

    /// The platform itself puts a folder among the roots.
    pub fn is_platform_root(&self, folder: &TreePath) -> bool {
        self.roots[..self.platform_roots].contains(folder)
    }

    /// Code adds a folder to the roots.
    pub fn add_root(&mut self, folder: TreePath) {
        if !self.roots.contains(&folder) {
            self.roots.push(folder);
        }
    }

    /// A module of this name in these folders, in order.
    pub fn find(&self, folders: &[TreePath], name: &str) -> Option<Found> {
        let mut portions = Vec::new();
        for folder in folders {
            match self.shared.module(folder, name) {
                Some(Found::Namespace(portion)) => portions.extend(portion),
                None => {}
                found => return found,
            }
        }
        (!portions.is_empty()).then_some(Found::Namespace(portions))
    }

    /// A compiled module of this name for another version or platform.
    pub fn foreign(&self, folders: &[TreePath], name: &str) -> Option<(TreePath, Misfit)> {
        folders.iter().find_map(|folder| {
            let is_foreign = |own: &Vec<u8>| {
                own.strip_prefix(name.as_bytes())
                    .is_some_and(|rest| rest.starts_with(b".") && (rest.ends_with(b".so") || rest.ends_with(b".pyd")))
            };
            let listed = self.shared.folder(folder);
            let names = &listed.names;
            let own = names[names.partition_point(|own| own.as_slice() < name.as_bytes())..]
                .iter()
                .take_while(|own| own.starts_with(name.as_bytes()))
                .find(|own| is_foreign(own))?;
            let misfit = Misfit::of_file(&String::from_utf8_lossy(own), self.version);
            Some((folder.child(own), misfit))
        })
    }

    /// A folder of the package that holds a module but is no root: `venv/lib/python3.X/site-packages`, `package`.
    pub fn misplaced(&self, name: &str) -> Option<TreePath> {
        let known = &self.shared.misplaced_modules;
        if let Some(known) = known.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return known.clone();
        }
        let folders = self.shared.misplaced.get_or_init(|| self.shared.misplaced_names());
        let holds = |folder: &&TreePath| {
            let found = self.shared.module(folder, name);
            matches!(found, Some(Found::Source(..) | Found::Opaque(..)))
        };
        let place = folders.get(name.as_bytes()).into_iter().flatten().find(holds).cloned();
        known.write().unwrap_or_else(PoisonError::into_inner).insert(name.to_owned(), place.clone());
        place
    }
}

impl Shared {
    /// A folder, listed once.
    fn folder(&self, path: &TreePath) -> Arc<Folder> {
        if let Some(known) = self.folders.read().unwrap_or_else(PoisonError::into_inner).get(path) {
            return Arc::clone(known);
        }
        let mut names = self.tree.names(path);
        names.sort_unstable();
        let folder = Arc::new(Folder { names, modules: RwLock::default() });
        let mut folders = self.folders.write().unwrap_or_else(PoisonError::into_inner);
        Arc::clone(folders.entry(path.clone()).or_insert(folder))
    }

    /// Where the name of a module leads in one folder.
    fn module(&self, path: &TreePath, name: &str) -> Option<Found> {
        let folder = self.folder(path);
        if !folder.may_have(name.as_bytes()) {
            return None;
        }
        if let Some(known) = folder.modules.read().unwrap_or_else(PoisonError::into_inner).get(name) {
            return known.clone();
        }
        let found = self.look(path, &folder, name);
        folder.modules.write().unwrap_or_else(PoisonError::into_inner).insert(name.into(), found.clone());
        found
    }

    fn look(&self, path: &TreePath, folder: &Folder, name: &str) -> Option<Found> {
        let own = path.child(name.as_bytes());
        let is_folder = folder.has(name.as_bytes()) && self.is(&own, EntryKind::Folder);
        if is_folder && let Some(found) = self.file(&own, &self.folder(&own), "__init__", true) {
            return Some(found);
        }
        if let Some(found) = self.file(path, folder, name, false) {
            return Some(found);
        }
        is_folder.then(|| Found::Namespace(vec![own]))
    }

    fn file(&self, path: &TreePath, folder: &Folder, stem: &str, is_package: bool) -> Option<Found> {
        let package = || is_package.then(|| path.clone());
        let with = |suffix: &str| {
            let name = [stem.as_bytes(), suffix.as_bytes()].concat();
            let own = folder.has(&name).then(|| path.child(&name))?;
            self.is(&own, EntryKind::File).then_some(own)
        };
        if let Some(extension) = self.suffixes.iter().find_map(|suffix| with(suffix)) {
            return Some(Found::Opaque(extension, package()));
        }
        if let Some(source) = with(".py") {
            return Some(Found::Source(source, package()));
        }
        with(".pyc").map(|bytecode| Found::Opaque(bytecode, package()))
    }

    fn is(&self, path: &TreePath, kind: EntryKind) -> bool {
        self.tree.resolve(path).is_some_and(|stat| stat.kind == kind)
    }

    /// The folders that hold packages but are no root, by the names of what is in them up to its first dot.
    fn misplaced_names(&self) -> FxHashMap<Vec<u8>, Vec<TreePath>> {
        let mut out: FxHashMap<Vec<u8>, Vec<TreePath>> = FxHashMap::default();
        for path in self.folders_of_packages() {
            for name in &self.folder(&path).names {
                let stem = name.split(|byte| *byte == b'.').next().unwrap_or_default();
                let folders = out.entry(stem.to_vec()).or_default();
                if folders.last() != Some(&path) {
                    folders.push(path.clone());
                }
            }
        }
        out
    }

    fn folders_of_packages(&self) -> Vec<TreePath> {
        let root = TreePath::from(TASK_ROOT);
        let mut folders: Vec<TreePath> = Vec::new();
        for top in &self.folder(&root).names {
            let top = root.child(top);
            if !self.is(&top, EntryKind::Folder) {
                continue;
            }
            folders.push(top.clone());
            for below in ["site-packages", "python", "lib/site-packages", "Lib/site-packages"] {
                folders.extend(top.join(below));
            }
            for lib in ["lib", "lib64"] {
                let lib = top.child(lib.as_bytes());
                for version in self.folder(&lib).names.iter().filter(|name| name.starts_with(b"python3")) {
                    folders.push(lib.child(version).child(b"site-packages"));
                }
            }
        }
        folders.retain(|folder| {
            self.folder(folder).names.iter().any(|own| own.ends_with(b".dist-info"))
                || folder.file_name() == "site-packages"
        });
        folders
    }
}
