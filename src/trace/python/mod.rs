//! The walk through a Python package.

mod calls;
mod cimports;
mod handler;
mod imports;
mod installed;
mod locate;
mod metadata;
mod modules;
mod names;
mod search_path;

use std::collections::BTreeSet;
use std::rc::Rc;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::files::{Files, MODULES};
use super::native::Libraries;
use super::reach::{Next, Reach, TooMany, shown};
use super::report::{FINDINGS, Fault, Party, Way};
use super::{Native, PackageRequest, PackageTrace, ProblemKind, entry};
use crate::code::Strength;
use crate::code::python::{ModuleFacts, OnCall, Target, Unreadable};
use crate::facts::{LoadFault, ModuleImport};
use crate::runtime::TASK_ROOT;
use crate::runtime::python::{Finder, PythonVersion, distributions, normalised};
use crate::source::{Source, Span, TreePath};
use crate::tree::Tree;
use crate::value::{Value, Why};
use imports::Waiting;
use installed::Installed;
use modules::{Modules, Text};

/// Looks into a package that runs on Python.
pub(super) fn trace(
    request: &PackageRequest,
    tree: &Arc<dyn Tree>,
    version: PythonVersion,
    assumed: bool,
    libraries: &Libraries<'_>,
) -> PackageTrace {
    let mut artifact = entry::artifact(request, "python");
    if assumed {
        artifact.runtime = Value::default(version.identifier(), artifact.runtime.origin.clone());
    }
    let mut finder = Finder::new(Arc::clone(tree), version);
    let open_path = search_path::of_variable(request, &mut finder);
    let target = version.target();
    let environment = request.environment_of_code(target.environment.platform);
    let modules = Modules::new(&**tree, finder.clone(), Target { environment, ..target }, libraries);
    let mut walk = Walk::new(request, tree, finder, &modules);
    walk.open_path = open_path;
    // Threads of others may have too small a stack for what is parsed.
    let has_helpers = rayon::current_thread_index().is_some() && rayon::current_num_threads() > 1;
    if walk.begin(&mut artifact) {
        rayon::in_place_scope_fifo(|scope| {
            if has_helpers {
                walk.reach.waiting().for_each(|path| modules.explore(path.clone(), scope));
            }
            walk.run();
            walk.settle();
            walk.judge_installed();
            modules.finish();
        });
    }
    let mut trace = entry::of(artifact);
    trace.facts.module_imports = walk.missing;
    trace.facts.load_faults = walk.faults;
    trace.problems = walk.files.problems;
    trace.files = walk.files.count;
    trace.bytes = walk.files.bytes;
    trace.reached = walk.reach.reached();
    trace.guarded = walk.reach.guarded();
    trace.sets_variables = walk.sets_variables;
    trace.natives = walk.natives;
    trace
}

struct Walk<'r> {
    request: &'r PackageRequest,
    tree: &'r Arc<dyn Tree>,
    files: Files<'r>,
    finder: Finder,
    modules: &'r Modules<'r>,
    installed: Installed,
    /// Dotted name of the handler's module, as the runtime names it.
    handler_module: String,
    /// The function that is called.
    function: String,
    reach: Reach,
    /// Every file that was looked at, whether it is reached or only asked for a name.
    read: FxHashMap<TreePath, Option<Module>>,
    /// Modules of which each module takes all names, with how many roots there were then.
    stars: FxHashMap<TreePath, (usize, Stars)>,
    /// Imports that led nowhere so far.
    waiting: Vec<Waiting>,
    /// Modules that code puts into `sys.modules` by name.
    aliases: FxHashSet<String>,
    /// Environment variables that its code gives another value.
    sets_variables: BTreeSet<String>,
    /// Why folders may be searched that are not known.
    open_path: Option<Why>,
    /// Names of all files and folders without what follows their first dot, once somebody asked.
    package_names: Option<FxHashSet<Vec<u8>>>,
    /// Functions that were followed: file, name, and whether they run on load or for a request.
    called: FxHashSet<(TreePath, String, bool)>,
    /// Files of a distribution that are gone, once somebody asked.
    gone: FxHashMap<usize, Rc<Vec<TreePath>>>,
    /// Distributions of which a lost file was told of.
    lost: FxHashSet<usize>,
    /// Distributions of which a lost `__init__.py` was told of.
    without_init: FxHashSet<usize>,
    /// Modules that installed packages take from the runtime.
    provided: FxHashMap<String, Strength>,
    missing: Vec<ModuleImport>,
    faults: Vec<LoadFault>,
    natives: Vec<Native>,
    /// The number of each among them.
    native_of: FxHashMap<TreePath, usize>,
}

/// The modules of which another one takes all names; `None` for one that is not known.
type Stars = Rc<[Option<TreePath>]>;

/// A module's file as it was read.
#[derive(Clone)]
struct Module {
    source: Source,
    facts: Result<Arc<ModuleFacts>, Unreadable>,
}

impl<'r> Walk<'r> {
    fn new(request: &'r PackageRequest, tree: &'r Arc<dyn Tree>, finder: Finder, modules: &'r Modules<'r>) -> Self {
        let installed = Installed::new(distributions(tree, finder.roots(), finder.version()));
        Self {
            request,
            tree,
            files: Files::new(request, tree),
            finder,
            modules,
            installed,
            handler_module: String::new(),
            function: String::new(),
            reach: Reach::new(MODULES),
            read: FxHashMap::default(),
            stars: FxHashMap::default(),
            waiting: Vec::new(),
            aliases: FxHashSet::default(),
            sets_variables: BTreeSet::new(),
            open_path: None,
            package_names: None,
            called: FxHashSet::default(),
            gone: FxHashMap::default(),
            lost: FxHashSet::default(),
            without_init: FxHashSet::default(),
            provided: FxHashMap::default(),
            missing: Vec::new(),
            faults: Vec::new(),
            natives: Vec::new(),
            native_of: FxHashMap::default(),
        }
    }

    fn run(&mut self) {
        loop {
            match self.reach.next() {
                Ok(Some(next)) => self.module(&next),
                Ok(None) => return,
                Err(TooMany) => return self.files.too_many_modules(),
            }
        }
    }

    /// A module's file, read once; `None` when it cannot be read.
    fn file(&mut self, path: &TreePath) -> Option<Module> {
        if let Some(known) = self.read.get(path) {
            return known.clone();
        }
        let read = self.modules.get(path);
        let module = match read.get()? {
            Ok(Text { bytes, content, facts }) => {
                let source = self.files.took(path, *bytes, content.clone());
                Some(Module { source, facts: facts.clone() })
            }
            Err(error) => {
                self.files.failed(path, error);
                None
            }
        };
        self.read.insert(path.clone(), module.clone());
        module
    }

    /// What a module says; `None` when it cannot be told.
    fn facts(&mut self, path: &TreePath) -> Option<Arc<ModuleFacts>> {
        self.file(path)?.facts.ok()
    }

    /// The file is not part of an installed distribution.
    fn first_party(&self, path: &TreePath) -> bool {
        path.is_under(&TASK_ROOT.into()) && self.installed.owner(path).is_none()
    }

    /// A module is loaded.
    fn module(&mut self, next: &Next) {
        let Some(module) = self.file(&next.path) else { return };
        let way = Way::to_file(next.index, &next.path, &module.source, next.strength);
        match &module.facts {
            Ok(facts) => {
                if let Some((message, span)) = &facts.unsupported {
                    self.syntax("unsupported-syntax", way, *span, message);
                }
                let on_call = if way.index == 0 { facts.on_call(&self.function) } else { None };
                self.search_path(way, facts);
                self.variables(way, facts);
                self.metadata(way, facts, None);
                self.imports(way, facts, on_call.as_ref());
                self.files_named(way, facts, None);
                self.calls(way, facts, on_call.as_ref());
            }
            Err(Unreadable::TooDeep(why)) => {
                self.files.problem(module.source.clone(), Span::default(), ProblemKind::Limit, why.to_string());
            }
            Err(Unreadable::Encoding(why)) => {
                let message = format!("encoding `{why}` is not read");
                self.files.problem(module.source.clone(), Span::default(), ProblemKind::Unreadable, message);
            }
            Err(Unreadable::Syntax(message, span)) => self.syntax("syntax-error", way, *span, message),
        }
    }

    /// A file whose text the interpreter refuses.
    fn syntax(&mut self, kind: &'static str, way: Way<'_>, span: Span, message: &str) {
        let file = shown(way.path);
        let is_handler = file.trim_end_matches(".py").replace('/', ".") == self.handler_module;
        let module = if is_handler { self.handler_module.clone() } else { file };
        let error = format!("Syntax error in module '{module}': {message}");
        self.fault(way, Fault::new(kind, span, error).name(message).module(&module));
    }

    /// Environment variables that a module gives another value.
    fn variables(&mut self, way: Way<'_>, facts: &ModuleFacts) {
        let first_party = self.first_party(way.path);
        for change in &facts.variable_changes {
            match &change.name {
                Some(name) => drop(self.sets_variables.insert(name.clone())),
                // Tools have functions that set what they are told to.
                None if first_party || change.on_load => {
                    self.sets_variables.extend(self.request.environment.keys().cloned());
                }
                None => {}
            }
        }
    }

    /// Metadata of distributions that a module asks for while it is loaded, or a function once it is called.
    fn metadata(&mut self, base: Way<'_>, facts: &ModuleFacts, on_call: Option<&OnCall>) {
        for (at, asked) in facts.metadata.iter().enumerate() {
            let name = &asked.distribution;
            let Some(strength) = on_call.map_or(Some(asked.strength), |on_call| on_call.metadata(at)) else { continue };
            if self.installed.has(name) || self.finder.version().provides_distribution(&normalised(name)) {
                continue;
            }
            let way = Way { own: strength.min(base.own), ..base };
            let error = format!("No package metadata was found for {name}");
            let fault = Fault::new("missing-distribution-metadata", asked.span, error);
            self.fault(way, fault.name(name).doubt(self.request.more_layers.clone()));
        }
    }

    fn fault(&mut self, way: Way<'_>, fault: Fault<'_>) {
        if self.faults.len() < FINDINGS {
            let party = Party { first: self.first_party(way.path), generated: false };
            self.faults.push(fault.fact(self.request, &self.reach, way, party));
        }
    }

    /// What the runtime says of a failed import, whatever the cause.
    fn cannot_import(&self, cause: &str) -> String {
        format!("Unable to import module '{}': {cause}", self.handler_module)
    }

    /// How surely a file is loaded, when it is.
    fn strength(&self, path: &TreePath) -> Option<Strength> {
        self.reach.strength(path)
    }
}
