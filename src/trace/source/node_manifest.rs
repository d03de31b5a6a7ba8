//! What the manifests above a file of JavaScript say of a package.

use std::sync::Arc;

use serde_json::Value;

use super::checkout::Checkout;
use super::node_lock::{LOCKFILES, Lockfile};
use super::{Known, Names, Verdict, mentions};
use crate::source::{ContentId, Origin, Source, Span, TreePath};
use crate::syntax::{Node, json};
use crate::value::Why;

/// Files that configure a bundler or a compiler, or run what installs packages, by how they begin.
const TOOLS: [&str; 14] = [
    "webpack.",
    "vite.config",
    "rollup.config",
    "esbuild",
    "babel.config",
    ".babelrc",
    "build.sh",
    "build.js",
    "build.mjs",
    "build.ts",
    "Makefile",
    "makefile",
    "buildspec",
    "Dockerfile",
];
/// What compiles or bundles code before it is packed: what is for development may go into it.
const BUNDLERS: [&str; 13] = [
    "esbuild",
    "webpack",
    "rollup",
    "ncc",
    "tsup",
    "parcel",
    "vite",
    "tsc",
    "typescript",
    "babel",
    "serverless-esbuild",
    "sst",
    "turbo",
];
/// Most configurations of TypeScript that those of one folder extend, by themselves or through others.
const EXTENDED: usize = 10;

/// A package.json.
struct Manifest {
    source: Source,
    text: String,
    name: String,
    /// What is installed for running.
    run: Names,
    /// What is installed for development.
    development: Names,
    has_workspaces: bool,
}

impl Manifest {
    fn parse(path: &TreePath, text: String) -> Option<Self> {
        let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
        let object = value.as_object()?;
        let keys =
            |name: &str| object.get(name).and_then(Value::as_object).into_iter().flat_map(|map| map.keys().cloned());
        let listed = |name: &str| {
            let list = object.get(name).and_then(Value::as_array).into_iter().flatten();
            list.filter_map(|name| name.as_str().map(str::to_owned)).collect::<Vec<_>>()
        };
        let bundled = listed("bundledDependencies").into_iter().chain(listed("bundleDependencies"));
        let run = ["dependencies", "optionalDependencies", "peerDependencies"].into_iter().flat_map(keys);
        Some(Self {
            source: Source::new(path.clone(), ContentId::of(text.as_bytes())),
            name: object.get("name").and_then(Value::as_str).unwrap_or_default().to_owned(),
            run: run.chain(bundled).collect(),
            development: keys("devDependencies").collect(),
            has_workspaces: object.contains_key("workspaces"),
            text,
        })
    }
}

/// An alias that a configuration of TypeScript gives.
struct Alias {
    /// What stands before and after the `*`; the second is `None` where there is no `*`.
    pattern: (String, Option<String>),
    /// Where it leads, from the root of the tree, the first `*` for what the pattern's stands for.
    targets: Vec<String>,
}

/// The manifests of a repository, each read once.
pub(super) struct Manifests<'c> {
    checkout: &'c Checkout<'c>,
    manifests: Known<Option<Arc<Manifest>>>,
    lockfiles: Known<Option<Arc<Lockfile>>>,
    aliases: Known<Arc<Vec<Alias>>>,
    tools: Known<Arc<Vec<String>>>,
}

impl<'c> Manifests<'c> {
    pub fn new(checkout: &'c Checkout<'c>) -> Self {
        let (manifests, lockfiles) = (Known::default(), Known::default());
        Self { checkout, manifests, lockfiles, aliases: Known::default(), tools: Known::default() }
    }

    /// Says what is wrong with importing a package from this file; `None` when nothing is, or nobody can say.
    pub fn judge(&self, importer: &TreePath, package: &str, may_be_bundled: bool) -> Option<Verdict> {
        let above = self.above(importer);
        let nearest = above.first()?;
        let is_known = |manifest: &Arc<Manifest>| manifest.run.contains(package) || manifest.name == package;
        if above.iter().any(is_known) || self.is_committed(importer, package) {
            return None;
        }
        let manifest = Origin::new(nearest.source.clone(), Span::default());
        let verdict = |answer| Some(Verdict { answer, manifest: manifest.clone(), doubt: None });
        if above.iter().any(|manifest| manifest.development.contains(package)) {
            let is_bundled = may_be_bundled || !nearest.development.contains(package) || self.has_bundler(importer);
            return if is_bundled { None } else { verdict("dev-only") };
        }
        // What scripts and configurations speak of may be put there by them.
        if above.iter().any(|manifest| mentions(&manifest.text, package)) || self.is_mentioned(importer, package) {
            return None;
        }
        if self.checkout.own_packages().contains(package) {
            return None;
        }
        let (mut is_locked, mut is_transitive, mut is_installed_above) = (false, false, false);
        for folder in importer.parent().ancestors() {
            let manifest = self.manifest(&folder);
            let lockfile = self.lockfile(&folder);
            let inside = nearest.source.path().parent().relative_to(&folder).unwrap_or_else(TreePath::root);
            match &lockfile {
                Some(lockfile) => {
                    is_transitive |= lockfile.names.contains(package);
                    let has_workspaces = manifest.as_ref().is_some_and(|manifest| manifest.has_workspaces);
                    is_locked |= lockfile.covers(&inside, has_workspaces);
                }
                // What a manifest without lockfile brings is not known.
                None => {
                    is_installed_above |= manifest.is_some_and(|manifest| brings_others(&manifest)) && !inside.is_root()
                }
            }
        }
        match () {
            () if is_transitive => verdict("transitive"),
            () if (is_locked || !brings_others(nearest)) && !is_installed_above => verdict("nowhere"),
            () => verdict("unlocked"),
        }
    }

    /// package.json files upward from a file, the nearest first.
    fn above(&self, importer: &TreePath) -> Vec<Arc<Manifest>> {
        importer.parent().ancestors().filter_map(|folder| self.manifest(&folder)).collect()
    }

    fn manifest(&self, folder: &TreePath) -> Option<Arc<Manifest>> {
        let read = || {
            let path = folder.child(b"package.json");
            Manifest::parse(&path, self.checkout.text(&path)?).map(Arc::new)
        };
        self.manifests.borrow_mut().entry(folder.clone()).or_insert_with(read).clone()
    }

    fn lockfile(&self, folder: &TreePath) -> Option<Arc<Lockfile>> {
        let read = || {
            let read = |name: &&str| {
                let path = folder.child(name.as_bytes());
                Lockfile::parse(&path, &self.checkout.text(&path)?).map(Arc::new)
            };
            LOCKFILES.iter().find_map(read)
        };
        self.lockfiles.borrow_mut().entry(folder.clone()).or_insert_with(read).clone()
    }

    /// The package itself lies in the repository.
    fn is_committed(&self, importer: &TreePath, package: &str) -> bool {
        importer.parent().ancestors().any(|folder| {
            let path = folder.join(&format!("node_modules/{package}"));
            path.is_some_and(|path| self.checkout.has_folder(&path))
        })
    }

    fn has_bundler(&self, importer: &TreePath) -> bool {
        let above = self.above(importer);
        let is_named = |manifest: &Arc<Manifest>| BUNDLERS.iter().any(|tool| mentions(&manifest.text, tool));
        above.iter().any(is_named) || importer.parent().ancestors().any(|folder| !self.tools(&folder).is_empty())
    }

    fn is_mentioned(&self, importer: &TreePath, package: &str) -> bool {
        importer.parent().ancestors().any(|folder| self.tools(&folder).iter().any(|text| mentions(text, package)))
    }

    /// Texts of the tools that are configured in a folder.
    fn tools(&self, folder: &TreePath) -> Arc<Vec<String>> {
        let read = || {
            let own = self.checkout.files_in(folder);
            let is_tool = |path: &&TreePath| TOOLS.iter().any(|tool| path.file_name().starts_with(tool));
            Arc::new(own.filter(is_tool).filter_map(|path| self.checkout.text(path)).collect())
        };
        Arc::clone(self.tools.borrow_mut().entry(folder.clone()).or_insert_with(read))
    }

    /// Where the configurations of TypeScript above a file say that a specifier leads; `None` when they do not
    /// speak of it.
    pub fn alias(&self, importer: &TreePath, specifier: &str) -> Option<Vec<TreePath>> {
        let mut out = Vec::new();
        let mut is_alias = false;
        for folder in importer.parent().ancestors() {
            for alias in self.aliases(&folder).iter() {
                let Some(inner) = matched(&alias.pattern, specifier) else { continue };
                // What matches everything is where to look first, and no alias.
                is_alias |= !alias.pattern.0.is_empty();
                out.extend(
                    alias.targets.iter().filter_map(|target| TreePath::root().join(&target.replacen('*', inner, 1))),
                );
            }
        }
        (is_alias || !out.is_empty()).then_some(out)
    }

    /// True when it is not merely a place to look first.
    pub fn is_alias(&self, importer: &TreePath, specifier: &str) -> bool {
        let named = |alias: &Alias| !alias.pattern.0.is_empty() && matched(&alias.pattern, specifier).is_some();
        importer.parent().ancestors().any(|folder| self.aliases(&folder).iter().any(named))
    }

    fn aliases(&self, folder: &TreePath) -> Arc<Vec<Alias>> {
        let read = || {
            let (mut out, mut left) = (Vec::new(), EXTENDED);
            for name in ["tsconfig.json", "jsconfig.json", "tsconfig.base.json"] {
                self.read_aliases(&folder.child(name.as_bytes()), &mut left, &mut out);
            }
            Arc::new(out)
        };
        Arc::clone(self.aliases.borrow_mut().entry(folder.clone()).or_insert_with(read))
    }

    fn read_aliases(&self, path: &TreePath, left: &mut usize, out: &mut Vec<Alias>) {
        let Some(text) = self.checkout.text(path) else { return };
        let parsed = json::read(&Source::new(path.clone(), ContentId::of(b"")), &text);
        let Some(root) = parsed.documents.first().map(|document| document.root()) else { return };
        let folder = path.parent();
        let options = root.get("compilerOptions");
        let base = options.as_ref().and_then(|options| options.get("baseUrl"));
        let base = base.as_ref().and_then(|base| folder.join(base.text()?));
        let from = base.clone().unwrap_or_else(|| folder.clone());
        let place = |target: &str| from.join(target).and_then(|path| path.as_str().map(str::to_owned));
        for (key, targets) in options.and_then(|options| options.get("paths")).iter().flat_map(Node::entries) {
            let key = key.text().unwrap_or_default();
            let pattern = match key.split_once('*') {
                Some((before, after)) => (before.to_owned(), Some(after.to_owned())),
                None => (key.to_owned(), None),
            };
            out.push(Alias {
                pattern,
                targets: targets.items().iter().filter_map(|node| place(node.text()?)).collect(),
            });
        }
        if let Some(base) = base.as_ref().and_then(|base| base.child(b"*").as_str().map(str::to_owned)) {
            out.push(Alias { pattern: (String::new(), Some(String::new())), targets: vec![base] });
        }
        // One, or since TypeScript 5.0 a list of them.
        let extended = root.get("extends");
        let listed = extended.as_ref().map(|node| node.items()).unwrap_or_default();
        let all = extended.iter().chain(&listed).filter_map(|node| node.text());
        for extended in all {
            let Some(less) = left.checked_sub(1) else { break };
            *left = less;
            let with = if extended.ends_with(".json") { extended.to_owned() } else { format!("{extended}.json") };
            if let Some(path) = folder.join(&with).filter(|_| extended.starts_with('.')) {
                self.read_aliases(&path, left, out);
            }
        }
    }
}

/// What the `*` of a pattern stands for.
fn matched<'s>(pattern: &(String, Option<String>), specifier: &'s str) -> Option<&'s str> {
    match pattern {
        (before, Some(after)) => specifier.strip_prefix(before.as_str())?.strip_suffix(after.as_str()),
        (whole, None) => (whole == specifier).then_some(""),
    }
}

/// Its packages bring others along.
fn brings_others(manifest: &Manifest) -> bool {
    !manifest.run.is_empty() || !manifest.development.is_empty()
}

/// Why a package may be there although nothing that can be read says so.
pub(super) fn doubt(is_built: bool) -> Option<Why> {
    is_built.then(|| Why::new("a build step of the function's own puts the package together"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Memory;

    #[test]
    fn configurations_may_extend_several() {
        let files = [
            ("a/tsconfig.json", r#"{"extends": ["./one", "./two.json", "./tsconfig.json"]}"#),
            ("a/one.json", r#"{"compilerOptions": {"paths": {"@one/*": ["./lib/*/*"]}}}"#),
            ("a/two.json", r#"{"compilerOptions": {"paths": {"@two": ["./two/index"]}}}"#),
        ];
        let tree = Memory::new(files);
        let mut paths = files.map(|(path, _)| TreePath::from(path));
        paths.sort_unstable();
        let checkout = Checkout::new(&tree, &paths);
        let manifests = Manifests::new(&checkout);
        let alias = |specifier: &str| {
            let found = manifests.alias(&"a/index.ts".into(), specifier)?;
            found.first().map(|path| path.to_string())
        };
        assert_eq!(alias("@one/x").as_deref(), Some("a/lib/x/*"));
        assert_eq!(alias("@two").as_deref(), Some("a/two/index"));
        assert_eq!(alias("@three"), None);
    }
}
