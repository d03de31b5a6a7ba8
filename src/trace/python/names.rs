//! Names that `from … import` takes, and standard modules that a file of the package takes the place of.

use std::rc::Rc;

use rustc_hash::FxHashSet;

use super::locate::{Located, parts};
use super::{Fault, Stars, Walk, Way};
use crate::code::Strength;
use crate::code::python::{Form, Import, ModuleFacts};
use crate::runtime::python::Found;
use crate::source::TreePath;
use crate::trace::reach::shown;
use crate::tree::EntryKind;
use crate::value::Why;

/// Most modules that `from … import *` is followed to.
const STARS: usize = 100;

/// Whether a module has a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Offer {
    /// It does.
    Yes,
    /// It cannot be told.
    Unknown,
    /// It does not.
    No,
}

/// Most bytes of a package that are searched for a name.
const SEARCHED: u64 = 32 << 20;

/// Names that every module has.
const ALWAYS: [&str; 9] = [
    "__builtins__",
    "__dict__",
    "__doc__",
    "__file__",
    "__loader__",
    "__name__",
    "__package__",
    "__path__",
    "__spec__",
];

impl Walk<'_> {
    /// Whether a module of source has a name at its top level.
    pub(super) fn offers(&mut self, path: &TreePath, facts: &ModuleFacts, name: &str) -> Offer {
        if facts.names.contains_key(name) || ALWAYS.contains(&name) {
            return Offer::Yes;
        }
        self.offers_unseen(path, facts, name)
    }

    /// The same for a name that no statement of the module binds: `from … import *` may, of each module once.
    fn offers_unseen(&mut self, path: &TreePath, facts: &ModuleFacts, name: &str) -> Offer {
        if facts.open || facts.getattr || facts.children_open || self.is_put_into_modules(path) {
            return Offer::Unknown;
        }
        let mut waiting = self.stars(path, facts).to_vec();
        let mut seen = FxHashSet::from_iter([path.clone()]);
        while let Some(target) = waiting.pop() {
            let Some(target) = target else { return Offer::Unknown };
            if !seen.insert(target.clone()) {
                continue;
            }
            let Some(facts) = self.facts(&target).filter(|_| seen.len() <= STARS) else { return Offer::Unknown };
            if facts.names.contains_key(name) {
                return Offer::Yes;
            }
            if facts.open || facts.getattr || facts.children_open {
                return Offer::Unknown;
            }
            waiting.extend(self.stars(&target, &facts).iter().cloned());
        }
        Offer::No
    }

    /// The modules of which a module takes all names.
    fn stars(&mut self, path: &TreePath, facts: &ModuleFacts) -> Stars {
        let roots = self.finder.roots().len();
        if let Some((_, known)) = self.stars.get(path).filter(|(known, _)| *known == roots) {
            return Rc::clone(known);
        }
        let stars = facts.imports.iter().filter(|import| import.star && !import.type_only).take(STARS + 1);
        let stars: Stars = stars.map(|import| self.star(path, import)).collect();
        self.stars.insert(path.clone(), (roots, Rc::clone(&stars)));
        stars
    }

    fn star(&mut self, path: &TreePath, import: &Import) -> Option<TreePath> {
        let parts = parts(&import.module);
        let folder = self.relative(path, import.level).ok()?;
        let target = match self.locate(&parts, folder.as_ref()) {
            Located::Found(steps) => steps.last().cloned(),
            _ => None,
        };
        match target.or_else(|| folder.filter(|_| parts.is_empty()).map(|folder| self.package(&folder))) {
            Some(Found::Source(target, _)) => Some(target),
            _ => None,
        }
    }

    /// What `from target import names` does; true when it fails.
    pub(super) fn taken(&mut self, way: Way<'_>, import: &Import, target: &Found) -> bool {
        let (path, folders) = match target {
            Found::Source(path, _) => (Some(path.clone()), target.folders()),
            Found::Opaque(_, None) => return false,
            Found::Opaque(..) | Found::Namespace(_) => (None, target.folders()),
        };
        let mut failed = false;
        for name in &import.names {
            let facts = path.as_ref().and_then(|path| self.facts(path));
            let from_itself = path.as_ref() == Some(way.path);
            let offer = match (&path, &facts, target) {
                // A package that takes a module from itself binds the name by this very import.
                (Some(path), Some(facts), _) if from_itself && facts.names.get(&name.name) == Some(&1) => {
                    self.offers_unseen(path, facts, &name.name)
                }
                (Some(path), Some(facts), _) => self.offers(path, facts, &name.name),
                (_, _, Found::Namespace(_)) => Offer::No,
                _ => Offer::Unknown,
            };
            let is_module = match (&path, &facts) {
                (Some(path), Some(facts)) if offer == Offer::Yes => self.star_hands_on_module(path, facts, &name.name),
                _ => false,
            };
            if offer == Offer::Yes && !from_itself && !is_module {
                continue;
            }
            if let Some(found) = self.finder.find(folders, &name.name) {
                self.enter(&found, way.reach, Some(way.index));
                continue;
            }
            if offer == Offer::Yes {
                continue;
            }
            // Whatever else may bind the name: the module that did is gone.
            if offer == Offer::Unknown && !folders.iter().any(|folder| self.installed.lists_module(folder, &name.name))
            {
                if let (Some(path), Some(facts)) = (&path, &facts) {
                    self.lazy(way, path, facts, &name.name);
                }
                continue;
            }
            failed = true;
            if way.is_idle() {
                continue;
            }
            self.no_such_name(way, import, name, path.as_ref(), folders);
        }
        failed
    }

    fn no_such_name(
        &mut self,
        way: Way<'_>,
        import: &Import,
        name: &crate::code::python::Name,
        path: Option<&TreePath>,
        folders: &[TreePath],
    ) {
        let module = format!("{}{}", ".".repeat(import.level as usize), import.module);
        if let Some((foreign, misfit)) = self.finder.foreign(folders, &name.name) {
            let error = self.cannot_import(&format!("cannot import name '{}' from '{module}'", name.name));
            let fault = Fault::new(misfit.word(), name.span, error).module(&name.name);
            return self.fault(way, fault.name(&shown(&foreign)));
        }
        let place = path.map_or("unknown location".to_owned(), |path| format!("/{path}"));
        let error = self.cannot_import(&format!("cannot import name '{}' from '{module}' ({place})", name.name));
        // What was installed is known: the file that has the name, or the package's own `__init__`, or the compiled module
        // beside a folder of the same name, is gone.
        let lost = |folder: &TreePath| {
            self.installed.lists_module(folder, &name.name)
                || path.is_none()
                    && (self.installed.lists_file(&folder.child(b"__init__.py"))
                        || self.installed.lists_module(&folder.parent(), &folder.file_name()))
        };
        let lost = folders.iter().any(lost);
        let sure = lost || self.first_party(way.path) && path.is_none_or(|path| self.first_party(path));
        // What only type checkers see there is put there by another module, once it is loaded.
        if !sure && path.and_then(|path| self.facts(path)).is_some_and(|facts| facts.names_for_types(&name.name)) {
            return;
        }
        let sure = sure || path.is_some_and(|path| !self.is_written_about(path, &name.name));
        let shadows = import.level == 0 && self.finder.version().is_stdlib(&import.module);
        let kind = if shadows { "stdlib-shadowed" } else { "name-not-in-module" };
        let guess = (!sure && !shadows).then(|| Why::new("the module binds its names in no other way"));
        self.fault(way, Fault::new(kind, name.span, error).name(&name.name).module(&module).guess(guess));
    }

    /// Some file beside a module, anywhere in its top-level package, has this word, or cannot be searched: it may put
    /// the name there while it is loaded.
    fn is_written_about(&self, path: &TreePath, word: &str) -> bool {
        let roots = self.finder.roots();
        let Some(root) = roots.iter().filter(|root| path.is_under(root)).max_by_key(|root| root.names().count()) else {
            return true;
        };
        let Some(top) = path.relative_to(root).and_then(|inside| inside.names().next().map(|name| root.child(name)))
        else {
            return true;
        };
        let mut folders = vec![top];
        let mut left = SEARCHED;
        while let Some(folder) = folders.pop() {
            for name in self.tree.names(&folder) {
                let path = folder.child(&name);
                let is_folder = self.tree.stat(&path).is_some_and(|stat| stat.kind == EntryKind::Folder);
                if is_folder {
                    folders.push(path);
                } else if name.ends_with(b".py") {
                    let Ok(text) = self.tree.read(&path, left) else { return true };
                    left -= text.len() as u64;
                    if memchr::memmem::find(&text, word.as_bytes()).is_some() {
                        return true;
                    }
                } else if name.ends_with(b".so") {
                    return true;
                }
            }
        }
        false
    }

    /// A package gets a name by `from … import *` alone, out of a module that has it by `from . import name`: it is the
    /// package's own module, whether or not the star is come to.
    fn star_hands_on_module(&mut self, path: &TreePath, facts: &ModuleFacts, name: &str) -> bool {
        if facts.names.contains_key(name) {
            return false;
        }
        let takes_module = |import: &Import| {
            import.level == 1 && import.module.is_empty() && import.names.iter().any(|own| own.name == name)
        };
        self.stars(path, facts).iter().flatten().any(|target| {
            let beside = target.parent() == path.parent();
            beside && self.facts(target).is_some_and(|facts| facts.imports.iter().any(takes_module))
        })
    }

    fn star_offers(&mut self, path: &TreePath, import: &Import, name: &str) -> bool {
        let Some(target) = self.star(path, import) else { return false };
        self.facts(&target).is_some_and(|facts| self.offers(&target, &facts, name) == Offer::Yes)
    }

    /// A module with `__getattr__` hands on what it imports for type checkers.
    fn lazy(&mut self, way: Way<'_>, path: &TreePath, facts: &ModuleFacts, name: &str) {
        if !facts.getattr {
            return;
        }
        let inside = facts.on_call("__getattr__");
        let is_inside = |at: usize| inside.as_ref().and_then(|inside| inside.import(at)) > Some(Strength::Soft);
        let imports = facts.imports.iter().enumerate().filter(|(_, import)| import.form == Form::From);
        let candidates: Vec<&Import> =
            imports.filter(|(at, import)| import.type_only || is_inside(*at)).map(|(_, import)| import).collect();
        let found = candidates.into_iter().find(|import| {
            import.names.iter().any(|own| own.name == name) || import.star && self.star_offers(path, import, name)
        });
        let Some(import) = found else { return };
        let Ok(folder) = self.relative(path, import.level) else { return };
        if let Located::Found(steps) = self.locate(&parts(&import.module), folder.as_ref()) {
            self.enter_all(way, &steps);
        }
    }

    /// A file of the package stands where a standard module is meant.
    pub(super) fn shadowed(&mut self, way: Way<'_>, import: &Import, facts: &ModuleFacts) {
        let name = import.module.as_str();
        let plain = import.form == Form::Import && import.level == 0 && self.finder.version().is_stdlib(name);
        if !plain || way.own == Strength::Soft {
            return;
        }
        let Located::Found(steps) = self.locate(&[name], None) else { return };
        let [Found::Source(path, _)] = steps.as_slice() else { return };
        if !self.first_party(path) {
            return;
        }
        let Some(shadow) = self.facts(path) else { return };
        for used in facts.uses.iter().filter(|used| used.module == name) {
            if self.offers(path, &shadow, &used.attribute) == Offer::No {
                let error = format!("module '{name}' has no attribute '{}'", used.attribute);
                // The handler's own file uses what it imports, at the latest once it is called.
                let on_request = if way.index == 0 { Some(Strength::Hard) } else { way.on_request };
                let way = Way { own: way.own.min(Strength::Late), on_request, ..way };
                let fault = Fault::new("stdlib-shadowed", used.span, error).name(name).module(name);
                return self.fault(way, fault.near(shown(path)));
            }
        }
    }
}
