#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
//! Rule files are embedded, and the table of native checks is the list of their files: a new one of
//! either must cause a rebuild.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

/// Checks that are joins, `<family>/<name>.rs`.
const NATIVE: &str = "src/rules/native";

fn main() -> io::Result<()> {
    println!("cargo:rerun-if-changed=rules");
    println!("cargo:rerun-if-changed={NATIVE}");
    let mut rows = String::new();
    for family in sorted(Path::new(NATIVE))?.iter().filter(|path| path.is_dir()) {
        for file in sorted(family)?.iter().filter(|path| path.extension() == Some(OsStr::new("rs"))) {
            let (family, name) = (stem(family), stem(file));
            if name != "mod" {
                let id = format!("{family}/{name}").replace('_', "-");
                rows.push_str(&format!("    (\"{id}\", {family}::{name}::check),\n"));
            }
        }
    }
    let table = format!(
        "/// Every native check by the id of its rule.\npub const TABLE: &[(&str, NativeCheck)] = &[\n{rows}];\n"
    );
    let folder = PathBuf::from(env::var_os("OUT_DIR").unwrap_or_default());
    fs::write(folder.join("native_checks.rs"), table)
}

fn sorted(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}
