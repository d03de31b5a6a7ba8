//! Asking git: plumbing commands only, nothing that runs configured programs.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::TreeError;

/// Variables by which a hook points git at one repository (`git rev-parse --local-env-vars`, git
/// 2.39), without those that carry `git -c` settings: these belong to the user, not the repository.
const REPOSITORY_VARIABLES: &[&str] = &[
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_IMPLICIT_WORK_TREE",
    "GIT_COMMON_DIR",
    "GIT_PREFIX",
    "GIT_INTERNAL_SUPER_PREFIX",
    "GIT_GRAFT_FILE",
    "GIT_SHALLOW_FILE",
    "GIT_NAMESPACE",
    "GIT_NO_REPLACE_OBJECTS",
    "GIT_REPLACE_REF_BASE",
    "GIT_CONFIG",
];

/// Variables that say where objects and index of the hook's own repository lie (a push in
/// quarantine, a partial commit); right for that repository, wrong for any other.
const STORE_VARIABLES: &[&str] =
    &["GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_QUARANTINE_PATH"];

/// The mode of a submodule in an index or a tree (gitformat-index(5)).
pub(super) const SUBMODULE: u32 = 0o160_000;

/// A repository that can be asked questions from one folder.
#[derive(Clone, Debug)]
pub(super) struct Git {
    folder: PathBuf,
    keeps_store: bool,
    /// Processes that were started, by all clones.
    started: Arc<AtomicUsize>,
}

impl Git {
    /// Asks from a folder inside a work tree, or from a bare repository.
    pub(super) fn at(folder: &Path) -> Self {
        Self { folder: folder.to_owned(), keeps_store: is_repository_of_hook(folder), started: Arc::default() }
    }

    /// Processes that were started so far.
    pub(super) fn processes(&self) -> usize {
        self.started.load(Ordering::Relaxed)
    }

    /// A command, about to be started, with everything set that keeps git from running configured programs, from asking
    /// the network or a terminal, and from writing.
    pub(super) fn command(&self, arguments: &[impl AsRef<OsStr>]) -> Command {
        self.started.fetch_add(1, Ordering::Relaxed);
        let mut command = Command::new("git");
        command
            .args(["--no-pager", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-C"])
            .arg(&self.folder)
            .args(arguments)
            .env("GIT_OPTIONAL_LOCKS", "0")
            .env("GIT_NO_LAZY_FETCH", "1")
            .env("GIT_TERMINAL_PROMPT", "0")
            // Git before 2.44 does not know GIT_NO_LAZY_FETCH; no transport is called so.
            .env("GIT_ALLOW_PROTOCOL", "none")
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        for name in REPOSITORY_VARIABLES {
            command.env_remove(name);
        }
        for name in STORE_VARIABLES {
            match std::env::var_os(name) {
                // A relative path is relative to where the hook started, not to our folder.
                Some(value) if self.keeps_store && *name != "GIT_ALTERNATE_OBJECT_DIRECTORIES" => {
                    command.env(name, std::path::absolute(value).unwrap_or_default());
                }
                Some(_) if self.keeps_store => {}
                _ => {
                    command.env_remove(name);
                }
            }
        }
        command
    }

    /// Like [`Self::run`], with the folder of hooks that the user configured. Only for questions:
    /// `rev-parse` runs no hook.
    pub(super) fn run_as_configured(&self, arguments: &[impl AsRef<OsStr>]) -> Result<Output, TreeError> {
        let mut command = Command::new("git");
        command.arg("-C").arg(&self.folder).args(arguments).env("LC_ALL", "C").stdin(Stdio::null());
        for name in REPOSITORY_VARIABLES {
            command.env_remove(name);
        }
        let output = command.output().map_err(|error| failure(&error))?;
        if output.status.success() { Ok(output) } else { Err(TreeError::Git(cause(&output.stderr))) }
    }

    /// Like [`Self::run`] for commands that answer "no" by exit status 1 without a word.
    pub(super) fn ask(&self, arguments: &[impl AsRef<OsStr>]) -> Result<Option<Output>, TreeError> {
        let output = self.command(arguments).output().map_err(|error| failure(&error))?;
        match output.status.code() {
            Some(0) => Ok(Some(output)),
            Some(1) if output.stderr.is_empty() => Ok(None),
            _ => Err(TreeError::Git(cause(&output.stderr))),
        }
    }

    /// Runs a command to its end; an exit status other than 0 is an error with git's own words.
    pub(super) fn run(&self, arguments: &[impl AsRef<OsStr>]) -> Result<Output, TreeError> {
        let output = self.command(arguments).output().map_err(|error| failure(&error))?;
        if output.status.success() { Ok(output) } else { Err(TreeError::Git(cause(&output.stderr))) }
    }
}

/// Why git could not even be started.
pub(super) fn failure(error: &std::io::Error) -> TreeError {
    match error.kind() {
        std::io::ErrorKind::NotFound => TreeError::Git("git is not installed".into()),
        _ => TreeError::Git(format!("git could not be started: {error}")),
    }
}

/// git's complaint as one line that names the cause.
pub(super) fn cause(stderr: &[u8]) -> String {
    let text = String::from_utf8_lossy(stderr);
    if text.contains("dubious ownership") {
        return "git refuses this repository: dubious ownership (another user owns the folder)".into();
    }
    if text.contains("not a git repository") {
        return NOT_A_REPOSITORY.into();
    }
    let line = text.lines().find(|line| line.starts_with("fatal: ") || line.starts_with("error: "));
    let line = line.or(text.lines().next()).unwrap_or(SILENT);
    format!("git failed: {}", line.trim_start_matches("fatal: ").trim_start_matches("error: "))
}

/// What [`cause`] ends with when git fails without a word.
pub(super) const SILENT: &str = "no reason given";

/// What [`cause`] says when git sees no repository.
pub(super) const NOT_A_REPOSITORY: &str = "not a git repository";

/// The nearest folder, from `path` upward, that holds `.git` (a folder, or the file of a worktree
/// or submodule).
pub(super) fn find_repository(path: &Path) -> Option<PathBuf> {
    let path = std::fs::canonicalize(path).ok()?;
    path.ancestors().find(|folder| has_git(folder)).map(Path::to_owned)
}

/// True when a folder is the root of a checkout.
pub(super) fn has_git(folder: &Path) -> bool {
    std::fs::symlink_metadata(folder.join(".git")).is_ok()
}

/// True when we run inside a hook of the very repository that is asked.
fn is_repository_of_hook(folder: &Path) -> bool {
    let Some(hooked) = std::env::var_os("GIT_DIR") else { return false };
    let Ok(hooked) = std::fs::canonicalize(hooked) else { return false };
    if std::fs::canonicalize(folder).is_ok_and(|folder| folder == hooked) {
        return true;
    }
    let asked = find_repository(folder).map_or_else(|| folder.to_owned(), |root| root.join(".git"));
    let asked = std::fs::read_to_string(&asked)
        .ok()
        .and_then(|text| text.strip_prefix("gitdir:").map(|dir| asked.with_file_name(dir.trim())))
        .unwrap_or(asked);
    std::fs::canonicalize(asked).is_ok_and(|asked| asked == hooked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn causes_are_named_in_one_line() {
        assert_eq!(cause(b"fatal: not a git repository (or any of the parent directories): .git\n"), NOT_A_REPOSITORY);
        assert!(
            cause(b"fatal: detected dubious ownership in repository at '/x'\nTo add").contains("dubious ownership")
        );
        assert_eq!(cause(b"warning: x\nfatal: bad revision 'y'\n"), "git failed: bad revision 'y'");
    }
}
