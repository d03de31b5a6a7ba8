//! The only door to files and to git.
//!
//! A [`Tree`] lists and reads what lies under one root: a folder on disk, a commit, an archive, or
//! several of these mounted together. Nothing else in the program opens a file of the judged input
//! or starts a process, and nothing here is ever executed or followed outside its root.

mod archive;
mod disk;
mod folder;
mod git;
mod git_rev;
mod ignored;
mod links;
mod memory;
mod mounts;
mod repository;
pub mod system;
mod table;
#[cfg(test)]
mod testing;

use std::io::Read;
use std::path::Path;
use std::sync::Arc;

use crate::source::{ContentId, TreePath};

pub use archive::{Archive, Flaw, FlawKind, pack};
pub use disk::Disk;
pub use git_rev::GitRev;
pub use memory::Memory;
pub use mounts::Mounts;
pub use repository::Repository;

/// What an entry of a tree is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A symbolic link.
    Link,
    /// A folder.
    Folder,
    /// A git submodule, or a repository of its own below the root.
    Submodule,
    /// Neither file nor folder nor link: a socket, a pipe, a device. Never opened.
    Special,
}

/// One entry of a listing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its path.
    pub path: TreePath,
    /// What it is.
    pub kind: EntryKind,
    /// Unix mode bits (permissions only), 0 when the tree does not know them.
    pub mode: u32,
    /// Size in bytes, when the listing gives it.
    pub size: Option<u64>,
    /// Identity of the bytes, when the listing gives it.
    pub content: Option<ContentId>,
}

/// What is known of one path without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stat {
    /// What it is. [`Tree::stat`] does not follow a last link.
    pub kind: EntryKind,
    /// Unix mode bits (permissions only), 0 when unknown.
    pub mode: u32,
    /// Size in bytes; 0 for folders.
    pub size: u64,
}

/// Why something could not be listed or read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TreeError {
    /// Nothing is there.
    #[error("no such file")]
    Missing,
    /// It is there but may not be read.
    #[error("permission denied")]
    Denied,
    /// It is larger than the caller's cap, in bytes.
    #[error("{size} bytes, more than the limit of {cap}")]
    TooLarge {
        /// Its size, or how much was seen before giving up.
        size: u64,
        /// The cap.
        cap: u64,
    },
    /// A link that leaves the tree, dangles or loops.
    #[error("{0}")]
    Link(String),
    /// It is not a regular file.
    #[error("not a regular file")]
    NotAFile,
    /// The container is damaged: a corrupt archive member, a missing git object.
    #[error("{0}")]
    Damaged(String),
    /// git could not be asked; the text names the cause (not installed, dubious ownership, …).
    #[error("{0}")]
    Git(String),
    /// Any other failure of the system, in its words.
    #[error("{0}")]
    System(String),
}

impl From<std::io::Error> for TreeError {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => Self::Missing,
            std::io::ErrorKind::PermissionDenied => Self::Denied,
            std::io::ErrorKind::IsADirectory => Self::NotAFile,
            _ => Self::System(error.to_string()),
        }
    }
}

/// Entries sorted by path bytes, and the folders that could not be listed.
pub type Listing = (Vec<Entry>, Vec<(TreePath, TreeError)>);

/// Files and folders under one root.
pub trait Tree: Send + Sync {
    /// Every file, link and submodule that belongs to it, sorted by path bytes; folders only where a
    /// folder as such matters (it cannot be read, it is a repository of its own). A folder that
    /// cannot be listed is in the second part, and the rest is still listed.
    fn list(&self) -> Result<Listing, TreeError>;

    /// What is at a path; links in the folders above are followed inside the tree, the last one is not.
    /// Names are compared exactly as bytes.
    fn stat(&self, path: &TreePath) -> Option<Stat>;

    /// Where a link points, as written.
    fn read_link(&self, path: &TreePath) -> Result<Vec<u8>, TreeError>;

    /// The bytes of a file, links followed inside the tree; an error when there are more than `cap`.
    fn read(&self, path: &TreePath, cap: u64) -> Result<Vec<u8>, TreeError>;

    /// As [`read`](Self::read), into a buffer that is used again and again; what was in it is gone.
    fn read_into(&self, path: &TreePath, cap: u64, buffer: &mut Vec<u8>) -> Result<(), TreeError> {
        *buffer = self.read(path, cap)?;
        Ok(())
    }

    /// Processes that were started to answer so far.
    fn processes(&self) -> usize {
        0
    }

    /// At most `length` bytes from `start`.
    fn read_range(&self, path: &TreePath, start: u64, length: u64) -> Result<Vec<u8>, TreeError>;

    /// A stream of the bytes.
    fn open(&self, path: &TreePath) -> Result<Box<dyn Read + '_>, TreeError>;

    /// Several files at once, in the order asked; trees for which one question costs much (git) answer
    /// them together.
    fn read_many(&self, paths: &[TreePath], cap: u64) -> Vec<Result<Vec<u8>, TreeError>> {
        paths.iter().map(|path| self.read(path, cap)).collect()
    }

    /// A zip archive that lies in the tree; where it must be held in memory, at most `cap` bytes.
    fn archive(&self, path: &TreePath, cap: u64) -> Result<Archive, TreeError> {
        Archive::of_bytes(self.read(path, cap)?)
    }

    /// A folder of the tree that is uploaded as it is, as a tree of its own: all that lies in it, whatever
    /// ignore rules say. What could not be seen is in the second part of its listing. Where it must be held
    /// in memory, at most `cap` bytes.
    fn package(&self, folder: &TreePath, cap: u64) -> Result<Arc<dyn Tree>, TreeError> {
        Ok(Arc::new(folder::copied(self, folder, cap)?))
    }

    /// When a path was changed last, seconds since 1970; only where the tree can tell.
    fn modified(&self, _path: &TreePath) -> Option<u64> {
        None
    }

    /// Names in a folder, sorted; empty when there is no such folder.
    fn names(&self, folder: &TreePath) -> Vec<Vec<u8>>;

    /// Why the names in a folder cannot be told, when that is so.
    fn unlisted(&self, _folder: &TreePath) -> Option<TreeError> {
        None
    }

    /// True when an ignore rule matches a path (whether or not anything is there).
    fn is_ignored(&self, _path: &TreePath) -> bool {
        false
    }

    /// What is at a path once a last link is followed too.
    fn resolve(&self, path: &TreePath) -> Option<Stat>;

    /// The folder on disk that it is, or beside whose checkout it lies: what is written relative to the
    /// root and leaves it starts from here. A bare repository has none.
    fn folder(&self) -> Option<&Path> {
        None
    }
}
