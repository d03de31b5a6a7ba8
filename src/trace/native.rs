//! Compiled code that is loaded: does it fit the machine and the system of the runtime, and is what it needs there?

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use rayon::prelude::*;
use rustc_hash::{FxHashMap, FxHashSet};

use super::files::Files;
use super::reach::shown;
use super::report::FINDINGS;
use super::{Native, PackageRequest, PackageTrace, Problem, ProblemKind};
use crate::code::Strength;
use crate::facts::{Id, LoadFault, Place};
use crate::runtime::native::{Brought, LIBRARY_BYTES, Library, Loaded, Machine, System, brings};
use crate::runtime::{LAYER_ROOT, TASK_ROOT};
use crate::source::{ContentId, Origin, Span, TreePath};
use crate::tree::{EntryKind, Tree, TreeError};
use crate::value::Why;

/// Most compiled files of one package that are read.
const FILES: usize = 2_000;
/// Most folders that are searched for libraries.
const FOLDERS: usize = 20_000;

/// What the loader makes of a file, or why it cannot be read, once that is known.
type Read = OnceLock<Result<Loaded, TreeError>>;

/// Compiled files as the loader sees them, each read once, by whichever thread comes to it first.
pub(super) struct Libraries<'l> {
    tree: &'l dyn Tree,
    known: Mutex<FxHashMap<TreePath, Arc<Read>>>,
}

impl<'l> Libraries<'l> {
    pub fn new(tree: &'l dyn Tree) -> Self {
        Self { tree, known: Mutex::default() }
    }

    /// What the loader makes of a file, or why it cannot be read.
    pub fn get(&self, path: &TreePath) -> Arc<Read> {
        let place = {
            let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(known.entry(path.clone()).or_default())
        };
        place.get_or_init(|| self.tree.read(path, LIBRARY_BYTES).map(|bytes| Loaded::of(&bytes)));
        place
    }
}

/// Judges the compiled modules that a walk met.
pub(super) fn judge(request: &PackageRequest, tree: &Arc<dyn Tree>, files: &Libraries<'_>, trace: &mut PackageTrace) {
    let program = bootstrap(tree, trace);
    if trace.natives.is_empty() && program.is_none() {
        return;
    }
    let runtime = trace.facts.artifacts.first().and_then(|artifact| artifact.runtime.get().cloned());
    let system = runtime.as_deref().and_then(System::of);
    // Who names no architecture gets x86_64 (docs.aws.amazon.com/lambda/latest/dg/foundation-arch.html).
    let machine = if request.architecture.as_deref() == Some("arm64") { Machine::Arm64 } else { Machine::X86_64 };
    let explained = trace.facts.load_faults.iter().any(|fault| fault.kind.starts_with("native-"));
    let mut judging = Judging { request, tree, files, system, machine, libraries: None, seen: FxHashSet::default() };
    let mut waiting: VecDeque<Native> = trace.natives.iter().cloned().collect();
    if let Some(program) = program {
        waiting.extend(judging.program(program, trace));
    }
    let mut queued: FxHashSet<TreePath> = FxHashSet::default();
    let mut ahead = 0;
    while let Some(native) = waiting.pop_front() {
        if ahead == 0 {
            // What waits is read side by side, then judged in its order.
            ahead = waiting.len();
            let wave = std::iter::once(&native).chain(&waiting).filter(|native| native.strength > Strength::Soft);
            let wave: Vec<&Native> = wave.filter(|native| !judging.seen.contains(&native.path)).take(FILES).collect();
            wave.par_iter().for_each(|native| drop(files.get(&native.path)));
        } else {
            ahead -= 1;
        }
        if native.strength == Strength::Soft || !judging.seen.insert(native.path.clone()) {
            continue;
        }
        if judging.seen.len() > FILES {
            break;
        }
        let (found, more) = judging.file(&native, &mut trace.problems);
        for fault in found.into_iter().filter(|fault| !(explained && fault.kind.starts_with("native-"))) {
            judging.tell(&native, fault, &mut trace.facts.load_faults);
        }
        // Many need the same.
        let more = more.into_iter().filter(|path| queued.insert(path.clone()));
        waiting.extend(more.map(|path| Native { path, ..native.clone() }));
    }
    let mut compiled: Vec<TreePath> = judging.seen.into_iter().collect();
    compiled.sort_unstable();
    trace.compiled = compiled;
}

/// The program of a custom runtime.
fn bootstrap(tree: &Arc<dyn Tree>, trace: &PackageTrace) -> Option<TreePath> {
    trace.facts.artifacts.first().filter(|artifact| artifact.platform == "provided")?;
    let places = [TASK_ROOT, LAYER_ROOT].map(|root| TreePath::from(root).child(b"bootstrap"));
    places.into_iter().find(|path| tree.resolve(path).is_some_and(|stat| stat.kind == EntryKind::File))
}

struct Judging<'r> {
    request: &'r PackageRequest,
    tree: &'r Arc<dyn Tree>,
    files: &'r Libraries<'r>,
    system: Option<System>,
    machine: Machine,
    /// Files of the package and its layers by name, as far as they may be libraries.
    libraries: Option<FxHashMap<Vec<u8>, TreePath>>,
    seen: FxHashSet<TreePath>,
}

/// What is wrong with a compiled file.
struct Fault {
    kind: &'static str,
    error: String,
    name: String,
    doubt: Option<Why>,
}

impl Judging<'_> {
    /// What is wrong with a file, and the libraries of the package that it loads.
    fn file(&mut self, native: &Native, problems: &mut Vec<Problem>) -> (Vec<Fault>, Vec<TreePath>) {
        let read = self.files.get(&native.path);
        let loaded = match read.get() {
            Some(Ok(loaded)) => loaded,
            Some(Err(error)) => {
                let large = matches!(error, TreeError::TooLarge { .. });
                problems.push(Problem {
                    source: Files::new(self.request, self.tree).source(&native.path, ContentId::Unread),
                    span: Span::default(),
                    kind: if large { ProblemKind::Limit } else { ProblemKind::Unreadable },
                    message: error.to_string(),
                });
                return (Vec::new(), Vec::new());
            }
            None => return (Vec::new(), Vec::new()),
        };
        let path = format!("/{}", native.path.lossy());
        let certain = |kind, name: &str, error| Fault { kind, error, name: name.to_owned(), doubt: None };
        let library = match loaded {
            Loaded::Library(library) => library,
            Loaded::MachO => {
                let error = format!("{path}: invalid ELF header (it is for macOS)");
                return (vec![certain("native-wrong-platform", "macOS", error)], Vec::new());
            }
            Loaded::Pe => {
                let error = format!("{path}: invalid ELF header (it is for Windows)");
                return (vec![certain("native-wrong-platform", "Windows", error)], Vec::new());
            }
            Loaded::Damaged(why) => {
                return (vec![certain("damaged-binary", why, format!("{path}: {why}"))], Vec::new());
            }
        };
        if library.machine != self.machine {
            let (own, wanted) = (library.machine.word(), self.machine.word());
            let error =
                format!("{path}: cannot open shared object file (it is for {own}, the function runs on {wanted})");
            return (vec![certain("native-wrong-architecture", own, error)], Vec::new());
        }
        if let Some(musl) = library.needed.iter().find(|name| name.starts_with("libc.musl-")) {
            let error = format!("{musl}: cannot open shared object file: No such file or directory");
            return (vec![certain("native-musl", musl, error)], Vec::new());
        }
        self.surroundings(library)
    }

    /// What is wrong with the versions and libraries that one of the right machine asks for, and those of the package
    /// that it loads.
    fn surroundings(&mut self, library: &Library) -> (Vec<Fault>, Vec<TreePath>) {
        let mut faults = Vec::new();
        if let (Some((major, minor)), Some(system)) = (library.glibc, self.system)
            && (major, minor) > system.glibc()
        {
            let (own_major, own_minor) = system.glibc();
            let version = format!("GLIBC_{major}.{minor}");
            let error = format!("version `{version}' not found: {} has {own_major}.{own_minor}", system.name());
            faults.push(Fault { kind: "glibc-too-new", error, name: version, doubt: None });
        }
        if let (Some(number), Some(system)) = (library.libstdcxx, self.system)
            && number > system.libstdcxx().0
            && !library.needed.iter().any(|name| is_cxx(name) && self.libraries().contains_key(name.as_bytes()))
        {
            let (always, newest) = system.libstdcxx();
            let version = format!("GLIBCXX_3.4.{number}");
            let error = format!("version `{version}' not found: {} has {always}", system.name());
            let doubt = (number <= newest).then(|| Why::new("newer images of the runtime may have it"));
            faults.push(Fault { kind: "glibc-too-new", error, name: version, doubt });
        }
        let more = self.needed(library, &mut faults);
        (faults, more)
    }

    /// Files of the package and its layers that may be libraries, by name.
    fn libraries(&mut self) -> &FxHashMap<Vec<u8>, TreePath> {
        let tree = self.tree;
        self.libraries.get_or_insert_with(|| libraries(tree))
    }

    /// Judges the program that is started, as far as its form does not speak against it already, and says which
    /// libraries of the package it loads.
    fn program(&mut self, path: TreePath, trace: &mut PackageTrace) -> Vec<Native> {
        let Ok(bytes) = self.tree.read(&path, LIBRARY_BYTES) else { return Vec::new() };
        let Loaded::Library(library) = Loaded::of(&bytes) else { return Vec::new() };
        let is_musl = library.needed.iter().any(|name| name.starts_with("libc.musl-"));
        if library.machine != self.machine || is_musl {
            return Vec::new();
        }
        let (faults, more) = self.surroundings(&library);
        let native = Native { path, strength: Strength::Hard, chain: String::new() };
        for fault in faults {
            self.tell(&native, fault, &mut trace.facts.load_faults);
        }
        more.into_iter().map(|path| Native { path, ..native.clone() }).collect()
    }

    /// Libraries that one needs: those of the package, and those that are nowhere.
    fn needed(&mut self, library: &Library, faults: &mut Vec<Fault>) -> Vec<TreePath> {
        let mut more = Vec::new();
        for name in &library.needed {
            // A path is looked up as it is.
            let base = name.rsplit('/').next().unwrap_or(name);
            if let Some(path) = self.libraries().get(base.as_bytes()) {
                more.push(path.clone());
                continue;
            }
            let doubt = match brings(base, self.system) {
                Brought::Yes => continue,
                Brought::Other(own) => Some(Why::new(format!("the system of the runtime has {own}"))),
                Brought::Unknown if is_vendored(base) => None,
                // Who says where its libraries lie has brought them all but those that every system has.
                Brought::Unknown if library.looks_beside_itself => None,
                Brought::Unknown => Some(Why::new("the image of the runtime may have it")),
            };
            faults.push(Fault {
                kind: "missing-shared-library",
                error: format!("{name}: cannot open shared object file: No such file or directory"),
                name: name.clone(),
                doubt: self.request.more_layers.clone().or(doubt),
            });
        }
        more
    }

    fn tell(&self, native: &Native, fault: Fault, faults: &mut Vec<LoadFault>) {
        if faults.len() < FINDINGS {
            faults.push(self.fact(native, fault));
        }
    }

    fn fact(&self, native: &Native, fault: Fault) -> LoadFault {
        let file = shown(&native.path);
        let source = Files::new(self.request, self.tree).source(&native.path, ContentId::Unread);
        LoadFault {
            place: Place {
                set: self.request.set,
                path: self.request.path.child(&file).child(&fault.name),
                origin: Origin::new(source, Span::default()),
            },
            artifact: Id::new(0),
            kind: fault.kind,
            name: fault.name,
            module: String::new(),
            error: fault.error,
            chain: native.chain.clone(),
            strength: native.strength.word(),
            on_request: "",
            first_party: !native.path.names().any(|name| name == b"node_modules"),
            generated: false,
            near: String::new(),
            doubt: fault.doubt,
            guess: None,
            file,
        }
    }
}

/// Libraries that a wheel brings bear a part of their hash: `libpcre-9513aab5.so.1.2.0`. No system has such a one.
///
/// Source: github.com/pypa/auditwheel, `repair.py`, 2026-11.
fn is_vendored(library: &str) -> bool {
    let stem = library.split(".so").next().unwrap_or(library);
    stem.rsplit_once('-').is_some_and(|(_, hash)| hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

fn is_cxx(library: &str) -> bool {
    library.starts_with("libstdc++.so")
}

/// Files whose name is that of a library, wherever they lie.
fn libraries(tree: &Arc<dyn Tree>) -> FxHashMap<Vec<u8>, TreePath> {
    let mut out = FxHashMap::default();
    let mut folders = VecDeque::from([TreePath::from(TASK_ROOT), TreePath::from(LAYER_ROOT)]);
    let mut left = FOLDERS;
    while let Some(folder) = folders.pop_front() {
        let Some(less) = left.checked_sub(1) else { break };
        left = less;
        for name in tree.names(&folder) {
            let path = folder.child(&name);
            // Links to folders may lead round; what they lead to is met on its own way.
            match tree.stat(&path).map(|stat| stat.kind) {
                Some(EntryKind::Folder) => folders.push_back(path),
                Some(_) if memchr::memmem::find(&name, b".so").is_some() => {
                    out.entry(name).or_insert(path);
                }
                _ => {}
            }
        }
    }
    out
}
