//! The import system restated over a mounted tree.
//!
//! Source: docs.python.org/3/reference/import.html and CPython's `importlib/_bootstrap_external.py`
//! (`FileFinder.find_spec`, suffixes in the order extension, source, bytecode), 3.11.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::FxHashMap;

use super::tags::Misfit;
use super::version::PythonVersion;
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

/// Looks for modules.
pub struct Finder {
    tree: Arc<dyn Tree>,
    version: PythonVersion,
    roots: Vec<TreePath>,
    /// How many of them the platform itself puts there.
    platform_roots: usize,
    suffixes: [String; 3],
    /// Names in folders, each listed once.
    listed: RefCell<FxHashMap<TreePath, Names>>,
    /// Folders of the package that hold packages but are no root, once somebody asked.
    misplaced: OnceCell<Vec<TreePath>>,
}

type Names = Rc<Vec<Vec<u8>>>;

impl Finder {
    /// The package at /var/task, layers at /opt.
    pub fn new(tree: Arc<dyn Tree>, version: PythonVersion) -> Self {
        let site = format!("opt/python/lib/python3.{}/site-packages", version.minor);
        let roots: Vec<TreePath> = ["var/task", "opt/python", &site].into_iter().map(TreePath::from).collect();
        let own = format!(".cpython-3{}-{}-linux-gnu.so", version.minor, version.machine());
        Self {
            tree,
            version,
            platform_roots: roots.len(),
            roots,
            suffixes: [own, ".abi3.so".to_owned(), ".so".to_owned()],
            listed: RefCell::default(),
            misplaced: OnceCell::new(),
        }
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

    fn is_file(&self, path: &TreePath) -> bool {
        self.is_listed(path) && self.tree.resolve(path).is_some_and(|stat| stat.kind == EntryKind::File)
    }

    fn is_folder(&self, path: &TreePath) -> bool {
        self.is_listed(path) && self.tree.resolve(path).is_some_and(|stat| stat.kind == EntryKind::Folder)
    }

    /// Its folder has the name. Most paths that an import may mean are not there, and following links to
    /// find that out costs more than a look at the list.
    fn is_listed(&self, path: &TreePath) -> bool {
        let name = path.as_bytes();
        let name = &name[name.iter().rposition(|byte| *byte == b'/').map_or(0, |slash| slash + 1)..];
        self.names(&path.parent()).binary_search_by(|own| own.as_slice().cmp(name)).is_ok()
    }

    /// A module of this name in these folders, in order.
    pub fn find(&self, folders: &[TreePath], name: &str) -> Option<Found> {
        let mut portions = Vec::new();
        for folder in folders {
            let path = folder.child(name.as_bytes());
            let is_folder = self.is_folder(&path);
            if is_folder && let Some(found) = self.file(&path.child(b"__init__"), Some(&path)) {
                return Some(found);
            }
            if let Some(found) = self.file(&path, None) {
                return Some(found);
            }
            if is_folder {
                portions.push(path);
            }
        }
        (!portions.is_empty()).then_some(Found::Namespace(portions))
    }

    fn file(&self, stem: &TreePath, package: Option<&TreePath>) -> Option<Found> {
        let with = |suffix: &str| TreePath::new([stem.as_bytes(), suffix.as_bytes()].concat());
        let extension = self.suffixes.iter().map(|suffix| with(suffix)).find(|path| self.is_file(path));
        if let Some(path) = extension {
            return Some(Found::Opaque(path, package.cloned()));
        }
        let source = with(".py");
        if self.is_file(&source) {
            return Some(Found::Source(source, package.cloned()));
        }
        let bytecode = with(".pyc");
        self.is_file(&bytecode).then(|| Found::Opaque(bytecode, package.cloned()))
    }

    fn names(&self, folder: &TreePath) -> Names {
        if let Some(names) = self.listed.borrow().get(folder) {
            return Rc::clone(names);
        }
        let mut names = self.tree.names(folder);
        names.sort_unstable();
        let names = Rc::new(names);
        self.listed.borrow_mut().insert(folder.clone(), Rc::clone(&names));
        names
    }

    /// A compiled module of this name for another version or platform.
    pub fn foreign(&self, folders: &[TreePath], name: &str) -> Option<(TreePath, Misfit)> {
        folders.iter().find_map(|folder| {
            let is_foreign = |own: &Vec<u8>| {
                own.strip_prefix(name.as_bytes())
                    .is_some_and(|rest| rest.starts_with(b".") && (rest.ends_with(b".so") || rest.ends_with(b".pyd")))
            };
            let names = self.names(folder);
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
        let folders = self.misplaced.get_or_init(|| self.folders_of_packages());
        let holds = |folder: &&TreePath| {
            let found = self.find(std::slice::from_ref(*folder), name);
            matches!(found, Some(Found::Source(..) | Found::Opaque(..)))
        };
        folders.iter().find(holds).cloned()
    }

    fn folders_of_packages(&self) -> Vec<TreePath> {
        let root = TreePath::from("var/task");
        let mut folders: Vec<TreePath> = Vec::new();
        for top in self.names(&root).iter() {
            let top = root.child(top);
            if !self.is_folder(&top) {
                continue;
            }
            folders.push(top.clone());
            for below in ["site-packages", "python", "lib/site-packages", "Lib/site-packages"] {
                folders.extend(top.join(below));
            }
            for lib in ["lib", "lib64"] {
                let lib = top.child(lib.as_bytes());
                for version in self.names(&lib).iter().filter(|name| name.starts_with(b"python3")) {
                    folders.push(lib.child(version).child(b"site-packages"));
                }
            }
        }
        folders.retain(|folder| {
            self.names(folder).iter().any(|own| own.ends_with(b".dist-info")) || folder.file_name() == "site-packages"
        });
        folders
    }
}
