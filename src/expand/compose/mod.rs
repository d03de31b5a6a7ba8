//! Compose projects: files merged, variables filled in, `extends` and `include` followed.
//!
//! The first applied document is the project; the others are the files that `env_file` names.
//! A value that comes from a file of variables keeps a step that says where in the project it is used.

mod environment;
mod interpolate;
mod merge;
mod shape;
pub(crate) mod short;

pub(crate) use interpolate::{Dialect, Variables, Written, interpolate};

use std::collections::BTreeSet;

use merge::Merger;
use shape::Shape;

use super::applied::AppliedEntry;
use super::{Applied, AppliedDocument, AppliedKind, Expansion, Inputs};
use crate::facts::ReleaseSet;
use crate::source::{HopKind, Origin, Source, Span, TreePath};
use crate::syntax::{Node, Style};
use crate::value::{Condition, Content, Value, Why};

/// Longest chain of `extends` or `include`; real ones stay below 5.
const CHAIN: usize = 16;

/// Most nodes that all `extends` of a project may copy; real projects stay below 10,000.
const EXTENDED_NODES: u64 = 100_000;

/// Keys that `extends` does not take over, because they tie a service to others of its own project.
const NOT_EXTENDED: &[&str] = &["extends", "depends_on", "links", "volumes_from", "profiles"];

/// Expands a release set.
pub fn expand(set: &ReleaseSet, inputs: &Inputs<'_>) -> Expansion {
    let variables = environment::project_variables(inputs, &set.root.parent());
    let mut project =
        Project { inputs, expansion: Expansion::default(), included: BTreeSet::new(), budget: EXTENDED_NODES };
    let mut root = project.model(&set.files, &variables, 0);
    pass_through(&mut root, &variables);
    let Some(source) = inputs.extract(&set.root).map(|extract| extract.source.clone()) else {
        return project.expansion;
    };
    let mut expansion = project.expansion;
    let files = environment_files(set, &root);
    expansion.documents.push(AppliedDocument { source, root });
    expansion.documents.extend(files.iter().filter_map(|path| environment::document(inputs, path, &variables)));
    expansion
}

/// The compose file in which a value is written: where `${X}` stands, if it comes through one.
pub(crate) fn written_in(origin: &Origin) -> &Source {
    origin.steps().iter().find(|hop| hop.kind == HopKind::EnvironmentFile).map_or(&origin.source, |hop| &hop.source)
}

/// The folder from which paths in a value count: the project's for the files that are merged, the
/// file's own for those that are extended or included.
pub(crate) fn folder_of(origin: &Origin, set: &ReleaseSet) -> TreePath {
    let file = written_in(origin).path();
    if set.files.contains(file) { set.root.parent() } else { file.parent() }
}

/// A variable named without a value is taken from where compose runs: `.env`, or a shell that nobody can see.
fn pass_through(root: &mut Applied, variables: &Variables) {
    for service in child_mut(root, "services").map(entries_mut).into_iter().flatten() {
        let mut maps: Vec<&mut Applied> = Vec::new();
        for entry in entries_mut(&mut service.value) {
            match entry.name.as_str() {
                "environment" => maps.push(&mut entry.value),
                "build" => maps.extend(child_mut(&mut entry.value, "args")),
                _ => {}
            }
        }
        for entry in maps.into_iter().flat_map(entries_mut).filter(|entry| entry.value.is_null()) {
            let at = entry.name_origin.clone();
            let value = match variables.get(&entry.name) {
                Some((text, own)) if variables.may_put(text) => {
                    Value::known(text.to_owned(), own.clone().via(HopKind::EnvironmentFile, &at.source, at.span))
                }
                Some(_) => Value::unknown(interpolate::TOO_LONG, at.clone()),
                None => Value::new(
                    Content::OneOf(vec![
                        (Condition::new(format!("`{}` is not set", entry.name)), Value::absent(at.clone())),
                        (
                            Condition::new(format!("`{}` is set", entry.name)),
                            Value::unknown(interpolate::NOT_SET, at.clone()),
                        ),
                    ]),
                    at.clone(),
                ),
            };
            entry.value = Applied { origin: at, kind: AppliedKind::Scalar(value, Style::Quoted) };
        }
    }
}

fn entries_mut(applied: &mut Applied) -> &mut [AppliedEntry] {
    match &mut applied.kind {
        AppliedKind::Mapping(entries) => entries,
        _ => &mut [],
    }
}

fn child_mut<'a>(applied: &'a mut Applied, name: &str) -> Option<&'a mut Applied> {
    entries_mut(applied).iter_mut().find(|entry| entry.name == name).map(|entry| &mut entry.value)
}

/// Files that services name in `env_file`, each once, in order.
fn environment_files(set: &ReleaseSet, root: &Applied) -> Vec<TreePath> {
    let mut out: Vec<TreePath> = Vec::new();
    for service in root.get("services").map_or(&[][..], Applied::entries) {
        for item in service.value.get("env_file").map_or(&[][..], Applied::items) {
            if let Some(path) = environment_file(set, item)
                && !out.contains(&path)
            {
                out.push(path);
            }
        }
    }
    out
}

/// The path of one `env_file` item, short or long.
pub(crate) fn environment_file(set: &ReleaseSet, item: &Applied) -> Option<TreePath> {
    let path = if item.is_mapping() { item.get("path")? } else { item };
    let text = path.text();
    folder_of(&text.origin, set).join(text.get()?)
}

struct Project<'a> {
    inputs: &'a Inputs<'a>,
    expansion: Expansion,
    /// Included files, so that each is read once and circles end.
    included: BTreeSet<TreePath>,
    /// Nodes that `extends` may still copy.
    budget: u64,
}

impl Project<'_> {
    /// Several files merged, in order.
    fn model(&mut self, files: &[TreePath], variables: &Variables, depth: usize) -> Applied {
        let mut model: Option<Applied> = None;
        for path in files {
            let Some(parsed) = self.inputs.yaml(path) else {
                self.open("a compose file is not in the repository");
                continue;
            };
            for document in &parsed.documents {
                let root = document.root();
                if root.is_mapping() {
                    model = Some(self.file(model, &root, path, variables, depth));
                }
            }
        }
        model.unwrap_or_else(|| {
            let path = files.first().cloned().unwrap_or_else(TreePath::root);
            let source = Source::new(path, crate::source::ContentId::of(b""));
            Applied { origin: Origin::new(source, Span::default()), kind: AppliedKind::Mapping(Vec::new()) }
        })
    }

    fn file(
        &mut self,
        base: Option<Applied>,
        root: &Node<'_>,
        path: &TreePath,
        variables: &Variables,
        depth: usize,
    ) -> Applied {
        let merger = Merger { variables };
        let origin = base.as_ref().map_or_else(|| root.origin(), |base| base.origin.clone());
        let mut entries = match base {
            Some(Applied { kind: AppliedKind::Mapping(entries), .. }) => entries,
            _ => Vec::new(),
        };
        for (key, node) in root.entries() {
            let Some(name) = key.text() else { continue };
            if name.starts_with("x-") || name == "include" {
                continue;
            }
            let before = take(&mut entries, name);
            let laid = match name {
                "services" if node.tag().is_none() => {
                    Some(self.services(before.map(|entry| entry.value), &node, path, variables))
                }
                _ => merger.lay(before.map(|entry| entry.value), &node, Shape::Root.child(name), 1),
            };
            if let Some(value) = laid {
                entries.push(AppliedEntry { name: name.to_owned(), name_origin: key.origin(), value });
            }
        }
        let mut model = Applied { origin, kind: AppliedKind::Mapping(entries) };
        for include in root.get("include").map(|node| node.items()).unwrap_or_default() {
            if let Some(other) = self.include(&include, path, variables, depth) {
                add_missing(&mut model, other);
            }
        }
        model
    }

    fn services(&mut self, base: Option<Applied>, node: &Node<'_>, path: &TreePath, variables: &Variables) -> Applied {
        let merger = Merger { variables };
        let origin = base.as_ref().map_or_else(|| node.origin(), |base| base.origin.clone());
        let mut entries = match base {
            Some(Applied { kind: AppliedKind::Mapping(entries), .. }) => entries,
            _ => Vec::new(),
        };
        let mut places = merge::places(&entries);
        for (key, service) in node.entries() {
            let Some(name) = key.text() else { continue };
            if name.starts_with("x-") {
                continue;
            }
            let at = places.get(name).copied();
            let before = at.map(|at| entries[at].value.clone());
            let extended = self.extended(&service, node, path, variables, 0);
            let below = match (before, extended) {
                (Some(before), Some(extended)) => Some(merge::over(Some(before), extended)),
                (before, extended) => before.or(extended),
            };
            let laid = merger.lay(below, &service, Shape::Service, 2);
            match (laid, at) {
                (Some(value), Some(at)) => entries[at].value = value,
                (Some(value), None) => {
                    places.insert(name.to_owned(), entries.len());
                    entries.push(AppliedEntry { name: name.to_owned(), name_origin: key.origin(), value });
                }
                (None, Some(at)) => {
                    drop(entries.remove(at));
                    places = merge::places(&entries);
                }
                (None, None) => {}
            }
        }
        Applied { origin, kind: AppliedKind::Mapping(entries) }
    }

    /// What a service takes over by `extends`.
    fn extended(
        &mut self,
        service: &Node<'_>,
        services: &Node<'_>,
        path: &TreePath,
        variables: &Variables,
        depth: usize,
    ) -> Option<Applied> {
        let extends = service.get("extends").filter(|_| self.budget > 0)?;
        let merger = Merger { variables };
        let scalar = |node: &Node<'_>| merger.scalar(node).known().map(str::to_owned);
        let (file, name) = match extends.text() {
            Some(_) => (None, scalar(&extends)?),
            None => (extends.get("file").map(|file| scalar(&file)), scalar(&extends.get("service")?)?),
        };
        if depth >= CHAIN {
            self.open("chain of `extends` that is too long");
            return None;
        }
        let mut found = match file {
            None => {
                let base = services.get(&name).filter(|base| base.id() != service.id())?;
                let below = self.extended(&base, services, path, variables, depth + 1);
                merger.lay(below, &base, Shape::Service, 2)?
            }
            Some(file) => {
                let other = file.and_then(|file| path.parent().join(&file));
                let parsed = other.as_ref().and_then(|other| self.inputs.yaml(other));
                let (Some(other), Some(parsed)) = (other, parsed) else {
                    self.open("a file that is extended is not in the repository");
                    return None;
                };
                let root = parsed.documents.first()?.root();
                let services = root.get("services")?;
                let base = services.get(&name)?;
                let below = self.extended(&base, &services, &other, variables, depth + 1);
                merger.lay(below, &base, Shape::Service, 2)?
            }
        };
        if let AppliedKind::Mapping(entries) = &mut found.kind {
            entries.retain(|entry| !NOT_EXTENDED.contains(&entry.name.as_str()));
        }
        let size = step(&mut found, HopKind::Extends, &extends.origin());
        let Some(left) = self.budget.checked_sub(size) else {
            self.open("`extends` copies more than the limit");
            self.budget = 0;
            return None;
        };
        self.budget = left;
        Some(found)
    }

    fn include(&mut self, node: &Node<'_>, path: &TreePath, variables: &Variables, depth: usize) -> Option<Applied> {
        let merger = Merger { variables };
        let written = node.get("path").unwrap_or_else(|| node.clone());
        let written = if written.is_sequence() { written.items() } else { vec![written] };
        let files: Option<Vec<TreePath>> =
            written.iter().map(|item| path.parent().join(merger.scalar(item).known()?)).collect();
        let files = files.filter(|files| files.iter().all(|file| self.inputs.exists(file)));
        let (Some(files), true) = (files, depth < CHAIN) else {
            self.open("an included file is not in the repository");
            return None;
        };
        let first = files.first()?.clone();
        if !self.included.insert(first.clone()) {
            return None;
        }
        // The including project's variables win over those beside the included file.
        let mut own = variables.clone();
        own.fill_from(&environment::project_variables(self.inputs, &first.parent()));
        let mut model = self.model(&files, &own, depth + 1);
        step(&mut model, HopKind::Include, &node.origin());
        Some(model)
    }

    fn open(&mut self, why: &'static str) {
        self.expansion.open.get_or_insert(Why::new(why));
    }
}

fn take(entries: &mut Vec<AppliedEntry>, name: &str) -> Option<AppliedEntry> {
    entries.iter().position(|entry| entry.name == name).map(|at| entries.remove(at))
}

/// Adds what an included model has and the including one has not.
fn add_missing(model: &mut Applied, other: Applied) {
    let AppliedKind::Mapping(entries) = &mut model.kind else { return };
    let AppliedKind::Mapping(others) = other.kind else { return };
    for theirs in others {
        match entries.iter_mut().find(|own| own.name == theirs.name) {
            None => entries.push(theirs),
            Some(own) => {
                let AppliedKind::Mapping(own) = &mut own.value.kind else { continue };
                for entry in theirs.value.entries() {
                    if !own.iter().any(|known| known.name == entry.name) {
                        own.push(entry.clone());
                    }
                }
            }
        }
    }
}

/// Notes on every origin of a subtree the step by which it came here; how many nodes it has.
fn step(applied: &mut Applied, kind: HopKind, at: &Origin) -> u64 {
    let add = |origin: &mut Origin| *origin = origin.clone().via(kind, &at.source, at.span);
    add(&mut applied.origin);
    let below = match &mut applied.kind {
        AppliedKind::Scalar(value, _) => {
            add(&mut value.origin);
            if let Content::OneOf(branches) = &mut value.content {
                branches.iter_mut().for_each(|(_, branch)| add(&mut branch.origin));
            }
            0
        }
        AppliedKind::Mapping(entries) => entries
            .iter_mut()
            .map(|entry| {
                add(&mut entry.name_origin);
                step(&mut entry.value, kind, at)
            })
            .sum(),
        AppliedKind::Sequence(items) => items.iter_mut().map(|item| step(item, kind, at)).sum(),
        AppliedKind::Null | AppliedKind::Unknown(_) => 0,
    };
    below + 1
}
