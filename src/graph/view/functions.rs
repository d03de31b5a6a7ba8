//! Routes, functions, their code, and who may call them.

use std::collections::{BTreeSet, HashMap};

use super::build::Builder;
use super::calls::openness;
use super::parts::Owners;
use super::{EdgeKind, NodeKind, State};
use crate::facts::{
    Artifact, EnvironmentVariable, Function, Id, Lookup, ModuleImport, Permission, Place, Route, SetId, Target,
};
use crate::graph::Graph;
use crate::value::{Answer, Content, Part, Value, Why};

/// Most names that one value can refer to and that are followed.
const FOLLOWED: usize = 64;

/// Joins them.
pub(super) fn join(builder: &mut Builder<'_>, owners: &Owners) {
    let names = Names::of(builder.graph);
    routes(builder, &names);
    permissions(builder, &names);
    code(builder);
    packages(builder);
    references(builder, &names, owners);
}

/// Functions by their names, in templates and on the platform.
struct Names<'g> {
    by_id: HashMap<(SetId, &'g str), Id<Function>>,
    by_name: HashMap<&'g str, Id<Function>>,
    apis: BTreeSet<(SetId, &'g str)>,
}

impl<'g> Names<'g> {
    fn of(graph: &'g Graph) -> Self {
        let (mut by_id, mut by_name) = (HashMap::new(), HashMap::new());
        for (id, function) in graph.each::<Function>() {
            by_id.insert((function.place.set, function.id.as_str()), id);
            for (_, name, _) in function.name.possible() {
                by_name.entry(name.as_str()).or_insert(id);
            }
        }
        let apis = graph.each::<Route>().map(|(_, route)| (route.place.set, route.api.as_str()));
        Self { by_id, by_name, apis: apis.filter(|(_, api)| !api.is_empty()).collect() }
    }
}

fn routes(builder: &mut Builder<'_>, names: &Names<'_>) {
    let graph = builder.graph;
    for (id, route) in graph.each::<Route>() {
        let Some(from) = builder.node_of(id) else { continue };
        if !route.api.is_empty() {
            let api = builder.part_of_set(NodeKind::Api, route.place.set, &route.api);
            builder.join(api, from, EdgeKind::HasRoute, "", State::Sound, &route.place.origin);
        }
        if let Some((to, state)) = target(builder, names, &route.place, &route.target) {
            builder.join(from, to, EdgeKind::Invokes, "", state, &route.integration.origin);
        }
    }
}

/// The node that a route or a permission points at.
fn target(builder: &mut Builder<'_>, names: &Names<'_>, place: &Place, target: &Target) -> Option<(usize, State)> {
    match target {
        Target::Function(id) => Some((builder.node_of(*id)?, State::Sound)),
        Target::Undefined { name } => {
            let state = State::Broken(Why::new("the template does not define it"));
            Some((builder.part_of_set(NodeKind::Missing, place.set, name), state))
        }
        Target::Resource { id, .. } => Some((builder.part_of_set(NodeKind::Resource, place.set, id), State::Sound)),
        Target::External { name, .. } => match names.by_name.get(name.as_str()) {
            Some(id) => Some((builder.node_of(*id)?, State::Sound)),
            None => Some((builder.host(name), State::Doubtful(Why::new("no template of the repository defines it")))),
        },
        Target::NotAFunction | Target::Unknown(_) => None,
    }
}

fn permissions(builder: &mut Builder<'_>, names: &Names<'_>) {
    let graph = builder.graph;
    for (_, permission) in graph.each::<Permission>() {
        let set = permission.place.set;
        let from = match (permission.source_api.get(), permission.principal.get()) {
            (Some(api), _) => builder.part_of_set(NodeKind::Api, set, api),
            (None, Some(principal)) => builder.part_of_set(NodeKind::Principal, set, principal),
            (None, None) => continue,
        };
        if let Some((to, state)) = target(builder, names, &permission.place, &permission.target) {
            let action = permission.action.get().map_or("", String::as_str);
            builder.join(from, to, EdgeKind::MayInvoke, action, state, &permission.place.origin);
        }
    }
}

/// Functions and the code that they run: an opened package, a package of source code, or a path.
fn code(builder: &mut Builder<'_>) {
    let graph = builder.graph;
    let mut opened = BTreeSet::new();
    for (id, artifact) in graph.each::<Artifact>() {
        let Some(function) = artifact.function else { continue };
        opened.insert(function);
        if let (Some(from), Some(to)) = (builder.node_of(function), builder.node_of(id)) {
            let origin = &graph.facts[function].code.written.origin;
            builder.join(from, to, EdgeKind::Runs, "", State::Sound, origin);
        }
    }
    for (id, function) in graph.each::<Function>().filter(|(id, _)| !opened.contains(id)) {
        let (Some(from), Some(path)) = (builder.node_of(id), &function.code.resolved) else { continue };
        let set = function.place.set;
        let (to, state) = match &function.code.found {
            Lookup::Absent { generated, .. } => {
                let is_built = *generated || function.built != Answer::False;
                let built = is_built.then(|| Why::new("a build puts it there"));
                let state = State::Broken(Why::new("nothing is at this path"));
                let state = state.doubted(built.as_ref().or(openness(graph, set)));
                (builder.part_of_set(NodeKind::Missing, set, &path.to_string()), state)
            }
            _ => match builder.package_in(path) {
                Some(to) => (to, State::Sound),
                None => (builder.part_of_set(NodeKind::Code, set, &path.to_string()), State::Sound),
            },
        };
        builder.join(from, to, EdgeKind::Runs, "", state, &function.code.written.origin);
    }
}

/// What packages lack: modules that do not resolve, and the handler.
fn packages(builder: &mut Builder<'_>) {
    let graph = builder.graph;
    for (_, import) in graph.each::<ModuleImport>() {
        let Some(from) = builder.node_of(import.artifact) else { continue };
        let missing = if import.module.is_empty() { &import.specifier } else { &import.module };
        let soft = (import.strength != "hard").then(|| Why::new("not every start reaches the import"));
        let state = State::Broken(Why::new("it does not resolve in the package"));
        let state = state.doubted(import.doubt.as_ref().or(soft.as_ref()));
        let to = builder.part_of_set(NodeKind::Missing, import.place.set, missing);
        builder.join(from, to, EdgeKind::Imports, &import.importer, state, &import.place.origin);
    }
    for (id, artifact) in graph.each::<Artifact>() {
        let (Some(from), Some(handler)) = (builder.node_of(id), artifact.handler.get()) else { continue };
        if artifact.handler_file.is_empty() && artifact.not_judged.is_none() && !artifact.guessed {
            let to = builder.part_of_set(NodeKind::Missing, artifact.place.set, handler);
            let state = State::Broken(Why::new("the package does not hold the handler's file"));
            builder.join(from, to, EdgeKind::Starts, "", state, &artifact.handler.origin);
        }
    }
}

/// Variables of functions that hold the identity of another function or API of the template.
fn references(builder: &mut Builder<'_>, names: &Names<'_>, owners: &Owners) {
    let graph = builder.graph;
    for (id, variable) in graph.each::<EnvironmentVariable>().filter(|(_, variable)| variable.function.is_some()) {
        let Some(from) = owners.get(id) else { continue };
        let set = variable.place.set;
        let mut referred = BTreeSet::new();
        collect(&variable.value, &mut referred);
        for name in referred {
            let to = match names.by_id.get(&(set, name)) {
                Some(function) => builder.node_of(*function),
                None if names.apis.contains(&(set, name)) => Some(builder.part_of_set(NodeKind::Api, set, name)),
                None => None,
            };
            if let Some(to) = to {
                let origin = &variable.value.origin;
                builder.join(from, to, EdgeKind::RefersTo, &variable.name, State::Sound, origin);
            }
        }
    }
}

/// Names that a value refers to. Values are as deep as conditions are nested, which parsers bound.
fn collect<'v>(value: &'v Value<String>, out: &mut BTreeSet<&'v str>) {
    match &value.content {
        Content::Ref(name) | Content::Attr(name, _) => {
            out.insert(name);
        }
        Content::Concat(parts) => out.extend(parts.iter().take(FOLLOWED).filter_map(|part| match part {
            Part::Hole { name: Some(name), .. } => Some(name.as_str()),
            _ => None,
        })),
        Content::OneOf(branches) => branches.iter().take(FOLLOWED).for_each(|(_, branch)| collect(branch, out)),
        _ => {}
    }
}
