//! The modules of a package, each read and parsed once: when the walk asks for it, or ahead of it by a thread that has
//! nothing else to do. What is read ahead is a guess at what the walk will ask for; it changes no result.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::ScopeFifo;
use rustc_hash::{FxHashMap, FxHashSet};

use super::locate::{Located, dotted, follow, package, parts, relative};
use crate::code::Strength;
use crate::code::python::{Form, Import, ModuleFacts, Target, Unreadable, analyse_as};
use crate::runtime::python::{Finder, Found};
use crate::source::{ContentId, TreePath};
use crate::trace::files::{FILE_BYTES, IMPORTS, MODULES};
use crate::trace::native::Libraries;
use crate::tree::{Tree, TreeError};

/// Most bytes that are read ahead.
const AHEAD: u64 = 256 << 20;

/// A module as it was read.
pub(super) struct Text {
    /// Its length, bytes.
    pub bytes: u64,
    /// Identity of these bytes.
    pub content: ContentId,
    /// What it says.
    pub facts: Result<Arc<ModuleFacts>, Unreadable>,
}

/// A module, or why it cannot be read.
pub(super) type Read = Result<Text, TreeError>;

/// The modules of one package.
pub(super) struct Modules<'m> {
    tree: &'m dyn Tree,
    finder: Finder,
    target: Target,
    libraries: &'m Libraries<'m>,
    read: Mutex<FxHashMap<TreePath, Arc<OnceLock<Read>>>>,
    /// Files that were looked at ahead of the walk.
    explored: Mutex<FxHashSet<TreePath>>,
    /// Bytes of these.
    ahead: AtomicU64,
    is_over: AtomicBool,
}

impl<'m> Modules<'m> {
    pub fn new(tree: &'m dyn Tree, finder: Finder, target: Target, libraries: &'m Libraries<'m>) -> Self {
        Self {
            tree,
            finder,
            target,
            libraries,
            read: Mutex::default(),
            explored: Mutex::default(),
            ahead: AtomicU64::new(0),
            is_over: AtomicBool::new(false),
        }
    }

    /// A module; who comes second waits for the first.
    pub fn get(&self, path: &TreePath) -> Arc<OnceLock<Read>> {
        let place = {
            let mut read = self.read.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(read.entry(path.clone()).or_default())
        };
        place.get_or_init(|| self.take(path));
        place
    }

    fn take(&self, path: &TreePath) -> Read {
        let bytes = self.tree.read(path, FILE_BYTES)?;
        let module = dotted(&self.finder, path);
        let facts = analyse_as(module.as_deref(), &bytes, &self.target).map(Arc::new);
        Ok(Text { bytes: bytes.len() as u64, content: ContentId::of(&bytes), facts })
    }

    /// The walk is over: nothing more is read ahead.
    pub fn finish(&self) {
        self.is_over.store(true, Ordering::Relaxed);
    }

    /// Reads a module and what it leads to, beside the walk.
    pub fn explore<'s>(&'s self, path: TreePath, scope: &ScopeFifo<'s>) {
        if !self.explored.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone()) {
            return;
        }
        scope.spawn_fifo(move |scope| {
            // Should this program fail on a file, the walk that needs it is where that counts.
            let _ = catch_unwind(AssertUnwindSafe(|| self.read_ahead(&path, scope)));
        });
    }

    fn read_ahead<'s>(&'s self, path: &TreePath, scope: &ScopeFifo<'s>) {
        if self.is_enough() {
            return;
        }
        let place = self.get(path);
        let Some(Ok(Text { facts: Ok(facts), bytes, .. })) = place.get() else { return };
        self.ahead.fetch_add(*bytes, Ordering::Relaxed);
        for import in facts.imports.iter().take(IMPORTS) {
            // The same modules as the walk enters, as far as one file shows it.
            if import.strength > Strength::Soft && !import.type_only {
                self.targets(path, import).into_iter().for_each(|found| self.enter(found, scope));
            }
        }
    }

    fn is_enough(&self) -> bool {
        self.is_over.load(Ordering::Relaxed)
            || self.ahead.load(Ordering::Relaxed) > AHEAD
            || self.explored.lock().unwrap_or_else(PoisonError::into_inner).len() > MODULES
    }

    fn targets(&self, path: &TreePath, import: &Import) -> Vec<Found> {
        let Ok(folder) = relative(&self.finder, path, import.level) else { return Vec::new() };
        let mut steps = match follow(&self.finder, &parts(&import.module), folder.as_ref()) {
            Located::Found(steps) => steps,
            Located::Missing(gap) => return gap.steps,
            Located::Platform { .. } | Located::Unknown => return Vec::new(),
        };
        if import.form != Form::From {
            return steps;
        }
        let target = steps.last().cloned().or_else(|| Some(package(&self.finder, &folder?)));
        let Some(target) = target else { return steps };
        steps.extend(import.names.iter().filter_map(|name| self.finder.find(target.folders(), &name.name)));
        steps
    }

    fn enter<'s>(&'s self, found: Found, scope: &ScopeFifo<'s>) {
        match found {
            Found::Source(path, _) => self.explore(path, scope),
            Found::Opaque(path, _) => {
                let is_new = self.explored.lock().unwrap_or_else(PoisonError::into_inner).insert(path.clone());
                if is_new {
                    scope.spawn_fifo(move |_| {
                        if !self.is_enough() {
                            let bytes = self.tree.resolve(&path).map_or(0, |stat| stat.size);
                            self.ahead.fetch_add(bytes, Ordering::Relaxed);
                            self.libraries.get(&path);
                        }
                    });
                }
            }
            Found::Namespace(_) => {}
        }
    }
}
