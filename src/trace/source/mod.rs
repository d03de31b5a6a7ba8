//! Code folders that are source: what their handlers import, held against the manifests and lockfiles of
//! the repository. What is installed never counts, so that a laptop, a pushed tree and a build server agree.

mod checkout;
mod modules;
mod node;
mod node_lock;
mod node_manifest;
mod python;
mod python_manifest;

use std::borrow::Cow;
use std::collections::BTreeMap;

use rayon::prelude::*;
use rustc_hash::FxHashSet;

use crate::code::Strength;
use crate::diagnostic::LogicalPath;
use crate::facts::{Function, Id, Place, SetId, UndeclaredImport};
use crate::runtime::TASK_ROOT;
use crate::runtime::node::NodeVersion;
use crate::runtime::python::PythonVersion;
use crate::source::{Origin, TreePath};
use crate::tree::Tree;
use crate::value::Why;
use checkout::Checkout;
use modules::Evidence;

/// Why a walk saw a part only: [`MODULES`](super::files::MODULES).
const MORE_MODULES: &str = "its code has more than 50,000 modules";
/// Why a walk saw a part only: [`IMPORTS`](super::files::IMPORTS).
const MORE_IMPORTS: &str = "a module of its code has more than 10,000 imports";
/// Most other importers that are told of.
const ALSO: usize = 3;

/// A function whose code folder is source.
#[derive(Clone, Debug)]
pub struct SourceRequest {
    /// The function.
    pub function: Id<Function>,
    /// Its release set.
    pub set: SetId,
    /// The folder that is packed, from the root of the tree.
    pub folder: TreePath,
    /// The folder of the template.
    pub project: TreePath,
    /// The handler string.
    pub handler: String,
    /// Runtime identifier.
    pub runtime: String,
    /// Folders of `PYTHONPATH`, as the function sees them; `None` when they are not known.
    pub python_path: Option<Vec<String>>,
    /// It has layers, which may bring any package.
    pub has_layers: bool,
    /// A build step of its own puts the package together.
    pub is_built: bool,
}

/// What was found in the source of all functions.
#[derive(Debug, Default)]
pub struct SourceTrace {
    /// Imports of packages that no manifest names.
    pub imports: Vec<UndeclaredImport>,
    /// Functions that could not be judged.
    pub undecided: Vec<(Id<Function>, Why)>,
}

/// Looks into the source of functions. `paths` is what the tree lists, sorted: nothing else is read.
pub fn undeclared(tree: &dyn Tree, paths: &[TreePath], requests: &[SourceRequest]) -> SourceTrace {
    let checkout = Checkout::new(tree, paths);
    // What a module says depends on the version that runs it.
    let mut groups: BTreeMap<(&TreePath, &str), Vec<&SourceRequest>> = BTreeMap::new();
    for request in requests {
        groups.entry((&request.folder, &request.runtime)).or_default().push(request);
    }
    let groups: Vec<_> = groups.into_iter().collect();
    let found: Vec<Collected> = groups
        .par_iter()
        .map(|((_, runtime), requests)| {
            match (NodeVersion::of(runtime, None, None), PythonVersion::of(runtime, None)) {
                (Some(version), _) => node::look(&checkout, version, requests),
                (_, Some(version)) => python::look(&checkout, version, requests),
                (None, None) => Collected::default(),
            }
        })
        .collect();
    // Folders that share code tell of one import once.
    let mut all = Collected::default();
    found.into_iter().for_each(|found| all.merge(found));
    let imports = all.imports.into_values().map(|mut import| {
        import.also.sort_by(|a, b| (&a.source, a.span).cmp(&(&b.source, b.span)));
        import.also.dedup();
        import.also.retain(|origin| *origin != import.place.origin);
        import.also.truncate(ALSO);
        import
    });
    SourceTrace { imports: imports.collect(), undecided: all.undecided }
}

/// The Node.js or Python of a runtime identifier; `None` for other platforms.
pub fn is_judged(runtime: &str) -> bool {
    NodeVersion::of(runtime, None, None).is_some() || PythonVersion::of(runtime, None).is_some()
}

/// What is known so far, by nearest manifest and package.
#[derive(Default)]
struct Collected {
    imports: BTreeMap<(String, String), UndeclaredImport>,
    undecided: Vec<(Id<Function>, Why)>,
}

impl Collected {
    /// Nothing more can be said of a function.
    fn undecided(&mut self, request: &SourceRequest, why: impl Into<Cow<'static, str>>) {
        self.undecided.push((request.function, Why::new(why)));
    }

    /// Keeps the worst of those that are one thing to mend.
    fn add(&mut self, import: UndeclaredImport) {
        let key = (import.manifest.clone(), import.module.clone());
        match self.imports.entry(key) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(import);
            }
            std::collections::btree_map::Entry::Occupied(mut place) => {
                let known = place.get_mut();
                let rank = |import: &UndeclaredImport| (import.doubt.is_some(), badness(import.outcome));
                let (worse, better) =
                    if rank(&import) < rank(known) { (import, known.clone()) } else { (known.clone(), import) };
                *known = worse;
                if known.also.len() < 10 * ALSO {
                    known.also.push(better.place.origin);
                    known.also.extend(better.also);
                }
            }
        }
    }

    fn merge(&mut self, other: Self) {
        other.imports.into_values().for_each(|import| self.add(import));
        self.undecided.extend(other.undecided);
    }
}

fn badness(outcome: &str) -> usize {
    ["cold-start", "request", "reached"].iter().position(|own| *own == outcome).unwrap_or(0)
}

/// What an import means for the function; `None` where its failure is caught or it is never run.
fn outcome(evidence: Evidence) -> Option<&'static str> {
    match (evidence.own, evidence.on_request) {
        (Strength::Hard, _) => Some("cold-start"),
        (_, Some(Strength::Hard)) => Some("request"),
        (Strength::Soft, None | Some(Strength::Soft)) => None,
        _ => Some("reached"),
    }
}

/// One import of a package, before it is known what manifests say of it.
struct Asked<'a> {
    request: &'a SourceRequest,
    module: &'a str,
    specifier: &'a str,
    origin: Origin,
    chain: String,
    outcome: &'static str,
}

/// What manifests say of it.
struct Verdict {
    answer: &'static str,
    manifest: Origin,
    doubt: Option<Why>,
}

fn fact(asked: &Asked<'_>, verdict: Verdict, platform: &'static str) -> UndeclaredImport {
    let importer = asked.origin.source.path().clone();
    let manifest = verdict.manifest.source.path().clone();
    UndeclaredImport {
        place: Place {
            set: asked.request.set,
            path: LogicalPath::of_file(&importer).child(asked.module),
            origin: asked.origin.clone(),
        },
        function: asked.request.function,
        platform,
        module: asked.module.to_owned(),
        specifier: asked.specifier.to_owned(),
        importer: importer.to_string(),
        chain: asked.chain.clone(),
        answer: verdict.answer,
        outcome: asked.outcome,
        manifest: manifest.to_string(),
        manifest_origin: verdict.manifest,
        also: Vec::new(),
        doubt: verdict.doubt,
    }
}

/// A walk counts paths from the root of the package; here the repository stands in its place.
fn mounted(path: &TreePath) -> TreePath {
    TreePath::from(TASK_ROOT).joined(path)
}

/// The path in the repository.
fn in_repository(path: &TreePath) -> TreePath {
    path.relative_to(&TASK_ROOT.into()).unwrap_or_else(|| path.clone())
}

/// Words of a text that could be names of packages: to see whether some script or configuration speaks of one.
fn mentions(text: &str, name: &str) -> bool {
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '/' | '@' | '.');
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(is_part) && !after.is_some_and(|c| is_part(c) && !matches!(c, '@' | '/' | '.'))
    })
}

/// Names that were asked about, with the answer.
type Known<T> = std::cell::RefCell<BTreeMap<TreePath, T>>;

/// Names of packages.
type Names = FxHashSet<String>;
