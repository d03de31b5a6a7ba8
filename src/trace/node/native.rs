//! Compiled parts of npm packages: files that are loaded by name, packages for one platform each, prebuilt files that a
//! loader chooses from.

use std::rc::Rc;

use super::{Walk, is_first_party};
use crate::code::Strength;
use crate::code::javascript::{Form, Import, ModuleFacts};
use crate::runtime::node::{Fit, NodeVersion, families, fit_of_prebuild, fits_folder, package_of, platform_package};
use crate::source::{Source, Span, TreePath};
use crate::trace::Native;
use crate::trace::reach::Next;
use crate::trace::report::{Fault, Party, Way};
use crate::tree::EntryKind;

/// Packages that choose a compiled file for the one that calls them.
const LOADERS: [&str; 3] = ["node-gyp-build", "node-gyp-build-optional-packages", "bindings"];
/// How deep below a package its compiled files lie at most.
const DEPTH: usize = 6;
/// Most folders of one package that are searched.
const FOLDERS: usize = 500;

impl Walk<'_> {
    /// A compiled file is loaded.
    pub(super) fn native(&mut self, path: TreePath, strength: Strength, from: usize) {
        match self.natives.iter_mut().find(|native| native.path == path) {
            Some(native) if native.strength >= strength => {}
            Some(native) => (native.strength, native.chain) = (strength, self.reach.chain(from)),
            None => self.natives.push(Native { path, strength, chain: self.reach.chain(from) }),
        }
    }

    /// Compiled parts that a module chooses by platform while it is loaded. Only what surely runs is judged.
    pub(super) fn platform_parts(&mut self, next: &Next, source: &Source, facts: &ModuleFacts, text: &[u8]) {
        if next.strength != Strength::Hard || is_first_party(&next.path) {
            return;
        }
        let Some((manifest_path, manifest)) = self.packages.root_of(&next.path) else { return };
        let root = manifest_path.parent();
        // `require("bindings")(…)`, or a name for it that is called.
        let calls: Vec<&str> = facts.calls_out_on_load().iter().map(|call| &*call.specifier).collect();
        let is_called = |import: &&Import| import.called || calls.contains(&&*import.specifier);
        for import in facts.imports.iter().filter(is_called).filter(|import| import.strength != Strength::Soft) {
            if !LOADERS.contains(&&*import.specifier) {
                continue;
            }
            let next = &Next { strength: import.strength, ..next.clone() };
            if !self.loaders.insert((root.clone(), import.specifier.clone(), import.strength)) {
                continue;
            }
            match import.specifier.as_str() {
                "node-gyp-build" => self.prebuilds(next, source, import.span, &root, None),
                "node-gyp-build-optional-packages" => {
                    let arch = self.resolver.version().arch;
                    let package = manifest.name.as_deref().map(|name| platform_package(name, arch));
                    self.prebuilds(next, source, import.span, &root, package);
                }
                "bindings" => self.bindings(next, source, import.span, &root),
                _ => {}
            }
        }
        let find = || Rc::from(families(&manifest.optional_dependencies));
        let families = Rc::clone(self.families.entry(root.clone()).or_insert_with(find));
        for family in families.iter() {
            let prefix = family.prefix();
            if memchr::memmem::find(text, prefix.as_bytes()).is_none() {
                continue;
            }
            // It asks for one of them, or for something that it works out, and does not live on without.
            let asks = |import: &&Import| {
                let ours = import.computed || import.specifier.starts_with(&prefix);
                let fatal = import.strength == Strength::Hard || (facts.throws && import.eager);
                ours && fatal && import.form == Form::Require
            };
            if let Some(import) = facts.imports.iter().find(asks) {
                if !self.loaders.insert((root.clone(), prefix.clone(), Strength::Hard)) {
                    continue;
                }
                let wanted = family.wanted(self.resolver.version().arch);
                self.family(next, source, import.span, &root, &prefix, &wanted);
            }
        }
    }

    /// One of the packages of a family must be there.
    fn family(&mut self, next: &Next, source: &Source, span: Span, root: &TreePath, prefix: &str, wanted: &[String]) {
        // Nobody made one for this platform: another way must exist.
        let Some(first) = wanted.first() else { return };
        // A folder that was emptied is none.
        let has_manifest = |folder: &TreePath| self.tree.resolve(&folder.child(b"package.json")).is_some();
        let folders = wanted.iter().filter_map(|name| self.resolver.package_folder(root, name));
        let present: Vec<TreePath> = folders.filter(has_manifest).collect();
        if !present.is_empty() {
            for folder in present {
                for file in self.compiled(&folder) {
                    self.native(file, Strength::Hard, next.index);
                }
            }
            return;
        }
        let portable = ["wasm32", "wasm32-wasi", "wasm"]
            .iter()
            .any(|kind| self.resolver.package_folder(root, &format!("{prefix}{kind}")).is_some());
        if portable || !self.compiled(root).is_empty() {
            return;
        }
        let others = self.resolver.installed_beside(root, prefix).join(", ");
        let name = package_of(first).to_owned();
        let error = match others.as_str() {
            "" => format!("Cannot find module '{name}'"),
            others => format!("Cannot find module '{name}' (there is {others})"),
        };
        let way = Way::to_file(next.index, &next.path, source, next.strength);
        let fault = Fault::new("missing-platform-package", span, error).name(&name).module(&name).near(others);
        let fault = fault.doubt(self.request.more_layers.clone());
        self.fault(way, Party { first: false, generated: false }, fault);
    }

    /// `require("node-gyp-build")(folder)`: a file below `build/Release` or `prebuilds/<platform>-<arch>`.
    /// `node-gyp-build-optional-packages` also takes one from a package for the platform.
    fn prebuilds(&mut self, next: &Next, source: &Source, span: Span, root: &TreePath, package: Option<String>) {
        let version: &NodeVersion = self.resolver.version();
        let (arch, major) = (version.arch, version.major);
        let built: Vec<TreePath> = ["build/Release", "build/Debug"]
            .iter()
            .filter_map(|folder| root.join(folder))
            .flat_map(|folder| self.compiled(&folder))
            .collect();
        let prebuilds = root.child(b"prebuilds");
        let folders = self.tree.names(&prebuilds).into_iter();
        let ours = folders.filter(|name| fits_folder(&String::from_utf8_lossy(name), arch));
        let files: Vec<TreePath> = ours.flat_map(|name| self.compiled(&prebuilds.child(&name))).collect();
        let usable = files.iter().filter(|file| fit_of_prebuild(&file.file_name(), major) == Fit::Fits);
        let usable: Vec<TreePath> = usable.cloned().collect();
        let package = package.and_then(|name| self.resolver.package_folder(root, &name));
        let packaged = package.map(|folder| self.compiled(&folder)).unwrap_or_default();
        let fits = |file: &&TreePath| fit_of_prebuild(&file.file_name(), major) != Fit::Misfit;
        if let Some(file) = built.first().or(usable.first()).or(packaged.iter().find(fits)) {
            self.native(file.clone(), next.strength, next.index);
        } else if files.iter().all(|file| fit_of_prebuild(&file.file_name(), major) == Fit::Misfit) {
            let error = format!("No native build was found for platform=linux arch={arch} runtime=node");
            self.without_part(next, source, span, root, &error);
        }
    }

    /// `require("bindings")(name)`: a file in one of some folders of the package.
    fn bindings(&mut self, next: &Next, source: &Source, span: Span, root: &TreePath) {
        match self.compiled(root).as_slice() {
            [] => self.without_part(next, source, span, root, "Could not locate the bindings file"),
            [only] => self.native(only.clone(), next.strength, next.index),
            // The one that bears the name of its package is asked for; others are tests and helpers.
            several => {
                let package = root.file_name();
                let bears = |file: &&TreePath| plain(file.file_name().trim_end_matches(".node")) == plain(&package);
                if let Some(file) = several.iter().find(bears) {
                    self.native(file.clone(), next.strength, next.index);
                }
            }
        }
    }

    fn without_part(&mut self, next: &Next, source: &Source, span: Span, root: &TreePath, error: &str) {
        let name = root.lossy().rsplit("node_modules/").next().unwrap_or_default().to_owned();
        let way = Way::to_file(next.index, &next.path, source, next.strength);
        let fault = Fault::new("missing-platform-package", span, error).name(&name).module(&name);
        self.fault(way, Party { first: false, generated: false }, fault);
    }

    /// Compiled modules below a folder, other packages left out.
    fn compiled(&self, folder: &TreePath) -> Vec<TreePath> {
        let mut out = Vec::new();
        let mut waiting = vec![(folder.clone(), DEPTH)];
        let mut left = FOLDERS;
        while let Some((folder, depth)) = waiting.pop() {
            let (Some(less), Some(deeper)) = (left.checked_sub(1), depth.checked_sub(1)) else { continue };
            left = less;
            for name in self.tree.names(&folder) {
                let path = folder.child(&name);
                match self.tree.resolve(&path).map(|stat| stat.kind) {
                    Some(EntryKind::Folder) if name != b"node_modules" && name != b"prebuilds" => {
                        waiting.push((path, deeper));
                    }
                    Some(EntryKind::File) if name.ends_with(b".node") => out.push(path),
                    _ => {}
                }
            }
        }
        out.sort();
        out
    }
}

/// A name without what people write in different ways: `better-sqlite3` and `better_sqlite3` are one.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).collect()
}
