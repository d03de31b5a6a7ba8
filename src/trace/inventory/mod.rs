//! What a package is made of: npm packages, Python distributions, jars and one's own code, with what each
//! weighs and whether the handler reaches it.

mod sorting;

use std::cmp::Reverse;
use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{PackageTrace, Part};
use crate::code::Strength;
use crate::runtime::TASK_ROOT;
use crate::runtime::python;
use crate::source::TreePath;
use crate::tree::Entry;
use sorting::Sorting;

/// Largest files that are named.
const FILES: usize = 20;
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

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
