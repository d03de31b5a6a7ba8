//! What the command line names: places on disk, before any tree is made of them.

use std::io::Read;
use std::path::{Path, PathBuf};

use super::TreeError;

/// A place as typed, made absolute and free of links.
pub fn locate(path: &Path) -> Result<PathBuf, TreeError> {
    Ok(std::fs::canonicalize(path)?)
}

/// True for a folder.
pub fn is_folder(path: &Path) -> bool {
    path.is_dir()
}

/// True for a file that is a package by its name (`.zip`, `.jar`) or by its first bytes
/// (`PK`, APPNOTE.TXT §4.3.7).
pub fn is_package(path: &Path) -> bool {
    let Ok(metadata) = std::fs::metadata(path) else { return false };
    if !metadata.is_file() {
        return false;
    }
    let named = path.extension().is_some_and(|e| e.eq_ignore_ascii_case("zip") || e.eq_ignore_ascii_case("jar"));
    named || head(path).is_some_and(|head| head == *b"PK\x03\x04")
}

fn head(path: &Path) -> Option<[u8; 4]> {
    let mut head = [0; 4];
    std::fs::File::open(path).ok()?.read_exact(&mut head).ok()?;
    Some(head)
}

/// The bytes of a file that the command line names.
pub fn read(path: &Path, cap: u64) -> Result<Vec<u8>, TreeError> {
    let file = std::fs::File::open(path)?;
    let mut bytes = Vec::new();
    let read = file.take(cap.saturating_add(1)).read_to_end(&mut bytes)? as u64;
    if read > cap { Err(TreeError::TooLarge { size: read, cap }) } else { Ok(bytes) }
}

/// Writes an output file whole or not at all: beside its place first, then renamed.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), TreeError> {
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.partial", std::process::id()));
    let beside = path.with_file_name(name);
    let result = std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, path));
    if result.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    Ok(result?)
}

/// Where the program was started.
pub fn working_directory() -> PathBuf {
    std::env::current_dir().and_then(std::fs::canonicalize).unwrap_or_default()
}
