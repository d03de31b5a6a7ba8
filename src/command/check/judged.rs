//! The trees that a command judges and compares with: a folder on disk, or a commit.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::targets::TargetError;
use super::{CheckError, targets};
use crate::cli::Options;
use crate::run::packages::is_archive;
use crate::source::{TreePath, visible};
use crate::tree::{Disk, EntryKind, GitRev, Repository, Tree, TreeError, system};

/// A tree that is judged.
#[derive(Clone)]
pub enum Judged {
    /// A folder.
    Disk(Arc<Disk>),
    /// A commit.
    Commit(Arc<GitRev>),
}

impl Judged {
    /// The tree itself.
    pub fn tree(&self) -> Arc<dyn Tree> {
        match self {
            Self::Disk(disk) => disk.clone(),
            Self::Commit(commit) => commit.clone(),
        }
    }

    /// The commit that it is, or that is checked out there.
    pub fn revision(&self) -> Option<String> {
        match self {
            Self::Disk(disk) => disk.revision(),
            Self::Commit(commit) => Some(commit.revision().to_owned()),
        }
    }

    /// Where repositories of their own among these entries lie; those of a commit are elsewhere.
    pub fn checkouts(&self, nested: &[TreePath]) -> Vec<(TreePath, PathBuf)> {
        match self {
            Self::Disk(disk) => {
                let folder = |path: &TreePath| disk.checkouts(std::slice::from_ref(path)).pop();
                nested.iter().filter_map(|path| Some((path.clone(), folder(path)?))).collect()
            }
            Self::Commit(_) => Vec::new(),
        }
    }
}

/// What findings are compared with.
#[derive(Clone)]
pub enum Against {
    /// Nothing: everything is reported.
    Nothing,
    /// This commit.
    Commit(Arc<GitRev>),
    /// A commit that cannot be judged, and why: everything is reported, and it is said.
    Unusable(String),
}

impl Against {
    /// The commit that a revision names in a repository; without a revision, nothing.
    pub fn of(folder: &Path, revision: Option<&str>) -> Self {
        let Some(revision) = revision else { return Self::Nothing };
        match GitRev::new(folder, revision) {
            Ok(commit) => Self::Commit(Arc::new(commit)),
            Err(error) => Self::Unusable(format!("`{}`: {error}", visible(revision.as_bytes()))),
        }
    }

    /// A commit whose id is known.
    pub fn of_commit(folder: &Path, id: &str) -> Self {
        match GitRev::of_commit(folder, id) {
            Ok(commit) => Self::Commit(Arc::new(commit)),
            Err(error) => Self::Unusable(format!("`{}`: {error}", visible(id.as_bytes()))),
        }
    }

    /// What a repository inside the compared one is compared with: the commit recorded there.
    pub fn inside(&self, path: &TreePath, folder: &Path) -> Self {
        match self {
            Self::Nothing => Self::Nothing,
            Self::Commit(commit) => match commit.submodule(path) {
                Some(recorded) => Self::of(folder, Some(recorded)),
                None => Self::Unusable(format!("`{path}` is a repository of its own and not recorded in the base")),
            },
            Self::Unusable(_) => Self::Unusable(format!("`{path}`: the repository around it has no base")),
        }
    }
}

/// A commit that the options name, and the PATHs inside it.
pub struct Commit {
    /// The repository.
    pub folder: PathBuf,
    /// The commit.
    pub tree: Arc<GitRev>,
    /// The PATHs that are packages.
    pub packages: Vec<TreePath>,
    /// The other PATHs; none means everything.
    pub bases: Vec<TreePath>,
}

impl Commit {
    /// The commit that `--rev` and `--git-dir` mean. PATHs count from the working directory, those of
    /// a bare repository or one that `--git-dir` names from its root.
    pub fn of(options: &Options) -> Result<Self, CheckError> {
        let revision = options.revision.as_deref().unwrap_or("HEAD");
        let (folder, paths) = match &options.git_dir {
            Some(folder) => (existing(folder)?, inside_root(&options.paths)?),
            None => around(&options.paths)?,
        };
        let shown = || visible(revision.as_bytes());
        let tree = GitRev::new(&folder, revision).map_err(|error| CheckError::Commit(shown(), error))?;
        let (mut packages, mut bases) = (Vec::new(), Vec::new());
        for path in paths {
            let Some(found) = tree.resolve(&path) else {
                return Err(TargetError::NotInCommit { path: path.to_string(), revision: shown() }.into());
            };
            let is_package = match found.kind {
                EntryKind::File => is_archive(&path),
                EntryKind::Folder => options.package.is_some(),
                _ => false,
            };
            match is_package {
                true => packages.push(path),
                false => bases.push(path),
            }
        }
        if bases.iter().any(TreePath::is_root) {
            bases.clear();
        }
        Ok(Self { folder, tree: Arc::new(tree), packages, bases })
    }

    /// True when the commit as such is judged, not only packages in it.
    pub fn is_wanted(&self, options: &Options) -> bool {
        self.packages.is_empty() || self.packages.len() < options.paths.len()
    }
}

fn existing(folder: &Path) -> Result<PathBuf, CheckError> {
    let shown = || visible(folder.as_os_str().as_encoded_bytes());
    let place = system::locate(folder).map_err(|error| match error {
        TreeError::Missing => TargetError::Missing(shown()),
        other => TargetError::Unreadable { path: shown(), reason: other.to_string() },
    })?;
    Ok(place)
}

/// The repository around the PATHs, which need not exist on disk, and where they are in it.
fn around(paths: &[PathBuf]) -> Result<(PathBuf, Vec<TreePath>), CheckError> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let mut found: Option<(PathBuf, Vec<TreePath>)> = None;
    for path in paths {
        let full = system::locate_some(path);
        let Some(folder) = full.ancestors().find_map(Disk::find_repository) else {
            let bare = Repository::bare_around(&system::working_directory());
            let bare = bare.ok_or(CheckError::Usage("--rev needs a git repository around the PATHs, or --git-dir"))?;
            return Ok((bare.folder().to_owned(), inside_root(paths)?));
        };
        let inside = targets::inside(&full, &folder);
        match &mut found {
            None => found = Some((folder, vec![inside])),
            Some((known, inner)) if *known == folder => inner.push(inside),
            Some(_) => return Err(CheckError::Usage("--rev judges one repository: the PATHs lie in several")),
        }
    }
    Ok(found.unwrap_or_default())
}

/// PATHs that count from the root of a repository.
fn inside_root(paths: &[PathBuf]) -> Result<Vec<TreePath>, CheckError> {
    let inside = |path: &PathBuf| path.to_str().and_then(|path| TreePath::root().join(path));
    let outside = "PATHs count from the root of a bare repository or one that --git-dir names";
    paths.iter().map(|path| inside(path).ok_or(CheckError::Usage(outside))).collect()
}
