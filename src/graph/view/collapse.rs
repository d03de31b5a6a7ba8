//! A view with fewer nodes: several of them as one, their edges as one.

use std::collections::BTreeMap;

use super::{Edge, Node, NodeKind, View};
use crate::diagnostic::LogicalPath;
use crate::facts::SetId;
use crate::graph::Graph;
use crate::source::TreePath;

/// How much is put together, from nothing to nearly all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Every node stands for itself.
    Whole,
    /// What has one kind and name in several releases of one root (a compose file with each of its
    /// override files) is one node.
    Roots,
    /// One node for a Service and its workload, for an API and its routes, for a function and its code;
    /// configuration of a set is one.
    Services,
    /// One node for the release sets of one root.
    Sets,
    /// One node for the release sets of one technology below a folder of this depth.
    Folders(usize),
}

impl Level {
    /// From the finest to the coarsest.
    pub const ALL: &'static [Self] = &[
        Self::Whole,
        Self::Roots,
        Self::Services,
        Self::Sets,
        Self::Folders(3),
        Self::Folders(2),
        Self::Folders(1),
        Self::Folders(0),
    ];
}

impl View {
    /// The view at a level.
    pub fn at(&self, graph: &Graph, level: Level) -> Self {
        if level == Level::Whole {
            return self.clone();
        }
        let folding = Folding { view: self, graph, level, owner: self.owners(), set: first_of_roots(graph) };
        let keys: Vec<Key> = (0..self.nodes.len()).map(|index| folding.key(index)).collect();
        let mut groups: BTreeMap<&Key, Vec<usize>> = BTreeMap::new();
        for (index, key) in keys.iter().enumerate() {
            groups.entry(key).or_default().push(index);
        }
        let mut place = vec![0; self.nodes.len()];
        let mut nodes = Vec::new();
        for (key, members) in groups {
            members.iter().for_each(|member| place[*member] = nodes.len());
            nodes.push(self.group(key, &members));
        }
        let moved = self.edges.iter().map(|edge| Edge { from: place[edge.from], to: place[edge.to], ..edge.clone() });
        let mut edges: Vec<Edge> = moved.filter(|edge| edge.from != edge.to).collect();
        // The soundest of those that say the same comes first and stays.
        edges.sort_by_cached_key(|edge| (edge.from, edge.to, edge.kind, edge.label.clone(), edge.state.clone()));
        edges.dedup_by(|a, b| (a.from, a.to, a.kind, &a.label) == (b.from, b.to, b.kind, &b.label));
        Self { nodes, edges, others: Vec::new() }
    }

    fn group(&self, key: &Key, members: &[usize]) -> Node {
        let mut counts: BTreeMap<NodeKind, usize> = BTreeMap::new();
        for member in members {
            *counts.entry(self.nodes[*member].kind).or_default() += 1;
        }
        let focused = members.iter().any(|member| self.nodes[*member].focused);
        let first = &self.nodes[members[0]];
        let is_one =
            |member: &usize| (self.nodes[*member].kind, &self.nodes[*member].title) == (first.kind, &first.title);
        if members.iter().all(is_one) {
            return Node { focused, set: key.set.or(first.set), ..first.clone() };
        }
        Node {
            id: key.title.clone(),
            kind: key.kind,
            title: key.title.clone(),
            set: key.set,
            facts: Vec::new(),
            focused,
            members: counts,
        }
    }

    /// For a route its API, for code the one function that runs it.
    fn owners(&self) -> BTreeMap<usize, usize> {
        let mut out: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for edge in &self.edges {
            let is_owned = match self.nodes[edge.to].kind {
                NodeKind::Artifact | NodeKind::Code => true,
                NodeKind::Route => self.nodes[edge.from].kind == NodeKind::Api,
                _ => false,
            };
            if is_owned {
                out.entry(edge.to).or_default().push(edge.from);
            }
        }
        out.into_iter()
            .filter(|(_, from)| from.len() == 1)
            .filter_map(|(to, from)| Some((to, *from.first()?)))
            .collect()
    }
}

/// For each set the first one of its technology and root.
fn first_of_roots(graph: &Graph) -> Vec<SetId> {
    let mut first: BTreeMap<(&str, &TreePath), SetId> = BTreeMap::new();
    let ids = (0..).map(SetId);
    graph.sets.iter().zip(ids).map(|(set, id)| *first.entry((set.technology, &set.root)).or_insert(id)).collect()
}

/// Which node goes where.
struct Folding<'a> {
    view: &'a View,
    graph: &'a Graph,
    level: Level,
    owner: BTreeMap<usize, usize>,
    set: Vec<SetId>,
}

impl Folding<'_> {
    fn key(&self, index: usize) -> Key {
        let node = &self.view.nodes[index];
        let set = node.set.and_then(|set| self.set.get(set.0 as usize).copied());
        match self.level {
            Level::Whole | Level::Roots => Key::of(set, node.kind, &node.title),
            Level::Services => self.service(index, node, set),
            Level::Sets | Level::Folders(_) => self.coarse(node, set),
        }
    }

    fn service(&self, index: usize, node: &Node, set: Option<SetId>) -> Key {
        let owner = self.owner.get(&index).and_then(|owner| self.view.nodes.get(*owner));
        match (node.kind, owner) {
            (NodeKind::Service | NodeKind::Workload, _) => Key::of(set, NodeKind::Service, &node.title),
            (NodeKind::Route | NodeKind::Artifact | NodeKind::Code, Some(owner)) => {
                Key::of(set, owner.kind, &owner.title)
            }
            (NodeKind::ConfigObject | NodeKind::Configuration | NodeKind::Package, _) => Key::outside(node.kind),
            _ => Key::of(set, node.kind, &node.title),
        }
    }

    fn coarse(&self, node: &Node, set: Option<SetId>) -> Key {
        // What is missing stays apart from what is there.
        let is_apart = matches!(node.kind, NodeKind::Missing | NodeKind::Configuration | NodeKind::Package);
        let Some(id) = set.filter(|_| !is_apart) else { return Key::outside(node.kind) };
        let set = self.graph.set(id);
        match self.level {
            Level::Folders(depth) => {
                let names: Vec<_> = set.root.names().take(depth).map(String::from_utf8_lossy).collect();
                Key::of(None, NodeKind::Group, &[set.technology, ":", &names.join("/")].concat())
            }
            _ => Key::of(Some(id), NodeKind::Group, LogicalPath::of_set(set.technology, &set.root, &[]).as_str()),
        }
    }
}

/// What is put together.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Key {
    set: Option<SetId>,
    kind: NodeKind,
    title: String,
}

impl Key {
    fn of(set: Option<SetId>, kind: NodeKind, title: &str) -> Self {
        Self { set, kind, title: title.to_owned() }
    }

    fn outside(kind: NodeKind) -> Self {
        Self::of(None, kind, kind.word())
    }
}
