//! PATHs as typed to repositories to judge, and packages to prove.

use std::path::{Path, PathBuf};

use crate::command::folders::common;
use crate::source::TreePath;
use crate::tree::{Disk, TreeError, system};

/// What the PATHs of a run mean.
#[derive(Debug, Default)]
pub struct Targets {
    /// The folder that all repositories lie in; paths are shown from here.
    pub root: PathBuf,
    /// Repositories, outermost first.
    pub repositories: Vec<Repository>,
    /// Packages that were named.
    pub packages: Vec<Package>,
}

/// A package that was named.
#[derive(Debug)]
pub struct Package {
    /// The repository around it, or its folder.
    pub folder: PathBuf,
    /// Where it is in there.
    pub path: TreePath,
}

/// One repository, or a folder without git.
#[derive(Debug)]
pub struct Repository {
    /// Where it is.
    pub folder: PathBuf,
    /// The PATHs that lie in it, from its root; none means all of it.
    pub bases: Vec<TreePath>,
}

/// A PATH that cannot be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TargetError {
    /// Nothing is there.
    #[error("`{0}` does not exist")]
    Missing(String),
    /// It is there and cannot be looked at.
    #[error("`{path}` cannot be read: {reason}")]
    Unreadable {
        /// The PATH.
        path: String,
        /// The system's words.
        reason: String,
    },
    /// The commit does not have it.
    #[error("`{path}` does not exist in `{revision}`")]
    NotInCommit {
        /// The PATH, from the root of the commit.
        path: String,
        /// The commit, as typed.
        revision: String,
    },
}

/// Sorts out the PATHs: packages apart, everything else by the repository that it lies in. Folders are
/// packages where `are_packages` says so.
pub fn resolve(paths: &[PathBuf], are_packages: bool) -> Result<Targets, TargetError> {
    let here = [PathBuf::from(".")];
    let paths = if paths.is_empty() { &here[..] } else { paths };
    let mut targets = Targets::default();
    for path in paths {
        let shown = crate::source::visible(path.as_os_str().as_encoded_bytes());
        let full = system::locate(path).map_err(|error| match error {
            TreeError::Missing => TargetError::Missing(shown.clone()),
            other => TargetError::Unreadable { path: shown, reason: other.to_string() },
        })?;
        if system::is_package(&full) || are_packages && system::is_folder(&full) {
            let folder = Disk::find_repository(&full).unwrap_or_else(|| parent(&full));
            targets.packages.push(Package { path: inside(&full, &folder), folder });
            continue;
        }
        let folder = Disk::find_repository(&full)
            .unwrap_or_else(|| if system::is_folder(&full) { full.clone() } else { parent(&full) });
        let base = inside(&full, &folder);
        match targets.repositories.iter_mut().find(|repository| repository.folder == folder) {
            Some(repository) => repository.add(base),
            None => {
                let mut repository = Repository { folder, bases: Vec::new() };
                if !base.is_root() {
                    repository.bases.push(base);
                }
                targets.repositories.push(repository);
            }
        }
    }
    targets.repositories.sort_by(|a, b| a.folder.cmp(&b.folder));
    let folders = targets.repositories.iter().map(|repository| repository.folder.clone());
    targets.root =
        folders.chain(targets.packages.iter().map(|package| package.folder.clone())).reduce(common).unwrap_or_default();
    Ok(targets)
}

impl Repository {
    /// One more PATH; one that is the root means everything.
    pub fn add(&mut self, base: TreePath) {
        if self.bases.is_empty() {
            return;
        }
        if base.is_root() {
            self.bases.clear();
        } else {
            self.bases.push(base);
        }
    }
}

fn parent(path: &Path) -> PathBuf {
    path.parent().map(Path::to_path_buf).unwrap_or_default()
}

/// A path from a folder that contains it.
pub fn inside(path: &Path, folder: &Path) -> TreePath {
    let rest = path.strip_prefix(folder).unwrap_or(Path::new(""));
    let names: Vec<&[u8]> = rest.components().map(|name| name.as_os_str().as_encoded_bytes()).collect();
    TreePath::new(names.join(&b'/'))
}
