//! Installs and removes the hook file; a file that is not ours is never touched.

use std::path::{Path, PathBuf};

use crate::command::Outcome;
use crate::source::visible;
use crate::tree::{Repository, TreeError, system};

/// The hook. Git clients with a window often start it with a short PATH, so the usual places are tried
/// too. Without deploylint the push goes on, and it is said: who has no deploylint must be able to
/// push, and the check that nobody can skip is the one in CI.
const HOOK: &str = r#"#!/bin/sh
# deploylint pre-push hook: `deploylint hook uninstall` removes it while it is unchanged
for tool in deploylint "$HOME/.cargo/bin/deploylint" "$HOME/.local/bin/deploylint" \
    /usr/local/bin/deploylint /opt/homebrew/bin/deploylint; do
    if command -v "$tool" >/dev/null 2>&1; then
        exec "$tool" hook pre-push "$@"
    fi
done
echo "deploylint is not installed: this push is not checked" >&2
exit 0
"#;

/// What tells our file from others.
const MARK: &str = "# deploylint pre-push hook";
/// What a hook of somebody else needs.
const LINE: &str = "deploylint hook pre-push \"$@\"";
/// Largest hook that is looked at, bytes.
const CAP: u64 = 1 << 20;

/// What lies where the hook belongs.
enum Found {
    Nothing,
    /// Ours, as it was installed.
    Ours,
    /// Ours, and changed since.
    Changed,
    /// Somebody else's.
    Foreign {
        calls_us: bool,
    },
}

/// Installs the hook.
pub fn install() -> Outcome {
    done(place().and_then(|(place, is_own)| {
        let shown = shown(&place);
        match find(&place)? {
            Found::Ours => Ok(format!("the hook is installed already: `{shown}`")),
            Found::Foreign { calls_us: true } => Ok(format!("`{shown}` calls deploylint already")),
            Found::Changed => Err(HookError::Changed(shown)),
            Found::Foreign { .. } => Err(HookError::Foreign(shown)),
            Found::Nothing if !is_own => Err(HookError::Shared(shown)),
            Found::Nothing => {
                system::write_program(&place, HOOK)?;
                Ok(format!("installed `{shown}`: every push is judged from now on"))
            }
        }
    }))
}

/// Removes it.
pub fn uninstall() -> Outcome {
    done(place().and_then(|(place, _)| {
        let shown = shown(&place);
        match find(&place)? {
            Found::Ours => {
                system::remove(&place)?;
                Ok(format!("removed `{shown}`"))
            }
            Found::Nothing | Found::Foreign { calls_us: false } => Ok("no hook of deploylint is installed".to_owned()),
            Found::Changed | Found::Foreign { calls_us: true } => Err(HookError::NotOurs(shown)),
        }
    }))
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
enum HookError {
    #[error("`{0}` is another program's hook; add this line to it: {LINE}")]
    Foreign(String),
    #[error("`{0}` was changed after it was installed; see that it still has this line: {LINE}")]
    Changed(String),
    #[error("core.hooksPath leads out of this repository, where hooks serve others too; put this into `{0}`: {LINE}")]
    Shared(String),
    #[error("`{0}` is not as deploylint installed it; remove the lines for deploylint by hand")]
    NotOurs(String),
    #[error(transparent)]
    Tree(#[from] TreeError),
}

fn done(result: Result<String, HookError>) -> Outcome {
    match result {
        Ok(said) => Outcome::print(format!("{said}\n")),
        Err(error) => Outcome::refuse(format!("error: {error}\n")),
    }
}

/// The file that git runs before a push, and whether it is this repository's alone.
fn place() -> Result<(PathBuf, bool), HookError> {
    let (folder, is_own) = Repository::of_hook()?.hooks()?;
    Ok((folder.join("pre-push"), is_own))
}

fn find(place: &Path) -> Result<Found, TreeError> {
    // A link leads to a file that others may share.
    if system::is_link(place) {
        return Ok(Found::Foreign { calls_us: false });
    }
    let bytes = match system::read(place, CAP) {
        Err(TreeError::Missing) => return Ok(Found::Nothing),
        Err(TreeError::TooLarge { .. }) => return Ok(Found::Foreign { calls_us: false }),
        other => other?,
    };
    let text = String::from_utf8_lossy(&bytes);
    Ok(match () {
        () if text == HOOK => Found::Ours,
        () if text.contains(MARK) => Found::Changed,
        () => Found::Foreign { calls_us: text.contains("deploylint hook pre-push") },
    })
}

/// From the working directory where it lies below, so that nothing is said of the rest of the machine.
fn shown(place: &Path) -> String {
    let below = place.strip_prefix(system::working_directory()).unwrap_or(place);
    visible(below.as_os_str().as_encoded_bytes())
}
