//! The walk through a Node.js package.

mod calls;
mod engine;
mod exports;
mod faults;
mod handler;
mod implied;
mod json;
mod native;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::files::{Files, IMPORTS, MODULES};
use super::packages::Packages;
use super::reach::{Next, Reach, TooMany, runs, shown};
use super::report::{FINDINGS, Fault, Party, Way};
use super::{Native, PackageRequest, PackageTrace, ProblemKind, entry};
use crate::code::javascript::{Form, Goal, Import, ModuleFacts, OutCall, Target, Unreadable, analyse};
use crate::code::{Environment, Strength};
use crate::facts::{Id, LoadFault, ModuleImport, Place};
use crate::runtime::node::{
    ENVIRONMENT, Family, MissingKind, Need, NodeVersion, Resolved, Resolver, find_handler, is_path, is_sdk,
    near_handler, package_of,
};
use crate::source::{Origin, Source, Span, TreePath};
use crate::tree::Tree;
use crate::value::{Value, Why};
use calls::{Known, When};
use engine::Client;
use exports::{Offered, Wanted};

/// Looks into a package that runs on Node.js.
pub(super) fn trace(
    request: &PackageRequest,
    tree: &Arc<dyn Tree>,
    version: NodeVersion,
    assumed: bool,
) -> PackageTrace {
    let mut artifact = entry::artifact(request, "node");
    let resolver = Resolver::new(Arc::clone(tree), version);
    if assumed {
        let why = crate::runtime::node::ASSUMED.to_string();
        artifact.runtime = Value::default(why, artifact.runtime.origin.clone());
    }
    let Some(name) = handler::name(request, tree, &resolver, &mut artifact) else { return entry::of(artifact) };
    let handler = find_handler(tree, &resolver, &name);
    artifact.handler_candidates = handler.candidates.join(", ");
    let Some((file, _)) = handler.found else {
        if request.more_layers.is_some() && name.folder.starts_with('/') {
            artifact.not_judged = Some(Why::new("handler lies in a layer that is not known"));
        } else {
            artifact.handler_near = near_handler(tree, &name).map(|path| shown(&path)).unwrap_or_default();
        }
        return entry::of(artifact);
    };
    artifact.handler_file = shown(&file);

    let property = name.property.split('.').next().unwrap_or_default().to_string();
    let mut walk = Walk::new(request, tree, resolver, property);
    walk.reach.reach(file.clone(), Strength::Hard, None);
    walk.run();
    walk.judge_handler(&file, &name, &mut artifact);
    walk.judge_names();
    walk.judge_uses();
    walk.judge_clients();
    artifact.imports_followed = match walk.computed {
        0 => Value::known(true, artifact.handler.origin.clone()),
        _ => Value::unknown("an import is worked out at run time", artifact.handler.origin.clone()),
    };
    let mut trace = entry::of(artifact);
    trace.facts.module_imports = walk.missing;
    trace.facts.load_faults = walk.faults;
    trace.problems = walk.files.problems;
    trace.files = walk.files.count;
    trace.bytes = walk.files.bytes;
    trace.reached = walk.reach.reached();
    trace.guarded = walk.reach.guarded();
    trace.natives = walk.natives;
    trace.computed = walk.computed;
    trace.sets_variables = walk.sets_variables;
    trace
}

struct Walk<'r> {
    request: &'r PackageRequest,
    files: Files<'r>,
    tree: &'r Arc<dyn Tree>,
    resolver: Resolver,
    packages: Packages<'r>,
    /// The exported name that is called.
    property: String,
    reach: Reach,
    missing: Vec<ModuleImport>,
    faults: Vec<LoadFault>,
    /// Where each import that leads nowhere stands among them, by file and place.
    reported: FxHashMap<(TreePath, u32, String), Reported>,
    computed: usize,
    /// What the modules that were looked into offer.
    offers: FxHashMap<TreePath, Offered>,
    /// Names that imports take from other modules.
    wanted: Vec<Wanted>,
    /// Bytes of text that may still be searched for names.
    searchable: u64,
    /// Uses of what only CommonJS modules have, told once it is known that no module provides it.
    used: Vec<LoadFault>,
    /// A module gives all others what only CommonJS modules have.
    sets_globals: bool,
    /// A module of the package loads the handler's own, and may add to what it exports.
    entry_is_loaded: bool,
    /// What is known of environment variables, and which of them the code sets itself.
    environment: Environment,
    sets_variables: BTreeSet<String>,
    natives: Vec<Native>,
    /// Calls of functions of modules that were not looked into yet.
    called: FxHashMap<TreePath, Vec<(OutCall, When)>>,
    /// Modules whose functions may be called.
    known: FxHashMap<TreePath, Known>,
    /// Calls that were followed.
    made: FxHashSet<(TreePath, String, When)>,
    /// Modules that are surely loaded once the handler is called.
    requested: FxHashSet<TreePath>,
    /// Generated clients of Prisma, and whether code of the package uses one.
    clients: Vec<Client>,
    makes_client: bool,
    /// Families of packages for one platform each, by the folder of the package that asks for them.
    families: FxHashMap<TreePath, Rc<[Family]>>,
    /// What compiled parts were looked for: the folder of the package, what it loads them with or what their names begin
    /// with, and how surely.
    loaders: FxHashSet<(TreePath, String, Strength)>,
    /// Whether a file of a library names what the library is known to load, each read once.
    named: FxHashMap<(TreePath, String), bool>,
    /// Packages whose `engines` were looked at.
    engines: FxHashSet<TreePath>,
    /// Imports were not followed because of how many names package.json files offer.
    too_many_names: bool,
    /// Manifests that could not be read, each told of once.
    broken: FxHashSet<TreePath>,
}

impl<'r> Walk<'r> {
    fn new(request: &'r PackageRequest, tree: &'r Arc<dyn Tree>, resolver: Resolver, property: String) -> Self {
        Self {
            request,
            files: Files::new(request, tree),
            tree,
            resolver,
            packages: Packages::new(tree),
            property,
            reach: Reach::new(MODULES),
            missing: Vec::new(),
            reported: FxHashMap::default(),
            faults: Vec::new(),
            computed: 0,
            offers: FxHashMap::default(),
            wanted: Vec::new(),
            searchable: exports::SEARCHED_BYTES,
            used: Vec::new(),
            sets_globals: false,
            entry_is_loaded: false,
            environment: request.environment_of_code(ENVIRONMENT),
            sets_variables: BTreeSet::new(),
            natives: Vec::new(),
            called: FxHashMap::default(),
            known: FxHashMap::default(),
            made: FxHashSet::default(),
            requested: FxHashSet::default(),
            clients: Vec::new(),
            makes_client: false,
            families: FxHashMap::default(),
            loaders: FxHashSet::default(),
            named: FxHashMap::default(),
            engines: FxHashSet::default(),
            too_many_names: false,
            broken: FxHashSet::default(),
        }
    }

    /// Looks into module after module.
    fn run(&mut self) {
        loop {
            match self.reach.next() {
                Ok(Some(next)) => self.module(&next),
                Ok(None) => return,
                Err(TooMany) => return self.files.too_many_modules(),
            }
        }
    }

    fn module(&mut self, next: &Next) {
        let path = &next.path;
        let extension = path.extension();
        if extension.as_deref() == Some("json") {
            return self.json(next);
        }
        if !matches!(extension.as_deref(), None | Some("js" | "mjs" | "cjs" | "ts" | "mts" | "cts")) {
            return;
        }
        let Some((bytes, source)) = self.files.read(path) else { return };
        self.manifest_of(next);
        match self.facts(path, extension.as_deref(), &bytes) {
            Ok((goal, facts)) => {
                self.module_syntax(next, &source, &facts);
                self.newer_syntax(next, &source, &facts);
                self.engines(next);
                self.uses(next, &source, &facts);
                self.sets_variables.extend(facts.sets_variables.iter().cloned());
                self.platform_parts(next, &source, &facts, &bytes);
                self.clients(next, &source, &facts, &bytes);
                self.imports(next.index, path, &source, next.strength, &facts);
                self.offers.insert(path.clone(), Offered::new(goal, &facts));
                let known = Known { index: next.index, source, goal, facts: Rc::new(facts) };
                self.calls(path, known, next.strength);
                if next.index == 0 {
                    self.called_by_name(path, self.property.clone(), When::Request);
                }
            }
            Err(Unreadable::TooDeep(why)) => {
                self.files.problem(source, Span::default(), ProblemKind::Limit, why.to_string());
            }
            Err(Unreadable::Syntax(message, span)) => self.syntax(next, source, span, message),
        }
    }

    fn facts(
        &mut self,
        path: &TreePath,
        extension: Option<&str>,
        bytes: &[u8],
    ) -> Result<(Goal, ModuleFacts), Unreadable> {
        let (goal, declared) = self.goal(path);
        // Names matter where the handler is looked for: in its file, and in those that it hands on.
        let exports_matter = is_first_party(path);
        let target = |goal: Goal| Target {
            exports_matter,
            environment: self.environment.clone(),
            ..self.resolver.version().target(goal)
        };
        let analyse = |goal: Goal| analyse(bytes, extension, &target(goal));
        let facts = analyse(goal)?;
        let detects = self.resolver.version().detect_module && !declared && goal == Goal::CommonJs;
        if detects && facts.module_syntax.is_some() {
            return Ok((Goal::Module, analyse(Goal::Module)?));
        }
        Ok((goal, facts))
    }

    /// A CommonJS module that says what only ECMAScript modules may say: it does not load.
    fn module_syntax(&mut self, next: &Next, source: &Source, facts: &ModuleFacts) {
        let Some(syntax) = facts.module_syntax else { return };
        let (goal, declared) = self.goal(&next.path);
        let detects = self.resolver.version().detect_module && !declared;
        if goal == Goal::Module || detects || self.faults.len() >= FINDINGS {
            return;
        }
        let way = Way::to_file(next.index, &next.path, source, next.strength);
        let party = Party { first: is_first_party(&next.path), generated: facts.generated };
        let fault = Fault::new("esm-syntax-in-commonjs", syntax.span, syntax.error);
        self.faults.push(fault.fact(self.request, &self.reach, way, party));
    }

    /// As what a file is loaded, and whether that is declared.
    fn goal(&mut self, path: &TreePath) -> (Goal, bool) {
        match path.extension().as_deref() {
            Some("mjs" | "mts") => (Goal::Module, true),
            Some("cjs" | "cts") => (Goal::CommonJs, true),
            _ => match self.packages.nearest(path) {
                Some(manifest) if manifest.module => (Goal::Module, true),
                _ => (Goal::CommonJs, false),
            },
        }
    }

    fn imports(&mut self, index: usize, path: &TreePath, source: &Source, strength: Strength, facts: &ModuleFacts) {
        let requested = self.requested.contains(path);
        let mut failed: Vec<bool> = Vec::with_capacity(facts.imports.len());
        if facts.imports.len() > IMPORTS {
            self.files.too_many_imports(source);
        }
        for import in facts.imports.iter().take(IMPORTS) {
            if import.computed {
                self.computed += 1;
                failed.push(false);
                continue;
            }
            // What stands in a `catch` runs only where the attempt before it fails.
            let runs = runs(&import.instead_of, &failed);
            let own = if runs { import.strength.min(strength) } else { Strength::Soft };
            // What the handler loads is as sure as what its module loads, one step later.
            let on_request = (requested && runs).then_some(import.strength);
            let reach = if on_request >= Some(Strength::Late) { own.max(Strength::Late) } else { own };
            let missing = self.import(index, path, source, import, Evidence { own, reach, on_request, facts });
            failed.push(missing && runs);
        }
    }

    /// Follows one import; true when it leads nowhere.
    fn import(
        &mut self,
        index: usize,
        path: &TreePath,
        source: &Source,
        import: &Import,
        evidence: Evidence<'_>,
    ) -> bool {
        let resolved = match import.on_behalf_of {
            Some(by) => self.resolve_for(path, import, by),
            None => self.resolver.resolve(path, &import.specifier, import.form.is_import()),
        };
        match resolved {
            Resolved::File(target) => {
                if import.form == Form::RequireResolve {
                    return false;
                }
                let required = import.form == Form::Require && !self.resolver.version().require_module;
                if required && self.goal(&target).0 == Goal::Module && is_script(&target) {
                    let near = shown(&target);
                    let package = if is_path(&import.specifier) { "" } else { package_of(&import.specifier) };
                    let failure = Failure { near, ..Failure::new("require-of-esm", package) };
                    self.report(index, path, source, import, &evidence, failure);
                    return true;
                }
                if index != 0 && self.reach.is_entry(&target) {
                    self.entry_is_loaded = true;
                }
                if target.extension().as_deref() == Some("node") {
                    self.native(target, evidence.own.max(evidence.on_request.unwrap_or(Strength::Soft)), index);
                    return false;
                }
                if evidence.on_request == Some(Strength::Hard) && self.reach.index(&target).is_none() {
                    self.requested.insert(target.clone());
                }
                self.want(index, path, source, import, &target, evidence.own);
                self.reach.reach(target, evidence.reach, Some(index));
                false
            }
            Resolved::Missing(missing) => {
                let in_layer = missing.kind == MissingKind::Package || import.specifier.starts_with("/opt/");
                let doubt = match &self.request.more_layers {
                    Some(why) if in_layer => Some(why.clone()),
                    _ if missing.perhaps_provided => Some(Why::new("the runtime's own SDK may bring the package")),
                    _ => None,
                };
                let near = missing.near.as_ref().map(shown).unwrap_or_default();
                let is_sdk = missing.kind == MissingKind::Package && is_sdk(&missing.package);
                let kind = if is_sdk { "sdk" } else { missing.kind.word() };
                let failure = Failure { kind, module: missing.package, near, doubt };
                self.report(index, path, source, import, &evidence, failure);
                true
            }
            Resolved::Provided => {
                self.provided(index, path, source, import, &evidence);
                false
            }
            Resolved::BrokenManifest(manifest) => {
                self.broken_manifest(manifest, index, evidence.own);
                true
            }
            Resolved::TooManyNames => {
                if !std::mem::replace(&mut self.too_many_names, true) {
                    let message = "more than 20,000,000 comparisons with `exports` and `imports`";
                    self.files.problem(source.clone(), import.span, ProblemKind::Limit, message);
                }
                false
            }
            Resolved::Builtin | Resolved::NotJudged(_) => false,
        }
    }

    fn report(
        &mut self,
        index: usize,
        path: &TreePath,
        source: &Source,
        import: &Import,
        evidence: &Evidence<'_>,
        failure: Failure,
    ) {
        if self.missing.len() >= FINDINGS {
            return;
        }
        let importer = shown(path);
        let need = match self.packages.declaring(path) {
            Some(manifest) if !is_path(&import.specifier) => manifest.needs(&failure.module),
            _ => Need::Undeclared,
        };
        // A function that nobody calls while loading may never be called, whatever its package declares.
        let key = (path.clone(), import.span.start, import.specifier.clone());
        let known = self.reported.get(&key).copied();
        // What is met again, over another call, is as sure as the surest way to it.
        let own = known.map_or(evidence.own, |known| known.own.max(evidence.own));
        let on_request = evidence.on_request.max(known.and_then(|known| known.on_request));
        let is_later = need == Need::Required && own == Strength::Late && on_request != Some(Strength::Hard);
        let guess = is_later.then(|| Why::new("the code around the import runs"));
        let address = self.request.path.child(&importer).child(&import.specifier);
        let fact = ModuleImport {
            place: Place { set: self.request.set, path: address, origin: Origin::new(source.clone(), import.span) },
            artifact: Id::new(0),
            specifier: import.specifier.clone(),
            form: import.form.word(),
            module: failure.module,
            importer,
            chain: self.reach.chain(index),
            strength: own.word(),
            on_request: on_request.map_or("", Strength::word),
            missing: failure.kind,
            declared: need == Need::Required,
            optional: need == Need::Optional,
            first_party: is_first_party(path),
            generated: evidence.facts.generated,
            near: failure.near,
            error: String::new(),
            doubt: failure.doubt,
            guess,
        };
        let at = known.map_or(self.missing.len(), |known| known.at);
        self.reported.insert(key, Reported { at, own, on_request });
        match self.missing.get_mut(at) {
            Some(known) => *known = fact,
            None => self.missing.push(fact),
        }
    }
}

/// An import that was reported, and how surely it is evaluated.
#[derive(Clone, Copy)]
struct Reported {
    at: usize,
    own: Strength,
    on_request: Option<Strength>,
}

/// What decides how bad an import that leads nowhere is.
struct Evidence<'f> {
    /// How surely it is evaluated on load.
    own: Strength,
    /// How surely its target is reached at all.
    reach: Strength,
    /// How surely it is evaluated once the handler is called.
    on_request: Option<Strength>,
    facts: &'f ModuleFacts,
}

/// In which way an import fails.
struct Failure {
    kind: &'static str,
    module: String,
    near: String,
    doubt: Option<Why>,
}

impl Failure {
    fn new(kind: &'static str, module: &str) -> Self {
        Self { kind, module: module.to_owned(), near: String::new(), doubt: None }
    }
}

/// True for files that no package manager installed.
fn is_first_party(path: &TreePath) -> bool {
    !path.names().any(|name| name == b"node_modules")
}

/// True for files that may be ECMAScript modules.
fn is_script(path: &TreePath) -> bool {
    matches!(path.extension().as_deref(), Some("js" | "mjs" | "ts" | "mts"))
}
