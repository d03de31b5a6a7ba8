//! Where a dotted name leads, seen from the roots or from a package.

use super::Walk;
use crate::runtime::python::{Finder, Found};
use crate::source::TreePath;

/// Where a dotted name leads.
pub(super) enum Located {
    /// What each part of it leads to.
    Found(Vec<Found>),
    /// To the standard library or the runtime.
    Platform {
        /// The runtime brings it beside the standard library.
        provided: bool,
    },
    /// It cannot be told.
    Unknown,
    /// Nowhere.
    Missing(Gap),
}

/// Where a dotted name ends although it goes on.
pub(super) struct Gap {
    /// The number of the first part that is missing.
    pub at: usize,
    /// What stands before it.
    pub steps: Vec<Found>,
    /// Where it was looked for.
    pub folders: Vec<TreePath>,
}

/// Where a dotted name leads as far as folders show it: its gap is one only where no code fills it.
pub(super) fn follow(finder: &Finder, parts: &[&str], folder: Option<&TreePath>) -> Located {
    let version = finder.version();
    let mut folders = match folder {
        Some(folder) => match package(finder, folder) {
            Found::Namespace(_) => portions(finder, folder),
            _ => vec![folder.clone()],
        },
        None => finder.roots().to_vec(),
    };
    let mut steps: Vec<Found> = Vec::with_capacity(parts.len());
    for (at, part) in parts.iter().enumerate() {
        let top = at == 0 && folder.is_none();
        if top && version.is_builtin(part) {
            return Located::Platform { provided: false };
        }
        let found = finder.find(&folders, part);
        if top && !matches!(found, Some(Found::Source(..) | Found::Opaque(..))) {
            if version.is_stdlib(part) {
                return Located::Platform { provided: false };
            }
            if version.is_provided(part) {
                return Located::Platform { provided: true };
            }
        }
        let Some(found) = found else { return Located::Missing(Gap { at, steps, folders }) };
        if at + 1 < parts.len() {
            folders = found.folders().to_vec();
        }
        steps.push(found);
    }
    Located::Found(steps)
}

/// The package that a folder is.
pub(super) fn package(finder: &Finder, folder: &TreePath) -> Found {
    let found = finder.find(&[folder.parent()], &folder.file_name());
    found.unwrap_or_else(|| Found::Namespace(vec![folder.clone()]))
}

/// The folders of a namespace package in all roots.
fn portions(finder: &Finder, folder: &TreePath) -> Vec<TreePath> {
    match inside_root(finder, folder) {
        Some(inside) => finder.roots().iter().map(|root| root.joined(&inside)).collect(),
        None => vec![folder.clone()],
    }
}

/// A path as seen from the innermost root that it is under.
pub(super) fn inside_root(finder: &Finder, path: &TreePath) -> Option<TreePath> {
    let roots = finder.roots().iter().filter_map(|root| path.relative_to(root));
    roots.min_by_key(|inside| inside.as_bytes().len())
}

/// The dotted name of a module of source.
pub(super) fn dotted(finder: &Finder, path: &TreePath) -> Option<String> {
    let module = if path.file_name() == "__init__.py" {
        path.parent()
    } else {
        TreePath::from(path.lossy().strip_suffix(".py")?)
    };
    Some(inside_root(finder, &module)?.lossy().replace('/', "."))
}

/// The folder that the dots of a relative import lead to; an error where they leave the top-level package.
pub(super) fn relative(finder: &Finder, path: &TreePath, level: u32) -> Result<Option<TreePath>, &'static str> {
    let is_root = |folder: &TreePath| finder.is_platform_root(folder);
    if level == 0 {
        return Ok(None);
    }
    let mut folder = path.parent();
    if is_root(&folder) {
        return Err("attempted relative import with no known parent package");
    }
    for _ in 1..level {
        folder = folder.parent();
        if is_root(&folder) {
            return Err("attempted relative import beyond top-level package");
        }
    }
    Ok(Some(folder))
}

impl Walk<'_> {
    /// Follows a dotted name, from the roots or below a folder.
    pub(super) fn locate(&mut self, parts: &[&str], folder: Option<&TreePath>) -> Located {
        let located = follow(&self.finder, parts, folder);
        let Located::Missing(gap) = &located else { return located };
        // Whatever else may bring it: the module that was installed is gone.
        let part = parts.get(gap.at).copied().unwrap_or_default();
        if gap.folders.iter().any(|folder| self.is_lost(folder, part)) {
            return located;
        }
        let parent = gap.steps.last().cloned().or_else(|| Some(self.package(folder?)));
        if parent.is_some_and(|parent| self.has_unseen_children(&parent)) { Located::Unknown } else { located }
    }

    /// A distribution lists a module in a folder, and it is nowhere.
    fn is_lost(&self, folder: &TreePath, name: &str) -> bool {
        let is_elsewhere = || self.finder.find(&portions(&self.finder, folder), name).is_some();
        self.installed.lists_module(folder, name) && !is_elsewhere()
    }

    /// Modules below it may come from elsewhere than its folder.
    fn has_unseen_children(&mut self, parent: &Found) -> bool {
        match parent {
            Found::Opaque(..) => true,
            Found::Source(path, _) => {
                self.facts(path).is_none_or(|facts| facts.children_open || self.is_put_into_modules(path))
            }
            Found::Namespace(_) => false,
        }
    }

    /// Something else stands in `sys.modules` for a module of source.
    pub(super) fn is_put_into_modules(&self, path: &TreePath) -> bool {
        if self.aliases.is_empty() {
            return false;
        }
        dotted(&self.finder, path).is_some_and(|module| self.aliases.contains(&module))
    }

    /// The package that a folder is.
    pub(super) fn package(&self, folder: &TreePath) -> Found {
        package(&self.finder, folder)
    }

    /// The folder that the dots of a relative import lead to.
    pub(super) fn relative(&self, path: &TreePath, level: u32) -> Result<Option<TreePath>, &'static str> {
        relative(&self.finder, path, level)
    }
}

/// The parts of a dotted name.
pub(super) fn parts(module: &str) -> Vec<&str> {
    module.split('.').filter(|part| !part.is_empty()).collect()
}
