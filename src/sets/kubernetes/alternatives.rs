//! Copies of the same objects in one folder are alternatives: each makes a set of its own, together
//! with what has no copy.

use std::collections::BTreeSet;

use super::object::Object;
use crate::facts::Environment;
use crate::source::TreePath;

/// Most alternatives of a folder that are each combined with the rest; beyond it each stands alone.
const MOST_COMBINED: usize = 12;

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

    /// Files of one folder become one unit, unless they are alternatives of each other.
    pub fn joined_by_folder(units: Vec<Self>) -> Vec<Self> {
        let mut out: Vec<Self> = Vec::new();
        for unit in units {
            let last = out.last_mut().filter(|last| last.folder == unit.folder && !last.conflicts(&unit));
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
}

/// The ways in which a folder can be applied.
pub fn split(units: &[Unit], environment: &dyn Fn(&TreePath) -> Option<Environment>) -> Vec<Alternative> {
    let conflicts = conflicts(units);
    let in_conflict: Vec<usize> = (0..units.len()).filter(|index| !conflicts[*index].is_empty()).collect();
    let neutral: Vec<usize> = (0..units.len()).filter(|index| conflicts[*index].is_empty()).collect();
    if in_conflict.is_empty() {
        return vec![Alternative { units: neutral, told_by: Vec::new() }];
    }
    if in_conflict.len() > MOST_COMBINED {
        let alone = in_conflict.iter().map(|index| Alternative { units: vec![*index], told_by: vec![*index] });
        let rest = (!neutral.is_empty()).then(|| Alternative { units: neutral.clone(), told_by: Vec::new() });
        return rest.into_iter().chain(alone).collect();
    }
    let environments: Vec<Option<Environment>> = units.iter().map(|unit| environment(&unit.path)).collect();
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for &first in &in_conflict {
        let mut told_by = vec![first];
        // Of several copies the one that belongs to the first most probably: same environment, then
        // the longest common start of the path.
        let mut others: Vec<usize> = in_conflict.iter().copied().filter(|index| *index != first).collect();
        others.sort_by_key(|index| {
            let same = environments[*index] == environments[first];
            let common = common_start(&units[*index].path, &units[first].path);
            (!same, std::cmp::Reverse(common), *index)
        });
        for other in others {
            let foreign = matches!((environments[other], environments[first]), (Some(a), Some(b)) if a != b);
            if !foreign && told_by.iter().all(|chosen| !conflicts[other].contains(chosen)) {
                told_by.push(other);
            }
        }
        told_by.sort_unstable();
        if seen.insert(told_by.clone()) {
            let mut all: Vec<usize> = neutral.iter().chain(&told_by).copied().collect();
            all.sort_unstable();
            out.push(Alternative { units: all, told_by });
        }
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
