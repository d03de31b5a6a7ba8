//! What the test suites share: judging a folder, preparing fixtures, naming places.
#![allow(dead_code, reason = "each suite uses its part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stdout, reason = "tests")]

pub mod git;
pub mod process;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use deploylint::diagnostic::{Diagnostic, Severity};
use deploylint::rules::examples::{ARTIFACTS, fill_tokens};
use deploylint::rules::{Registry, Rule};
use deploylint::run::{Judgement, Settings, in_pool, judge};
use deploylint::scope::Globs;
use deploylint::source::LineIndex;
use deploylint::tree::Disk;

/// A folder that goes away with the value.
pub struct Scratch(PathBuf);

impl Scratch {
    pub fn new() -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let name = format!("deploylint-test-{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = std::env::temp_dir().join(name);
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn write(&self, path: &str, bytes: impl AsRef<[u8]>) {
        let full = self.0.join(path);
        fs::create_dir_all(full.parent().unwrap()).unwrap();
        fs::write(full, bytes).unwrap();
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// Copies a fixture: `name.zip.d/` becomes `name.zip`, `{{token:kind}}` becomes a generated token.
pub fn prepare(fixture: &Path) -> Scratch {
    let scratch = Scratch::new();
    copy(fixture, scratch.path());
    scratch
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let (path, name) = (entry.path(), entry.file_name().into_string().unwrap());
        if path.is_dir() {
            match name.strip_suffix(".zip.d") {
                Some(stem) => fs::write(to.join(format!("{stem}.zip")), pack(&path)).unwrap(),
                None => copy(&path, &to.join(&name)),
            }
        } else {
            let bytes = fs::read(&path).unwrap();
            fs::write(to.join(&name), with_tokens(bytes)).unwrap();
        }
    }
}

/// A zip of a folder, entries in order of names.
pub fn pack(folder: &Path) -> Vec<u8> {
    let read = |path: PathBuf| (path.to_str().unwrap().to_owned(), with_tokens(fs::read(folder.join(&path)).unwrap()));
    let files: Vec<(String, Vec<u8>)> = files_below(folder).into_iter().map(read).collect();
    deploylint::tree::pack(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))).unwrap()
}

/// Files below a folder, relative, sorted.
pub fn files_below(folder: &Path) -> Vec<PathBuf> {
    let mut out: Vec<PathBuf> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.file_type().is_file())
        .map(|entry| entry.path().strip_prefix(folder).unwrap().to_owned())
        .collect();
    out.sort();
    out
}

/// The bytes of a fixture with its tokens made.
pub fn with_tokens(bytes: Vec<u8>) -> Vec<u8> {
    match String::from_utf8(bytes) {
        Ok(text) => fill_tokens(&text).into_bytes(),
        Err(error) => error.into_bytes(),
    }
}

/// Judges a folder with the rules that are wanted; severities are the rules' ceilings.
pub fn judge_folder(folder: &Path, wanted: &(dyn Fn(&Rule) -> bool + Sync)) -> Judgement {
    let (registry, problems) = Registry::builtin();
    assert_eq!(problems, vec![], "built-in rules must be readable");
    let tree = Disk::new(folder).unwrap();
    let artifacts = Globs::new(&[ARTIFACTS]).unwrap();
    let settings = Settings { wanted, artifacts, ..Settings::new(&registry) };
    in_pool(1, || judge(&tree, &settings)).unwrap().unwrap()
}

/// `path:line:column id` of each finding, and its severity.
pub fn places(folder: &Path, diagnostics: &[Diagnostic]) -> Vec<(String, Severity)> {
    let mut texts: BTreeMap<String, Vec<u8>> = BTreeMap::new();
    let mut out: Vec<(String, Severity)> = diagnostics
        .iter()
        .map(|diagnostic| {
            let label = diagnostic.primary().unwrap_or_else(|| panic!("{} has no place", diagnostic.rule));
            let display = label.source.display();
            let text = texts.entry(display.clone()).or_insert_with(|| read(folder, &label.source));
            let at = LineIndex::new(text).position(label.span.start as usize, text);
            (format!("{display}:{}:{} {}", at.line, at.column, diagnostic.rule), diagnostic.severity)
        })
        .collect();
    out.sort();
    out
}

fn read(folder: &Path, source: &deploylint::source::Source) -> Vec<u8> {
    use std::io::Read;
    let Some(outer) = source.container() else {
        return fs::read(folder.join(source.path().as_str().unwrap())).unwrap_or_default();
    };
    let bytes = read(folder, outer);
    let mut archive = match zip::ZipArchive::new(std::io::Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(_) => return Vec::new(),
    };
    let mut out = Vec::new();
    if let Ok(mut member) = archive.by_name(source.path().as_str().unwrap()) {
        member.read_to_end(&mut out).unwrap();
    }
    out
}
