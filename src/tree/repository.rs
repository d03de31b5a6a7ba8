//! A git repository as a whole: where it is, how its commits lie to each other, where its hooks are.

use std::path::{Path, PathBuf};

use super::TreeError;
use super::git::{self, Git};

/// A repository that is asked about its commits.
#[derive(Clone, Debug)]
pub struct Repository {
    folder: PathBuf,
    git: Git,
}

impl Repository {
    /// The repository at a folder: a checkout, its `.git`, or a bare repository.
    pub fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), git: Git::at(folder) }
    }

    /// The bare repository around a folder, if it is one.
    pub fn bare_around(folder: &Path) -> Option<Self> {
        let asked = Git::at(folder).run(&["rev-parse", "--is-bare-repository", "--absolute-git-dir"]).ok()?;
        let answer = String::from_utf8(asked.stdout).ok()?;
        let (is_bare, place) = answer.trim_end().split_once('\n')?;
        (is_bare == "true").then(|| Self::at(Path::new(place)))
    }

    /// The repository whose hook runs this program (`GIT_DIR`, githooks(5)), else the one around the
    /// working directory.
    pub fn of_hook() -> Result<Self, TreeError> {
        let here = super::system::working_directory();
        if let Some(folder) = std::env::var_os("GIT_DIR").filter(|folder| !folder.is_empty()) {
            return Ok(Self::at(&std::fs::canonicalize(folder)?));
        }
        let around = git::find_repository(&here).map(|top| Self::at(&top));
        around.or_else(|| Self::bare_around(&here)).ok_or_else(|| TreeError::Git(git::NOT_A_REPOSITORY.into()))
    }

    /// Processes that were started to answer so far.
    pub fn processes(&self) -> usize {
        self.git.processes()
    }

    /// Where it is.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The id of the commit that a revision names; tags are followed. `None` when there is none here.
    pub fn commit(&self, revision: &str) -> Result<Option<String>, TreeError> {
        let wanted = format!("{revision}^{{commit}}");
        match self.git.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted]) {
            Ok(found) => Ok(found.map(|output| first_line(&output.stdout))),
            // A tag of something else.
            Err(TreeError::Git(cause)) if cause.contains("expected commit type") => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// True when an object is here, whatever it is.
    pub fn has(&self, id: &str) -> Result<bool, TreeError> {
        let wanted = format!("{id}^{{object}}");
        Ok(self.git.ask(&["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?.is_some())
    }

    /// True when `commit` can be reached from `from`, as far as this repository knows its history.
    pub fn is_ancestor(&self, commit: &str, from: &str) -> Result<bool, TreeError> {
        Ok(self.git.ask(&["merge-base", "--is-ancestor", commit, from])?.is_some())
    }

    /// The first of the commits that `commit` brings to a remote, by what is known of its branches;
    /// `None` when it has them all.
    pub fn first_new(&self, commit: &str, remote: &str) -> Result<Option<String>, TreeError> {
        let known = format!("--remotes={remote}");
        let listed = self.git.run(&["rev-list", "--topo-order", "--reverse", commit, "--not", &known, "--"])?;
        let first = first_line(&listed.stdout);
        Ok((!first.is_empty()).then_some(first))
    }

    /// The first parent of a commit; `None` where history begins, or is cut off in a shallow clone.
    pub fn parent(&self, commit: &str) -> Result<Option<String>, TreeError> {
        self.commit(&format!("{commit}^"))
    }

    /// The folder that git runs hooks from, and whether it serves this repository alone.
    pub fn hooks(&self) -> Result<(PathBuf, bool), TreeError> {
        let lines = |output: std::process::Output| String::from_utf8_lossy(&output.stdout).into_owned();
        let hooks = lines(self.git.run_as_configured(&["rev-parse", "--git-path", "hooks"])?);
        let hooks = super::system::locate_some(&self.folder.join(hooks.trim_end_matches('\n')));
        let shared = lines(self.git.run(&["rev-parse", "--git-common-dir"])?);
        let mut own = vec![self.folder.join(shared.trim_end_matches('\n'))];
        if let Ok(top) = self.git.run(&["rev-parse", "--show-toplevel"]) {
            own.push(PathBuf::from(lines(top).trim_end_matches('\n')));
        }
        let is_own = own.iter().filter_map(|folder| std::fs::canonicalize(folder).ok()).any(|f| hooks.starts_with(f));
        Ok((hooks, is_own))
    }
}

fn first_line(stdout: &[u8]) -> String {
    let end = memchr::memchr(b'\n', stdout).unwrap_or(stdout.len());
    String::from_utf8_lossy(&stdout[..end]).trim().to_owned()
}

#[cfg(test)]
mod tests;
