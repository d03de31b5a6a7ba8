//! The git hook: what a push sends is judged as it will be, not as it lies in the working tree.

use std::io::Read;

use super::Outcome;
use crate::cli::PrePush;
use crate::rules::Registry;

/// Judges what a push sends.
pub fn pre_push(_push: &PrePush, _registry: &Registry, _input: &mut dyn Read) -> Outcome {
    Outcome::refuse("error: this build cannot judge a push\n".to_owned())
}

/// Installs the pre-push hook.
pub fn install() -> Outcome {
    Outcome::refuse("error: this build cannot install the hook\n".to_owned())
}

/// Removes the hook that [`install`] made.
pub fn uninstall() -> Outcome {
    Outcome::refuse("error: this build cannot remove the hook\n".to_owned())
}
