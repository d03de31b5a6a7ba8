//! Copies of the same objects in one folder are alternatives: no two of them stand in one set.
//!
//! Copies for different environments are each applied with what has no copy. Of other copies only
//! one is: which one stands for the rest cannot be seen, so the others stand alone, in open sets.

use std::collections::BTreeSet;

use super::object::Object;
use crate::facts::Environment;
use crate::source::TreePath;

/// Files that are applied together whatever happens: one file, or those of a folder below.
#[derive(Clone, Debug)]
pub struct Unit {
    /// The file or the folder.
    pub path: TreePath,
    /// The folder that it is, or is in.
    pub folder: TreePath,
    /// The files.
    pub files: Vec<TreePath>,
    /// Their objects.
    pub objects: Vec<Object>,
}

impl Unit {
    /// One file.
    pub fn of_file(path: &TreePath, objects: Vec<Object>) -> Self {
        Self { path: path.clone(), folder: path.parent(), files: vec![path.clone()], objects }
    }

    /// True when a Service is in it.
    pub fn has_service(&self) -> bool {
        self.objects.iter().any(Object::is_service)
    }

    /// True when something that makes pods is in it.
    pub fn has_workload(&self) -> bool {
        self.objects.iter().any(|object| object.is_workload)
    }

    /// The path as seen from a folder, to tell sets of one root apart.
    pub fn name_below(&self, root: &TreePath) -> String {
        self.path.relative_to(root).unwrap_or_else(|| self.path.clone()).to_string()
    }

    /// Files of one folder below the root become one unit, unless they are alternatives of each other.
    pub fn joined_below(root: &TreePath, units: Vec<Self>) -> Vec<Self> {
        let mut out: Vec<Self> = Vec::new();
        for unit in units {
            let joins = |last: &&mut Self| last.folder == unit.folder && unit.folder != *root && !last.conflicts(&unit);
            let last = out.last_mut().filter(joins);
            match last {
                Some(last) => {
                    last.path = last.folder.clone();
                    last.files.extend(unit.files);
                    last.objects.extend(unit.objects);
                }
                None => out.push(unit),
            }
        }
        out
    }

    fn conflicts(&self, other: &Self) -> bool {
        self.objects.iter().any(|own| other.objects.iter().any(|object| own.is_alternative_of(object)))
    }
}

/// One way to apply a folder.
#[derive(Debug, PartialEq, Eq)]
pub struct Alternative {
    /// Which units, by index.
    pub units: Vec<usize>,
    /// Those that tell it from the other ways; empty when there is only one.
    pub told_by: Vec<usize>,
    /// What is applied with it stands in another set.
    pub is_partial: bool,
}

/// The ways in which a folder can be applied.
pub fn split(
    root: &TreePath,
    units: &[Unit],
    environment: &dyn Fn(&TreePath) -> Option<Environment>,
) -> Vec<Alternative> {
    let conflicts = conflicts(units);
    let neutral: Vec<usize> = (0..units.len()).filter(|index| conflicts[*index].is_empty()).collect();
    let environments: Vec<Option<Environment>> = units.iter().map(|unit| environment(&unit.path)).collect();
    let mut copies = partition(units, &conflicts, &environments);
    if copies.is_empty() {
        return vec![Alternative { units: neutral, told_by: Vec::new(), is_partial: false }];
    }
    // Files of the folder itself come before those of folders below; then what names no
    // environment, then prod.
    copies.sort_by_key(|copy| {
        let is_below = units[copy[0]].folder != *root;
        (is_below, environments[copy[0]].map(std::cmp::Reverse), copy[0])
    });
    let mut served: Vec<Option<Environment>> = Vec::new();
    copies
        .into_iter()
        .map(|told_by| {
            let own = environments[told_by[0]];
            let joins = served.is_empty() || (own.is_some() && !served.contains(&own));
            let mut all = told_by.clone();
            if joins {
                served.push(own);
                all.extend(&neutral);
                all.sort_unstable();
            }
            Alternative { units: all, told_by, is_partial: !joins && !neutral.is_empty() }
        })
        .collect()
}

/// Units that have copies, put together so that no two of one part are copies: those that belong
/// together most probably, which is to say of one environment and near each other.
fn partition(units: &[Unit], conflicts: &[BTreeSet<usize>], environments: &[Option<Environment>]) -> Vec<Vec<usize>> {
    let mut left: Vec<usize> = (0..units.len()).filter(|index| !conflicts[*index].is_empty()).collect();
    let mut out = Vec::new();
    while !left.is_empty() {
        let first = left.remove(0);
        let mut part = vec![first];
        let mut others: Vec<usize> =
            left.iter().copied().filter(|other| environments[*other] == environments[first]).collect();
        others.sort_by_key(|other| (std::cmp::Reverse(common_start(&units[*other].path, &units[first].path)), *other));
        for other in others {
            if part.iter().all(|chosen| !conflicts[other].contains(chosen)) {
                part.push(other);
            }
        }
        left.retain(|index| !part.contains(index));
        part.sort_unstable();
        out.push(part);
    }
    out
}

fn conflicts(units: &[Unit]) -> Vec<BTreeSet<usize>> {
    // By name first: most objects of a repository differ in it.
    let mut by_name: std::collections::BTreeMap<&str, Vec<(usize, &Object)>> = std::collections::BTreeMap::new();
    for (index, unit) in units.iter().enumerate() {
        for object in &unit.objects {
            by_name.entry(&object.name).or_default().push((index, object));
        }
    }
    let mut out = vec![BTreeSet::new(); units.len()];
    for same_name in by_name.values() {
        for (position, (a, object)) in same_name.iter().enumerate() {
            for (b, other) in &same_name[position + 1..] {
                if a != b && object.is_alternative_of(other) {
                    out[*a].insert(*b);
                    out[*b].insert(*a);
                }
            }
        }
    }
    out
}

fn common_start(a: &TreePath, b: &TreePath) -> usize {
    a.as_bytes().iter().zip(b.as_bytes()).take_while(|(a, b)| a == b).count()
}
