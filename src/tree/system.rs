//! What the command line names: places on disk, before any tree is made of them.

use std::io::{Read, Write};
use std::path::{Component, Path, PathBuf};

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

/// Writes an output file whole or not at all: beside its place first, then renamed. A device or a pipe
/// is written to as it is: a rename would put a file in its place. A link stays, and its target is written.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), TreeError> {
    if std::fs::metadata(path).is_ok_and(|metadata| !metadata.is_file()) {
        return Ok(std::fs::OpenOptions::new().write(true).open(path)?.write_all(bytes)?);
    }
    let path = &std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let mut name = path.file_name().unwrap_or_default().to_os_string();
    name.push(format!(".{}.partial", std::process::id()));
    let beside = path.with_file_name(name);
    let result = std::fs::write(&beside, bytes).and_then(|()| std::fs::rename(&beside, path));
    if result.is_err() {
        let _ = std::fs::remove_file(&beside);
    }
    Ok(result?)
}

/// A place as typed of which the last names may not exist: what exists is made absolute and free of
/// links, the rest is added by its names.
pub fn locate_some(path: &Path) -> PathBuf {
    let typed = working_directory().join(path);
    let existing = typed.ancestors().find_map(|above| Some((std::fs::canonicalize(above).ok()?, above)));
    let Some((mut place, above)) = existing else { return typed };
    for name in typed.strip_prefix(above).unwrap_or(Path::new("")).components() {
        match name {
            Component::Normal(name) => place.push(name),
            Component::ParentDir => drop(place.pop()),
            Component::Prefix(_) | Component::RootDir | Component::CurDir => {}
        }
    }
    place
}

/// True for a link, wherever it leads.
pub fn is_link(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|metadata| metadata.file_type().is_symlink())
}

/// Writes a program: a file that may be run, in a folder that is made where it is missing.
pub fn write_program(path: &Path, text: &str) -> Result<(), TreeError> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    write(path, text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o755))?;
    }
    Ok(())
}

/// Removes a file.
pub fn remove(path: &Path) -> Result<(), TreeError> {
    Ok(std::fs::remove_file(path)?)
}

/// Most memory that this process ever held, KiB; only where the system tells it (`VmHWM`, proc(5)).
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

/// Where the program was started.
pub fn working_directory() -> PathBuf {
    std::env::current_dir().and_then(std::fs::canonicalize).unwrap_or_default()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use crate::tree::testing::Scratch;

    #[test]
    fn only_plain_files_are_replaced() {
        use std::os::unix::fs::FileTypeExt;
        let scratch = Scratch::with(&[("file", "old")]);
        let place = |name: &str| scratch.path().join(name);
        scratch.link("link", "file");
        for name in ["file", "link", "new"] {
            write(&place(name), b"text").unwrap();
            assert_eq!(std::fs::read(place(name)).unwrap(), b"text", "{name}");
        }
        assert!(is_link(&place("link")));
        assert_eq!(std::fs::read(place("file")).unwrap(), b"text");
        assert!(write(&place("."), b"text").is_err());
        // A pipe that somebody reads stays a pipe.
        let pipe = place("pipe");
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let reader = std::thread::spawn({
            let pipe = pipe.clone();
            move || std::fs::read(pipe).unwrap()
        });
        write(&pipe, b"text").unwrap();
        assert_eq!(reader.join().unwrap(), b"text");
        assert!(std::fs::symlink_metadata(&pipe).unwrap().file_type().is_fifo());
        assert_eq!(std::fs::read_dir(scratch.path()).unwrap().count(), 4, "nothing is left beside");
    }
}
