//! Second evidence: what the metadata of installed distributions says.

use std::collections::{BTreeMap, BTreeSet};

use super::{Fault, Walk, Way};
use crate::code::Strength;
use crate::source::{ContentId, Span, TreePath};
use crate::trace::reach::shown;
use crate::value::Why;

/// Largest compiled module in which names of modules are looked for, bytes.
const NATIVE_BYTES: u64 = 64 << 20;

/// Files whose absence says nothing.
fn is_idle(path: &TreePath) -> bool {
    let idle = |name: &[u8]| {
        matches!(name, b"tests" | b"test" | b"testing" | b"bin" | b"__pycache__" | b"docs" | b"examples")
            || name.ends_with(b".dist-info")
    };
    path.names().any(idle)
        || matches!(
            path.extension().as_deref(),
            Some("pyi" | "pyc" | "typed" | "md" | "rst" | "txt" | "pxd" | "pyx" | "h" | "c" | "py")
        )
}

impl Walk<'_> {
    /// What only metadata shows, of distributions that are reached.
    pub(super) fn judge_installed(&mut self) {
        let reached = self.reached_distributions();
        self.wheels();
        for (at, strength) in &reached {
            if *strength == Strength::Hard {
                self.requirements(*at);
                self.files_gone(*at);
            }
        }
        self.native_imports(&reached);
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
    fn about(&mut self, path: &TreePath, strength: Strength, fault: Fault<'_>) {
        let source = self.files.source(path, ContentId::of(path.as_bytes()));
        self.fault(Way::to_file(0, path, &source, strength), fault);
    }

    /// Requirements that nothing fulfils.
    fn requirements(&mut self, at: usize) {
        let version = self.finder.version();
        let distribution = self.installed.get(at).clone();
        let metadata = distribution.folder.child(b"METADATA");
        for requirement in distribution.requirements.iter().filter(|requirement| requirement.certain) {
            let name = &requirement.name;
            let module = name.replace('-', "_");
            let there = self.installed.has(name)
                || self.finder.find(self.finder.roots(), &module).is_some()
                || name == "setuptools"
                || version.is_stdlib(&module);
            if there {
                continue;
            }
            let (kind, error) = if version.provides_distribution(name) {
                ("relies-on-runtime-sdk", format!("'{name}' is not in the package"))
            } else {
                ("missing-requirement", format!("{} requires {name}", distribution.name))
            };
            let doubt = self.request.more_layers.clone();
            let fault = Fault::new(kind, Span::default(), error).name(name).module(name).doubt(doubt);
            self.about(&metadata, Strength::Hard, fault);
        }
    }

    /// Files that RECORD lists and that are gone, other than modules: an import would show those.
    fn files_gone(&mut self, at: usize) {
        let distribution = self.installed.get(at).clone();
        let root = distribution.folder.parent();
        let inside = |file: &TreePath| file.relative_to(&root).is_none_or(|inside| !is_idle(&inside));
        let gone = distribution.files.iter().filter(|file| inside(file)).find(|file| self.tree.resolve(file).is_none());
        if let Some(file) = gone {
            let name = &distribution.name;
            let error = format!("RECORD of {name} lists {}", shown(file));
            let doubt = Some(Why::new("no import shows that the file is needed"));
            let fault = Fault::new("incomplete-distribution", Span::default(), error).name(name).module(name);
            self.about(&distribution.folder.child(b"RECORD"), Strength::Hard, fault.doubt(doubt));
        }
    }

    /// Modules that compiled code imports: its text holds their names.
    fn native_imports(&mut self, reached: &BTreeMap<usize, Strength>) {
        for (at, strength) in reached {
            for requirement in self.installed.get(*at).requirements.clone() {
                let Some(needed) = self.installed.named(&requirement.name) else { continue };
                let needed = self.installed.get(needed).clone();
                let is_gone = |top: &String| self.finder.find(self.finder.roots(), top).is_none();
                let gone: Vec<String> = needed.tops().into_iter().filter(is_gone).collect();
                if gone.is_empty() {
                    continue;
                }
                if let Some(name) = self.named_by_compiled(*at, &gone) {
                    let error = self.cannot_import(&format!("No module named '{name}'"));
                    let fault = Fault::new("incomplete-distribution", Span::default(), error);
                    let record = needed.folder.child(b"RECORD");
                    self.about(&record, *strength, fault.name(&needed.name).module(&needed.name));
                }
            }
        }
    }

    /// The first of these names that stands in a compiled module of a distribution that is loaded at start.
    fn named_by_compiled(&self, at: usize, names: &[String]) -> Option<String> {
        let own = |path: &TreePath| self.installed.owner(path) == Some(at);
        let natives = self.natives.iter().filter(|native| native.strength == Strength::Hard && own(&native.path));
        natives.into_iter().find_map(|native| {
            let bytes = self.tree.read(&native.path, NATIVE_BYTES).ok()?;
            names.iter().find(|name| memchr::memmem::find(&bytes, name.as_bytes()).is_some()).cloned()
        })
    }
}
