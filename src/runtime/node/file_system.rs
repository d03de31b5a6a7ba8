//! A tree as the file system of the resolver. The resolver's own view of the machine stays shut out.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use oxc_resolver::{FileMetadata, FileSystem, ResolveError};

use super::manifest::{MANIFEST_BYTES, nests_deeper_than};
use crate::source::TreePath;
use crate::tree::{EntryKind, Stat, Tree, TreeError};

/// Deepest nesting of a package.json that reaches the resolver, which recurses over it.
const MANIFEST_DEPTH: usize = 128;

/// Files of a tree under absolute paths: `/var/task/index.js` is `var/task/index.js` in the tree.
pub(super) struct TreeFiles(Option<Arc<dyn Tree>>);

impl TreeFiles {
    pub fn of(tree: Arc<dyn Tree>) -> Self {
        Self(Some(tree))
    }

    fn tree(&self) -> io::Result<&Arc<dyn Tree>> {
        self.0.as_ref().ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

/// The path inside the tree.
pub(super) fn tree_path(path: &Path) -> TreePath {
    let mut names: Vec<&[u8]> = Vec::new();
    for component in path.components() {
        match component {
            Component::Normal(name) => names.push(name.as_encoded_bytes()),
            Component::ParentDir => drop(names.pop()),
            _ => {}
        }
    }
    TreePath::new(names.join(&b'/'))
}

/// The absolute path that code sees; `None` for names that are not UTF-8.
pub(super) fn absolute(path: &TreePath) -> Option<PathBuf> {
    path.as_str().map(|text| PathBuf::from(format!("/{text}")))
}

fn metadata(stat: Option<Stat>) -> io::Result<FileMetadata> {
    let stat = stat.ok_or(io::ErrorKind::NotFound)?;
    let folder = matches!(stat.kind, EntryKind::Folder | EntryKind::Submodule);
    Ok(FileMetadata::new(stat.kind == EntryKind::File, folder, stat.kind == EntryKind::Link))
}

fn failure(error: &TreeError) -> io::Error {
    let kind = match error {
        TreeError::Missing => io::ErrorKind::NotFound,
        TreeError::Denied => io::ErrorKind::PermissionDenied,
        _ => io::ErrorKind::InvalidData,
    };
    io::Error::new(kind, error.to_string())
}

impl FileSystem for TreeFiles {
    fn new() -> Self {
        Self(None)
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        let bytes = self.tree()?.read(&tree_path(path), MANIFEST_BYTES).map_err(|error| failure(&error))?;
        if nests_deeper_than(&bytes, MANIFEST_DEPTH) {
            return Err(io::ErrorKind::InvalidData.into());
        }
        Ok(bytes)
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        String::from_utf8(self.read(path)?).map_err(|_| io::ErrorKind::InvalidData.into())
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        metadata(self.tree()?.resolve(&tree_path(path)))
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        metadata(self.tree()?.stat(&tree_path(path)))
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        let target = self.tree()?.read_link(&tree_path(path)).map_err(|error| failure(&error))?;
        let target = String::from_utf8(target).map_err(|_| io::Error::from(io::ErrorKind::InvalidData))?;
        Ok(PathBuf::from(target))
    }

    /// Links in the path and at its end followed, as far as they lead inside the tree.
    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        let tree = self.tree()?;
        let mut current = path.to_path_buf();
        for _ in 0..LINK_HOPS {
            match first_link(tree.as_ref(), &current) {
                None => return Ok(current),
                Some((link, rest)) => {
                    let target = self.read_link(&link).map_err(|_| io::Error::from(io::ErrorKind::NotFound))?;
                    let folder = link.parent().unwrap_or(Path::new("/"));
                    let joined = folder.join(target).join(rest);
                    current = PathBuf::from("/").join(tree_path(&joined).as_str().unwrap_or(""));
                }
            }
        }
        Err(io::ErrorKind::NotFound.into())
    }
}

/// Most links that one path may lead through (Linux allows as many, path_resolution(7)).
const LINK_HOPS: usize = 40;

/// The first part of a path that is a link, and what follows it.
fn first_link(tree: &dyn Tree, path: &Path) -> Option<(PathBuf, PathBuf)> {
    let names: Vec<Component<'_>> = path.components().collect();
    for end in 1..=names.len() {
        let part: PathBuf = names[..end].iter().collect();
        if tree.stat(&tree_path(&part)).is_some_and(|stat| stat.kind == EntryKind::Link) {
            return Some((part, names[end..].iter().collect()));
        }
    }
    None
}
