//! Packages and layers that the command line names.

use std::path::Path;

use crate::cli::PackageOptions;
use crate::facts::SetId;
use crate::run::packages;
use crate::source::{Source, TreePath, visible};
use crate::trace::{PackageRequest, Part};
use crate::tree::{Disk, TreeError, system};

/// What is asked of a package by what the command line says of it.
pub fn request(package: Part, layers: Vec<Part>, said: &PackageOptions, set: SetId) -> PackageRequest {
    let environment = said.variables.iter().map(|(name, value)| (name.clone(), Ok(value.clone())));
    PackageRequest {
        layers,
        handler: said.handler.clone(),
        runtime: said.runtime.clone(),
        architecture: said.arch.map(str::to_owned),
        environment: environment.collect(),
        ..packages::bare_request(package, set)
    }
}

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
