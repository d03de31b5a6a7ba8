//! A view with fewer nodes: several of them as one, their edges as one.

use std::collections::BTreeMap;

use super::{Edge, Node, NodeKind, State, View};
use crate::facts::SetId;
use crate::graph::Graph;
use crate::value::Why;

/// How much is put together, from nothing to nearly all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Every node stands for itself.
    Whole,
    /// One node for a Service and its workload, for an API and its routes, for a function and its code;
    /// configuration of a set is one.
    Services,
    /// One node for a release set.
    Sets,
    /// One node for the release sets of one technology below a folder of this depth.
    Folders(usize),
}

impl Level {
    /// From the finest to the coarsest.
    pub const ALL: &'static [Self] = &[
        Self::Whole,
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
        let owner = self.code_owners();
        let keys: Vec<Key> = (0..self.nodes.len()).map(|index| self.key(graph, level, index, &owner)).collect();
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
        let mut joined: BTreeMap<(usize, usize), (Edge, usize)> = BTreeMap::new();
        for edge in &self.edges {
            let (from, to) = (place[edge.from], place[edge.to]);
            if from == to {
                continue;
            }
            let (known, count) = joined.entry((from, to)).or_insert_with(|| (Edge { from, to, ..edge.clone() }, 0));
            *count += 1;
            known.state = worse(&known.state, &edge.state);
            if *count > 1 {
                known.label = count.to_string();
            }
        }
        let edges = joined.into_values().map(|(edge, _)| edge).collect();
        Self { nodes, edges, others: Vec::new() }
    }

    fn group(&self, key: &Key, members: &[usize]) -> Node {
        let mut counts: BTreeMap<NodeKind, usize> = BTreeMap::new();
        for member in members {
            *counts.entry(self.nodes[*member].kind).or_default() += 1;
        }
        let focused = members.iter().any(|member| self.nodes[*member].focused);
        match members {
            [only] => self.nodes[*only].clone(),
            _ => Node {
                id: key.title.clone(),
                kind: key.kind,
                title: key.title.clone(),
                set: key.set,
                facts: Vec::new(),
                focused,
                members: counts,
            },
        }
    }

    /// For what belongs to one function: the node of that function.
    fn code_owners(&self) -> BTreeMap<usize, usize> {
        let mut out: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for edge in &self.edges {
            if matches!(self.nodes[edge.to].kind, NodeKind::Artifact | NodeKind::Code) {
                out.entry(edge.to).or_default().push(edge.from);
            }
        }
        out.into_iter()
            .filter(|(_, from)| from.len() == 1)
            .filter_map(|(to, from)| Some((to, *from.first()?)))
            .collect()
    }

    fn key(&self, graph: &Graph, level: Level, index: usize, owner: &BTreeMap<usize, usize>) -> Key {
        let node = &self.nodes[index];
        let of = |kind: NodeKind, title: &str, set: Option<SetId>| Key { set, kind, title: title.to_owned() };
        let outside = |kind: NodeKind| of(kind, kind.word(), None);
        match (level, node.kind, node.set) {
            (Level::Whole, ..) => of(node.kind, &node.id, node.set),
            (Level::Services, NodeKind::Service | NodeKind::Workload, set) => of(NodeKind::Service, &node.title, set),
            (Level::Services, NodeKind::Route, set) => {
                let api = self.edges.iter().find(|edge| edge.to == index).map(|edge| &self.nodes[edge.from]);
                api.filter(|api| api.kind == NodeKind::Api)
                    .map_or_else(|| of(NodeKind::Api, "routes", set), |api| of(NodeKind::Api, &api.title, set))
            }
            (Level::Services, NodeKind::Api, set) => of(NodeKind::Api, &node.title, set),
            (Level::Services, NodeKind::Artifact | NodeKind::Code, set) => match owner.get(&index) {
                Some(function) => of(NodeKind::Function, &self.nodes[*function].title, set),
                None => of(NodeKind::Group, "code", set),
            },
            (Level::Services, NodeKind::Function, set) => of(NodeKind::Function, &node.title, set),
            (Level::Services, NodeKind::ConfigObject | NodeKind::Configuration | NodeKind::Package, _) => {
                outside(node.kind)
            }
            (Level::Services, ..) => of(node.kind, &node.id, node.set),
            // What is missing stays apart from what is there.
            (_, NodeKind::Missing | NodeKind::Configuration | NodeKind::Package, _) | (_, _, None) => {
                outside(node.kind)
            }
            (Level::Sets, _, Some(set)) => of(NodeKind::Group, graph.set(set).path().as_str(), Some(set)),
            (Level::Folders(depth), _, Some(set)) => {
                let set = graph.set(set);
                let names: Vec<_> = set.root.names().take(depth).map(String::from_utf8_lossy).collect();
                of(NodeKind::Group, &[set.technology, ":", &names.join("/")].concat(), None)
            }
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

fn worse(a: &State, b: &State) -> State {
    match (a, b) {
        (State::Broken(_), _) => a.clone(),
        (_, State::Broken(_)) => b.clone(),
        (State::Doubtful(_), State::Sound) | (State::Sound, State::Doubtful(_)) => {
            State::Doubtful(Why::new("some of these may hold"))
        }
        _ => a.clone(),
    }
}
