//! The one repository that a command looks at which does not judge.

use std::path::PathBuf;
use std::sync::Arc;

use super::judged::{Commit, Judged};
use super::{CheckError, refusal, targets};
use crate::cli::Options;
use crate::command::Outcome;
use crate::command::folders::relative;
use crate::source::TreePath;
use crate::tree::{Disk, system};

/// A repository as it lies on disk, or a commit of it.
pub struct Single {
    /// Its tree.
    pub judged: Judged,
    /// The PATHs that lie in it, from its root; none means all of it.
    pub bases: Vec<TreePath>,
    /// Its root, relative to the working directory.
    pub root: String,
}

impl Single {
    /// The repository that the options name; more than one, or a package by itself, is refused.
    pub fn of(options: &Options) -> Result<Self, Outcome> {
        find(options).map_err(|error| refusal(error, options))
    }
}

fn find(options: &Options) -> Result<Single, CheckError> {
    let (folder, judged, bases) = match options.revision.is_some() || options.git_dir.is_some() {
        true => of_commit(options)?,
        false => on_disk(options)?,
    };
    Ok(Single { judged, bases, root: relative(&folder, &system::working_directory()) })
}

fn of_commit(options: &Options) -> Result<(PathBuf, Judged, Vec<TreePath>), CheckError> {
    let commit = Commit::of(options)?;
    // A package is shown with what runs it.
    let bases = commit.bases.into_iter().chain(commit.packages).collect();
    Ok((commit.folder, Judged::Commit(commit.tree), bases))
}

fn on_disk(options: &Options) -> Result<(PathBuf, Judged, Vec<TreePath>), CheckError> {
    let mut targets = targets::resolve(&options.paths, false)?;
    for package in targets.packages {
        match targets.repositories.iter_mut().find(|repository| repository.folder == package.folder) {
            Some(repository) => repository.add(package.path),
            None => {
                targets.repositories.push(targets::Repository { folder: package.folder, bases: vec![package.path] })
            }
        }
    }
    let mut repositories = targets.repositories.into_iter();
    let (Some(repository), None) = (repositories.next(), repositories.next()) else {
        return Err(CheckError::Usage("the PATHs lie in several repositories: name those of one"));
    };
    let disk = Disk::new(&repository.folder).map_err(|error| CheckError::Tree(TreePath::root(), error))?;
    Ok((repository.folder, Judged::Disk(Arc::new(disk)), repository.bases))
}
