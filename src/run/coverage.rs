//! What was checked and what was not, in numbers.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::intake::Intake;
use super::packages::Packages;
use crate::extract::{CDK_APP, Extract, FileKind};
use crate::facts::Field;
use crate::graph::Graph;
use crate::sets::terraform::is_terraform;
use crate::source::TreePath;
use crate::value::{Content, Many, Value, Why};

/// What was checked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Files in scope.
    pub files: usize,
    /// Those of them that findings are reported on: all, or those below the PATHs that were asked for. The
    /// others are read to be joined with these.
    pub reported_files: usize,
    /// Files that say something about a deploy: those that release sets are made of.
    pub deploy_files: usize,
    /// Bytes that were read.
    pub bytes: u64,
    /// Packages that were opened.
    pub artifacts: usize,
    /// Release sets.
    pub sets: usize,
    /// Workloads and network services.
    pub services: usize,
    /// Routes of APIs.
    pub routes: usize,
    /// Functions.
    pub functions: usize,
    /// Files that were recognised and not judged, by reason.
    pub skipped: BTreeMap<String, usize>,
    /// Fields of facts: how many are decided, and why others are not.
    pub fields: Vec<FieldTally>,
}

/// How decided one field is, over all facts that have it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FieldTally {
    /// `function.handler`.
    pub field: String,
    /// Exactly known, given or put in by the platform, or known to be absent.
    pub known: usize,
    /// One of several.
    pub one_of: usize,
    /// Not decided, by reason.
    pub unknown: BTreeMap<String, usize>,
}

impl Coverage {
    /// Adds what was checked elsewhere.
    pub fn add(&mut self, other: Self) {
        self.files += other.files;
        self.reported_files += other.reported_files;
        self.artifacts += other.artifacts;
        self.sets += other.sets;
        self.services += other.services;
        self.routes += other.routes;
        self.functions += other.functions;
        for (reason, count) in other.skipped {
            *self.skipped.entry(reason).or_default() += count;
        }
        for tally in other.fields {
            match self.fields.iter_mut().find(|own| own.field == tally.field) {
                Some(own) => {
                    own.known += tally.known;
                    own.one_of += tally.one_of;
                    for (reason, count) in tally.unknown {
                        *own.unknown.entry(reason).or_default() += count;
                    }
                }
                None => self.fields.push(tally),
            }
        }
        self.fields.sort_by(|a, b| a.field.cmp(&b.field));
    }

    /// True when there was nothing that says anything about a deploy.
    pub fn is_empty(&self) -> bool {
        self.sets == 0 && self.artifacts == 0
    }

    /// Everything that is not decided: (field, reason, count), most first.
    pub fn undecided(&self) -> Vec<(&str, &str, usize)> {
        let mut all: Vec<(&str, &str, usize)> = self
            .fields
            .iter()
            .flat_map(|tally| tally.unknown.iter().map(|(why, count)| (&*tally.field, &**why, *count)))
            .collect();
        all.sort_by(|a, b| b.2.cmp(&a.2).then_with(|| (a.0, a.1).cmp(&(b.0, b.1))));
        all
    }
}

/// Counts; `unchanged` files were not read because another tree has the same.
pub fn of(
    graph: &Graph,
    (files, reported_files): (usize, usize),
    unchanged: usize,
    intake: &Intake,
    packages: &Packages,
) -> Coverage {
    let mut skipped: BTreeMap<String, usize> = BTreeMap::new();
    if unchanged > 0 {
        skipped.insert("not changed".to_owned(), unchanged);
    }
    let mut deploy_files = 0;
    let parts = crate::sets::kubernetes::parts_of_rendered(&intake.extracts);
    let assemblies = crate::sets::cdk::folders(&intake.extracts);
    let configured = graph.sets.iter().filter(|set| set.technology == "terraform").flat_map(|set| &set.files);
    let configured: BTreeSet<&TreePath> = configured.collect();
    for (path, extract) in &intake.extracts {
        match extract.kind {
            FileKind::Kubernetes if parts.contains_key(path) => {
                *skipped.entry(parts[path].to_owned()).or_default() += 1;
            }
            // What the app deploys was read in its cloud assembly.
            FileKind::Skipped(CDK_APP) if assemblies.iter().any(|folder| folder.is_under(&path.parent())) => {
                deploy_files += 1;
            }
            // Configuration without functions is read only for a folder that has some.
            kind if is_terraform(kind) => match configured.contains(path) {
                true => deploy_files += 1,
                false => *skipped.entry("terraform".to_owned()).or_default() += 1,
            },
            FileKind::Skipped(reason) => *skipped.entry(reason.to_owned()).or_default() += 1,
            FileKind::Other => {}
            _ => deploy_files += 1,
        }
    }
    let facts = &graph.facts;
    Coverage {
        files,
        reported_files,
        deploy_files,
        bytes: intake.bytes,
        artifacts: packages.opened,
        // Some sets only hold what was found in files by themselves.
        sets: graph.sets.iter().filter(|set| !matches!(set.technology, "text" | super::documents::DOCUMENT)).count(),
        services: facts.workloads.len(),
        routes: facts.routes.len(),
        functions: facts.functions.len(),
        skipped,
        fields: tally(graph),
    }
}

/// How decided every field of every fact is, in order of names.
pub fn tally(graph: &Graph) -> Vec<FieldTally> {
    let mut tallies: BTreeMap<(&str, &str), FieldTally> = BTreeMap::new();
    graph.facts.each_field(|kind, name, _, field| {
        let Some(state) = State::of(&field) else { return };
        let tally = tallies.entry((kind, name)).or_default();
        match state {
            State::Known => tally.known += 1,
            State::OneOf => tally.one_of += 1,
            State::Unknown(why) => *tally.unknown.entry(why.to_string()).or_default() += 1,
        }
    });
    tallies.into_iter().map(|((kind, name), tally)| FieldTally { field: format!("{kind}.{name}"), ..tally }).collect()
}

enum State {
    Known,
    OneOf,
    Unknown(Why),
}

impl State {
    fn of(field: &Field<'_>) -> Option<Self> {
        Some(match field {
            Field::Text(value) => Self::of_value(value),
            Field::Number(value) => Self::of_value(value),
            Field::YesNo(value) => Self::of_value(value),
            Field::Texts(list) => Self::of_many(list, list.items.iter().map(Self::of_value)),
            Field::Map(map) => Self::of_many(map, map.items.iter().map(|entry| Self::of_value(&entry.value))),
            Field::Target(why) => why.map_or(Self::Known, |why| Self::Unknown(why.clone())),
            _ => return None,
        })
    }

    fn of_value<T>(value: &Value<T>) -> Self {
        match (&value.content, value.undecided()) {
            (Content::OneOf(_), _) => Self::OneOf,
            (_, Some(why)) => Self::Unknown(why),
            _ => Self::Known,
        }
    }

    /// As decided as its least decided item; an open list is not.
    fn of_many<T>(many: &Many<T>, items: impl Iterator<Item = Self>) -> Self {
        if let Some(why) = &many.open {
            return Self::Unknown(why.clone());
        }
        items.fold(Self::Known, |worst, item| match (worst, item) {
            (Self::Unknown(why), _) | (_, Self::Unknown(why)) => Self::Unknown(why),
            (Self::OneOf, _) | (_, Self::OneOf) => Self::OneOf,
            (Self::Known, Self::Known) => Self::Known,
        })
    }
}

/// Folders that a technology not read yet renders into, with the reason.
pub fn unread_folders(extracts: &BTreeMap<TreePath, Arc<Extract>>) -> BTreeMap<TreePath, String> {
    extracts
        .iter()
        .filter_map(|(path, extract)| match extract.kind {
            FileKind::Skipped(reason @ ("helm chart" | "kustomization")) => Some((path.parent(), reason.to_owned())),
            _ => None,
        })
        .collect()
}
