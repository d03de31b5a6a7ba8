//! Where Node.js finds a module, and how it fails to. The resolver's types stop here and in
//! [`file_system`](super::file_system).

use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use oxc_resolver::{ResolveError, ResolveOptions, ResolverGeneric};
use rustc_hash::FxHashMap;

use super::file_system::{TreeFiles, absolute, tree_path};
use super::manifest::{MANIFEST_BYTES, Manifest, package_of};
use super::tables::{self, Builtin, NODE_PATH_FOR_IMPORT_SINCE, Provided};
use super::version::NodeVersion;
use crate::runtime::TASK_FOLDER;
use crate::source::TreePath;
use crate::tree::{EntryKind, Tree};

/// Where a specifier leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Resolved {
    /// A file of the tree, links followed.
    File(TreePath),
    /// A built-in module.
    Builtin,
    /// A package that the runtime brings.
    Provided,
    /// Nowhere.
    Missing(Missing),
    /// Not a question of files: `data:` and `https:` specifiers, a package.json that is broken.
    NotJudged(&'static str),
    /// Not looked for: too many names of `exports` and `imports` were compared already.
    TooManyNames,
    /// Nowhere: this package.json is not one.
    BrokenManifest(TreePath),
}

/// A module that is not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// In which way.
    pub kind: MissingKind,
    /// The package that is asked for, empty for a file beside the importer.
    pub package: String,
    /// What was probably meant: the same path but for case.
    pub near: Option<TreePath>,
    /// The runtime may bring it although nobody promises that.
    pub perhaps_provided: bool,
}

/// In which way a module is not found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MissingKind {
    /// No such package anywhere on the way.
    Package,
    /// The package, or the folder, is there, the file in it is not.
    File,
    /// The `exports` or `imports` of the package do not offer it.
    NotExported,
    /// A built-in module that this runtime does not have.
    Builtin,
    /// It is there but for upper and lower case.
    Case,
    /// It is there, but `import` wants the whole file name.
    Unspecified,
}

impl MissingKind {
    /// The word for it in facts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Package => "module",
            Self::File => "file",
            Self::NotExported => "not-exported",
            Self::Builtin => "builtin",
            Self::Case => "case",
            Self::Unspecified => "unspecified",
        }
    }
}

/// Resolves as one Node.js runtime does, in one tree.
pub struct Resolver {
    tree: Arc<dyn Tree>,
    version: NodeVersion,
    require: ResolverGeneric<TreeFiles>,
    import: ResolverGeneric<TreeFiles>,
    /// Searches for a path in another case that may still be made: each lists folders.
    searches: AtomicUsize,
    /// Specifiers that are no paths and were asked for.
    asked: AtomicUsize,
    /// Names of `exports` and `imports` that may still be compared.
    comparable: AtomicUsize,
    /// What lies above each folder that was asked for something.
    above: Mutex<FxHashMap<TreePath, Above>>,
}

/// What lies in a folder of the tree and in those above it.
#[derive(Clone, Default)]
struct Above {
    /// Folders that hold packages, nearest first.
    packages: Arc<[TreePath]>,
    /// Its own package.json; one that is no JSON says nothing.
    own: Option<Arc<Manifest>>,
    /// The nearest one.
    nearest: Option<Arc<Manifest>>,
}

/// Most searches for a path in another case: more misses than that have another reason.
const SEARCHES: usize = 500;
/// Names of `exports` and `imports` that are compared in all: the third-party resolver compares each with what is asked for.
const COMPARISONS: usize = 20_000_000;
/// Specifiers that are left to the third-party resolver without a look at what they cost it. Few packages ask for more.
const CARELESS: usize = 200;

impl Resolver {
    /// A resolver over a tree in which the package lies at `var/task` and its layers at `opt`.
    pub fn new(tree: Arc<dyn Tree>, version: NodeVersion) -> Self {
        let modules = |searches_node_path: bool| {
            let path = if searches_node_path { tables::node_path(version.major) } else { Vec::new() };
            std::iter::once("node_modules".to_string()).chain(path).collect()
        };
        let options = |import: bool| ResolveOptions {
            cwd: Some(TASK_FOLDER.into()),
            condition_names: version.conditions(import),
            extensions: [".js", ".json", ".node"].map(str::to_string).to_vec(),
            fully_specified: import,
            modules: modules(!import || version.major >= NODE_PATH_FOR_IMPORT_SINCE),
            // The variable of the machine that judges says nothing about the one that runs.
            node_path: false,
            // The resolver's own table is that of one version of Node.js; ours is asked before.
            builtin_modules: false,
            symlinks: true,
            ..ResolveOptions::default()
        };
        let require = ResolverGeneric::new_with_file_system(TreeFiles::of(Arc::clone(&tree)), options(false));
        let import = require.clone_with_options(options(true));
        Self {
            tree,
            version,
            require,
            import,
            searches: AtomicUsize::new(SEARCHES),
            asked: AtomicUsize::new(0),
            comparable: AtomicUsize::new(COMPARISONS),
            above: Mutex::default(),
        }
    }

    /// The runtime it resolves for.
    pub fn version(&self) -> &NodeVersion {
        &self.version
    }

    /// Where a specifier leads from a file, as `import` or as `require`.
    pub fn resolve(&self, importer: &TreePath, specifier: &str, import: bool) -> Resolved {
        if let Some(builtin) = tables::builtin(specifier, self.version.major) {
            return match builtin {
                Builtin::Present => Resolved::Builtin,
                Builtin::Later(_) | Builtin::Unknown => missing(MissingKind::Builtin, specifier, None),
            };
        }
        if import && !specifier.starts_with("file:") && has_scheme(specifier) {
            return Resolved::NotJudged("specifier is a URL");
        }
        let Some(folder) = absolute(&importer.parent()) else {
            return Resolved::NotJudged("path is not UTF-8");
        };
        let specifier = specifier.strip_prefix("file://").filter(|_| import).unwrap_or(specifier);
        if let Some(answer) = self.without_search(importer, specifier) {
            return answer;
        }
        let resolver = if import { &self.import } else { &self.require };
        match resolver.resolve(&folder, specifier) {
            Ok(found) => Resolved::File(tree_path(found.path())),
            Err(error) => self.failure(&folder, specifier, import, &error),
        }
    }

    /// What needs no search, or may have none: a package that is nowhere above many folders, one more of the names that
    /// a package.json offers by the ten thousand.
    fn without_search(&self, importer: &TreePath, specifier: &str) -> Option<Resolved> {
        if is_path(specifier) || self.asked.fetch_add(1, Ordering::Relaxed) < CARELESS {
            return None;
        }
        let (from, package) = (importer.parent(), package_of(specifier));
        let manifest = if specifier.starts_with('#') || self.is_own_name(&from, package) {
            self.above(&from).nearest
        } else if let Some(folder) = self.package_folder(&from, package) {
            self.above(&folder).own
        } else {
            return self.is_nowhere(&from, specifier).then(|| self.missing_package(&from, package));
        };
        let names = manifest.map_or(0, |manifest| manifest.names_offered);
        let taken = self.comparable.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(names));
        taken.is_err().then_some(Resolved::TooManyNames)
    }

    /// True when no folder that may hold packages has anything of the name that a specifier begins with.
    fn is_nowhere(&self, from: &TreePath, specifier: &str) -> bool {
        // What else a specifier may say is left to who knows it.
        if specifier.contains(['?', '#', '%', '\\', ':']) || specifier.contains("..") {
            return false;
        }
        let package = package_of(specifier);
        self.package_folders(from).iter().all(|parent| {
            ["", ".js", ".json", ".node"].iter().all(|extension| {
                parent.join(&format!("{package}{extension}")).is_none_or(|path| self.tree.resolve(&path).is_none())
            })
        })
    }

    fn failure(&self, folder: &Path, specifier: &str, import: bool, error: &ResolveError) -> Resolved {
        let package = if is_path(specifier) || specifier.starts_with('#') { "" } else { package_of(specifier) };
        match error {
            ResolveError::PackagePathNotExported { .. } | ResolveError::PackageImportNotDefined(..) => {
                return missing(MissingKind::NotExported, package, None);
            }
            ResolveError::Json(error) => return Resolved::BrokenManifest(tree_path(&error.path)),
            ResolveError::InvalidPackageConfig(_) | ResolveError::IOError(_) => {
                return Resolved::NotJudged("package.json that cannot be read");
            }
            ResolveError::NotFound(_)
            | ResolveError::InvalidPackageTarget(..)
            | ResolveError::InvalidModuleSpecifier(..) => {}
            _ => return Resolved::NotJudged("specifier that cannot be resolved"),
        }
        if package.is_empty() {
            return self.missing_file(folder, specifier, import);
        }
        let from = tree_path(folder);
        let own = self.package_folder(&from, package);
        if own.is_some() || self.is_own_name(&from, package) {
            // Where a package says itself what it exports, nobody guesses extensions.
            let guesses = !own.and_then(|own| self.above(&own).own).is_some_and(|own| own.has_exports);
            let whole = import && guesses && self.require.resolve(folder, specifier).is_ok();
            return missing(if whole { MissingKind::Unspecified } else { MissingKind::File }, package, None);
        }
        self.missing_package(&from, package)
    }

    /// A package that is not installed.
    fn missing_package(&self, from: &TreePath, package: &str) -> Resolved {
        match tables::provided(package, self.version.major) {
            Provided::Yes => return Resolved::Provided,
            Provided::Perhaps => {
                let Resolved::Missing(missing) = missing(MissingKind::Package, package, None) else {
                    return Resolved::Provided;
                };
                return Resolved::Missing(Missing { perhaps_provided: true, ..missing });
            }
            Provided::No => {}
        }
        match self.package_by_case(from, package) {
            Some(near) => missing(MissingKind::Case, package, Some(near)),
            None => missing(MissingKind::Package, package, None),
        }
    }

    /// A relative or absolute path that leads nowhere.
    fn missing_file(&self, folder: &Path, specifier: &str, import: bool) -> Resolved {
        if import && self.require.resolve(folder, specifier).is_ok() {
            return missing(MissingKind::Unspecified, "", None);
        }
        let path = tree_path(&folder.join(specifier));
        let with = |extension: &str| TreePath::new([path.as_bytes(), extension.as_bytes()].concat());
        if import && [".mjs", ".cjs"].iter().any(|extension| self.tree.resolve(&with(extension)).is_some()) {
            return missing(MissingKind::Unspecified, "", None);
        }
        if self.tree.resolve(&path).is_some() {
            // A folder without an index file; `import` takes no folder at all.
            return missing(if import { MissingKind::Unspecified } else { MissingKind::File }, "", None);
        }
        match self.by_case(&path) {
            Some(near) => missing(MissingKind::Case, "", Some(near)),
            None => missing(MissingKind::File, "", None),
        }
    }

    /// What lies above a folder. Each folder is looked at once, from the root downward.
    fn above(&self, folder: &TreePath) -> Above {
        let mut known = self.above.lock().unwrap_or_else(PoisonError::into_inner);
        let mut new = Vec::new();
        let mut at = folder.clone();
        let mut above = loop {
            if let Some(own) = known.get(&at) {
                break own.clone();
            }
            new.push(at.clone());
            if at.is_root() {
                break Above::default();
            }
            at = at.parent();
        };
        for folder in new.into_iter().rev() {
            let packages = folder.child(b"node_modules");
            if self.tree.resolve(&packages).is_some() {
                above.packages = std::iter::once(packages).chain(above.packages.iter().cloned()).collect();
            }
            above.own = self.manifest(&folder);
            above.nearest = above.own.clone().or(above.nearest);
            known.insert(folder, above.clone());
        }
        above
    }

    fn manifest(&self, folder: &TreePath) -> Option<Arc<Manifest>> {
        let bytes = self.tree.read(&folder.child(b"package.json"), MANIFEST_BYTES).ok()?;
        Some(Arc::new(Manifest::parse(&bytes).unwrap_or_default()))
    }

    /// Every folder that may hold packages, seen from a folder.
    fn package_folders(&self, folder: &TreePath) -> Vec<TreePath> {
        let path = tables::node_path(self.version.major).into_iter().map(|path| tree_path(Path::new(&path)));
        self.above(folder).packages.iter().cloned().chain(path).collect()
    }

    /// The folder of an installed package, seen from a folder of the tree.
    pub fn package_folder(&self, from: &TreePath, package: &str) -> Option<TreePath> {
        let is_folder = |path: &TreePath| self.tree.resolve(path).is_some_and(|stat| stat.kind == EntryKind::Folder);
        let mut folders = self.package_folders(from).into_iter();
        folders.find_map(|parent| parent.join(package).filter(is_folder))
    }

    /// Names of installed packages that begin alike, seen from a folder of the tree.
    pub fn installed_beside(&self, from: &TreePath, prefix: &str) -> Vec<String> {
        let (scope, start) = prefix.rsplit_once('/').unwrap_or(("", prefix));
        let mut out = Vec::new();
        for parent in self.package_folders(from) {
            let Some(parent) = parent.join(scope) else { continue };
            for name in self.tree.names(&parent) {
                let name = String::from_utf8_lossy(&name).into_owned();
                if name.starts_with(start) {
                    out.push(if scope.is_empty() { name } else { format!("{scope}/{name}") });
                }
            }
        }
        out.sort();
        out.dedup();
        out
    }

    /// True when code asks for its own package by name: then it is a file of it that is missing.
    fn is_own_name(&self, folder: &TreePath, package: &str) -> bool {
        let own = self.above(folder).nearest;
        own.is_some_and(|own| own.has_exports && own.name.as_deref() == Some(package))
    }

    fn package_by_case(&self, folder: &TreePath, package: &str) -> Option<TreePath> {
        self.above(folder).packages.iter().find_map(|parent| self.by_case(&parent.join(package)?))
    }

    /// The path that differs from a missing one by upper and lower case only, extensions tried as
    /// `require` does.
    fn by_case(&self, path: &TreePath) -> Option<TreePath> {
        self.searches.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(1)).ok()?;
        let mut current = TreePath::root();
        let names: Vec<&[u8]> = path.names().collect();
        for (at, name) in names.iter().enumerate() {
            let exact = current.child(name);
            if self.tree.resolve(&exact).is_some() {
                current = exact;
                continue;
            }
            let last = at + 1 == names.len();
            let same = |own: &Vec<u8>| {
                let extensions: &[&[u8]] = if last { &[b"", b".js", b".json", b".node"] } else { &[b""] };
                extensions.iter().any(|extension| own.eq_ignore_ascii_case(&[name, *extension].concat()))
            };
            current = current.child(&self.tree.names(&current).into_iter().find(same)?);
        }
        // The very path is there and leads nowhere: a link that dangles.
        (!current.as_bytes().starts_with(path.as_bytes())).then_some(current)
    }
}

fn missing(kind: MissingKind, package: &str, near: Option<TreePath>) -> Resolved {
    Resolved::Missing(Missing { kind, package: package.to_string(), near, perhaps_provided: false })
}

/// True for `./x`, `../x`, `/x`, `.` and `..`.
pub fn is_path(specifier: &str) -> bool {
    matches!(specifier, "." | "..") || ["./", "../", "/"].iter().any(|start| specifier.starts_with(start))
}

/// True for `https:…`, `data:…` and the like.
fn has_scheme(specifier: &str) -> bool {
    specifier.split_once(':').is_some_and(|(scheme, _)| {
        !scheme.is_empty() && scheme.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'+' | b'-' | b'.'))
    })
}
