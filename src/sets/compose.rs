//! Release sets of compose.

use super::Planning;
use crate::facts::ReleaseSet;

/// Plans the release sets.
pub fn plan(_planning: &Planning<'_>) -> Vec<ReleaseSet> {
    Vec::new()
}
