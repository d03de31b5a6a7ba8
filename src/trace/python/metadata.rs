//! Second evidence: what the metadata of installed distributions says.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use super::{Fault, Walk, Way};
use crate::code::Strength;
use crate::runtime::TASK_ROOT;
use crate::runtime::python::{Distribution, Version, allows, is_required_for_little, modules_for, requirement};
use crate::source::{ContentId, Span, TreePath};
use crate::trace::Native;
use crate::trace::reach::shown;
use crate::value::Why;

/// Largest compiled module in which names of modules are looked for, bytes.
pub(super) const NATIVE_BYTES: u64 = 64 << 20;
/// Largest list of requirements that is read, bytes.
const LIST_BYTES: u64 = 1 << 20;

/// Files whose absence says nothing.
fn is_idle(path: &TreePath) -> bool {
    let idle = |name: &[u8]| {
        matches!(name, b"tests" | b"test" | b"testing" | b"bin" | b"__pycache__" | b"docs" | b"examples")
            || name.ends_with(b".dist-info")
    };
    path.names().any(idle)
        || matches!(
            path.extension().as_deref(),
            Some("pyi" | "pyc" | "typed" | "md" | "rst" | "txt" | "pxd" | "pyx" | "h" | "c")
        )
}

/// Top-level modules that a distribution probably brings, of one that is not installed.
fn modules_of(distribution: &str) -> BTreeSet<String> {
    let known = modules_for(distribution).map(str::to_owned);
    known.chain([distribution.replace('-', "_")]).collect()
}

impl Walk<'_> {
    /// What only metadata shows, of distributions that are reached.
    pub(super) fn judge_installed(&mut self) {
        let reached = self.reached_distributions();
        self.wheels();
        let loaded: Vec<usize> = reached.iter().filter(|(_, own)| **own == Strength::Hard).map(|(at, _)| *at).collect();
        for at in &loaded {
            self.versions(*at);
            self.cimported(*at);
            self.incomplete(*at);
        }
        for at in self.required_by(loaded) {
            self.requirements(at);
        }
        self.pins();
        self.native_imports(&reached);
    }

    /// Versions that do not fit: of the runtime, and of distributions that another one requires.
    fn versions(&mut self, at: usize) {
        let runtime = self.finder.version();
        let distribution = self.installed.get(at).clone();
        let metadata = distribution.folder.child(b"METADATA");
        let fits = Version::parse(&runtime.full()).and_then(|full| allows(&distribution.requires_python, &full));
        if fits == Some(false) {
            let (name, number) = (&distribution.name, &distribution.version);
            let error = format!("{name} {number} is for Python {}", distribution.requires_python);
            let fault = Fault::new("engine-mismatch", Span::default(), error).name(name).module(name);
            self.about(&metadata, Strength::Hard, fault);
        }
        for requirement in distribution.requirements.iter().filter(|requirement| requirement.certain) {
            let Some(installed) = self.installed.named(&requirement.name).map(|at| self.installed.get(at)) else {
                continue;
            };
            let (name, number) = (installed.name.clone(), installed.version.clone());
            let fits = Version::parse(&number).and_then(|version| allows(&requirement.specifier, &version));
            if fits == Some(false) {
                let error = format!("{} requires {name}{}", distribution.name, requirement.specifier);
                let fault = Fault::new("version-mismatch", Span::default(), error).name(&name).module(&number);
                self.about(&metadata, Strength::Hard, fault);
            }
        }
    }

    /// Versions that the package's own list of requirements pins and that are not the installed ones.
    fn pins(&mut self) {
        let version = self.finder.version();
        let list = TreePath::from(TASK_ROOT).child(b"requirements.txt");
        let Ok(bytes) = self.tree.read(&list, LIST_BYTES) else { return };
        let source = self.files.source(&list, ContentId::of(&bytes));
        let text = String::from_utf8_lossy(&bytes);
        let mut start = 0;
        for line in text.split_inclusive('\n') {
            let span = Span::new(start, start + line.trim_end().len());
            start += line.len();
            let pinned = requirement(line.split(" #").next().unwrap_or_default(), version);
            let Some(pinned) = pinned.filter(|pinned| pinned.specifier.starts_with("==")) else { continue };
            // Options (`--hash`) may follow.
            let specifier = pinned.specifier.split_whitespace().next().unwrap_or_default();
            let Some(installed) = self.installed.named(&pinned.name).map(|at| self.installed.get(at)) else { continue };
            let (name, number) = (installed.name.clone(), installed.version.clone());
            if Version::parse(&number).and_then(|version| allows(specifier, &version)) == Some(false) {
                let error = format!("requirements.txt pins {name}{specifier}");
                let fault = Fault::new("version-mismatch", span, error).name(&name).module(&number);
                self.fault(Way::to_file(0, &list, &source, Strength::Hard), fault);
            }
        }
    }

    /// Distributions of which a file is loaded, and how surely.
    fn reached_distributions(&self) -> BTreeMap<usize, Strength> {
        let sources = self.read.keys().filter_map(|path| Some((path, self.strength(path)?)));
        let natives = self.natives.iter().map(|native| (&native.path, native.strength));
        let mut reached: BTreeMap<usize, Strength> = BTreeMap::new();
        for (path, strength) in sources.chain(natives) {
            if let Some(at) = self.installed.owner(path) {
                let own = reached.entry(at).or_insert(strength);
                *own = (*own).max(strength);
            }
        }
        reached
    }

    /// These distributions and all that they surely require: compiled code loads some of them unseen.
    fn required_by(&self, mut waiting: Vec<usize>) -> BTreeSet<usize> {
        let mut out = BTreeSet::new();
        while let Some(at) = waiting.pop() {
            if out.insert(at) {
                let required = self.installed.get(at).requirements.iter().filter(|requirement| requirement.certain);
                waiting.extend(required.filter_map(|requirement| self.installed.named(&requirement.name)));
            }
        }
        out
    }

    /// Compiled modules that are reached and whose wheel is for something else.
    fn wheels(&mut self) {
        let version = self.finder.version();
        let mut told = BTreeSet::new();
        for native in self.natives.clone() {
            let Some(at) = self.installed.owner(&native.path) else { continue };
            let Some(misfit) = self.installed.misfit(at, version) else { continue };
            if told.insert(at) {
                let distribution = self.installed.get(at);
                let (name, number) = (distribution.name.clone(), distribution.version.clone());
                let platform = distribution.tags.first().map(|tag| tag.platform.clone()).unwrap_or_default();
                let error = format!("{name} {number} was installed for {platform}");
                let fault = Fault::new(misfit.word(), Span::default(), error).name(&name).module(&name);
                self.about(&native.path, native.strength, fault);
            }
        }
    }

    /// A fault that stands in no line of a file.
    pub(super) fn about(&mut self, path: &TreePath, strength: Strength, fault: Fault<'_>) {
        let source = self.files.source(path, ContentId::Unread);
        self.fault(Way::to_file(0, path, &source, strength), fault);
    }

    /// Requirements that nothing fulfils.
    fn requirements(&mut self, at: usize) {
        let distribution = self.installed.get(at).clone();
        let metadata = distribution.folder.child(b"METADATA");
        for requirement in distribution.requirements.iter().filter(|requirement| requirement.certain) {
            let name = &requirement.name;
            let modules = modules_of(name);
            let is_there = |module: &String| {
                self.finder.version().is_stdlib(module) || self.finder.find(self.finder.roots(), module).is_some()
            };
            if self.installed.has(name) || is_required_for_little(name) || modules.iter().any(is_there) {
                continue;
            }
            if let Some(module) = modules.iter().find(|module| self.finder.version().is_provided(module)) {
                let source = self.files.source(&metadata, ContentId::Unread);
                self.relies_on_runtime(Way::to_file(0, &metadata, &source, Strength::Hard), Span::default(), module);
                continue;
            }
            let doubt = self.request.more_layers.clone();
            let error = format!("{} requires {name}", distribution.name);
            let fault = Fault::new("missing-requirement", Span::default(), error).name(name).module(name).doubt(doubt);
            self.about(&metadata, Strength::Hard, fault);
        }
    }

    /// Files that RECORD lists and that are gone, other than modules: an import would show those.
    pub(super) fn files_gone(&mut self, at: usize) -> Rc<Vec<TreePath>> {
        if let Some(known) = self.gone.get(&at) {
            return Rc::clone(known);
        }
        let distribution = self.installed.get(at);
        let root = distribution.folder.parent();
        let counts = |file: &&TreePath| file.relative_to(&root).is_none_or(|inside| !is_idle(&inside));
        let gone = distribution.files.iter().filter(counts).filter(|file| self.tree.resolve(file).is_none());
        let gone: Rc<Vec<TreePath>> = Rc::new(gone.cloned().collect());
        self.gone.insert(at, Rc::clone(&gone));
        gone
    }

    /// A compiled module is gone, and what is loaded in its place is the source that it was compiled from, beside other
    /// compiled modules that rely on its layout.
    fn has_plain_twin(&self, at: usize, file: &TreePath) -> bool {
        let name = file.file_name();
        let stem = name.split('.').next().unwrap_or_default();
        let source = file.parent().child(format!("{stem}.py").as_bytes());
        let is_loaded =
            |native: &Native| native.strength == Strength::Hard && self.installed.owner(&native.path) == Some(at);
        name.ends_with(".so") && self.strength(&source) == Some(Strength::Hard) && self.natives.iter().any(is_loaded)
    }

    /// Of such files nothing shows that they are needed.
    fn incomplete(&mut self, at: usize) {
        let gone = self.files_gone(at);
        let worst = gone.iter().find(|file| self.has_plain_twin(at, file)).or_else(|| gone.first());
        if let Some(file) = worst.filter(|_| !self.lost.contains(&at)) {
            let distribution = self.installed.get(at);
            let (name, record) = (distribution.name.clone(), distribution.folder.child(b"RECORD"));
            let error = format!("RECORD of {name} lists {}", shown(file));
            let guess = (!self.has_plain_twin(at, file)).then(|| Why::new("the code needs the file"));
            let fault = Fault::new("incomplete-distribution", Span::default(), error).name(&name).module(&name);
            self.about(&record, Strength::Hard, fault.guess(guess));
        }
    }

    /// Modules that compiled code imports: its text holds their names.
    fn native_imports(&mut self, reached: &BTreeMap<usize, Strength>) {
        for (at, strength) in reached {
            for requirement in self.installed.get(*at).requirements.clone() {
                let needed = self.installed.named(&requirement.name).map(|needed| self.installed.get(needed).clone());
                let modules = needed.as_ref().map_or_else(|| modules_of(&requirement.name), Distribution::tops);
                let version = self.finder.version();
                let is_gone = |module: &String| {
                    !version.is_provided(module) && self.finder.find(self.finder.roots(), module).is_none()
                };
                let gone: Vec<String> = modules.into_iter().filter(is_gone).collect();
                let Some((native, module)) = self.named_by_compiled(*at, &gone) else { continue };
                let error = self.cannot_import(&format!("No module named '{module}'"));
                let name = needed.as_ref().map_or(&requirement.name, |needed| &needed.name);
                let place = needed.as_ref().map_or(native, |needed| needed.folder.child(b"RECORD"));
                let fault = Fault::new("incomplete-distribution", Span::default(), error).name(name).module(name);
                // The name may as well be that of a module which only some of its functions import; one that is
                // compiled itself and private is what compiled code stands on.
                let guess = (!module.starts_with('_')).then(|| Why::new("its compiled code names the module"));
                self.about(&place, *strength, fault.doubt(self.request.more_layers.clone()).guess(guess));
            }
        }
    }

    /// The first of these names that stands in a compiled module of a distribution that is loaded at start.
    fn named_by_compiled(&self, at: usize, names: &[String]) -> Option<(TreePath, String)> {
        if names.is_empty() {
            return None;
        }
        let own = |path: &TreePath| self.installed.owner(path) == Some(at);
        let natives = self.natives.iter().filter(|native| native.strength == Strength::Hard && own(&native.path));
        natives.into_iter().find_map(|native| {
            let bytes = self.tree.read(&native.path, NATIVE_BYTES).ok()?;
            let name = names.iter().find(|name| memchr::memmem::find(&bytes, name.as_bytes()).is_some())?;
            Some((native.path.clone(), name.clone()))
        })
    }
}
