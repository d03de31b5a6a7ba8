//! Release sets of compose: a base file alone, with its automatic override, with each named override.
//!
//! What a file says that is merged into several sets is one thing, not several: facts that come from
//! the base file alone carry the base's address in every set, so a fault in the base is one finding
//! however many overrides there are, and a set with an override adds only what the override changes,
//! adds or makes wrong.

use std::collections::{BTreeMap, BTreeSet};

use super::Planning;
use crate::extract::{Extract, FileKind};
use crate::facts::ReleaseSet;
use crate::source::TreePath;
use crate::syntax::Node;
use crate::value::Why;

/// Files that `docker compose` takes without being told, the first that exists (compose CLI reference, 2026-07).
const DEFAULT_NAMES: &[&str] = &["compose.yaml", "compose.yml", "docker-compose.yaml", "docker-compose.yml"];

/// Files that it lays over them without being told.
const OVERRIDE_NAMES: &[&str] =
    &["compose.override.yaml", "compose.override.yml", "docker-compose.override.yaml", "docker-compose.override.yml"];

/// Plans the release sets.
pub fn plan(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let mut folders: BTreeMap<TreePath, Vec<File>> = BTreeMap::new();
    for (path, extract) in planning.extracts {
        if extract.kind == FileKind::Compose {
            folders.entry(path.parent()).or_default().push(File::of(path, extract));
        }
    }
    let included: BTreeSet<TreePath> =
        folders.values().flatten().flat_map(|file| file.includes.iter().cloned()).collect();
    let mut sets: Vec<ReleaseSet> = declared(planning);
    let taken: BTreeSet<TreePath> = sets.iter().flat_map(|set| set.files.iter().cloned()).collect();
    for files in folders.values() {
        let files: Vec<&File> =
            files.iter().filter(|file| !included.contains(&file.path) && !taken.contains(&file.path)).collect();
        plan_folder(planning, &files, &mut sets);
    }
    sets
}

/// Sets that the configuration declares.
fn declared(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let is_compose = |path: &TreePath| planning.extracts.get(path).is_some_and(|e| e.kind == FileKind::Compose);
    let compose = planning.declared.iter().filter(|(_, files)| files.first().is_some_and(is_compose));
    compose
        .filter_map(|(name, files)| {
            let root = files.first()?.clone();
            let from_name = || (planning.environment)(&TreePath::from(name.as_str()));
            let environment = files.iter().rev().find_map(|path| (planning.environment)(path)).or_else(from_name);
            let inputs = files[1..].iter().map(|path| shown(path, &root)).collect();
            Some(ReleaseSet { technology: "compose", root, files: files.clone(), inputs, environment, open: None })
        })
        .collect()
}

/// What planning must know of one file.
struct File {
    path: TreePath,
    name: String,
    services: BTreeSet<String>,
    /// Some service has neither image nor build: it is made to be laid over another file.
    is_partial: bool,
    /// Services that its own ones wait for, or share a network with.
    needed: BTreeSet<String>,
    includes: Vec<TreePath>,
}

impl File {
    fn of(path: &TreePath, extract: &Extract) -> Self {
        let mut file = Self {
            path: path.clone(),
            name: path.file_name().into_owned(),
            services: BTreeSet::new(),
            is_partial: false,
            needed: BTreeSet::new(),
            includes: Vec::new(),
        };
        for document in extract.documents() {
            file.read(&document.root());
        }
        file
    }

    fn read(&mut self, root: &Node<'_>) {
        for (key, service) in root.get("services").map(|node| node.entries()).unwrap_or_default() {
            let Some(name) = key.text().filter(|name| !name.starts_with("x-")) else { continue };
            self.services.insert(name.to_owned());
            let is_whole = ["image", "build", "extends", "provider"].iter().any(|key| service.get(key).is_some());
            self.is_partial |= !is_whole;
            self.needed.extend(needed_by(&service));
        }
        for include in root.get("include").map(|node| node.items()).unwrap_or_default() {
            let written = include.get("path").unwrap_or(include);
            let written = if written.is_sequence() { written.items() } else { vec![written] };
            let paths = written.iter().filter_map(|node| self.path.parent().join(node.text()?));
            self.includes.extend(paths.collect::<Vec<_>>());
        }
    }

    /// It makes sense only with another file: it completes services of that file, changes them, or waits
    /// for them without having them itself.
    fn is_laid_over(&self, base: &Self) -> bool {
        let leans_on = |name: &String| !self.services.contains(name) && base.services.contains(name);
        self.is_partial || !self.services.is_disjoint(&base.services) || self.needed.iter().any(leans_on)
    }

    fn is_default(&self) -> bool {
        DEFAULT_NAMES.contains(&self.name.as_str())
    }
}

/// Names of the services that a service cannot start without.
fn needed_by(service: &Node<'_>) -> Vec<String> {
    let mut names = Vec::new();
    for key in ["depends_on", "links"] {
        let Some(node) = service.get(key) else { continue };
        let keys = node.entries().into_iter().map(|(key, _)| key);
        let written = keys.chain(node.items()).filter_map(|node| node.text());
        // A link is `service:alias`.
        names.extend(written.map(|name| name.split(':').next().unwrap_or(name).to_owned()));
    }
    let mode = service.get("network_mode").and_then(|node| node.text());
    names.extend(mode.and_then(|mode| mode.strip_prefix("service:")).map(str::to_owned));
    names
}

fn plan_folder(planning: &Planning<'_>, files: &[&File], sets: &mut Vec<ReleaseSet>) {
    let automatic = files.iter().copied().find(|file| OVERRIDE_NAMES.contains(&file.name.as_str()));
    let rest: Vec<&File> = files.iter().copied().filter(|f| !OVERRIDE_NAMES.contains(&f.name.as_str())).collect();
    let base = DEFAULT_NAMES.iter().find_map(|name| rest.iter().find(|file| file.name == *name)).copied();
    let base = base.or_else(|| rest.iter().copied().find(|file| is_base_by_name(file)));
    let (mut bases, mut overrides): (Vec<&File>, Vec<&File>) = (Vec::new(), Vec::new());
    for file in rest {
        let is_base = base.is_some_and(|base| base.path == file.path);
        let is_override = |base: &File| !file.is_default() && file.is_laid_over(base);
        match base {
            Some(base) if !is_base && is_override(base) => overrides.push(file),
            _ => bases.push(file),
        }
    }
    for file in &bases {
        let is_base = base.is_some_and(|base| base.path == file.path);
        let mut set = set_of(planning, &[file]);
        if file.is_partial && !is_base {
            set.open = Some(Why::new("the file completes another that was not found"));
        }
        // What is written in the base may lean on what a later file adds.
        if is_base && file.is_partial {
            set.open = Some(Why::new("the file is completed by another"));
        }
        sets.push(set);
    }
    let Some(base) = base else {
        // An override without a base: nobody can say what it is laid over.
        for file in automatic.into_iter().chain(overrides) {
            let mut set = set_of(planning, &[file]);
            set.open = Some(Why::new("the file completes another that was not found"));
            sets.push(set);
        }
        return;
    };
    for file in automatic.into_iter().chain(overrides) {
        sets.push(set_of(planning, &[base, file]));
    }
}

/// `docker-compose.base.yml` and the like, where no file has a default name.
fn is_base_by_name(file: &File) -> bool {
    let tokens: Vec<&str> = file.name.split(['.', '-', '_']).collect();
    tokens.iter().any(|token| matches!(*token, "base" | "common")) && !file.services.is_empty()
}

fn set_of(planning: &Planning<'_>, files: &[&File]) -> ReleaseSet {
    let root = files[0].path.clone();
    let environment = files.iter().rev().find_map(|file| (planning.environment)(&file.path));
    ReleaseSet {
        technology: "compose",
        files: files.iter().map(|file| file.path.clone()).collect(),
        inputs: files[1..].iter().map(|file| shown(&file.path, &root)).collect(),
        root,
        environment,
        open: None,
    }
}

/// An input as it stands in an address: relative to the root file's folder where it lies below it.
fn shown(path: &TreePath, root: &TreePath) -> String {
    path.relative_to(&root.parent()).unwrap_or_else(|| path.clone()).to_string()
}
