//! Who calls whom: workloads, Services, files of settings, and what they ask of the cluster.

use std::collections::HashMap;

use super::build::Builder;
use super::hosts::Answerer;
use super::parts::Owners;
use super::{EdgeKind, NodeKind, State};
use crate::facts::{
    ConfigObject, ConfigReference, Container, Dependency, Endpoint, Id, Mount, Place, Service, SetId, Workload,
};
use crate::graph::{Graph, same_namespace};
use crate::source::TreePath;
use crate::value::{Answer, Value, Why};

/// Joins them.
pub(super) fn join(builder: &mut Builder<'_>, owners: &Owners) {
    services(builder);
    endpoints(builder, owners);
    dependencies(builder);
    config_references(builder);
    sources(builder);
    mounts(builder);
}

/// Why an edge of a set may hold although nothing of its own makes it hold.
pub(super) fn openness(graph: &Graph, set: SetId) -> Option<&Why> {
    graph.set(set).open.as_ref()
}

fn services(builder: &mut Builder<'_>) {
    let graph = builder.graph;
    for (id, service) in graph.each::<Service>() {
        let Some(from) = builder.node_of(id) else { continue };
        let origin = &service.place.origin;
        for (pod, _, answer) in graph.selected_by(service) {
            let state = match answer {
                Answer::Sometimes(condition) => State::Doubtful(Why::new(condition.to_string())),
                Answer::Unknown(why) => State::Doubtful(why),
                Answer::True | Answer::False => State::Sound,
            };
            if let Some(to) = builder.node_of(pod) {
                builder.join(from, to, EdgeKind::Selects, "", state, origin);
            }
        }
        if let Some(host) = service.external_name.get() {
            let to = builder.host(host);
            builder.join(from, to, EdgeKind::StandsFor, "", State::Sound, &service.external_name.origin);
        } else if service.pods.is_empty() {
            selects_nothing(builder, from, service);
        }
    }
}

/// A selector that no pod of the set has: broken, unless the pods may come from elsewhere.
fn selects_nothing(builder: &mut Builder<'_>, from: usize, service: &Service) {
    let Some(selector) = service.selector.as_ref().filter(|selector| !selector.items.is_empty()) else { return };
    let set = service.place.set;
    let pairs: Vec<String> = selector
        .items
        .iter()
        .map(|entry| [entry.name.as_str(), entry.value.get().map_or("?", String::as_str)].join("="))
        .collect();
    let is_alone = builder.graph.each_in::<Workload>(set).next().is_none();
    let alone = is_alone.then(|| Why::new("its release set has no workloads"));
    let state = State::Broken(Why::new("no pod has these labels"));
    let state = state.doubted(openness(builder.graph, set).or(alone.as_ref()));
    let to = builder.part_of_set(NodeKind::Missing, set, &pairs.join(", "));
    let origin = selector.items.first().map_or(&service.place.origin, |entry| &entry.value.origin);
    builder.join(from, to, EdgeKind::Selects, "", state, origin);
}

fn endpoints(builder: &mut Builder<'_>, owners: &Owners) {
    let graph = builder.graph;
    for (id, endpoint) in graph.each::<Endpoint>() {
        let Some(from) = owners.get(id) else { continue };
        let fallback = endpoint.fallback.then(|| Why::new("a default that a variable of the environment may replace"));
        let set = endpoint.place.set;
        let (to, state) = match builder.hosts.answerer(endpoint, namespace(builder, from, endpoint)) {
            Answerer::Workload(id) => (builder.node_of(id), State::Sound),
            Answerer::Service(id) => (builder.node_of(id), State::Sound),
            Answerer::PerhapsWorkload(id, why) => (builder.node_of(id), State::Doubtful(why)),
            Answerer::PerhapsService(id, why) => (builder.node_of(id), State::Doubtful(why)),
            Answerer::Outside => (Some(builder.host(&endpoint.host)), State::Sound),
            Answerer::Missing(why) => {
                let state = State::Broken(why).doubted(openness(graph, set));
                (Some(builder.part_of_set(NodeKind::Missing, set, &endpoint.host)), state)
            }
            Answerer::Unseen(why) => {
                (Some(builder.part_of_set(NodeKind::Missing, set, &endpoint.host)), State::Doubtful(why))
            }
            Answerer::Nobody => continue,
        };
        if let Some(to) = to {
            let state = state.doubted(fallback.as_ref());
            builder.join(from, to, EdgeKind::Calls, &endpoint.key, state, &endpoint.host_value.origin);
        }
    }
}

/// The namespace in which a name is looked up: that of the pod, or of the ConfigMap.
fn namespace<'g>(builder: &Builder<'g>, from: usize, endpoint: &Endpoint) -> Option<&'g str> {
    let graph = builder.graph;
    let container: Option<Id<Container>> = endpoint.variable.and_then(|id| graph.facts[id].container);
    let namespace = match container {
        Some(id) => Some(&graph.facts[graph.facts[id].workload].namespace),
        None => builder.fact_of::<ConfigObject>(from).map(|object| &object.namespace),
    };
    namespace.and_then(|namespace| namespace.get()).map(String::as_str)
}

fn dependencies(builder: &mut Builder<'_>) {
    let graph = builder.graph;
    for (_, dependency) in graph.each::<Dependency>() {
        let Some(from) = builder.node_of(dependency.workload) else { continue };
        let (kind, origin) = (EdgeKind::DependsOn, &dependency.target.origin);
        if let Some(to) = dependency.resolved.and_then(|id| builder.node_of(id)) {
            builder.join(from, to, kind, dependency.declared_as, State::Sound, origin);
            continue;
        }
        let Some(target) = dependency.target.get() else { continue };
        let set = dependency.place.set;
        let optional = (dependency.optional.get() == Some(&true)).then(|| Why::new("the project starts without it"));
        let elsewhere = graph
            .each::<Workload>()
            .filter(|(_, workload)| workload.name.get() == Some(target))
            .find(|(_, workload)| graph.may_be_merged(set, workload.place.set));
        let (to, state) = match elsewhere.and_then(|(id, _)| builder.node_of(id)) {
            Some(to) => (to, State::Doubtful(Why::new("defined in a file that may be merged"))),
            None => {
                let state = State::Broken(Why::new("the project has no such service"));
                let state = state.doubted(optional.as_ref().or(openness(graph, set)));
                (builder.part_of_set(NodeKind::Missing, set, target), state)
            }
        };
        builder.join(from, to, kind, dependency.declared_as, state, origin);
    }
}

fn config_references(builder: &mut Builder<'_>) {
    let graph = builder.graph;
    let mut named: HashMap<(&str, &str), Vec<Id<ConfigObject>>> = HashMap::new();
    for (id, object) in graph.each::<ConfigObject>() {
        if let Some(name) = object.name.get() {
            named.entry((object.kind, name)).or_default().push(id);
        }
    }
    for (_, reference) in graph.each::<ConfigReference>() {
        let (Some(from), Some(name)) = (builder.node_of(reference.workload), reference.name.get()) else { continue };
        let set = reference.place.set;
        let fits = |id: &&Id<ConfigObject>| {
            same_namespace(&reference.namespace, &graph.facts[**id].namespace) != Answer::False
        };
        let home = |id: Id<ConfigObject>| graph.facts[id].place.set;
        let all = named.get(&(reference.kind, name.as_str())).map_or(&[][..], Vec::as_slice);
        let fitting: Vec<Id<ConfigObject>> = all.iter().filter(fits).copied().collect();
        let own = fitting.iter().find(|id| home(**id) == set);
        let (to, state) = match own.or(fitting.first()).map(|id| (*id, home(*id))) {
            Some((id, home)) => {
                let elsewhere = (home != set).then(|| Why::new("defined in another release set"));
                (builder.node_of(id), State::Sound.doubted(elsewhere.as_ref()))
            }
            None => {
                let optional =
                    (reference.optional.get() != Some(&false)).then(|| Why::new("the pod starts without it"));
                let outside = graph.is_external(name).then(|| Why::new("declared as existing outside"));
                let state = State::Broken(Why::new("nothing of the repository makes it"));
                let state = state.doubted(outside.as_ref().or(optional.as_ref()).or(openness(graph, set)));
                let title = [reference.kind, name.as_str()].join(" ");
                (Some(builder.part_of_set(NodeKind::Missing, set, &title)), state)
            }
        };
        if let Some(to) = to {
            builder.join(from, to, EdgeKind::Uses, reference.used_as, state, &reference.name.origin);
        }
    }
}

/// Images that are built from a folder with a manifest.
fn sources(builder: &mut Builder<'_>) {
    let graph = builder.graph;
    for (_, container) in graph.each::<Container>() {
        let context = &container.build_context;
        let Some(folder) = folder_of(graph, &container.place, context) else { continue };
        if let (Some(from), Some(to)) = (builder.node_of(container.workload), builder.package_in(&folder)) {
            builder.join(from, to, EdgeKind::BuiltFrom, "", State::Sound, &context.origin);
        }
    }
}

fn folder_of(graph: &Graph, place: &Place, written: &Value<String>) -> Option<TreePath> {
    graph.set_of(place).root.parent().join(written.get()?)
}

/// Files of settings that are mounted into containers.
fn mounts(builder: &mut Builder<'_>) {
    let graph = builder.graph;
    let files: Vec<(TreePath, usize)> = graph
        .sets
        .iter()
        .filter(|set| set.technology == "settings")
        .filter_map(|set| Some((set.root.clone(), builder.node_at(set.path().as_str())?)))
        .collect();
    for (_, mount) in graph.each::<Mount>() {
        let Some(from) = builder.node_of(graph.facts[mount.container].workload) else { continue };
        let Some(path) = mount.source.resolved.as_ref().filter(|path| !path.is_root()) else { continue };
        // A mount of the whole source tree is no sign that a file in it is read.
        if let Some((_, to)) = files.iter().find(|(file, _)| file == path) {
            let label = mount.target.get().map_or("", String::as_str);
            builder.join(from, *to, EdgeKind::Uses, label, State::Sound, &mount.source.written.origin);
        }
    }
}
