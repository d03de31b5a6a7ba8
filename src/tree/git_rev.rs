//! One commit of a repository, bare or checked out, as a tree: nothing is checked out.

mod worker;

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};

use self::worker::Workers;
use super::git::{Git, SUBMODULE};
use super::ignored::IgnoreRules;
use super::links::{self, Lookup};
use super::table::PathTable;
use super::{Entry, EntryKind, Listing, Stat, Tree, TreeError};
use crate::source::{ContentId, TreePath};

/// Most bytes of a blob that [`Tree::open`] and ranges hold in memory.
const OPENED: u64 = 256 << 20;
/// Longest target of a link (`PATH_MAX` of Linux).
const LINK: u64 = 4096;
/// Largest ignore file that is read, in bytes.
const IGNORE_FILE: u64 = 1 << 20;

/// The whole tree of a commit.
#[derive(Debug)]
pub struct GitRev {
    revision: String,
    /// The checkout, when there is one.
    folder: Option<PathBuf>,
    table: PathTable<String>,
    workers: Workers,
    git: Git,
    rules: IgnoreRules,
}

impl GitRev {
    /// The tree of a revision (a commit, branch or tag), in a checkout or a bare repository.
    pub fn new(repository: &Path, revision: &str) -> Result<Self, TreeError> {
        let git = Git::at(repository);
        let wanted = format!("{revision}^{{commit}}");
        let commit = git.run(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted]);
        let commit = commit.map_err(|error| match error {
            // With `--quiet` git is silent only about what does not exist.
            TreeError::Git(cause) if cause.ends_with(super::git::SILENT) => {
                TreeError::Git("the revision does not exist in this repository".into())
            }
            other => other,
        })?;
        Self::listed(repository, git, String::from_utf8_lossy(&commit.stdout).trim().to_owned())
    }

    /// The tree of a commit whose id is known, so that git need not be asked for it.
    pub fn of_commit(repository: &Path, id: &str) -> Result<Self, TreeError> {
        Self::listed(repository, Git::at(repository), id.to_owned())
    }

    fn listed(repository: &Path, git: Git, revision: String) -> Result<Self, TreeError> {
        // Sizes need the blobs themselves: a partial clone may not have them all.
        let listed = git
            .run(&["ls-tree", "-r", "-z", "-l", "--full-tree", &revision])
            .or_else(|_| git.run(&["ls-tree", "-r", "-z", "--full-tree", &revision]))?;
        let table = PathTable::new(parse(&listed.stdout));
        let folder = super::git::has_git(repository).then(|| std::fs::canonicalize(repository).ok()).flatten();
        Ok(Self { revision, folder, table, workers: Workers::new(git.clone()), git, rules: IgnoreRules::default() })
    }

    /// The id of the commit.
    pub fn revision(&self) -> &str {
        &self.revision
    }

    /// The commit that is recorded for a submodule.
    pub fn submodule(&self, path: &TreePath) -> Option<&str> {
        let (entry, commit) = self.table.get(path)?;
        (entry.kind == EntryKind::Submodule).then_some(commit.as_str())
    }

    /// What reading a path needs: the blob, or why it is not read.
    fn blob(&self, path: &TreePath, cap: u64) -> Result<&str, TreeError> {
        let (entry, blob) = self.table.file(self, path)?;
        match entry.size {
            Some(size) if size > cap => Err(TreeError::TooLarge { size, cap }),
            _ => Ok(blob),
        }
    }
}

/// Reads `ls-tree -l -z`: `mode type oid size\tpath`, size `-` for submodules.
fn parse(stdout: &[u8]) -> Vec<(Entry, String)> {
    let lines = stdout.split(|byte| *byte == 0);
    lines.filter_map(parse_line).collect()
}

fn parse_line(line: &[u8]) -> Option<(Entry, String)> {
    let tab = memchr::memchr(b'\t', line)?;
    let mut fields = std::str::from_utf8(&line[..tab]).ok()?.split_ascii_whitespace();
    let mode = u32::from_str_radix(fields.next()?, 8).ok()?;
    let (_, id, size) = (fields.next()?, fields.next()?, fields.next());
    let kind = match mode & 0o170_000 {
        SUBMODULE => EntryKind::Submodule,
        0o120_000 => EntryKind::Link,
        _ => EntryKind::File,
    };
    let is_file = kind == EntryKind::File;
    let entry = Entry {
        path: TreePath::new(&line[tab + 1..]),
        kind,
        mode: if is_file { mode & 0o777 } else { 0 },
        size: if is_file { size.and_then(|size| size.parse().ok()) } else { None },
        content: is_file.then(|| ContentId::Blob(id.to_owned())),
    };
    Some((entry, id.to_owned()))
}

impl Lookup for GitRev {
    fn kind(&self, path: &TreePath) -> Option<EntryKind> {
        self.table.stat(path).map(|stat| stat.kind)
    }

    fn target(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        let (entry, blob) = self.table.get(path).ok_or(TreeError::Missing)?;
        if entry.kind == EntryKind::Link { self.workers.read(blob, LINK) } else { Err(TreeError::NotAFile) }
    }
}

impl Tree for GitRev {
    fn processes(&self) -> usize {
        self.git.processes()
    }

    fn list(&self) -> Result<Listing, TreeError> {
        Ok((self.table.entries(), Vec::new()))
    }

    fn stat(&self, path: &TreePath) -> Option<Stat> {
        self.table.stat(path).or_else(|| self.table.stat(&links::resolve(self, path, false).ok()?))
    }

    fn read_link(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        self.target(&links::resolve(self, path, false)?)
    }

    fn read(&self, path: &TreePath, cap: u64) -> Result<Vec<u8>, TreeError> {
        self.workers.read(self.blob(path, cap)?, cap)
    }

    fn read_range(&self, path: &TreePath, start: u64, length: u64) -> Result<Vec<u8>, TreeError> {
        let mut bytes = self.read(path, OPENED)?;
        let place = |at: u64, bytes: &[u8]| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
        bytes.truncate(place(start.saturating_add(length), &bytes));
        Ok(bytes.split_off(place(start, &bytes)))
    }

    fn open(&self, path: &TreePath) -> Result<Box<dyn Read + '_>, TreeError> {
        Ok(Box::new(Cursor::new(self.read(path, OPENED)?)))
    }

    fn read_many(&self, paths: &[TreePath], cap: u64) -> Vec<Result<Vec<u8>, TreeError>> {
        let asked: Vec<Result<&str, TreeError>> = paths.iter().map(|path| self.blob(path, cap)).collect();
        let blobs: Vec<&str> = asked.iter().flatten().copied().collect();
        let mut answers = self.workers.read_many(&blobs, cap).into_iter();
        let lost = || Err(TreeError::Git("git gave no answer".into()));
        asked.into_iter().map(|blob| blob.and_then(|_| answers.next().unwrap_or_else(lost))).collect()
    }

    fn names(&self, folder: &TreePath) -> Vec<Vec<u8>> {
        links::resolve(self, folder, true).map(|folder| self.table.names(&folder)).unwrap_or_default()
    }

    fn is_ignored(&self, path: &TreePath) -> bool {
        self.rules.is_ignored(path, |path| self.table.get(path).and_then(|_| self.read(path, IGNORE_FILE).ok()))
    }

    fn resolve(&self, path: &TreePath) -> Option<Stat> {
        self.table.stat(&links::resolve(self, path, true).ok()?)
    }

    fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }
}

#[cfg(test)]
mod tests;
