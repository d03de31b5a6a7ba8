//! The walk through a Node.js package.

mod exports;
mod faults;
mod handler;
mod native;

use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::files::{Files, IMPORTS, MODULES};
use super::packages::Packages;
use super::reach::{Next, Reach, TooMany, shown};
use super::report::{FINDINGS, Fault, Party, Way};
use super::{Native, PackageRequest, PackageTrace, ProblemKind, entry};
use crate::code::Strength;
use crate::code::javascript::{Form, Goal, Import, ModuleFacts, Unreadable, analyse};
use crate::facts::{Id, LoadFault, ModuleImport, Place};
use crate::runtime::node::{
    MissingKind, Need, NodeVersion, Resolved, Resolver, find_handler, is_path, is_sdk, near_handler, package_of,
};
use crate::source::{Origin, Source, Span, TreePath};
use crate::tree::Tree;
use crate::value::{Value, Why};
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
    computed: usize,
    /// What the modules that were looked into offer.
    offers: FxHashMap<TreePath, Offered>,
    /// Names that imports take from other modules.
    wanted: Vec<Wanted>,
    /// Uses of what only CommonJS modules have, told once it is known that no module provides it.
    used: Vec<LoadFault>,
    /// A module gives all others what only CommonJS modules have.
    sets_globals: bool,
    /// A module of the package loads the handler's own, and may add to what it exports.
    entry_is_loaded: bool,
    natives: Vec<Native>,
    /// Functions of modules that the handler surely calls.
    called: FxHashMap<TreePath, Vec<String>>,
    /// Packages whose `engines` were looked at.
    engines: FxHashSet<TreePath>,
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
            faults: Vec::new(),
            computed: 0,
            offers: FxHashMap::default(),
            wanted: Vec::new(),
            used: Vec::new(),
            sets_globals: false,
            entry_is_loaded: false,
            natives: Vec::new(),
            called: FxHashMap::default(),
            engines: FxHashSet::default(),
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
        if !matches!(extension.as_deref(), None | Some("js" | "mjs" | "cjs" | "ts" | "mts" | "cts")) {
            return;
        }
        let Some((bytes, source)) = self.files.read(path) else { return };
        match self.facts(path, extension.as_deref(), &bytes) {
            Ok((goal, facts)) => {
                self.module_syntax(next, &source, &facts);
                self.newer_syntax(next, &source, &facts);
                self.engines(next);
                self.uses(next, &source, &facts);
                self.platform_parts(next, &source, &facts, &bytes);
                self.imports(next.index, path, &source, next.strength, &facts);
                self.offers.insert(path.clone(), Offered::new(goal, facts));
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
        let analyse = |goal: Goal| analyse(bytes, extension, &self.resolver.version().target(goal));
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
        let on_call = self.on_call(index, path, facts);
        let mut failed: Vec<bool> = Vec::with_capacity(facts.imports.len());
        if facts.imports.len() > IMPORTS {
            self.files.too_many_imports(source);
        }
        for (at, import) in facts.imports.iter().enumerate().take(IMPORTS) {
            if import.computed {
                self.computed += 1;
                failed.push(false);
                continue;
            }
            // What stands in a `catch` runs only where the attempt before it fails.
            let runs = import.instead_of.is_empty() || import.instead_of.iter().any(|tried| failed[*tried]);
            let own = if runs { import.strength.min(strength) } else { Strength::Soft };
            let on_request = on_call.get(at).copied().flatten().filter(|_| runs);
            // What the handler calls is as sure as what its module loads, one step later.
            let reach = if on_request >= Some(Strength::Late) { own.max(Strength::Late) } else { own };
            let missing = self.import(index, path, source, import, Evidence { own, reach, on_request, facts });
            failed.push(missing);
        }
    }

    /// How surely the imports of a module run once the handler is called: of the handler's own module, and of modules
    /// whose functions it surely calls.
    fn on_call(&mut self, index: usize, path: &TreePath, facts: &ModuleFacts) -> Vec<Option<Strength>> {
        let mut names = self.called.remove(path).unwrap_or_default();
        if index == 0 {
            names.push(self.property.clone());
        }
        let mut out = vec![None; if names.is_empty() { 0 } else { facts.imports.len() }];
        for name in &names {
            for (own, other) in out.iter_mut().zip(facts.on_call(name)) {
                *own = (*own).max(other);
            }
            for call in facts.calls_out(name) {
                if let Resolved::File(target) = self.resolver.resolve(path, &call.specifier, call.import)
                    && is_first_party(&target)
                    && self.called.len() < MODULES
                {
                    self.called.entry(target).or_default().push(call.name.clone());
                }
            }
        }
        out
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
        match self.resolver.resolve(path, &import.specifier, import.form.is_import()) {
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
        let address = self.request.path.child(&importer).child(&import.specifier);
        self.missing.push(ModuleImport {
            place: Place { set: self.request.set, path: address, origin: Origin::new(source.clone(), import.span) },
            artifact: Id::new(0),
            specifier: import.specifier.clone(),
            form: import.form.word(),
            module: failure.module,
            importer,
            chain: self.reach.chain(index),
            strength: evidence.own.word(),
            on_request: evidence.on_request.map_or("", Strength::word),
            missing: failure.kind,
            declared: need == Need::Required,
            optional: need == Need::Optional,
            first_party: is_first_party(path),
            generated: evidence.facts.generated,
            near: failure.near,
            error: String::new(),
            doubt: failure.doubt,
            guess: None,
        });
    }
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
