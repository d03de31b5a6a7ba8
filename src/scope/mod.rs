//! (being written)
use crate::facts::Environment;
use crate::source::TreePath;
/// Environment.
pub fn environment_of(_path: &TreePath) -> Option<(Environment, String)> {
    None
}
