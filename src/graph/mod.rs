//! The deployment graph: facts of all release sets, joined. Rules ask nothing else.
//!
//! No I/O and no words for people here: joins and queries only.

mod demand;
pub(crate) mod derived;
pub mod host_name;
mod link;
mod selection;
pub mod view;

use std::collections::BTreeSet;

use crate::diagnostic::LogicalPath;
use crate::facts::{Fact, Facts, Id, Place, ReleaseSet, SetId};

pub use crate::value::{is_slip, near_miss, nearest};
pub use demand::{Asker, Demand, PathDemand};
pub use link::link;
pub use selection::{CONTROLLER_LABELS, same_namespace, selects};

/// All release sets and facts of a repository.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    /// The release sets, by [`SetId`].
    pub sets: Vec<ReleaseSet>,
    /// The facts.
    pub facts: Facts,
    /// Names that the configuration declares as existing outside the repository (globs).
    pub externals: Vec<String>,
    /// Sets of files that lie on disk and that the tree does not list: what is deployed may be made anew.
    pub hidden: BTreeSet<SetId>,
}

impl Graph {
    /// A release set.
    pub fn set(&self, id: SetId) -> &ReleaseSet {
        &self.sets[id.0 as usize]
    }

    /// The set that a fact belongs to.
    pub fn set_of(&self, place: &Place) -> &ReleaseSet {
        self.set(place.set)
    }

    /// Another set of the same technology that starts in the same folder: its files may be merged with
    /// those of this one, whatever planning could see (compose names a project after its folder).
    pub fn may_be_merged(&self, own: SetId, other: SetId) -> bool {
        let (own, other) = (self.set(own), self.set(other));
        own.technology == other.technology && own.root.parent() == other.root.parent()
    }

    /// Facts of one kind with their ids.
    pub fn each<T: Fact>(&self) -> impl Iterator<Item = (Id<T>, &T)> {
        T::list(&self.facts).iter().enumerate().map(|(index, fact)| (Id::new(index), fact))
    }

    /// Facts of one kind in one set, with their ids. Facts of a set stand together, in order of sets.
    pub fn each_in<T: Fact>(&self, set: SetId) -> impl Iterator<Item = (Id<T>, &T)> {
        let list = T::list(&self.facts);
        let start = list.partition_point(|fact| fact.place().set < set);
        let end = start + list[start..].partition_point(|fact| fact.place().set == set);
        list[start..end].iter().enumerate().map(move |(index, fact)| (Id::new(start + index), fact))
    }

    /// The address of a place without the inputs of its set: what stands in one file under several
    /// inputs is one thing to edit.
    pub fn without_inputs(&self, place: &Place) -> LogicalPath {
        let set = self.set_of(place);
        let rest = place.path.as_str().strip_prefix(set.path().as_str()).unwrap_or("");
        let base = LogicalPath::of_set(set.technology, &set.root, &[]);
        let names = rest.strip_prefix('#').unwrap_or(rest).split('/').filter(|name| !name.is_empty());
        names.fold(base, |path, name| path.child(name))
    }
}
