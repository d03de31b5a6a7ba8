//! Opens the packages that functions run, or that the configuration names, and traces them.

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;

use crate::diagnostic::LogicalPath;
use crate::facts::{Artifact, Fact, Facts, Function, Id, Lookup, ReleaseSet, SetId};
use crate::graph::Graph;
use crate::source::{ContentId, Source, Span, TreePath};
use crate::syntax::{Problem, ProblemKind};
use crate::trace::{self, PackageRequest, PackageTrace, Part, trace};
use crate::tree::{Archive, Memory, Tree, TreeError};
use crate::value::{Value, Why};

/// Largest package that is held in memory, bytes: what the platform takes unzipped
/// (AWS Lambda quotas, 262,144,000 bytes), so more than any zip of it has.
pub const PACKAGE_CAP: u64 = 262_144_000;

/// What opening packages gave beside facts.
#[derive(Debug, Default)]
pub struct Packages {
    /// Packages that were opened.
    pub opened: usize,
    /// Trouble inside them.
    pub problems: Vec<(Source, Problem)>,
}

/// A package that a function or the configuration names.
struct Named {
    path: TreePath,
    function: Option<Id<Function>>,
}

/// Opens and traces every finished package of the tree that somebody names; its facts join the graph.
pub fn open_all(graph: &mut Graph, tree: &dyn Tree, declared: &[TreePath]) -> Packages {
    let mut named: Vec<Named> = graph
        .each::<Function>()
        .filter_map(|(id, function)| Some(Named { path: package_of(tree, function)?, function: Some(id) }))
        .collect();
    let mut rest: Vec<&TreePath> = declared.iter().filter(|path| !named.iter().any(|n| n.path == **path)).collect();
    rest.sort();
    let layers: Vec<TreePath> = graph.each::<Function>().flat_map(|(_, function)| layers_here(function)).collect();
    let paths = named.iter().map(|named| &named.path).chain(rest.iter().copied());
    let mut opened = open(tree, paths.chain(&layers));
    let wanted: BTreeSet<&TreePath> = named.iter().map(|named| &named.path).chain(rest.iter().copied()).collect();
    // A layer that cannot be opened counts as one that is not known.
    opened.retain(|path, found| found.is_ok() || wanted.contains(path));
    let mut packages = Packages {
        opened: wanted.iter().filter(|path| opened.get(path).is_some_and(Result::is_ok)).count(),
        ..Packages::default()
    };
    for (path, found) in &opened {
        if let Err(error) = found
            && !is_refused(error)
        {
            packages.problems.push(unreadable(path, error));
        }
    }
    for path in rest {
        named.push(Named { path: path.clone(), function: None });
    }
    let requests: Vec<(PackageRequest, Option<TreeError>)> = named
        .into_iter()
        .filter_map(|named| {
            let (part, error) = match opened.get(&named.path)? {
                Ok(part) => (part.clone(), None),
                Err(error) if is_refused(error) => (closed_part(&named.path), Some(error.clone())),
                Err(_) => return None,
            };
            Some((request(graph, named, part, &opened), error))
        })
        .collect();
    let traces: Vec<PackageTrace> = requests.par_iter().map(|(request, error)| looked_into(request, error)).collect();
    for ((request, _), trace) in requests.iter().zip(traces) {
        add(graph, request, trace, &mut packages);
    }
    packages
}

/// The trace of a package that was opened, or of one that could not be.
fn looked_into(request: &PackageRequest, error: &Option<TreeError>) -> PackageTrace {
    match error {
        None => guarded(request),
        Some(error) => trace::unopened(request, error),
    }
}

/// What cannot be read as an archive here cannot be unpacked by the platform either; other errors say
/// something about this machine alone.
pub fn is_refused(error: &TreeError) -> bool {
    matches!(error, TreeError::Damaged(_))
}

/// A package of which nothing can be seen.
pub fn closed_part(path: &TreePath) -> Part {
    let source = Source::new(path.clone(), ContentId::of(path.as_bytes()));
    Part { tree: Arc::new(Memory::new(std::iter::empty::<(&str, &[u8])>())), archive: None, source }
}

/// A panic while a package is traced is trouble with that package alone.
pub fn guarded(request: &PackageRequest) -> PackageTrace {
    catch_unwind(AssertUnwindSafe(|| trace(request))).unwrap_or_else(|_| PackageTrace {
        problems: vec![trace::Problem {
            source: request.package.source.clone(),
            span: Span::default(),
            kind: trace::ProblemKind::Failure,
            message: "tracing".to_owned(),
        }],
        ..PackageTrace::default()
    })
}

/// Where the finished package of a function lies, when it has one here.
fn package_of(tree: &dyn Tree, function: &Function) -> Option<TreePath> {
    match &function.package {
        Some(path) => tree.resolve(path).is_some().then(|| path.clone()),
        None => function.code.resolved.clone().filter(|path| function.code.found == Lookup::File && is_package(path)),
    }
}

/// By its name: what a build step packs, and not a folder or a file of code.
fn is_package(path: &TreePath) -> bool {
    matches!(path.extension().as_deref(), Some("zip" | "jar"))
}

/// Archives by path, and why some could not be opened.
type Opened = BTreeMap<TreePath, Result<Part, TreeError>>;

/// Each package once, however many functions run it.
fn open<'a>(tree: &dyn Tree, paths: impl Iterator<Item = &'a TreePath>) -> Opened {
    let mut paths: Vec<TreePath> = paths.cloned().collect();
    paths.sort();
    paths.dedup();
    let opened: Vec<Result<Part, TreeError>> =
        paths.par_iter().map(|path| Ok(part(archive(tree, path)?, path))).collect();
    paths.into_iter().zip(opened).collect()
}

/// How a pointer of Git LFS begins (git-lfs, docs/spec.md).
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// The archive at a path. A pointer to large storage stands for a package that is not here: that says
/// nothing about the package.
pub fn archive(tree: &dyn Tree, path: &TreePath) -> Result<Archive, TreeError> {
    tree.archive(path, PACKAGE_CAP).map_err(|error| {
        let begins = tree.read_range(path, 0, LFS_POINTER.len() as u64);
        let is_pointer = is_refused(&error) && begins.is_ok_and(|bytes| bytes == LFS_POINTER);
        if is_pointer { TreeError::System("a Git LFS pointer, the package itself is not here".into()) } else { error }
    })
}

/// An archive at a path of the tree. A package is no text of which a part could be shown, so its content
/// is not hashed whole.
pub fn part(archive: Archive, path: &TreePath) -> Part {
    let archive = Arc::new(archive);
    let source = Source::new(path.clone(), ContentId::of(path.as_bytes()));
    Part { tree: archive.clone(), archive: Some(archive), source }
}

/// A package that cannot be opened, as trouble with its file.
pub fn unreadable(path: &TreePath, error: &TreeError) -> (Source, Problem) {
    let kind = if matches!(error, TreeError::TooLarge { .. }) { ProblemKind::Limit } else { ProblemKind::Syntax };
    let source = Source::new(path.clone(), ContentId::of(path.as_bytes()));
    (source, Problem { kind, message: error.to_string(), span: Span::default() })
}

/// Layers of a function that are archives of the repository, in order.
fn layers_here(function: &Function) -> Vec<TreePath> {
    let paths = function.layers.items.iter().filter_map(Value::get).filter(|layer| !layer.starts_with("arn:"));
    paths.map(|path| TreePath::from(path.as_str())).filter(is_package).collect()
}

fn request(graph: &mut Graph, named: Named, package: Part, opened: &Opened) -> PackageRequest {
    let Some(id) = named.function else {
        let set = artifact_set(graph, &named.path);
        return bare_request(package, set, graph.set(set).path());
    };
    let function = &graph.facts[id];
    let known = |value: &Value<String>| value.get().cloned();
    let layers: Vec<Part> =
        layers_here(function).iter().filter_map(|path| opened.get(path)?.as_ref().ok().cloned()).collect();
    let are_more = layers.len() < function.layers.items.len();
    let more_layers = function.layers.open.clone();
    let more_layers = more_layers.or_else(|| are_more.then(|| Why::new("layers that are not in the repository")));
    PackageRequest {
        package,
        layers,
        more_layers,
        handler: known(&function.handler),
        handler_origin: Some(function.handler.origin.clone()),
        runtime: known(&function.runtime),
        architecture: known(&function.architecture),
        node_options: function.environment.entry("NODE_OPTIONS").and_then(|entry| known(&entry.value)),
        function: Some(id),
        set: function.place.set,
        path: LogicalPath::of_set("zip", &named.path, &[]),
    }
}

/// A package of which nothing is known but that it is one.
pub fn bare_request(package: Part, set: SetId, path: LogicalPath) -> PackageRequest {
    PackageRequest {
        package,
        layers: Vec::new(),
        more_layers: None,
        handler: None,
        handler_origin: None,
        runtime: None,
        architecture: None,
        node_options: None,
        function: None,
        set,
        path,
    }
}

/// A release set for a package that no template names; it stands behind all others.
pub fn artifact_set(graph: &mut Graph, path: &TreePath) -> SetId {
    let id = SetId(u32::try_from(graph.sets.len()).unwrap_or(u32::MAX));
    graph.sets.push(ReleaseSet {
        technology: "zip",
        root: path.clone(),
        files: vec![path.clone()],
        inputs: Vec::new(),
        environment: None,
        open: None,
    });
    id
}

/// Puts what a trace found into the graph.
pub fn add(graph: &mut Graph, request: &PackageRequest, trace: PackageTrace, packages: &mut Packages) {
    let first: Id<Artifact> = Id::new(Artifact::list(&graph.facts).len());
    let PackageTrace { facts, problems, .. } = trace;
    graph.facts.append(detached(facts));
    if let Some(id) = request.function {
        graph.facts[id].artifact = Some(first);
    }
    for artifact in graph.facts.artifacts.iter_mut().skip(first.index()) {
        artifact.function = request.function;
    }
    packages.problems.extend(problems.into_iter().map(|problem| {
        let kind = match problem.kind {
            trace::ProblemKind::Limit => ProblemKind::Limit,
            trace::ProblemKind::Failure => ProblemKind::Failure,
            trace::ProblemKind::Syntax | trace::ProblemKind::Unreadable | trace::ProblemKind::Damaged => {
                ProblemKind::Syntax
            }
        };
        (problem.source, Problem { kind, message: problem.message, span: problem.span })
    }));
}

/// The function's id is one of the whole graph already: it must not be moved again.
fn detached(mut facts: Facts) -> Facts {
    for artifact in &mut facts.artifacts {
        artifact.function = None;
    }
    facts
}
