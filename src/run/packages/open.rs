//! Opening packages and layers: archives, and folders that are uploaded as they are.

use std::collections::BTreeMap;
use std::sync::Arc;

use rayon::prelude::*;

use crate::source::{Source, Span, TreePath};
use crate::syntax::{Problem, ProblemKind};
use crate::trace::Part;
use crate::tree::{Archive, EntryKind, Memory, Tree, TreeError};
use crate::value::Why;

/// Largest package that is held in memory, bytes: what the platform takes unzipped
/// (AWS Lambda quotas, 262,144,000 bytes), so more than any zip of it has.
pub const PACKAGE_CAP: u64 = 262_144_000;

/// How a pointer of Git LFS begins (git-lfs, docs/spec.md).
const LFS_POINTER: &[u8] = b"version https://git-lfs.github.com/spec/";

/// Packages and layers by path, and why some could not be opened.
pub(super) type Opened = BTreeMap<TreePath, Result<Part, TreeError>>;

/// Each once, however many functions run it.
pub(super) fn open<'a>(tree: &dyn Tree, paths: impl Iterator<Item = &'a TreePath>) -> Opened {
    let mut paths: Vec<TreePath> = paths.cloned().collect();
    paths.sort();
    paths.dedup();
    let opened: Vec<Result<Part, TreeError>> = paths.par_iter().map(|path| part(tree, path)).collect();
    paths.into_iter().zip(opened).collect()
}

/// The package at a path of the tree: a folder, or else an archive.
pub fn part(tree: &dyn Tree, path: &TreePath) -> Result<Part, TreeError> {
    match tree.resolve(path).map(|stat| stat.kind) {
        Some(EntryKind::Folder | EntryKind::Submodule) => folder(tree, path),
        _ => Ok(part_of(archive(tree, path)?, path)),
    }
}

/// The archive at a path. A pointer to large storage stands for a package that is not here: that says
/// nothing about the package.
fn archive(tree: &dyn Tree, path: &TreePath) -> Result<Archive, TreeError> {
    tree.archive(path, PACKAGE_CAP).map_err(|error| {
        let begins = tree.read_range(path, 0, LFS_POINTER.len() as u64);
        let is_pointer = is_refused(&error) && begins.is_ok_and(|bytes| bytes == LFS_POINTER);
        if is_pointer { TreeError::System("a Git LFS pointer, the package itself is not here".into()) } else { error }
    })
}

/// An archive at a path of the tree. A package is no text of which a part could be shown, so its content
/// is not hashed whole.
fn part_of(archive: Archive, path: &TreePath) -> Part {
    let archive = Arc::new(archive);
    let source = Source::unread(path.clone());
    Part { tree: archive.clone(), archive: Some(archive), source, unseen: None }
}

fn folder(tree: &dyn Tree, path: &TreePath) -> Result<Part, TreeError> {
    let package = tree.package(path, PACKAGE_CAP)?;
    let (_, problems) = package.list()?;
    let unseen = problems.first().map(|(inside, error)| Why::new(format!("`{inside}` cannot be seen: {error}")));
    Ok(Part { tree: package, archive: None, source: Source::folder(path.clone()), unseen })
}

/// A package of which nothing can be seen.
pub(super) fn closed_part(path: &TreePath) -> Part {
    let source = Source::unread(path.clone());
    let tree = Arc::new(Memory::new(std::iter::empty::<(&str, &[u8])>()));
    Part { tree, archive: None, source, unseen: None }
}

/// What cannot be read as an archive here cannot be unpacked by the platform either; other errors say
/// something about this machine alone.
pub fn is_refused(error: &TreeError) -> bool {
    matches!(error, TreeError::Damaged(_))
}

/// By its name: what a build step packs, and not a folder or a file of code.
pub fn is_archive(path: &TreePath) -> bool {
    matches!(path.extension().as_deref(), Some("zip" | "jar"))
}

/// A package that cannot be opened, as trouble with its file.
pub(super) fn unreadable(path: &TreePath, error: &TreeError) -> (Source, Problem) {
    let kind = if matches!(error, TreeError::TooLarge { .. }) { ProblemKind::Limit } else { ProblemKind::Syntax };
    let source = Source::unread(path.clone());
    (source, Problem { kind, message: error.to_string(), span: Span::default() })
}
