//! What kustomizations say of the files around them: which are complete objects, which are parts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::extract::{Extract, FileKind};
use crate::source::TreePath;
use crate::syntax::Node;

/// One kustomization.
#[derive(Debug)]
struct Kustomization {
    path: TreePath,
    is_component: bool,
    /// Files and folders whose objects it takes as they are.
    resources: Vec<TreePath>,
    /// Files that change objects.
    patches: Vec<TreePath>,
}

/// All kustomizations of a tree, by folder.
#[derive(Debug, Default)]
pub struct Kustomizations {
    by_folder: BTreeMap<TreePath, Kustomization>,
    /// Files that some kustomization takes as complete objects, Components aside.
    listed: BTreeSet<TreePath>,
    /// Folders of the kustomizations that take a file or folder.
    users: BTreeMap<TreePath, Vec<TreePath>>,
    /// Files that change objects, or are taken by Components alone.
    parts: BTreeMap<TreePath, &'static str>,
}

/// Keys whose items are paths of files that change objects, or of which objects are made.
const PATCH_LISTS: &[&str] = &[
    "patches",
    "patchesStrategicMerge",
    "patchesJson6902",
    "replacements",
    "transformers",
    "generators",
    "configurations",
];

impl Kustomizations {
    /// Reads those among the extracts.
    pub fn of(extracts: &BTreeMap<TreePath, Arc<Extract>>) -> Self {
        let mut out = Self::default();
        for (path, extract) in extracts {
            if extract.kind == FileKind::Skipped("kustomization") {
                out.by_folder.insert(path.parent(), read(path, extract));
            }
        }
        let mut parts = BTreeMap::new();
        for (folder, kustomization) in &out.by_folder {
            for resource in &kustomization.resources {
                out.users.entry(resource.clone()).or_default().push(folder.clone());
                if kustomization.is_component {
                    parts.entry(resource.clone()).or_insert("kustomization component");
                } else {
                    out.listed.insert(resource.clone());
                }
            }
            for patch in &kustomization.patches {
                parts.insert(patch.clone(), "kustomization patch");
            }
        }
        out.parts = parts;
        out
    }

    /// What a manifest is part of, when it is no complete object of its own.
    pub fn part(&self, path: &TreePath) -> Option<&'static str> {
        if self.listed.contains(path) {
            return None;
        }
        if let Some(reason) = self.parts.get(path) {
            return Some(reason);
        }
        // Files below an overlay or a component that nothing names: patches that are not in use.
        let around = self.by_folder.get(self.folder_around(path)?)?;
        if around.is_component {
            return Some("kustomization component");
        }
        let takes_files = around.resources.iter().any(is_manifest);
        (!takes_files).then_some("kustomization overlay")
    }

    /// Folders of kustomizations that take files as they are, each with these files.
    pub fn bases(&self) -> BTreeMap<&TreePath, Vec<TreePath>> {
        let mut taken: BTreeSet<&TreePath> = BTreeSet::new();
        let mut out: BTreeMap<&TreePath, Vec<TreePath>> = BTreeMap::new();
        // A kustomization has the first claim on the files of its own folder.
        for own in [true, false] {
            for (folder, kustomization) in self.by_folder.iter().filter(|(_, found)| !found.is_component) {
                let files = kustomization.resources.iter().filter(|path| is_manifest(path));
                let files = files.filter(|path| path.is_under(folder) == own && taken.insert(path));
                out.entry(folder).or_default().extend(files.cloned());
            }
        }
        out.retain(|_, files| !files.is_empty());
        out
    }

    /// The nearest folder with a kustomization around a path.
    pub fn folder_around(&self, path: &TreePath) -> Option<&TreePath> {
        let mut folder = path.parent();
        loop {
            if let Some((found, _)) = self.by_folder.get_key_value(&folder) {
                return Some(found);
            }
            if folder.is_root() {
                return None;
            }
            folder = folder.parent();
        }
    }

    /// The kustomization files of a folder and of all that build on it.
    pub fn over(&self, folder: &TreePath) -> Vec<&TreePath> {
        let mut reached = BTreeSet::from([folder]);
        let mut frontier = vec![folder];
        while let Some(next) = frontier.pop() {
            let above = self.users.get(next).into_iter().flatten();
            frontier.extend(above.filter(|above| reached.insert(above)));
        }
        reached.iter().filter_map(|folder| self.by_folder.get(*folder)).map(|found| &found.path).collect()
    }

    /// True for a folder that belongs to a kustomization.
    pub fn covers(&self, folder: &TreePath) -> bool {
        self.by_folder.contains_key(folder)
    }
}

fn is_manifest(path: &TreePath) -> bool {
    matches!(path.extension().as_deref(), Some("yaml" | "yml" | "json"))
}

fn read(path: &TreePath, extract: &Extract) -> Kustomization {
    let folder = path.parent();
    let mut out = Kustomization { path: path.clone(), is_component: false, resources: Vec::new(), patches: Vec::new() };
    for document in extract.documents() {
        let root = document.root();
        out.is_component |= root.get("kind").and_then(|kind| kind.text()) == Some("Component");
        let items = |key: &str| root.get(key).map(|node| node.items()).unwrap_or_default();
        let joined =
            |node: &Node<'_>| node.text().filter(|text| !text.contains('\n')).and_then(|text| folder.join(text));
        for key in ["resources", "bases", "components", "crds"] {
            out.resources.extend(items(key).iter().filter_map(joined));
        }
        for key in PATCH_LISTS {
            for item in items(key) {
                let written = if item.is_mapping() { item.get("path") } else { Some(item) };
                out.patches.extend(written.as_ref().and_then(joined));
            }
        }
    }
    out
}
