//! Packages and layers that the command line names.

use std::path::Path;

use crate::run::packages;
use crate::source::{Source, TreePath, visible};
use crate::trace::Part;
use crate::tree::{Disk, TreeError, system};

/// A package or layer at a path as typed, known by that path: an archive, or a folder as it is.
pub fn open(file: &Path) -> Result<Part, TreeError> {
    let place = system::locate(file)?;
    let is_folder = system::is_folder(&place);
    // Links of a folder may lead to what lies beside it in its repository.
    let around = Disk::find_repository(&place).filter(|_| is_folder);
    let root = around.as_deref().or(place.parent()).unwrap_or(&place);
    let inside = place.strip_prefix(root).unwrap_or(Path::new(""));
    let names: Vec<&[u8]> = inside.components().map(|name| name.as_os_str().as_encoded_bytes()).collect();
    let part = packages::part(&Disk::new(root)?, &TreePath::new(names.join(&b'/')))?;
    let shown = TreePath::new(visible(file.as_os_str().as_encoded_bytes()));
    let source = if is_folder { Source::folder(shown) } else { Source::unread(shown) };
    Ok(Part { source, ..part })
}
