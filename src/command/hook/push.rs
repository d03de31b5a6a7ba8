//! What each ref of a push brings to the remote: the commit that is judged, and the one before it.

use super::lines::Update;
use crate::cli::ManagedPush;
use crate::command::check::Against;
use crate::tree::{Repository, TreeError};

/// What is to be done for one ref.
pub enum Plan {
    /// The remote has it all, or it is no commit, or goes away: why nothing is judged.
    Nothing(&'static str),
    /// This commit is judged.
    Judge {
        /// The commit.
        commit: String,
        /// What it is compared with.
        before: Before,
    },
}

/// What the remote has before the push.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Before {
    /// Nothing of this history: all of it is new.
    Nothing,
    /// This commit.
    Commit(String),
    /// It could not be found out, and why: all is judged, and it is said.
    Unknown(String),
}

impl Before {
    /// The tree that findings are compared with.
    pub fn against(&self, repository: &Repository) -> Against {
        match self {
            Self::Nothing => Against::Nothing,
            Self::Commit(commit) => Against::of_commit(repository.folder(), commit),
            Self::Unknown(problem) => Against::Unusable(problem.clone()),
        }
    }
}

/// A ref as pre-commit and prek tell it: `PRE_COMMIT_TO_REF`, `PRE_COMMIT_FROM_REF`. Where they give
/// neither (a first push, `run --all-files`), all of the branch is judged.
pub fn managed(push: &ManagedPush, repository: &Repository) -> Result<Update, TreeError> {
    let candidates = [push.to.as_deref(), push.branch.as_deref(), Some("HEAD")];
    for name in candidates.into_iter().flatten() {
        if let Some(commit) = repository.commit(name)? {
            let branch = push.branch.clone().unwrap_or_else(|| name.to_owned());
            return Ok(Update {
                local_ref: crate::source::visible(branch.as_bytes()),
                local: Some(commit),
                remote_ref: String::new(),
                remote: push.from.clone(),
            });
        }
        if push.to.is_some() {
            break;
        }
    }
    Err(TreeError::Git("PRE_COMMIT_TO_REF names no commit of this repository".into()))
}

/// What is to be done for a ref.
pub fn plan(update: &Update, remote: Option<&str>, repository: &Repository) -> Result<Plan, TreeError> {
    let Some(local) = &update.local else { return Ok(Plan::Nothing("it is deleted")) };
    let Some(commit) = repository.commit(local)? else {
        return match repository.has(local)? {
            true => Ok(Plan::Nothing("it names no commit")),
            false => Err(TreeError::Git(format!("`{local}` is not in this repository"))),
        };
    };
    let before = before(&commit, update.remote.as_deref(), remote, repository);
    Ok(match before {
        Ok(None) => Plan::Nothing("the remote has it all"),
        Ok(Some(before)) => Plan::Judge { commit, before },
        Err(error) => Plan::Judge { commit, before: Before::Unknown(format!("what the remote has: {error}")) },
    })
}

/// What the remote ref has, when the push only adds to it. Else (a new ref, a rebased one, an object
/// that is not here) the parent of the first commit that no known branch of the remote has: so prek
/// does it (crates/prek/src/cli/hook_impl.rs). `None` when nothing is new.
fn before(
    commit: &str,
    remote_id: Option<&str>,
    remote: Option<&str>,
    repository: &Repository,
) -> Result<Option<Before>, TreeError> {
    let known = remote_id.map_or(Ok(None), |id| repository.commit(id))?;
    if let Some(known) = known {
        if known == commit {
            return Ok(None);
        }
        if repository.is_ancestor(&known, commit)? {
            return Ok(Some(Before::Commit(known)));
        }
    }
    let Some(remote) = remote else { return Ok(Some(Before::Nothing)) };
    let Some(first) = repository.first_new(commit, remote)? else { return Ok(None) };
    Ok(Some(repository.parent(&first)?.map_or(Before::Nothing, Before::Commit)))
}
