//! A tree in memory: for tests, and for what a platform brings along.

use std::io::{Cursor, Read};

use super::links::{self, Lookup};
use super::table::PathTable;
use super::{Entry, EntryKind, Listing, Stat, Tree, TreeError};
use crate::source::{ContentId, TreePath};

/// A tree of files that are given as bytes.
#[derive(Debug)]
pub struct Memory {
    table: PathTable<Vec<u8>>,
    /// What of it could not be seen where it was copied.
    problems: Vec<(TreePath, TreeError)>,
}

impl Memory {
    /// Files by path.
    pub fn new<P: AsRef<[u8]>, B: Into<Vec<u8>>>(files: impl IntoIterator<Item = (P, B)>) -> Self {
        Self::with_links(files, std::iter::empty::<(P, P)>())
    }

    /// Files and links (path, target).
    pub fn with_links<P: AsRef<[u8]>, B: Into<Vec<u8>>>(
        files: impl IntoIterator<Item = (P, B)>,
        links: impl IntoIterator<Item = (P, P)>,
    ) -> Self {
        let mut entries: Vec<(Entry, Vec<u8>)> = Vec::new();
        for (path, bytes) in files {
            let bytes = bytes.into();
            let (size, content) = (Some(bytes.len() as u64), Some(ContentId::of(&bytes)));
            entries
                .push((Entry { path: TreePath::new(path), kind: EntryKind::File, mode: 0o644, size, content }, bytes));
        }
        for (path, target) in links {
            let entry = Entry { path: TreePath::new(path), kind: EntryKind::Link, mode: 0, size: None, content: None };
            entries.push((entry, target.as_ref().to_vec()));
        }
        Self { table: PathTable::new(entries), problems: Vec::new() }
    }

    /// Entries with their bytes, of links the targets.
    pub(super) fn of_entries(entries: Vec<(Entry, Vec<u8>)>, problems: Vec<(TreePath, TreeError)>) -> Self {
        Self { table: PathTable::new(entries), problems }
    }
}

impl Lookup for Memory {
    fn kind(&self, path: &TreePath) -> Option<EntryKind> {
        self.table.stat(path).map(|stat| stat.kind)
    }

    fn target(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        let (entry, bytes) = self.table.get(path).ok_or(TreeError::Missing)?;
        if entry.kind == EntryKind::Link { Ok(bytes.clone()) } else { Err(TreeError::NotAFile) }
    }
}

impl Tree for Memory {
    fn list(&self) -> Result<Listing, TreeError> {
        Ok((self.table.entries(), self.problems.clone()))
    }

    fn stat(&self, path: &TreePath) -> Option<Stat> {
        self.table.stat(&links::resolve(self, path, false).ok()?)
    }

    fn read_link(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        self.target(&links::resolve(self, path, false)?)
    }

    fn read(&self, path: &TreePath, cap: u64) -> Result<Vec<u8>, TreeError> {
        let bytes = &self.table.file(self, path)?.1;
        let size = bytes.len() as u64;
        if size > cap { Err(TreeError::TooLarge { size, cap }) } else { Ok(bytes.clone()) }
    }

    fn read_range(&self, path: &TreePath, start: u64, length: u64) -> Result<Vec<u8>, TreeError> {
        let bytes = &self.table.file(self, path)?.1;
        let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
        Ok(bytes[place(start)..place(start.saturating_add(length))].to_vec())
    }

    fn open(&self, path: &TreePath) -> Result<Box<dyn Read + '_>, TreeError> {
        Ok(Box::new(Cursor::new(&self.table.file(self, path)?.1)))
    }

    fn names(&self, folder: &TreePath) -> Vec<Vec<u8>> {
        links::resolve(self, folder, true).map(|folder| self.table.names(&folder)).unwrap_or_default()
    }

    fn resolve(&self, path: &TreePath) -> Option<Stat> {
        self.table.stat(&links::resolve(self, path, true).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_folders_and_links() {
        let tree = Memory::with_links([("a/b.txt", "text"), ("c", "")], [("link", "a"), ("bad", "../x")]);
        assert_eq!(tree.read(&"link/b.txt".into(), 9), Ok(b"text".to_vec()));
        assert_eq!(tree.read(&"a/b.txt".into(), 3), Err(TreeError::TooLarge { size: 4, cap: 3 }));
        assert_eq!(tree.read_range(&"a/b.txt".into(), 2, 9), Ok(b"xt".to_vec()));
        assert_eq!(tree.read(&"a".into(), 9), Err(TreeError::NotAFile));
        assert_eq!(tree.names(&"link".into()), [b"b.txt".to_vec()]);
        assert_eq!(tree.stat(&"link".into()).unwrap().kind, EntryKind::Link);
        assert_eq!(tree.resolve(&"link".into()).unwrap().kind, EntryKind::Folder);
        assert!(matches!(tree.read(&"bad".into(), 9), Err(TreeError::Link(_))));
        assert_eq!(tree.read(&"a/nothing".into(), 9), Err(TreeError::Missing));
        assert_eq!(tree.list().unwrap().0.len(), 4);
    }
}
