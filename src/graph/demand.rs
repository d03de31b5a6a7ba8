//! What must be looked up on disk, in archives or in code before the graph can be frozen.

use super::Graph;
use crate::facts::{Function, Id, Lookup, Mount, PathUse};
use crate::source::TreePath;

/// Paths to look up and packages to open.
#[derive(Debug, Default)]
pub struct Demand {
    /// Paths that a deployment names.
    pub paths: Vec<PathDemand>,
}

/// A path that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PathDemand {
    /// Who asks.
    pub asker: Asker,
    /// The path.
    pub path: TreePath,
    /// Where else it may be meant.
    pub from_above: Vec<TreePath>,
}

/// Who asks for a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Asker {
    /// The source of a mount.
    Mount(Id<Mount>),
    /// The code of a function.
    Function(Id<Function>),
}

impl Demand {
    /// Everything that is still pending.
    pub fn of(graph: &Graph) -> Self {
        let pending = |path: &PathUse| match (&path.found, &path.resolved) {
            (Lookup::Pending, Some(resolved)) => Some((resolved.clone(), path.from_above.clone())),
            _ => None,
        };
        let demand = |asker, path| {
            let (path, from_above) = pending(path)?;
            Some(PathDemand { asker, path, from_above })
        };
        let mounts = graph.each::<Mount>().filter_map(|(id, mount)| demand(Asker::Mount(id), &mount.source));
        let functions = graph.each::<Function>().filter_map(|(id, one)| demand(Asker::Function(id), &one.code));
        Self { paths: mounts.chain(functions).collect() }
    }
}

impl Graph {
    /// Puts in what was found at a path.
    pub fn answer(&mut self, asker: Asker, found: Lookup) {
        match asker {
            Asker::Mount(id) => self.facts[id].source.found = found,
            Asker::Function(id) => self.facts[id].code.found = found,
        }
    }
}
