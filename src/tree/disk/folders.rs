//! Names and kinds in folders of the disk, without a stat per file.

use std::fs::{FileType, Metadata};
use std::path::{Path, PathBuf};

use crate::source::TreePath;
use crate::tree::EntryKind;

/// Names in one folder with what they are, sorted by name.
pub(super) fn read_folder(folder: &Path) -> std::io::Result<Vec<(Vec<u8>, EntryKind)>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        names.push((to_bytes(&entry.file_name()), kind_of(entry.file_type()?)));
    }
    names.sort_unstable();
    Ok(names)
}

/// What a file type of the system is to a tree.
pub(super) fn kind_of(file_type: FileType) -> EntryKind {
    if file_type.is_symlink() {
        EntryKind::Link
    } else if file_type.is_dir() {
        EntryKind::Folder
    } else if file_type.is_file() {
        EntryKind::File
    } else {
        EntryKind::Special
    }
}

/// Opens what should be a regular file: a last link is refused, and a pipe is not waited for.
#[cfg(unix)]
pub(in crate::tree) fn open_regular(file: &Path) -> std::io::Result<std::fs::File> {
    use std::os::unix::fs::OpenOptionsExt;
    std::fs::OpenOptions::new().read(true).custom_flags(libc::O_NOFOLLOW | libc::O_NONBLOCK).open(file)
}

/// Opens what is known to be a regular file; elsewhere that must be asked first.
#[cfg(not(unix))]
pub(in crate::tree) fn open_regular(file: &Path) -> std::io::Result<std::fs::File> {
    if std::fs::symlink_metadata(file)?.is_file() {
        std::fs::File::open(file)
    } else {
        Err(std::io::ErrorKind::InvalidInput.into())
    }
}

/// Permission bits.
#[cfg(unix)]
pub(super) fn mode_of(metadata: &Metadata) -> u32 {
    use std::os::unix::fs::PermissionsExt;
    metadata.permissions().mode() & 0o7777
}

/// Permission bits, which this system does not have.
#[cfg(not(unix))]
pub(super) fn mode_of(_: &Metadata) -> u32 {
    0
}

/// A name of the system as bytes.
#[cfg(unix)]
pub(super) fn to_bytes(name: &std::ffi::OsStr) -> Vec<u8> {
    std::os::unix::ffi::OsStrExt::as_bytes(name).to_vec()
}

/// A name of the system as bytes, `/` between the parts.
#[cfg(not(unix))]
pub(super) fn to_bytes(name: &std::ffi::OsStr) -> Vec<u8> {
    name.to_string_lossy().replace('\\', "/").into_bytes()
}

/// A path of the tree as a path of the system.
#[cfg(unix)]
pub(in crate::tree) fn to_system(root: &Path, path: &TreePath) -> PathBuf {
    root.join::<&std::ffi::OsStr>(std::os::unix::ffi::OsStrExt::from_bytes(path.as_bytes()))
}

/// A path of the tree as a path of the system.
#[cfg(not(unix))]
pub(in crate::tree) fn to_system(root: &Path, path: &TreePath) -> PathBuf {
    root.join(&*path.lossy())
}
