//! Where a dotted name leads, seen from the roots or from a package.

use super::Walk;
use crate::runtime::python::Found;
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

impl Walk<'_> {
    /// Follows a dotted name, from the roots or below a folder.
    pub(super) fn locate(&mut self, parts: &[&str], folder: Option<&TreePath>) -> Located {
        let version = self.finder.version();
        let mut folders = match folder {
            Some(folder) => match self.package(folder) {
                Found::Namespace(_) => self.portions(folder),
                _ => vec![folder.clone()],
            },
            None => self.finder.roots().to_vec(),
        };
        let mut steps: Vec<Found> = Vec::new();
        for (at, part) in parts.iter().enumerate() {
            let top = at == 0 && folder.is_none();
            if top && version.is_builtin(part) {
                return Located::Platform { provided: false };
            }
            let found = self.finder.find(&folders, part);
            if top && !matches!(found, Some(Found::Source(..) | Found::Opaque(..))) {
                if version.is_stdlib(part) {
                    return Located::Platform { provided: false };
                }
                if version.is_provided(part) {
                    return Located::Platform { provided: true };
                }
            }
            let Some(found) = found else {
                let parent = steps.last().cloned().or_else(|| Some(self.package(folder?)));
                return if parent.is_some_and(|parent| self.has_unseen_children(&parent)) {
                    Located::Unknown
                } else {
                    Located::Missing(Gap { at, steps, folders })
                };
            };
            folders = match &found {
                Found::Source(_, folder) | Found::Opaque(_, folder) => folder.iter().cloned().collect(),
                Found::Namespace(portions) => portions.clone(),
            };
            steps.push(found);
        }
        Located::Found(steps)
    }

    /// Modules below it may come from elsewhere than its folder.
    fn has_unseen_children(&mut self, parent: &Found) -> bool {
        match parent {
            Found::Opaque(..) => true,
            Found::Source(path, _) => self.facts(path).is_none_or(|facts| facts.children_open),
            Found::Namespace(_) => false,
        }
    }

    /// The package that a folder is.
    pub(super) fn package(&self, folder: &TreePath) -> Found {
        let found = self.finder.find(&[folder.parent()], &folder.file_name());
        found.unwrap_or_else(|| Found::Namespace(vec![folder.clone()]))
    }

    /// The folders of a namespace package in all roots.
    fn portions(&self, folder: &TreePath) -> Vec<TreePath> {
        let roots = self.finder.roots();
        match self.inside_root(folder) {
            Some(inside) => roots.iter().map(|root| root.joined(&inside)).collect(),
            None => vec![folder.clone()],
        }
    }

    /// A path as seen from the innermost root that it is under.
    pub(super) fn inside_root(&self, path: &TreePath) -> Option<TreePath> {
        self.finder
            .roots()
            .iter()
            .filter_map(|root| path.relative_to(root))
            .min_by_key(|inside| inside.as_bytes().len())
    }

    /// The folder that the dots of a relative import lead to; an error where they leave the top-level package.
    pub(super) fn relative(&self, path: &TreePath, level: u32) -> Result<Option<TreePath>, &'static str> {
        let is_root = |folder: &TreePath| self.finder.is_platform_root(folder);
        let mut folder = path.parent();
        if level == 0 {
            return Ok(None);
        }
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
}

/// The parts of a dotted name.
pub(super) fn parts(module: &str) -> Vec<&str> {
    module.split('.').filter(|part| !part.is_empty()).collect()
}
