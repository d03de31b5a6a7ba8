//! What is reached from an entry point, and how surely: the part of a walk that all languages share.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::code::Strength;
use crate::runtime::TASK_ROOT;
use crate::source::TreePath;

/// Most files of a chain that are named.
const CHAIN: usize = 8;

/// Modules by file, each reached once and over its strongest way.
pub(super) struct Reach {
    /// Waiting, by strength, strongest first.
    waiting: [VecDeque<Waiting>; Strength::STRONGEST_FIRST.len()],
    seen: FxHashMap<TreePath, usize>,
    modules: Vec<Module>,
    /// Reached over guarded imports, perhaps in other ways, too.
    guarded: FxHashSet<TreePath>,
    most: usize,
}

struct Waiting {
    path: TreePath,
    from: Option<usize>,
}

struct Module {
    path: TreePath,
    /// The module through which it was reached first.
    from: Option<usize>,
    /// How many modules lead to it.
    depth: usize,
    /// The last one of these that a chain names before it leaves some out: itself, when it lies before that.
    trunk: usize,
    strength: Strength,
}

/// A module that is to be looked into.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Next {
    /// Its number; the entry point has 0.
    pub index: usize,
    /// Its file.
    pub path: TreePath,
    /// How surely it is loaded.
    pub strength: Strength,
}

/// There are more modules than are followed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TooMany;

impl Reach {
    /// Nothing reached yet; at most so many modules are followed.
    pub fn new(most: usize) -> Self {
        Self {
            waiting: Default::default(),
            seen: FxHashMap::default(),
            modules: Vec::new(),
            guarded: FxHashSet::default(),
            most,
        }
    }

    /// A file is loaded by a module, or as the entry point. What is only reached over guarded imports
    /// may miss anything and is not looked into.
    pub fn reach(&mut self, path: TreePath, strength: Strength, from: Option<usize>) {
        if self.seen.contains_key(&path) {
            return;
        }
        if strength == Strength::Soft {
            self.guarded.insert(path);
        } else {
            let lane = Strength::STRONGEST_FIRST.iter().position(|own| *own == strength).unwrap_or(0);
            self.waiting[lane].push_back(Waiting { path, from });
        }
    }

    /// The next module, those that are reached most surely first, so that each is looked into once and
    /// at its full strength.
    pub fn next(&mut self) -> Result<Option<Next>, TooMany> {
        while let Some((lane, waiting)) = (0..self.waiting.len()).find_map(|l| Some((l, self.waiting[l].pop_front()?)))
        {
            if self.seen.contains_key(&waiting.path) {
                continue;
            }
            if self.modules.len() >= self.most {
                return Err(TooMany);
            }
            let (index, strength) = (self.modules.len(), Strength::STRONGEST_FIRST[lane]);
            self.seen.insert(waiting.path.clone(), index);
            let from = waiting.from.map(|from| &self.modules[from]);
            let depth = from.map_or(0, |from| from.depth + 1);
            let trunk = from.filter(|_| depth >= CHAIN / 2).map_or(index, |from| from.trunk);
            self.modules.push(Module { path: waiting.path.clone(), from: waiting.from, depth, trunk, strength });
            return Ok(Some(Next { index, path: waiting.path, strength }));
        }
        Ok(None)
    }

    /// What is still to be looked into.
    pub fn waiting(&self) -> impl Iterator<Item = &TreePath> {
        self.waiting.iter().flatten().map(|waiting| &waiting.path)
    }

    /// The number of a file, when it was reached.
    pub fn index(&self, path: &TreePath) -> Option<usize> {
        self.seen.get(path).copied()
    }

    /// True for the file that the walk began with.
    pub fn is_entry(&self, path: &TreePath) -> bool {
        self.seen.get(path) == Some(&0)
    }

    /// How surely a file is loaded, when it was reached.
    pub fn strength(&self, path: &TreePath) -> Option<Strength> {
        self.seen.get(path).map(|index| self.modules[*index].strength)
    }

    /// All modules that were looked into, in the order in which they were: strongest first.
    pub fn reached(&self) -> Vec<(TreePath, Strength)> {
        self.modules.iter().map(|module| (module.path.clone(), module.strength)).collect()
    }

    /// Files that only guarded imports lead to: they may be loaded, and were not looked into. Sorted.
    pub fn guarded(&self) -> Vec<TreePath> {
        let mut only: Vec<TreePath> =
            self.guarded.iter().filter(|path| !self.seen.contains_key(*path)).cloned().collect();
        only.sort_unstable();
        only
    }

    /// The files from the entry point to a module, both named, ` → ` between them.
    pub fn chain(&self, index: usize) -> String {
        let upward = |index: usize| {
            let modules =
                std::iter::successors(Some(&self.modules[index]), |own| own.from.map(|from| &self.modules[from]));
            modules.map(|own| shown(&own.path))
        };
        let module = &self.modules[index];
        let mut names: Vec<String> = if module.depth < CHAIN {
            upward(index).collect()
        } else {
            let end = upward(index).take(CHAIN / 2).chain([String::from("…")]);
            end.chain(upward(module.trunk)).collect()
        };
        names.reverse();
        names.join(" → ")
    }
}

/// A path as people know it: from the package's root, or absolute for what lies in a layer.
pub(super) fn shown(path: &TreePath) -> String {
    match path.relative_to(&TASK_ROOT.into()) {
        Some(inside) => inside.to_string(),
        None => format!("/{path}"),
    }
}

/// True unless an import stands in for others of its module, by index, of which none was tried in vain: `failed` says so
/// for each.
pub(super) fn runs(instead_of: &[usize], failed: &[bool]) -> bool {
    instead_of.is_empty() || instead_of.iter().any(|tried| failed.get(*tried) == Some(&true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_strongest_way_comes_first_and_each_file_once() {
        let mut reach = Reach::new(10);
        reach.reach("var/task/a".into(), Strength::Hard, None);
        assert_eq!(reach.next().unwrap().unwrap().index, 0);
        reach.reach("var/task/b".into(), Strength::Late, Some(0));
        reach.reach("opt/c".into(), Strength::Hard, Some(0));
        reach.reach("var/task/b".into(), Strength::Hard, Some(0));
        reach.reach("var/task/d".into(), Strength::Soft, Some(0));
        let order: Vec<Next> = std::iter::from_fn(|| reach.next().unwrap()).collect();
        let names: Vec<String> = order.iter().map(|next| shown(&next.path)).collect();
        assert_eq!(names, ["/opt/c", "b"]);
        assert_eq!(order[1].strength, Strength::Hard);
        assert_eq!(reach.chain(1), "a → /opt/c");
        assert_eq!(reach.strength(&"var/task/b".into()), Some(Strength::Hard));
        assert_eq!(reach.strength(&"var/task/d".into()), None);
        assert_eq!(reach.guarded(), ["var/task/d".into()]);
    }

    #[test]
    fn long_chains_are_told_by_their_ends() {
        let mut reach = Reach::new(100);
        for at in 0..20_usize {
            reach.reach(format!("var/task/{at}").as_str().into(), Strength::Hard, at.checked_sub(1));
            reach.next().unwrap();
        }
        assert_eq!(reach.chain(7), "0 → 1 → 2 → 3 → 4 → 5 → 6 → 7");
        assert_eq!(reach.chain(8), "0 → 1 → 2 → 3 → … → 5 → 6 → 7 → 8");
        assert_eq!(reach.chain(19), "0 → 1 → 2 → 3 → … → 16 → 17 → 18 → 19");
    }

    #[test]
    fn there_is_an_end_to_it() {
        let mut reach = Reach::new(1);
        reach.reach("a".into(), Strength::Hard, None);
        reach.reach("b".into(), Strength::Hard, None);
        assert!(reach.next().is_ok());
        assert_eq!(reach.next(), Err(TooMany));
    }
}
