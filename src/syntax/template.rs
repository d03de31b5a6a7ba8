//! (being written)
use crate::source::TreePath;
/// Recognises.
pub fn recognise(_path: &TreePath, _text: &str) -> Option<&'static str> {
    None
}
