//! Imports of a module: each followed to what it loads, or told of where it leads nowhere.

use rustc_hash::FxHashSet;

use super::locate::{Gap, Located, inside_root, parts};
use super::{Fault, Walk, Way};
use crate::code::Strength;
use crate::code::python::{Form, Import, ModuleFacts, OnCall, Substitute};
use crate::facts::{Id, ModuleImport, Place};
use crate::runtime::python::{Found, hint_for_removed, package_for};
use crate::source::{Origin, Source, Span, TreePath};
use crate::trace::Native;
use crate::trace::files::IMPORTS;
use crate::trace::reach::{runs, shown};
use crate::trace::report::FINDINGS;
use crate::value::Why;

/// An import that led nowhere so far.
pub(super) struct Waiting {
    index: usize,
    path: TreePath,
    source: Source,
    own: Strength,
    reach: Strength,
    on_request: Option<Strength>,
    import: Import,
}

impl Waiting {
    fn new(way: Way<'_>, import: &Import) -> Self {
        let Way { index, path, source, own, reach, on_request } = way;
        Self { index, path: path.clone(), source: source.clone(), own, reach, on_request, import: import.clone() }
    }

    fn way(&self) -> Way<'_> {
        let Self { index, path, source, own, reach, on_request, .. } = self;
        Way { index: *index, path, source, own: *own, reach: *reach, on_request: *on_request }
    }
}

impl Walk<'_> {
    /// Follows the imports of a module that is loaded; what the handler reaches once it is called, too.
    pub(super) fn imports(&mut self, base: Way<'_>, facts: &ModuleFacts, on_call: Option<&OnCall>) {
        if facts.imports.len() > IMPORTS {
            self.files.too_many_imports(base.source);
        }
        let needed: FxHashSet<usize> =
            facts.substitutes.keys().copied().filter(|at| self.refused_substitute(facts, *at).is_some()).collect();
        self.follow(base, facts, |at, import| {
            let own = if needed.contains(&at) { Strength::Hard } else { import.strength };
            Some((own.min(base.own), on_call.and_then(|on_call| on_call.import(at))))
        });
    }

    /// What the interpreter says when the name of the standard library that stands in for an import is called as the
    /// module calls it; `None` where it does as well.
    fn refused_substitute(&self, facts: &ModuleFacts, import: usize) -> Option<String> {
        let Substitute { module, name, keywords } = facts.substitutes.get(&import)?;
        let version = self.finder.version();
        keywords.iter().find_map(|keyword| version.refuses_keyword(module, name, keyword))
    }

    /// What the runtime says where an import leads nowhere: that, or what it makes of a substitute.
    fn nowhere_error(&mut self, path: &TreePath, import: &Import, name: &str) -> String {
        let cause = format!("No module named '{name}'");
        let facts = self.facts(path).filter(|facts| !facts.substitutes.is_empty());
        let refused = facts.and_then(|facts| {
            let at = facts.imports.iter().position(|own| own.span == import.span)?;
            self.refused_substitute(&facts, at)
        });
        refused.map_or_else(|| self.cannot_import(&cause), |refused| format!("{refused} ({cause})"))
    }

    /// Follows imports, each evaluated so surely on load and once the handler is called; `None` for those that are not
    /// evaluated at all.
    pub(super) fn follow<F>(&mut self, base: Way<'_>, facts: &ModuleFacts, evidence: F)
    where
        F: Fn(usize, &Import) -> Option<(Strength, Option<Strength>)>,
    {
        let mut plain: FxHashSet<&str> = FxHashSet::default();
        let mut failed: Vec<bool> = Vec::with_capacity(facts.imports.len());
        for (at, import) in facts.imports.iter().enumerate().take(IMPORTS) {
            let Some((own, on_request)) = evidence(at, import) else {
                failed.push(false);
                continue;
            };
            // What stands in an `except` runs only where the attempt before it fails.
            let runs = runs(&import.instead_of, &failed);
            let own = if runs { own } else { Strength::Soft };
            let on_request = on_request.filter(|_| runs);
            // What the handler calls is as sure as what its module loads, one step later.
            let reach = if on_request >= Some(Strength::Late) { own.max(Strength::Late) } else { own };
            let way = Way { own, reach, on_request, ..base };
            failed.push(self.import(way, import) && runs);
            if import.form == Form::Import && plain.insert(&import.module) {
                self.shadowed(way, import, facts);
            }
        }
    }

    /// Follows one import; true when it fails.
    fn import(&mut self, way: Way<'_>, import: &Import) -> bool {
        let parts = parts(&import.module);
        let folder = match self.relative(way.path, import.level) {
            Ok(folder) => folder,
            Err(cause) => {
                let name = format!("{}{}", ".".repeat(import.level as usize), import.module);
                let fault = Fault::new("import-beyond-top", import.span, self.cannot_import(cause));
                self.fault(way, fault.name(&name).module(&name));
                return true;
            }
        };
        match self.locate(&parts, folder.as_ref()) {
            Located::Found(steps) => {
                self.enter_all(way, &steps);
                if way.is_idle() && self.first_party(way.path) {
                    self.guarded(way, &steps);
                }
                if !way.is_idle() {
                    steps.iter().for_each(|step| self.without_init(way, import, step));
                }
                let target = match (steps.last(), &folder) {
                    (Some(found), _) => found.clone(),
                    (None, Some(folder)) => self.package(folder),
                    (None, None) => return false,
                };
                import.form == Form::From && self.taken(way, import, &target)
            }
            Located::Platform { provided } => {
                let name = parts.first().copied().unwrap_or_default();
                if provided && !way.is_idle() && self.installed.owner(way.path).is_some() {
                    self.relies_on_runtime(way, import.span, name);
                }
                false
            }
            Located::Unknown => false,
            Located::Missing(gap) => {
                self.enter_all(way, &gap.steps);
                if !way.is_idle() && self.waiting.len() < FINDINGS {
                    self.waiting.push(Waiting::new(way, import));
                }
                true
            }
        }
    }

    /// A package that lost its `__init__.py` can still be imported; what that file had is gone.
    fn without_init(&mut self, way: Way<'_>, import: &Import, found: &Found) {
        let Found::Namespace(portions) = found else { return };
        let mut inits = portions.iter().map(|folder| folder.child(b"__init__.py"));
        let Some((owner, init)) = inits.find_map(|init| Some((self.installed.owner(&init)?, init))) else { return };
        if self.without_init.insert(owner) {
            let name = self.installed.get(owner).name.clone();
            let error = format!("RECORD of {name} lists {}", shown(&init));
            let guess = Why::new("the code needs the file");
            let fault = Fault::new("incomplete-distribution", import.span, error).name(&name).module(&name);
            self.fault(way, fault.guess(Some(guess)));
        }
    }

    /// What is imported under a guard is there, so it is loaded: its imports may fail, but it may change `sys.path`.
    fn guarded(&mut self, way: Way<'_>, steps: &[Found]) {
        for step in steps {
            if let Found::Source(path, _) = step
                && let Some(module) = self.file(path)
                && let Ok(facts) = &module.facts
            {
                self.search_path(Way { path, ..way }, facts);
            }
        }
    }

    /// Imports that led nowhere are tried again where modules met later changed `sys.path`, until nothing changes.
    pub(super) fn settle(&mut self) {
        let mut roots = 0;
        while roots < self.finder.roots().len() {
            roots = self.finder.roots().len();
            for waiting in std::mem::take(&mut self.waiting) {
                let (way, import) = (waiting.way(), &waiting.import);
                let Ok(folder) = self.relative(way.path, import.level) else { continue };
                match self.locate(&parts(&import.module), folder.as_ref()) {
                    Located::Found(steps) => self.enter_all(way, &steps),
                    Located::Missing(_) => self.waiting.push(waiting),
                    Located::Platform { .. } | Located::Unknown => {}
                }
            }
            self.run();
        }
        self.no_way_out();
        for waiting in std::mem::take(&mut self.waiting) {
            let (way, import) = (waiting.way(), &waiting.import);
            let Ok(folder) = self.relative(way.path, import.level) else { continue };
            let parts = parts(&import.module);
            if let Located::Missing(gap) = self.locate(&parts, folder.as_ref()) {
                self.nowhere(way, import, &parts, folder.as_ref(), &gap);
            }
        }
    }

    /// Where each of the branches of which one surely runs imports what is nowhere, the last of these imports is as sure
    /// as the module.
    fn no_way_out(&mut self) {
        let mut waiting = std::mem::take(&mut self.waiting);
        let mut nowhere: FxHashSet<(TreePath, Span)> = FxHashSet::default();
        for Waiting { path, import, .. } in waiting.iter().filter(|waiting| waiting.own == Strength::Conditional) {
            let top = import.module.split('.').next().unwrap_or_default();
            let perhaps = import.level == 0
                && (self.found_at_run_time(top)
                    || self.finder.version().is_perhaps_provided(top)
                    || self.aliases.contains(&import.module));
            if !perhaps {
                nowhere.insert((path.clone(), import.span));
            }
        }
        for Waiting { path, own, reach, import, .. } in &mut waiting {
            if !nowhere.contains(&(path.clone(), import.span)) || self.strength(path) != Some(Strength::Hard) {
                continue;
            }
            let Some(facts) = self.facts(path) else { continue };
            let is_gone = |at: &usize| nowhere.contains(&(path.clone(), facts.imports[*at].span));
            let is_last = |choice: &&Vec<Vec<usize>>| {
                let mut last = choice.last().into_iter().flatten();
                choice.iter().all(|clause| clause.iter().any(is_gone))
                    && last.any(|at| facts.imports[*at].span == import.span)
            };
            if facts.choices.iter().any(|choice| is_last(&choice)) {
                (*own, *reach) = (Strength::Hard, Strength::Hard);
            }
        }
        self.waiting = waiting;
    }

    /// An installed package takes a module of the runtime; told once for each, where it is reached most surely.
    pub(super) fn relies_on_runtime(&mut self, way: Way<'_>, span: Span, name: &str) {
        let before = self.provided.insert(name.to_owned(), way.reach);
        if before.is_none_or(|before| before < way.reach) {
            let error = format!("'{name}' is not in the package");
            self.fault(way, Fault::new("relies-on-runtime-sdk", span, error).name(name).module(name));
        }
    }

    pub(super) fn enter_all(&mut self, way: Way<'_>, steps: &[Found]) {
        for step in steps {
            self.enter(step, way.reach, Some(way.index));
        }
    }

    /// A module is loaded.
    pub(super) fn enter(&mut self, found: &Found, strength: Strength, from: Option<usize>) {
        match found {
            Found::Source(path, _) => self.reach.reach(path.clone(), strength, from),
            Found::Opaque(path, _) if strength > Strength::Soft => {
                let chain = || from.map(|from| self.reach.chain(from)).unwrap_or_default();
                match self.native_of.get(path).map(|at| &mut self.natives[*at]) {
                    Some(native) if native.strength >= strength => {}
                    Some(native) => (native.strength, native.chain) = (strength, chain()),
                    None => {
                        self.native_of.insert(path.clone(), self.natives.len());
                        self.natives.push(Native { path: path.clone(), strength, chain: chain() });
                    }
                }
            }
            Found::Opaque(..) | Found::Namespace(_) => {}
        }
    }

    /// An import that leads nowhere: why, as far as the package shows it.
    fn nowhere(&mut self, way: Way<'_>, import: &Import, parts: &[&str], folder: Option<&TreePath>, gap: &Gap) {
        let version = self.finder.version();
        let own = parts.get(..=gap.at).unwrap_or(parts).join(".");
        let name = match folder.and_then(|folder| inside_root(&self.finder, folder)) {
            Some(inside) => format!("{}.{own}", inside.lossy().replace('/', ".")),
            None => own,
        };
        let part = parts.get(gap.at).copied().unwrap_or_default();
        let error = self.nowhere_error(way.path, import, &name);
        let top = gap.at == 0 && folder.is_none();
        if self.aliases.contains(&name) || top && self.found_at_run_time(part) {
            return;
        }
        let elsewhere = self.request.more_layers.clone().or_else(|| self.open_path.clone()).filter(|_| top);
        if let Some((foreign, misfit)) = self.finder.foreign(&gap.folders, part) {
            let fault = Fault::new(misfit.word(), import.span, error).module(&name).doubt(elsewhere);
            return self.fault(way, fault.name(&shown(&foreign)));
        }
        if top && let Some(last) = version.removed_after(part) {
            let error = format!("{error} (it left Python after 3.{last})");
            let fault = Fault::new("removed-stdlib-module", import.span, error).name(part).module(part);
            return self.fault(way, fault.near(hint_for_removed(part)).doubt(elsewhere));
        }
        if top && let Some(place) = self.finder.misplaced(part) {
            let fault = Fault::new("packages-not-at-root", import.span, error).name(part).module(part);
            return self.fault(way, fault.near(shown(&place)).doubt(elsewhere));
        }
        let perhaps = || Why::new("the runtime's image may bring it");
        let doubt = elsewhere.or_else(|| (top && version.is_perhaps_provided(part)).then(perhaps));
        let declared = top && self.installed.declares(way.path, part);
        // A function that nobody calls while loading may never be called, whatever its package declares.
        let on_request = way.on_request == Some(Strength::Hard);
        let is_later = declared && way.own == Strength::Late && !on_request;
        let guess = is_later.then(|| Why::new("the code around the import runs"));
        if self.missing.len() >= FINDINGS {
            return;
        }
        let importer = shown(way.path);
        self.missing.push(ModuleImport {
            place: Place {
                set: self.request.set,
                path: self.request.path.child(&importer).child(&name),
                origin: Origin::new(way.source.clone(), import.span),
            },
            artifact: Id::new(0),
            specifier: name.clone(),
            form: import.form.word(),
            module: if top { package_for(part).to_owned() } else { name },
            importer,
            chain: self.reach.chain(way.index),
            strength: way.own.word(),
            on_request: way.on_request.map_or("", Strength::word),
            missing: "module",
            declared,
            optional: false,
            // A function of the handler's file that the handler does not call may be for the command line.
            first_party: self.first_party(way.path) && (way.index > 0 || way.on_request.is_some()),
            generated: false,
            near: String::new(),
            error,
            doubt,
            guess,
        });
    }
}
