//! What a package is made of: npm packages, Python distributions, jars and one's own code, with what each
//! weighs and whether the handler reaches it.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{PackageTrace, Part};
use crate::code::Strength;
use crate::runtime::TASK_ROOT;
use crate::runtime::node::{MANIFEST_BYTES, Manifest};
use crate::runtime::python::{self, PythonVersion, distributions};
use crate::source::TreePath;
use crate::tree::{Entry, EntryKind, Tree};

/// Most manifests of packages that are read for a version.
const MANIFESTS: usize = 20_000;
/// Most names of dependencies that are kept.
const NEEDS: usize = 100_000;
/// Largest files that are named.
const FILES: usize = 20;
/// Most folders that are searched for Python distributions.
const ROOTS: usize = 1_000;

/// What members weigh together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Weight {
    /// Files and links.
    pub members: usize,
    /// Bytes unpacked, as the headers say.
    pub bytes: u64,
    /// Bytes in the archive, as the headers say; `None` for a folder.
    pub compressed: Option<u64>,
}

/// Where the members of a group come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A package below `node_modules`.
    Npm,
    /// A Python distribution (`.dist-info`).
    Python,
    /// A jar inside the package.
    Jar,
    /// Everything else: one's own code.
    Own,
}

/// Whether the handler loads any of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reached {
    /// It does.
    Yes,
    /// No import that was followed leads there.
    No,
    /// Nothing was followed; or only an import leads there whose failure is caught, or a package needs it
    /// of which that is so or which has compiled code.
    Unknown,
}

/// Members that belong together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Where they come from.
    pub kind: Kind,
    /// Name of the package; empty for one's own code.
    pub name: String,
    /// Its version; empty when it names none.
    pub version: String,
    /// Folders in which it is installed; of a jar the file. Sorted.
    pub places: Vec<TreePath>,
    /// All members.
    pub weight: Weight,
    /// Those that the handler loads.
    pub loaded: Weight,
    /// Whether the handler loads any of it.
    pub reached: Reached,
}

/// What a package is made of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Inventory {
    /// All members.
    pub whole: Weight,
    /// Those that the handler loads; `None` when that is not known.
    pub loaded: Option<Weight>,
    /// The groups, largest first.
    pub groups: Vec<Group>,
    /// The largest files, largest first.
    pub files: Vec<Member>,
}

/// A member by itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Its path.
    pub path: TreePath,
    /// Bytes unpacked.
    pub bytes: u64,
    /// Bytes in the archive; `None` for a folder.
    pub compressed: Option<u64>,
    /// Whether the handler loads it.
    pub reached: Reached,
}

impl Weight {
    fn add(&mut self, bytes: u64, compressed: Option<u64>) {
        self.members += 1;
        // Headers may claim anything.
        self.bytes = self.bytes.saturating_add(bytes);
        let packed = |compressed| self.compressed.unwrap_or(0).saturating_add(compressed);
        self.compressed = compressed.map(packed).or(self.compressed);
    }
}

/// The members of a package, of an archive with the bytes that they take there.
fn members(package: &Part) -> Vec<(Entry, Option<u64>)> {
    match &package.archive {
        Some(archive) => archive.members().map(|(entry, size)| (entry.clone(), Some(size))).collect(),
        None => package.tree.list().unwrap_or_default().0.into_iter().map(|entry| (entry, None)).collect(),
    }
}

/// What a package is made of, and what of it the trace of its function reaches.
pub fn inventory(package: &Part, trace: &PackageTrace) -> Inventory {
    let inside = |path: &TreePath| path.relative_to(&TASK_ROOT.into());
    let loaded: FxHashSet<TreePath> =
        trace.reached.iter().map(|(path, _)| path).chain(&trace.compiled).filter_map(inside).collect();
    let soft = trace.natives.iter().filter(|native| native.strength == Strength::Soft).map(|native| &native.path);
    let guarded: FxHashSet<TreePath> = trace.guarded.iter().chain(soft).filter_map(inside).collect();
    let compiled: FxHashSet<TreePath> = trace.compiled.iter().filter_map(inside).collect();
    let mut opaque: FxHashSet<TreePath> = FxHashSet::default();
    let is_walked = !trace.reached.is_empty();
    let reached = |path: &TreePath| match () {
        () if !is_walked => Reached::Unknown,
        () if loaded.contains(path) => Reached::Yes,
        () if guarded.contains(path) => Reached::Unknown,
        () => Reached::No,
    };
    let members = members(package);
    let mut sorting = Sorting::new(&package.tree, &members);
    let mut files: Vec<Member> = Vec::new();
    let mut groups: BTreeMap<(Kind, String, String), Group> = BTreeMap::new();
    let (mut whole, mut all_loaded) = (Weight::default(), Weight::default());
    for (entry, compressed) in &members {
        let compressed = *compressed;
        let (kind, name, version, place) = sorting.group_of(&entry.path, entry.kind);
        let group = groups.entry((kind, name.clone(), version.clone())).or_insert_with(|| Group {
            kind,
            name,
            version,
            places: Vec::new(),
            weight: Weight::default(),
            loaded: Weight::default(),
            reached: if is_walked { Reached::No } else { Reached::Unknown },
        });
        let bytes = entry.size.unwrap_or(0);
        whole.add(bytes, compressed);
        group.weight.add(bytes, compressed);
        // Compiled code imports what nobody sees.
        if let Some(place) = place.as_ref().filter(|_| compiled.contains(&entry.path)) {
            opaque.insert(place.clone());
        }
        if let Some(place) = place
            && group.places.last() != Some(&place)
        {
            group.places.push(place);
        }
        let reached = reached(&entry.path);
        if reached == Reached::Yes {
            all_loaded.add(bytes, compressed);
            group.loaded.add(bytes, compressed);
            group.reached = Reached::Yes;
        } else if group.reached == Reached::No {
            group.reached = reached;
        }
        if files.len() < FILES || files.last().is_some_and(|last| last.bytes < bytes) {
            let at = files.partition_point(|other| other.bytes >= bytes);
            files.insert(at, Member { path: entry.path.clone(), bytes, compressed, reached });
            files.truncate(FILES);
        }
    }
    let mut groups: Vec<Group> = groups.into_values().collect();
    for group in &mut groups {
        group.places.sort_unstable();
        group.places.dedup();
    }
    groups.sort_by_key(|group| Reverse(group.weight.bytes));
    doubt_needs(&mut groups, &sorting.needs, &opaque);
    Inventory { whole, loaded: is_walked.then_some(all_loaded), groups, files }
}

/// What a package needs that may be loaded, or that has compiled code, may be loaded, too.
fn doubt_needs(groups: &mut [Group], needs: &FxHashMap<TreePath, Vec<String>>, opaque: &FxHashSet<TreePath>) {
    let mut named: FxHashMap<(Kind, String), Vec<usize>> = FxHashMap::default();
    for (at, group) in groups.iter().enumerate().filter(|(_, group)| group.reached == Reached::No) {
        named.entry((group.kind, needed_name(group.kind, &group.name))).or_default().push(at);
    }
    let may_load = |group: &Group| {
        let is_opaque = || group.places.iter().any(|place| opaque.contains(place));
        group.kind != Kind::Own && (group.reached == Reached::Unknown || is_opaque())
    };
    let mut waiting: Vec<usize> = (0..groups.len()).filter(|at| may_load(&groups[*at])).collect();
    while let Some(at) = waiting.pop() {
        let kind = groups[at].kind;
        let wanted: Vec<&String> = groups[at].places.iter().filter_map(|place| needs.get(place)).flatten().collect();
        for name in wanted {
            // Each is doubted once, so that cycles end.
            for needed in named.remove(&(kind, needed_name(kind, name))).into_iter().flatten() {
                groups[needed].reached = Reached::Unknown;
                waiting.push(needed);
            }
        }
    }
}

/// A name as dependencies are compared.
fn needed_name(kind: Kind, name: &str) -> String {
    if kind == Kind::Python { python::normalised(name) } else { name.to_owned() }
}

/// Kind, name and version of a group, and where a member's part of it is installed.
type Belonging = (Kind, String, String, Option<TreePath>);

/// Knows to which group a member belongs.
struct Sorting<'a> {
    tree: &'a Arc<dyn Tree>,
    /// Versions of npm packages by folder.
    versions: FxHashMap<TreePath, String>,
    /// Names of what packages need, by folder.
    needs: FxHashMap<TreePath, Vec<String>>,
    /// How many names these are.
    needed: usize,
    /// Name, version and `.dist-info` folder of Python distributions.
    distributions: Vec<(String, String, TreePath)>,
    /// Which distribution installed a file.
    installed: FxHashMap<TreePath, usize>,
    /// Folders whose files all come from one distribution: what it made later is there, too.
    folders: FxHashMap<TreePath, Option<usize>>,
}

impl<'a> Sorting<'a> {
    fn new(tree: &'a Arc<dyn Tree>, members: &[(Entry, Option<u64>)]) -> Self {
        let mut sorting = Self {
            tree,
            versions: FxHashMap::default(),
            needs: FxHashMap::default(),
            needed: 0,
            distributions: Vec::new(),
            installed: FxHashMap::default(),
            folders: FxHashMap::default(),
        };
        sorting.read_distributions(members);
        sorting
    }

    fn read_distributions(&mut self, members: &[(Entry, Option<u64>)]) {
        let is_metadata = |folder: &TreePath| {
            let name = folder.file_name();
            name.ends_with(".dist-info") || name.ends_with(".egg-info")
        };
        let folders = members.iter().map(|(entry, _)| entry.path.parent()).filter(is_metadata);
        let mut roots: Vec<TreePath> = folders.map(|folder| folder.parent()).collect();
        roots.sort_unstable();
        roots.dedup();
        roots.truncate(ROOTS);
        // The version decides about requirements alone, and those are not asked for.
        let Some(version) = PythonVersion::of(python::ASSUMED, None) else { return };
        for found in distributions(self.tree, &roots, version) {
            let at = self.distributions.len();
            let root = found.folder.parent();
            for file in &found.files {
                self.installed.entry(file.clone()).or_insert(at);
                self.claim(file, &root, at);
            }
            // Without a list of files the usual name of its folder has to do.
            if found.files.is_empty() {
                let usual = root.child(python::normalised(&found.name).replace('-', "_").as_bytes());
                self.folders.entry(usual).or_insert(Some(at));
            }
            self.folders.insert(found.folder.clone(), Some(at));
            self.need(&found.folder, found.requirements.iter().map(|requirement| requirement.name.clone()).collect());
            self.distributions.push((found.name, found.version, found.folder));
        }
    }

    fn need(&mut self, folder: &TreePath, names: Vec<String>) {
        if !names.is_empty() && self.needed + names.len() <= NEEDS {
            self.needed += names.len();
            self.needs.insert(folder.clone(), names);
        }
    }

    /// The top folder of an installed file belongs to its distribution, unless several share it.
    fn claim(&mut self, file: &TreePath, root: &TreePath, at: usize) {
        let Some(inside) = file.relative_to(root) else { return };
        let mut names = inside.names();
        let (Some(top), Some(_)) = (names.next(), names.next()) else { return };
        if matches!(top, b"bin" | b"__pycache__" | b"share" | b"include" | b"etc") {
            return;
        }
        let owner = self.folders.entry(root.child(top)).or_insert(Some(at));
        if *owner != Some(at) {
            *owner = None;
        }
    }

    fn group_of(&mut self, path: &TreePath, kind: EntryKind) -> Belonging {
        if let Some((name, folder)) = npm(path) {
            let version = self.npm_version(&folder);
            return (Kind::Npm, name, version, Some(folder));
        }
        if let Some(at) = self.distribution_of(path) {
            let (name, version, folder) = &self.distributions[at];
            return (Kind::Python, name.clone(), version.clone(), Some(folder.clone()));
        }
        if kind == EntryKind::File && path.extension().as_deref() == Some("jar") {
            return (Kind::Jar, path.file_name().into_owned(), String::new(), Some(path.clone()));
        }
        (Kind::Own, String::new(), String::new(), None)
    }

    fn distribution_of(&self, path: &TreePath) -> Option<usize> {
        if self.distributions.is_empty() {
            return None;
        }
        let by_folder = |folder: TreePath| self.folders.get(&folder).copied().flatten();
        self.installed.get(path).copied().or_else(|| path.ancestors().find_map(by_folder))
    }

    fn npm_version(&mut self, folder: &TreePath) -> String {
        if let Some(known) = self.versions.get(folder) {
            return known.clone();
        }
        let is_enough = self.versions.len() >= MANIFESTS;
        let read = || self.tree.read(&folder.child(b"package.json"), MANIFEST_BYTES).ok();
        let manifest = if is_enough { None } else { read().and_then(|bytes| Manifest::parse(&bytes)) };
        let manifest = manifest.unwrap_or_default();
        self.need(folder, manifest.all_needs().cloned().collect());
        let version = manifest.version.unwrap_or_default();
        self.versions.insert(folder.clone(), version.clone());
        version
    }
}

/// The innermost installed npm package of a file: its name and its folder.
fn npm(path: &TreePath) -> Option<(String, TreePath)> {
    let names: Vec<&[u8]> = path.names().collect();
    // What lies in `node_modules` itself belongs to the package manager, links to programs too.
    for at in (0..names.len()).rev().filter(|at| names[*at] == b"node_modules") {
        let width = if names.get(at + 1)?.starts_with(b"@") { 2 } else { 1 };
        let end = at + 1 + width;
        if end >= names.len() || matches!(names[at + 1], b".bin" | b".pnpm") {
            continue;
        }
        let name = names[at + 1..end].join(&b'/');
        return Some((String::from_utf8_lossy(&name).into_owned(), TreePath::new(names[..end].join(&b'/'))));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::pack;

    fn groups(files: &[(&str, &str)], trace: &PackageTrace) -> Vec<String> {
        let bytes = pack(files.iter().map(|(path, text)| (*path, text.as_bytes()))).unwrap();
        let archive = Arc::new(crate::tree::Archive::of_bytes(bytes).unwrap());
        let source = crate::source::Source::new("a.zip".into(), crate::source::ContentId::of(b""));
        let package = Part { tree: archive.clone(), archive: Some(archive), source, unseen: None };
        let shown = |group: &Group| {
            let Group { kind, name, version, places, weight, reached, .. } = group;
            format!("{kind:?} {name}@{version} {} {} {} {reached:?}", places.len(), weight.members, weight.bytes)
        };
        inventory(&package, trace).groups.iter().map(shown).collect()
    }

    fn reached(paths: &[&str], guarded: &[&str]) -> PackageTrace {
        let path = |path: &&str| TreePath::from(TASK_ROOT).joined(&TreePath::from(*path));
        PackageTrace {
            reached: paths.iter().map(|own| (path(own), Strength::Hard)).collect(),
            guarded: guarded.iter().map(path).collect(),
            ..PackageTrace::default()
        }
    }

    #[test]
    fn copies_of_a_version_are_one_package() {
        let manifest = "{\"version\": \"1.2.3\"}";
        let files = [
            ("index.js", "1"),
            ("node_modules/.package-lock.json", "{}"),
            ("node_modules/@s/a/package.json", manifest),
            ("node_modules/@s/a/x.js", "1"),
            ("node_modules/b/node_modules/@s/a/package.json", manifest),
            ("node_modules/b/index.js", "12"),
            ("node_modules/c/index.js", "1"),
            ("node_modules/c/package.json", "{\"dependencies\": {\"d\": \"1\"}}"),
            ("node_modules/d/package.json", "{\"dependencies\": {\"c\": \"1\"}}"),
        ];
        let trace = reached(&["index.js", "node_modules/@s/a/x.js"], &["node_modules/c/index.js"]);
        let found = groups(&files, &trace);
        let expected = [
            "Npm @s/a@1.2.3 2 3 41 Yes",
            "Npm c@ 1 2 29 Unknown",
            "Npm d@ 1 1 28 Unknown",
            "Own @ 0 2 3 Yes",
            "Npm b@ 1 1 2 No",
        ];
        assert_eq!(found, expected);
        assert!(groups(&files, &PackageTrace::default()).iter().all(|group| group.ends_with("Unknown")));
    }

    #[test]
    fn a_distribution_owns_what_it_lists_and_what_lies_beside() {
        let files = [
            ("app.py", "1"),
            ("six.py", "12"),
            ("six-1.17.0.dist-info/METADATA", "Name: six\nVersion: 1.17.0\n"),
            ("six-1.17.0.dist-info/RECORD", "six.py,,\nsix-1.17.0.dist-info/METADATA,,\n"),
            ("yaml/__init__.py", "1"),
            ("yaml/__pycache__/__init__.cpython-312.pyc", "1"),
            ("PyYAML-6.0.dist-info/RECORD", "yaml/__init__.py,,\n"),
        ];
        let found = groups(&files, &reached(&["app.py", "six.py"], &[]));
        assert_eq!(found, ["Python six@1.17.0 1 3 69 Yes", "Python PyYAML@6.0 1 3 21 No", "Own @ 0 1 1 Yes"]);
    }
}
