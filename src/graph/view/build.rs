//! Nodes of all facts that are things, then the edges between them.

use std::collections::{BTreeMap, HashMap};

use super::hosts::Hosts;
use super::{Edge, EdgeKind, Node, NodeKind, State, View, calls, functions, parts};
use crate::diagnostic::LogicalPath;
use crate::facts::{
    Artifact, ConfigObject, Fact, Function, Id, Package, Place, Route, Service, SetId, Setting, Workload,
};
use crate::graph::Graph;
use crate::source::{Origin, TreePath};
use crate::value::Value;

/// A view in the making.
pub(super) struct Builder<'g> {
    pub graph: &'g Graph,
    pub hosts: Hosts<'g>,
    nodes: Vec<Node>,
    edges: Vec<Edge>,
    /// Nodes by the fact that they stand for.
    of_fact: HashMap<(&'static str, usize), usize>,
    /// Nodes by id, for those that no fact makes.
    of_id: HashMap<String, usize>,
    /// Packages of source code by their folders.
    packages: HashMap<TreePath, usize>,
}

/// All of a graph.
pub(super) fn build(graph: &Graph, declared: &[String]) -> View {
    let hosts = Hosts::of(graph);
    let mut builder = Builder {
        graph,
        hosts,
        nodes: Vec::new(),
        edges: Vec::new(),
        of_fact: HashMap::new(),
        of_id: HashMap::new(),
        packages: HashMap::new(),
    };
    builder.things();
    for name in declared {
        builder.declared(name);
    }
    let owners = parts::owners(&mut builder);
    calls::join(&mut builder, &owners);
    functions::join(&mut builder, &owners);
    builder.finish(&owners)
}

impl<'g> Builder<'g> {
    fn things(&mut self) {
        let graph = self.graph;
        for (id, workload) in graph.each::<Workload>() {
            self.thing(NodeKind::Workload, id, name(&workload.name, &workload.place), &workload.place);
        }
        for (id, service) in graph.each::<Service>() {
            self.thing(NodeKind::Service, id, name(&service.name, &service.place), &service.place);
        }
        for (id, function) in graph.each::<Function>() {
            self.thing(NodeKind::Function, id, function.id.clone(), &function.place);
        }
        for (id, route) in graph.each::<Route>() {
            self.thing(NodeKind::Route, id, route.title(), &route.place);
        }
        for (id, object) in graph.each::<ConfigObject>() {
            self.thing(NodeKind::ConfigObject, id, name(&object.name, &object.place), &object.place);
        }
        for (id, package) in graph.each::<Package>() {
            self.thing(NodeKind::Package, id, name(&package.name, &package.place), &package.place);
            if let Some(node) = self.node_of(id) {
                self.packages.entry(package.place.origin.source.path().parent()).or_insert(node);
            }
        }
        for (id, artifact) in graph.each::<Artifact>() {
            let code = artifact.function.and_then(|function| graph.facts[function].code.resolved.as_ref());
            let title = code.unwrap_or(&graph.set_of(&artifact.place).root).to_string();
            let place = Place { path: artifact.place.path.child("artifact"), ..artifact.place.clone() };
            self.thing(NodeKind::Artifact, id, title, &place);
        }
        // Settings of a file are one thing; those of a ConfigMap belong to it.
        for (id, setting) in graph.each::<Setting>() {
            let set = setting.place.set;
            if graph.set(set).technology != "settings" {
                continue;
            }
            let node = self.named(NodeKind::Configuration, Some(set), graph.set(set).path().as_str(), || {
                graph.set(set).root.to_string()
            });
            self.of_fact.insert((Setting::KIND, id.index()), node);
        }
    }

    fn thing<T: Fact>(&mut self, kind: NodeKind, id: Id<T>, title: String, place: &Place) {
        let unique = self.unique(place.path.as_str());
        let node = self.push(kind, unique, title, Some(place.set));
        self.nodes[node].facts.push((T::KIND, id.index()));
        self.of_fact.insert((T::KIND, id.index()), node);
    }

    /// Twins bear one address: the same thing merged into two sets.
    fn unique(&self, id: &str) -> String {
        let mut candidate = id.to_owned();
        let mut twin = 1;
        while self.of_id.contains_key(&candidate) {
            twin += 1;
            candidate = format!("{id}#{twin}");
        }
        candidate
    }

    fn push(&mut self, kind: NodeKind, id: String, title: String, set: Option<SetId>) -> usize {
        self.of_id.insert(id.clone(), self.nodes.len());
        let (facts, members) = (Vec::new(), BTreeMap::new());
        self.nodes.push(Node { id, kind, title, set, facts, focused: false, members });
        self.nodes.len() - 1
    }

    /// The node of that id, made when it is asked for the first time.
    fn named(&mut self, kind: NodeKind, set: Option<SetId>, id: &str, title: impl FnOnce() -> String) -> usize {
        match self.of_id.get(id) {
            Some(known) => *known,
            None => self.push(kind, id.to_owned(), title(), set),
        }
    }

    /// A thing of a set that no fact stands for.
    pub fn part_of_set(&mut self, kind: NodeKind, set: SetId, title: &str) -> usize {
        let id = self.graph.set(set).path().child(kind.word()).child(title);
        self.named(kind, Some(set), id.as_str(), || title.to_owned())
    }

    /// A host outside, or what the configuration declares under that name.
    pub fn host(&mut self, host: &str) -> usize {
        if self.graph.is_external(host) {
            return self.declared(host);
        }
        self.outside(NodeKind::Host, host)
    }

    fn declared(&mut self, name: &str) -> usize {
        self.outside(NodeKind::Declared, name)
    }

    fn outside(&mut self, kind: NodeKind, name: &str) -> usize {
        let id = LogicalPath::of_set(kind.word(), &name.into(), &[]);
        self.named(kind, None, id.as_str(), || name.to_owned())
    }

    /// The node that stands for a fact.
    pub fn node_of<T: Fact>(&self, id: Id<T>) -> Option<usize> {
        self.of_fact.get(&(T::KIND, id.index())).copied()
    }

    /// The fact that a node stands for, when it is of this kind.
    pub fn fact_of<T: Fact>(&self, node: usize) -> Option<&'g T> {
        let (subject, index) = self.nodes.get(node)?.facts.first()?;
        if *subject == T::KIND { T::list(&self.graph.facts).get(*index) } else { None }
    }

    /// The package whose manifest lies in a folder.
    pub fn package_in(&self, folder: &TreePath) -> Option<usize> {
        self.packages.get(folder).copied()
    }

    /// The node of an address.
    pub fn node_at(&self, id: &str) -> Option<usize> {
        self.of_id.get(id).copied()
    }

    /// One more edge; none from a thing to itself.
    pub fn join(&mut self, from: usize, to: usize, kind: EdgeKind, label: &str, state: State, origin: &Origin) {
        if from != to {
            let (label, origin) = (label.to_owned(), Some(origin.clone()));
            self.edges.push(Edge { from, to, kind, label, state, origin });
        }
    }

    /// Nodes by id, edges by their ends; every other fact at the node that owns it.
    fn finish(self, owners: &parts::Owners) -> View {
        let Self { graph, mut nodes, mut edges, .. } = self;
        let others = owners.hand_out(&graph.facts, &mut nodes);
        let mut order: Vec<usize> = (0..nodes.len()).collect();
        order.sort_by(|a, b| nodes[*a].id.cmp(&nodes[*b].id));
        let mut place = vec![0; nodes.len()];
        for (new, old) in order.iter().enumerate() {
            place[*old] = new;
        }
        nodes.sort_by(|a, b| a.id.cmp(&b.id));
        for edge in &mut edges {
            (edge.from, edge.to) = (place[edge.from], place[edge.to]);
        }
        let key = |edge: &Edge| {
            let at = edge.origin.as_ref().map(|origin| (origin.source.clone(), origin.span));
            (edge.from, edge.to, edge.kind, edge.label.clone(), edge.state.clone(), at)
        };
        edges.sort_by_cached_key(key);
        edges.dedup_by_key(|edge| key(edge));
        View { nodes, edges, others }
    }
}

/// A name as far as it is known; else the last part of the address.
fn name(value: &Value<String>, place: &Place) -> String {
    let known = value.possible().first().map(|(_, text, _)| (*text).clone());
    known.unwrap_or_else(|| place.path.as_str().rsplit(['/', '#']).next().unwrap_or_default().to_owned())
}
