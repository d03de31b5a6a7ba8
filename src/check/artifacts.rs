//! Packages that the command line names.

use std::path::Path;
use std::sync::Arc;

use super::{CheckError, Part};
use crate::cli::Options;
use crate::rules::Registry;
use crate::source::TreePath;
use crate::tree::Tree;

/// Judges a package by itself.
pub fn judge(_package: &Path, _path: &TreePath, _options: &Options, _registry: &Registry) -> Result<Part, CheckError> {
    Err(CheckError::Usage("packages cannot be judged yet"))
}

/// Opens an archive that is held in memory.
pub fn open_bytes(_bytes: Arc<[u8]>) -> Option<Arc<dyn Tree>> {
    None
}
