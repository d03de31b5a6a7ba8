//! Release sets of Kubernetes manifests.
//!
//! Plain manifests are applied together by folder, and folders that hold only a part (only
//! Services, only ConfigMaps) are merged upward to the nearest folder that then holds a Service and
//! a workload (facts/k8s-compose-docker.md §2.4). Copies of the same objects are alternatives and
//! never stand in one set. What charts and kustomizations render is not read yet: their templates
//! and patches are parts, not objects; the complete objects that a kustomization lists make a set
//! that is open.

mod alternatives;
mod folders;
mod kustomization;
mod object;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Planning;
use crate::extract::{Extract, FileKind};
use crate::facts::{Environment, ReleaseSet};
use crate::source::TreePath;
use crate::value::Why;
use alternatives::Unit;
use kustomization::Kustomizations;
use object::Object;

/// Plans the release sets.
pub fn plan(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let kustomizations = Kustomizations::of(planning.extracts);
    let parts = parts(planning.extracts, &kustomizations);
    let mut objects: BTreeMap<&TreePath, Vec<Object>> = planning
        .extracts
        .iter()
        .filter(|(path, extract)| extract.kind == FileKind::Kubernetes && !parts.contains_key(*path))
        .map(|(path, extract)| (path, object::objects(extract)))
        .collect();
    objects.retain(|_, objects| !objects.is_empty());

    let unread = folders_with_unread(planning.extracts, &parts);
    let mut planner = Planner { planning, kustomizations: &kustomizations, unread, sets: Vec::new() };
    for (name, files) in planning.declared {
        planner.declared(name, files, &mut objects);
    }
    planner.kustomized(&mut objects);
    planner.plain(objects);
    planner.sets
}

/// Manifests that are no complete objects by themselves, with what they are part of.
pub fn parts_of_rendered(extracts: &Extracts) -> BTreeMap<TreePath, &'static str> {
    parts(extracts, &Kustomizations::of(extracts))
}

fn parts(extracts: &Extracts, kustomizations: &Kustomizations) -> BTreeMap<TreePath, &'static str> {
    let rendered: BTreeSet<TreePath> = extracts
        .keys()
        .filter(|path| path.file_name() == "Chart.yaml")
        .flat_map(|path| ["templates", "crds", "charts"].map(|name| path.parent().child(name.as_bytes())))
        .collect();
    extracts
        .iter()
        .filter(|(_, extract)| extract.kind == FileKind::Kubernetes)
        .filter_map(|(path, _)| {
            let in_chart = path.ancestors().any(|folder| rendered.contains(&folder));
            let reason = if in_chart { Some("helm chart") } else { kustomizations.part(path) };
            reason.map(|reason| (path.clone(), reason))
        })
        .collect()
}

/// Folders in which a file that may hold manifests could not be read.
fn folders_with_unread(extracts: &Extracts, parts: &BTreeMap<TreePath, &'static str>) -> BTreeSet<TreePath> {
    let may_be_manifest =
        |path: &TreePath| matches!(path.extension().as_deref(), Some("yaml" | "yml" | "json" | "tpl" | "j2" | "tmpl"));
    let is_unread = |extract: &Extract| {
        !extract.problems().is_empty()
            || matches!(extract.kind, FileKind::Skipped(reason) if !NO_MANIFESTS.contains(&reason))
    };
    extracts
        .iter()
        .filter(|(path, extract)| may_be_manifest(path) && !parts.contains_key(*path) && is_unread(extract))
        .map(|(path, _)| path.parent())
        .collect()
}

/// Reasons for not reading a file that say that no manifests are in it.
const NO_MANIFESTS: &[&str] = &["openapi", "serverless.yml", "cdk app", "skaffold", "terraform"];

type Extracts = BTreeMap<TreePath, Arc<Extract>>;

struct Planner<'a> {
    planning: &'a Planning<'a>,
    kustomizations: &'a Kustomizations,
    /// Folders in which something could not be read.
    unread: BTreeSet<TreePath>,
    sets: Vec<ReleaseSet>,
}

/// Files of a set with their objects.
type Files<'a> = BTreeMap<&'a TreePath, Vec<Object>>;

impl<'a> Planner<'a> {
    /// A set that the configuration names takes its files away from all others.
    fn declared(&mut self, name: &str, files: &[TreePath], objects: &mut Files<'a>) {
        let own: Files<'a> = files.iter().filter_map(|path| objects.remove_entry(path)).collect();
        let Some(root) = own.keys().map(|path| path.parent()).reduce(|a, b| common_folder(&a, &b)) else { return };
        let units: Vec<Unit> = own.into_iter().map(|(path, objects)| Unit::of_file(path, objects)).collect();
        let environment =
            (self.planning.environment)(&TreePath::from(name)).or_else(|| self.environment(&root, &units));
        self.emit(&root, vec![name.to_owned()], &units, environment, None);
    }

    /// The complete objects of a kustomization: those that it lists, and those that stand beside them.
    fn kustomized(&mut self, objects: &mut Files<'a>) {
        let mut beside: BTreeMap<&TreePath, Vec<&TreePath>> = BTreeMap::new();
        for path in objects.keys() {
            if let Some(folder) = self.kustomizations.folder_around(path) {
                beside.entry(folder).or_default().push(path);
            }
        }
        for (folder, listed) in self.kustomizations.bases() {
            let mut own: Files<'a> = listed.iter().filter_map(|path| objects.remove_entry(path)).collect();
            if own.is_empty() {
                continue;
            }
            let beside = beside.get(folder).into_iter().flatten();
            own.extend(beside.filter_map(|path| objects.remove_entry(*path)));
            let mut units: Vec<Unit> = own.into_iter().map(|(path, objects)| Unit::of_file(path, objects)).collect();
            // Kustomizations say which ConfigMaps and Secrets they generate.
            units.extend(self.kustomizations.over(folder).into_iter().map(|path| Unit::of_file(path, Vec::new())));
            self.alternatives(folder, units, Some("kustomization not rendered"));
        }
    }

    fn plain(&mut self, objects: Files<'a>) {
        for (root, units) in folders::merge(objects) {
            self.alternatives(&root, units, None);
        }
    }

    fn alternatives(&mut self, root: &TreePath, units: Vec<Unit>, open: Option<&'static str>) {
        let units = Unit::joined_below(root, units);
        let alternatives =
            alternatives::split(root, &units, &|path| (self.planning.environment)(path).map(|(found, _)| found));
        for (index, alternative) in alternatives.into_iter().enumerate() {
            let told: Vec<&Unit> = alternative.told_by.iter().map(|index| &units[*index]).collect();
            let told_environment = same_environment(told.iter().map(|unit| (self.planning.environment)(&unit.path)));
            // What is applied first keeps the address that it has without copies.
            let is_plain = index == 0 && told_environment.is_none();
            let inputs = if is_plain { Vec::new() } else { told.iter().map(|unit| unit.name_below(root)).collect() };
            let chosen: Vec<Unit> = alternative.units.iter().map(|index| units[*index].clone()).collect();
            let environment = told_environment.or_else(|| self.environment(root, &chosen));
            let open = open.or(alternative.is_partial.then_some("copies of the same objects"));
            self.emit(root, inputs, &chosen, environment, open);
        }
    }

    fn environment(&self, root: &TreePath, units: &[Unit]) -> Option<(Environment, String)> {
        (self.planning.environment)(root)
            .or_else(|| same_environment(units.iter().flat_map(|unit| &unit.files).map(self.planning.environment)))
    }

    fn emit(
        &mut self,
        root: &TreePath,
        inputs: Vec<String>,
        units: &[Unit],
        environment: Option<(Environment, String)>,
        open: Option<&'static str>,
    ) {
        let mut files: Vec<TreePath> = units.iter().flat_map(|unit| unit.files.iter().cloned()).collect();
        files.sort();
        files.dedup();
        let open = open.or_else(|| self.why_open(root, &files, units)).map(Why::new);
        self.sets.push(ReleaseSet { technology: "k8s", root: root.clone(), files, inputs, environment, open });
    }

    /// Why something that is applied with these files could not be seen.
    fn why_open(&self, root: &TreePath, files: &[TreePath], units: &[Unit]) -> Option<&'static str> {
        let folders: BTreeSet<TreePath> = files.iter().map(TreePath::parent).collect();
        let kustomized = |folder: &TreePath| self.kustomizations.covers(folder);
        if folders.iter().any(kustomized) {
            return Some("kustomization not rendered");
        }
        let unread = self.planning.unread;
        let around = folders.iter().flat_map(TreePath::ancestors).filter_map(|folder| unread.get_key_value(&folder));
        let below = unread.range(root..).take_while(|(path, _)| path.as_bytes().starts_with(root.as_bytes()));
        let below = below.filter(|(path, _)| !root.is_root() && path.is_under(root)).take(1);
        if let Some((_, reason)) = around.chain(below).min() {
            return Some(if reason == "helm chart" { "helm chart not rendered" } else { "kustomization not rendered" });
        }
        if folders.iter().any(|folder| self.unread.contains(folder)) {
            return Some("a file beside the manifests is not read");
        }
        let custom = units.iter().flat_map(|unit| &unit.objects).any(Object::may_make_others);
        custom.then_some("custom resource of an operator")
    }
}

/// The environment that all of them name.
fn same_environment(
    environments: impl Iterator<Item = Option<(Environment, String)>>,
) -> Option<(Environment, String)> {
    let mut found: Option<(Environment, String)> = None;
    for environment in environments {
        let environment = environment?;
        match &found {
            Some((known, _)) if *known != environment.0 => return None,
            Some(_) => {}
            None => found = Some(environment),
        }
    }
    found
}

fn common_folder(a: &TreePath, b: &TreePath) -> TreePath {
    let mut common = a.clone();
    while !b.is_under(&common) {
        common = common.parent();
    }
    common
}

#[cfg(test)]
mod tests;
