//! Which thing each fact belongs to: a probe to its container, that to its workload, and so on.

use std::collections::{HashMap, HashSet};

use super::build::Builder;
use super::{Node, NodeKind};
use crate::facts::{
    Artifact, ConfigObject, ConfigReference, Container, ContainerPort, Credential, Dependency, Endpoint,
    EnvironmentVariable, Fact, Facts, Function, Id, ModuleImport, Mount, Package, Permission, Probe, Reference, Route,
    Service, ServicePort, Setting, Target, TextHit, Workload,
};
use crate::graph::Graph;

/// Subjects whose facts are things themselves.
const THINGS: &[&str] =
    &[Workload::KIND, Service::KIND, Function::KIND, Route::KIND, ConfigObject::KIND, Package::KIND, Artifact::KIND];

/// Nodes by the facts that they own.
pub(super) struct Owners {
    /// (subject, index, node), in order of subjects as they are declared below.
    parts: Vec<(&'static str, usize, Option<usize>)>,
    by_fact: HashMap<(&'static str, usize), usize>,
}

/// Finds an owner for every fact that is no thing of its own.
pub(super) fn owners(builder: &mut Builder<'_>) -> Owners {
    let graph = builder.graph;
    let mut out = Owners { parts: Vec::new(), by_fact: HashMap::new() };
    out.add::<Container>(graph, |fact, _| builder.node_of(fact.workload));
    out.add::<ContainerPort>(graph, |fact, own| own.get(fact.container));
    out.add::<Probe>(graph, |fact, own| own.get(fact.container));
    out.add::<EnvironmentVariable>(graph, |fact, own| {
        let of_container = fact.container.and_then(|container| own.get(container));
        of_container.or_else(|| builder.node_of(fact.function?))
    });
    out.add::<Mount>(graph, |fact, own| own.get(fact.container));
    out.add::<ConfigReference>(graph, |fact, _| builder.node_of(fact.workload));
    out.add::<Dependency>(graph, |fact, _| builder.node_of(fact.workload));
    out.add::<ServicePort>(graph, |fact, _| builder.node_of(fact.service));
    out.add_numbered::<Setting>(graph, |fact, id, _| {
        builder.node_of(id).or_else(|| {
            // `…#ConfigMap/shop/web/data/URL` is a setting of the ConfigMap two steps up.
            let end = fact.place.path.as_str().rmatch_indices('/').nth(1)?.0;
            let object = fact.place.path.as_str().get(..end)?;
            builder.node_at(object)
        })
    });
    out.add::<Endpoint>(graph, |fact, own| fact.variable.and_then(|id| own.get(id)).or_else(|| own.get(fact.setting?)));
    out.add::<Credential>(graph, |fact, own| {
        fact.variable.and_then(|id| own.get(id)).or_else(|| own.get(fact.setting?))
    });
    out.add::<ModuleImport>(graph, |fact, _| builder.node_of(fact.artifact));
    out.add::<Permission>(graph, |fact, _| match &fact.target {
        Target::Function(id) => builder.node_of(*id),
        _ => None,
    });
    out.add::<Reference>(graph, |fact, _| builder.node_of::<Route>(fact.route?));
    out.add::<TextHit>(graph, |_, _| None);
    // A permission for something else is made known by who may call.
    for (id, permission) in graph.each::<Permission>() {
        if out.get(id).is_none()
            && let Some(principal) = permission.principal.get()
        {
            let node = builder.part_of_set(NodeKind::Principal, permission.place.set, principal);
            out.give(Permission::KIND, id.index(), node);
        }
    }
    out
}

impl Owners {
    fn add<T: Fact>(&mut self, graph: &Graph, owner: impl Fn(&T, &Self) -> Option<usize>) {
        self.add_numbered::<T>(graph, |fact, _, own| owner(fact, own));
    }

    fn add_numbered<T: Fact>(&mut self, graph: &Graph, owner: impl Fn(&T, Id<T>, &Self) -> Option<usize>) {
        for (id, fact) in graph.each::<T>() {
            let node = owner(fact, id, self);
            self.parts.push((T::KIND, id.index(), node));
            if let Some(node) = node {
                self.by_fact.insert((T::KIND, id.index()), node);
            }
        }
    }

    fn give(&mut self, subject: &'static str, index: usize, node: usize) {
        self.by_fact.insert((subject, index), node);
        let part = self.parts.iter_mut().find(|(own, at, _)| (*own, *at) == (subject, index));
        if let Some(part) = part {
            part.2 = Some(node);
        }
    }

    /// The node that owns a fact.
    pub fn get<T: Fact>(&self, id: Id<T>) -> Option<usize> {
        self.by_fact.get(&(T::KIND, id.index())).copied()
    }

    /// Gives every fact to its node; those that are left belong to none.
    pub fn hand_out(&self, facts: &Facts, nodes: &mut [Node]) -> Vec<(&'static str, usize)> {
        let known: HashSet<&str> =
            self.parts.iter().map(|(subject, ..)| *subject).chain(THINGS.iter().copied()).collect();
        let rest = Facts::kinds().into_iter().map(|(kind, ..)| kind).filter(|kind| !known.contains(kind));
        let mut left: Vec<_> =
            rest.flat_map(|kind| (0..facts.count(kind).unwrap_or(0)).map(move |index| (kind, index))).collect();
        for (subject, index, node) in &self.parts {
            match node.and_then(|node| nodes.get_mut(node)) {
                Some(node) => node.facts.push((subject, *index)),
                None => left.push((*subject, *index)),
            }
        }
        left
    }
}
