//! The installed distributions, and whose each file is.

use std::cell::OnceCell;
use std::collections::{BTreeMap, BTreeSet};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::runtime::python::{Distribution, Misfit, PythonVersion, normalised, package_for};
use crate::source::TreePath;

/// Numbers of distributions in the list that was given.
pub(super) struct Installed {
    all: Vec<Distribution>,
    /// Top-level modules of each, once somebody asked.
    tops: Vec<OnceCell<BTreeSet<String>>>,
    by_name: BTreeMap<String, usize>,
    owners: FxHashMap<TreePath, usize>,
    /// Compiled modules that distributions list, without what follows the first dot of their names.
    compiled: FxHashSet<TreePath>,
}

impl Installed {
    pub fn new(all: Vec<Distribution>) -> Self {
        let mut by_name = BTreeMap::new();
        let mut owners = FxHashMap::default();
        for (at, distribution) in all.iter().enumerate() {
            by_name.insert(normalised(&distribution.name), at);
            owners.extend(distribution.files.iter().map(|file| (file.clone(), at)));
        }
        let tops = all.iter().map(|_| OnceCell::new()).collect();
        let compiled = owners.keys().filter_map(compiled_module).collect();
        Self { all, tops, by_name, owners, compiled }
    }

    /// The distribution of a number.
    pub fn get(&self, at: usize) -> &Distribution {
        &self.all[at]
    }

    /// Names of the top-level modules of a distribution.
    pub fn tops(&self, at: usize) -> &BTreeSet<String> {
        self.tops[at].get_or_init(|| self.all[at].tops())
    }

    /// The distribution that installed a file.
    pub fn owner(&self, path: &TreePath) -> Option<usize> {
        self.owners.get(path).copied()
    }

    /// The distribution of a normalised name.
    pub fn named(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// A distribution of this name is installed.
    pub fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(&normalised(name))
    }

    /// Some distribution lists a file.
    pub fn lists_file(&self, path: &TreePath) -> bool {
        self.owners.contains_key(path)
    }

    /// Some distribution lists a module of this name in a folder.
    pub fn lists_module(&self, folder: &TreePath, name: &str) -> bool {
        let stem = folder.child(name.as_bytes());
        let source = TreePath::new([stem.as_bytes(), b".py"].concat());
        self.lists_file(&source) || self.lists_file(&stem.child(b"__init__.py")) || self.compiled.contains(&stem)
    }

    /// The distribution that installed a file surely requires the one that brings a top-level module.
    pub fn declares(&self, file: &TreePath, module: &str) -> bool {
        let Some(owner) = self.owner(file) else { return false };
        let required = self.all[owner].requirements.iter().filter(|requirement| requirement.certain);
        required.into_iter().any(|requirement| match self.named(&requirement.name) {
            Some(at) => self.tops(at).contains(module),
            None => requirement.name == normalised(package_for(module)) || requirement.name == normalised(module),
        })
    }

    /// Why the wheel of a distribution does not fit; `None` when one of its tags does.
    pub fn misfit(&self, at: usize, version: PythonVersion) -> Option<Misfit> {
        let mut all = self.all[at].tags.iter().map(|tag| tag.misfit(version));
        let first = all.next()??;
        all.all(|misfit| misfit.is_some()).then_some(first)
    }
}

/// A compiled module without the tags and the ending of its file's name.
pub(super) fn compiled_module(file: &TreePath) -> Option<TreePath> {
    let name = file.file_name();
    let module = name.strip_suffix(".so")?.split('.').next()?;
    Some(file.parent().child(module.as_bytes()))
}
