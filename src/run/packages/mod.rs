//! Opens the packages that functions run, or that the configuration names, and traces them.

mod age;
mod configured;
mod open;
mod sam;

use std::collections::{BTreeMap, BTreeSet};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rayon::prelude::*;

pub use age::Listed;
pub use configured::matching;
use open::{Opened, closed_part, open, unreadable};
pub use open::{PACKAGE_CAP, is_archive, is_refused, part};

use crate::diagnostic::LogicalPath;
use crate::facts::{Artifact, Fact, Facts, Function, Id, Lookup, PackageFault, ReleaseSet, SetId};
use crate::graph::Graph;
use crate::source::{Source, Span, TreePath};
use crate::syntax::{Problem, ProblemKind};
use crate::trace::{self, PackageRequest, PackageTrace, Part, trace};
use crate::tree::{Tree, TreeError};
use crate::value::{Entry, Value, Why};

/// What opening packages gave beside facts.
#[derive(Debug, Default)]
pub struct Packages {
    /// Packages that were opened.
    pub opened: usize,
    /// Trouble inside them.
    pub problems: Vec<(Source, Problem)>,
    /// Faults of packages themselves that were told of, whoever runs them.
    told: BTreeSet<(LogicalPath, &'static str, &'static str)>,
}

/// A package that a function or the configuration names.
struct Named {
    path: TreePath,
    function: Option<Id<Function>>,
}

/// One way in which a package runs, and all functions that run it so.
struct Run {
    request: PackageRequest,
    /// Why the package could not be opened.
    error: Option<TreeError>,
    functions: Vec<Id<Function>>,
}

/// Opens and traces every finished package of the tree that somebody names; its facts join the graph.
pub fn open_all(graph: &mut Graph, tree: &dyn Tree, declared: &[TreePath], listed: &Listed<'_>) -> Packages {
    sam::note(graph, tree);
    let mut named: Vec<Named> = graph
        .each::<Function>()
        .filter_map(|(id, function)| Some(Named { path: package_of(tree, function)?, function: Some(id) }))
        .collect();
    let of_functions: BTreeSet<TreePath> = named.iter().map(|named| named.path.clone()).collect();
    let mut rest: Vec<&TreePath> = declared.iter().filter(|path| !of_functions.contains(*path)).collect();
    rest.sort();
    named.extend(rest.into_iter().map(|path| Named { path: path.clone(), function: None }));
    let layers: Vec<TreePath> = graph.each::<Function>().flat_map(|(_, function)| layers_here(function)).collect();
    let wanted: BTreeSet<TreePath> = named.iter().map(|named| named.path.clone()).collect();
    let mut opened = open(tree, wanted.iter().chain(&layers));
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
    let runs = runs(graph, tree, named, &opened, listed);
    let traces: Vec<PackageTrace> = runs.par_iter().map(|run| looked_into(&run.request, &run.error)).collect();
    for (run, trace) in runs.iter().zip(traces) {
        add(graph, &run.request, &run.functions, trace, &mut packages);
    }
    packages
}

/// Every way in which a package runs, once.
fn runs(graph: &mut Graph, tree: &dyn Tree, named: Vec<Named>, opened: &Opened, listed: &Listed<'_>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut known: BTreeMap<Way, usize> = BTreeMap::new();
    for named in named {
        let (part, error) = match opened.get(&named.path) {
            Some(Ok(part)) => (part.clone(), None),
            Some(Err(error)) if is_refused(error) => (closed_part(&named.path), Some(error.clone())),
            _ => continue,
        };
        let function = named.function.map(|id| &graph.facts[id]);
        let limited = age::doubt(graph, tree, listed, &named.path, function);
        let mut request = request(graph, &named, part, opened);
        request.limited = limited;
        let Some(id) = named.function else {
            runs.push(Run { request, error, functions: Vec::new() });
            continue;
        };
        match known.get(&way(&request)) {
            Some(at) => {
                runs[*at].functions.push(id);
                let own = &mut runs[*at].request.limited;
                *own = own.take().or(request.limited);
            }
            None => {
                known.insert(way(&request), runs.len());
                runs.push(Run { request, error, functions: vec![id] });
            }
        }
    }
    runs
}

/// All that decides what a trace finds: the package, its layers, and what is said of the function.
type Way = (TreePath, Vec<TreePath>, bool, [Option<String>; 3], Vec<(String, Option<String>)>);

fn way(request: &PackageRequest) -> Way {
    let PackageRequest { handler, runtime, architecture, environment, .. } = request;
    (
        request.package.source.path().clone(),
        request.layers.iter().map(|layer| layer.source.path().clone()).collect(),
        request.more_layers.is_some(),
        [handler.clone(), runtime.clone(), architecture.clone()],
        environment.iter().map(|(name, value)| (name.clone(), value.clone().ok())).collect(),
    )
}

/// The trace of a package that was opened, or of one that could not be.
fn looked_into(request: &PackageRequest, error: &Option<TreeError>) -> PackageTrace {
    match error {
        None => guarded(request),
        Some(error) => trace::unopened(request, error),
    }
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

/// Looks into a package that the command line names.
pub fn add_one(
    graph: &mut Graph,
    opened: Result<Part, TreeError>,
    path: &TreePath,
    request: impl FnOnce(Part, SetId) -> PackageRequest,
) -> Packages {
    let mut packages = Packages::default();
    let set = artifact_set(graph, path);
    let (part, error) = match opened {
        Ok(part) => (part, None),
        Err(error) if is_refused(&error) => (closed_part(path), Some(error)),
        Err(error) => {
            packages.problems.push(unreadable(path, &error));
            return packages;
        }
    };
    let request = request(part, set);
    let found = looked_into(&request, &error);
    packages.opened = 1;
    add(graph, &request, &[], found, &mut packages);
    packages
}

/// Where the finished package of a function lies, when it has one here.
fn package_of(tree: &dyn Tree, function: &Function) -> Option<TreePath> {
    match &function.package {
        Some(path) => tree.resolve(path).is_some().then(|| path.clone()),
        None => function.code.resolved.clone().filter(|path| function.code.found == Lookup::File && is_archive(path)),
    }
}

/// Layers of a function that are archives of the repository, or that the build left beside its package,
/// in order. Any other folder is source of a layer.
fn layers_here(function: &Function) -> Vec<TreePath> {
    let build = function.package.as_ref().map(TreePath::parent);
    let is_built = |path: &TreePath| build.as_ref().is_some_and(|build| path.parent() == *build);
    let paths = function.layers.items.iter().filter_map(Value::get).filter(|layer| !layer.starts_with("arn:"));
    paths.map(|path| TreePath::from(path.as_str())).filter(|path| is_archive(path) || is_built(path)).collect()
}

fn request(graph: &mut Graph, named: &Named, package: Part, opened: &Opened) -> PackageRequest {
    let path = address(&package);
    let Some(id) = named.function else {
        let set = artifact_set(graph, &named.path);
        return PackageRequest { path, ..bare_request(package, set) };
    };
    let function = &graph.facts[id];
    let known = |value: &Value<String>| value.get().cloned();
    let layers: Vec<Part> =
        layers_here(function).iter().filter_map(|path| opened.get(path)?.as_ref().ok().cloned()).collect();
    let are_more = layers.len() < function.layers.items.len();
    let more_layers = function.layers.open.clone();
    let more_layers = more_layers.or_else(|| are_more.then(|| Why::new("layers that are not in the repository")));
    PackageRequest {
        layers,
        more_layers,
        handler: known(&function.handler),
        handler_origin: Some(function.handler.origin.clone()),
        runtime: known(&function.runtime),
        architecture: known(&function.architecture),
        environment: function.environment.items.iter().map(variable).collect(),
        function: Some(id),
        path,
        ..bare_request(package, function.place.set)
    }
}

/// A variable that a function is given. Later ones of a name win.
fn variable(entry: &Entry) -> (String, Result<String, Why>) {
    let unknown = || Why::new(format!("the value of {} is not known", entry.name));
    (entry.name.clone(), entry.value.get().cloned().ok_or_else(unknown))
}

/// Address of a package.
fn address(package: &Part) -> LogicalPath {
    LogicalPath::of_set(package.technology(), package.source.path(), &[])
}

/// A package of which nothing is known but that it is one.
pub fn bare_request(package: Part, set: SetId) -> PackageRequest {
    PackageRequest {
        path: address(&package),
        package,
        layers: Vec::new(),
        more_layers: None,
        handler: None,
        handler_origin: None,
        runtime: None,
        architecture: None,
        environment: BTreeMap::new(),
        changed_variables: BTreeSet::new(),
        limited: None,
        function: None,
        set,
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

/// Puts what a trace found into the graph. What is wrong with a package itself is told once.
fn add(
    graph: &mut Graph,
    request: &PackageRequest,
    functions: &[Id<Function>],
    trace: PackageTrace,
    packages: &mut Packages,
) {
    let first: Id<Artifact> = Id::new(Artifact::list(&graph.facts).len());
    let PackageTrace { mut facts, problems, .. } = trace;
    let is_new = |fault: &PackageFault, told: &BTreeSet<_>| {
        !fault.of_package || !told.contains(&(fault.place.path.clone(), fault.kind, fault.answer))
    };
    facts.package_faults.retain(|fault| is_new(fault, &packages.told));
    let of_package = facts.package_faults.iter().filter(|fault| fault.of_package);
    packages.told.extend(of_package.map(|fault| (fault.place.path.clone(), fault.kind, fault.answer)));
    graph.facts.append(detached(facts));
    for id in functions {
        graph.facts[*id].artifact = Some(first);
    }
    for artifact in graph.facts.artifacts.iter_mut().skip(first.index()) {
        artifact.function = request.function;
        artifact.shared_with = functions.iter().copied().filter(|id| Some(*id) != request.function).collect();
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
