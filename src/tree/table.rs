//! A tree whose whole listing is known: what archives, commits and trees in memory share.

use std::collections::BTreeSet;

use rustc_hash::FxHashMap;

use super::links::{self, Lookup};
use super::{Entry, EntryKind, Stat, TreeError};
use crate::source::TreePath;

/// Entries by path, each with what its tree needs to read it, and the folders that they imply.
#[derive(Debug)]
pub(super) struct PathTable<T> {
    /// Sorted by path bytes.
    entries: Vec<(Entry, T)>,
    places: FxHashMap<TreePath, usize>,
    /// Folders and their modes, 0 for those that are only implied.
    folders: FxHashMap<TreePath, u32>,
    /// Folders that were listed themselves and may be empty, by the folder above.
    listed: FxHashMap<TreePath, Vec<TreePath>>,
}

/// False for names that are absolute or climb: they are listed, but no path leads to them.
fn is_reachable(path: &TreePath) -> bool {
    let mut parts = path.as_bytes().split(|byte| *byte == b'/');
    parts.all(|part| !matches!(part, b"" | b"." | b".."))
}

impl<T> PathTable<T> {
    /// A table of entries; of several with one path the last holds. Folders among the entries are
    /// not listed, they only give their mode.
    pub(super) fn new(entries: Vec<(Entry, T)>) -> Self {
        let mut table = Self {
            entries: Vec::new(),
            places: FxHashMap::default(),
            folders: FxHashMap::default(),
            listed: FxHashMap::default(),
        };
        table.folders.insert(TreePath::root(), 0);
        let mut kept = entries;
        kept.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        for (entry, payload) in kept {
            if is_reachable(&entry.path) {
                table.add_folders(&entry.path);
            }
            if entry.kind == EntryKind::Folder {
                table.folders.insert(entry.path, entry.mode);
                continue;
            }
            match table.entries.last_mut() {
                Some(last) if last.0.path == entry.path => *last = (entry, payload),
                _ => table.entries.push((entry, payload)),
            }
        }
        let reachable = table.entries.iter().enumerate().filter(|(_, (entry, _))| is_reachable(&entry.path));
        table.places = reachable.map(|(place, (entry, _))| (entry.path.clone(), place)).collect();
        for path in table.folders.iter().filter(|(path, mode)| **mode != 0 && !path.is_root()).map(|(path, _)| path) {
            table.listed.entry(path.parent()).or_default().push(path.clone());
        }
        table
    }

    fn add_folders(&mut self, path: &TreePath) {
        let mut folder = path.parent();
        while !self.folders.contains_key(&folder) {
            self.folders.insert(folder.clone(), 0);
            folder = folder.parent();
        }
    }

    /// The entries, sorted.
    pub(super) fn entries(&self) -> Vec<Entry> {
        self.entries.iter().map(|(entry, _)| entry.clone()).collect()
    }

    /// The entries with what reading them needs, sorted.
    pub(super) fn all(&self) -> impl Iterator<Item = &(Entry, T)> {
        self.entries.iter()
    }

    /// The entry at exactly this path.
    pub(super) fn get(&self, path: &TreePath) -> Option<&(Entry, T)> {
        self.places.get(path).map(|place| &self.entries[*place])
    }

    /// What is at exactly this path.
    pub(super) fn stat(&self, path: &TreePath) -> Option<Stat> {
        match self.get(path) {
            Some((entry, _)) => Some(Stat { kind: entry.kind, mode: entry.mode, size: entry.size.unwrap_or(0) }),
            None => self.folders.get(path).map(|mode| Stat { kind: EntryKind::Folder, mode: *mode, size: 0 }),
        }
    }

    /// Names in exactly this folder, sorted.
    pub(super) fn names(&self, folder: &TreePath) -> Vec<Vec<u8>> {
        if !self.folders.contains_key(folder) {
            return Vec::new();
        }
        let prefix = if folder.is_root() { Vec::new() } else { [folder.as_bytes(), b"/"].concat() };
        let mut names = BTreeSet::new();
        let mut at = self.entries.partition_point(|(entry, _)| entry.path.as_bytes() < prefix.as_slice());
        while let Some(rest) = self.entries.get(at).and_then(|(entry, _)| entry.path.as_bytes().strip_prefix(&*prefix))
        {
            let Some(slash) = memchr::memchr(b'/', rest) else {
                names.insert(rest.to_vec());
                at += 1;
                continue;
            };
            // All that is below this name is passed over at once.
            let below = [&prefix, &rest[..=slash]].concat();
            at += self.entries[at..].partition_point(|(entry, _)| entry.path.as_bytes().starts_with(&below));
            names.insert(rest[..slash].to_vec());
        }
        // Folders without any entry below them.
        let listed = self.listed.get(folder).into_iter().flatten();
        names.extend(listed.map(|path| path.as_bytes()[prefix.len()..].to_vec()));
        names.retain(|name| !name.is_empty() && name != b"..");
        names.into_iter().collect()
    }

    /// The regular file that a path leads to, links followed inside the tree.
    pub(super) fn file(&self, tree: &impl Lookup, path: &TreePath) -> Result<&(Entry, T), TreeError> {
        let found = match self.get(path) {
            // What is listed under a path lies in real folders: no link to follow.
            Some(found) if found.0.kind != EntryKind::Link => found,
            _ => {
                let real = links::resolve(tree, path, true)?;
                self.get(&real).ok_or(TreeError::NotAFile)?
            }
        };
        if found.0.kind == EntryKind::File { Ok(found) } else { Err(TreeError::NotAFile) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(paths: &[&str]) -> PathTable<usize> {
        let entry = |path: &str| Entry {
            path: path.trim_end_matches('/').into(),
            kind: if path.ends_with('/') { EntryKind::Folder } else { EntryKind::File },
            mode: 0o755,
            size: Some(1),
            content: None,
        };
        PathTable::new(paths.iter().enumerate().map(|(place, path)| (entry(path), place)).collect())
    }

    #[test]
    fn folders_are_implied_and_names_are_listed() {
        let table = table(&["a/b/c", "a/b.x", "a/d", "a", "z", "empty/", "a/b/c", "../out", "/abs"]);
        assert_eq!(table.names(&TreePath::root()), [&b"a"[..], b"empty", b"z"].map(<[u8]>::to_vec));
        assert_eq!(table.names(&"a".into()), [b"b".to_vec(), b"b.x".to_vec(), b"d".to_vec()]);
        assert_eq!(table.names(&"empty".into()), Vec::<Vec<u8>>::new());
        assert_eq!(table.stat(&"a/b".into()).unwrap().kind, EntryKind::Folder);
        assert_eq!(table.stat(&"empty".into()).unwrap().mode, 0o755);
        assert_eq!(table.get(&"a/b/c".into()).unwrap().1, 6, "the last of two holds");
        assert_eq!(table.entries().len(), 7);
        assert!(table.get(&"/abs".into()).is_none());
    }
}
