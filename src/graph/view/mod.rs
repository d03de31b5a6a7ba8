//! The graph as things and what joins them: the form in which it is shown, searched and counted.
//!
//! Nodes and edges only say what facts say. Whether an edge breaks a deploy is for rules to judge; here it
//! is sound, doubtful or broken.

mod build;
mod calls;
mod collapse;
mod focus;
mod functions;
mod hosts;
mod parts;

use std::collections::BTreeMap;

pub use collapse::Level;
pub use focus::UnknownName;

use super::Graph;
use crate::facts::SetId;
use crate::source::Origin;
use crate::value::Why;

/// What a node is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NodeKind {
    /// Something that is run: a Kubernetes workload, a compose service.
    Workload,
    /// A Kubernetes Service.
    Service,
    /// An API of a template.
    Api,
    /// A route of an API.
    Route,
    /// A function.
    Function,
    /// A package that a function runs.
    Artifact,
    /// A path at which a function's code is.
    Code,
    /// A package of source code with a manifest.
    Package,
    /// A file of settings.
    Configuration,
    /// A ConfigMap or a Secret.
    ConfigObject,
    /// Another thing of a template.
    Resource,
    /// Who may call a function: a service of the platform, an account.
    Principal,
    /// A host that the repository does not deploy.
    Host,
    /// What the configuration declares as existing outside the repository.
    Declared,
    /// What something asks for and nothing defines.
    Missing,
    /// Several nodes, put together because there are too many to show.
    Group,
}

/// One thing.
#[derive(Clone, Debug)]
pub struct Node {
    /// Its address: that of its fact, or one made of what names it. No other node has it.
    pub id: String,
    /// What it is.
    pub kind: NodeKind,
    /// Its name.
    pub title: String,
    /// The release set in which it holds; nothing for what lies outside.
    pub set: Option<SetId>,
    /// The facts that it is made of: (subject, index), its own first.
    pub facts: Vec<(&'static str, usize)>,
    /// It is what was asked for.
    pub focused: bool,
    /// How many nodes of which kind a group holds.
    pub members: BTreeMap<NodeKind, usize>,
}

/// What joins two things.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EdgeKind {
    /// A host that its configuration names.
    Calls,
    /// A declared dependency.
    DependsOn,
    /// A Service sends traffic to pods.
    Selects,
    /// A Service stands for a host outside the cluster.
    StandsFor,
    /// An API has a route.
    HasRoute,
    /// A route calls a function.
    Invokes,
    /// A permission lets somebody call a function.
    MayInvoke,
    /// A function runs code.
    Runs,
    /// A package imports what does not resolve.
    Imports,
    /// A package must hold its handler.
    Starts,
    /// A pod asks for a ConfigMap or Secret; a container reads a file of settings.
    Uses,
    /// A variable holds the identity of another thing.
    RefersTo,
    /// An image is built from a package of source code.
    BuiltFrom,
}

/// Whether an edge holds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// It holds.
    Sound,
    /// It may hold.
    Doubtful(Why),
    /// What it leads to is not there.
    Broken(Why),
}

/// One joint.
#[derive(Clone, Debug)]
pub struct Edge {
    /// Index of the node from which it leads.
    pub from: usize,
    /// Index of the node to which it leads.
    pub to: usize,
    /// What it is.
    pub kind: EdgeKind,
    /// The key, port or word that makes it; may be empty.
    pub label: String,
    /// Whether it holds.
    pub state: State,
    /// Where it is written.
    pub origin: Option<Origin>,
}

/// Nodes in order of their ids, edges in order of their ends.
#[derive(Clone, Debug, Default)]
pub struct View {
    /// The things.
    pub nodes: Vec<Node>,
    /// What joins them.
    pub edges: Vec<Edge>,
    /// Facts that belong to no node: (subject, index).
    pub others: Vec<(&'static str, usize)>,
}

impl View {
    /// All of a graph. `declared` are the names of services that the configuration declares.
    pub fn of(graph: &Graph, declared: &[String]) -> Self {
        build::build(graph, declared)
    }

    /// True when there is nothing to show.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The view without the nodes that are not wanted, and their edges.
    pub fn keeping(&self, wanted: impl Fn(usize, &Node) -> bool) -> Self {
        let keep: Vec<bool> = self.nodes.iter().enumerate().map(|(index, node)| wanted(index, node)).collect();
        Self { others: self.others.clone(), ..self.with_nodes(&keep) }
    }

    /// The view with these nodes only, and the edges between them.
    fn with_nodes(&self, keep: &[bool]) -> Self {
        let mut place = vec![None; self.nodes.len()];
        let mut nodes = Vec::new();
        for (index, node) in self.nodes.iter().enumerate().filter(|(index, _)| keep[*index]) {
            place[index] = Some(nodes.len());
            nodes.push(node.clone());
        }
        let edges = self.edges.iter().filter_map(|edge| {
            let (from, to) = (place[edge.from]?, place[edge.to]?);
            Some(Edge { from, to, ..edge.clone() })
        });
        Self { edges: edges.collect(), nodes, others: Vec::new() }
    }
}

impl NodeKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Workload => "workload",
            Self::Service => "service",
            Self::Api => "api",
            Self::Route => "route",
            Self::Function => "function",
            Self::Artifact => "artifact",
            Self::Code => "code",
            Self::Package => "package",
            Self::Configuration => "configuration",
            Self::ConfigObject => "config-object",
            Self::Resource => "resource",
            Self::Principal => "principal",
            Self::Host => "host",
            Self::Declared => "declared",
            Self::Missing => "missing",
            Self::Group => "group",
        }
    }
}

impl EdgeKind {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Calls => "calls",
            Self::DependsOn => "depends-on",
            Self::Selects => "selects",
            Self::StandsFor => "stands-for",
            Self::HasRoute => "has-route",
            Self::Invokes => "invokes",
            Self::MayInvoke => "may-invoke",
            Self::Runs => "runs",
            Self::Imports => "imports",
            Self::Starts => "starts",
            Self::Uses => "uses",
            Self::RefersTo => "refers-to",
            Self::BuiltFrom => "built-from",
        }
    }
}

impl State {
    /// The word for it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Sound => "sound",
            Self::Doubtful(_) => "doubtful",
            Self::Broken(_) => "broken",
        }
    }

    /// Why it is not sound.
    pub fn why(&self) -> Option<&Why> {
        match self {
            Self::Sound => None,
            Self::Doubtful(why) | Self::Broken(why) => Some(why),
        }
    }

    /// At most doubtful for this reason.
    fn doubted(self, why: Option<&Why>) -> Self {
        match (self, why) {
            (Self::Sound | Self::Broken(_), Some(why)) => Self::Doubtful(why.clone()),
            (state, _) => state,
        }
    }
}
