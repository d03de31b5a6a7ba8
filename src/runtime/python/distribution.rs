//! Installed distributions: what their `.dist-info` folders say.
//!
//! Source: packaging.python.org/en/latest/specifications (recording installed projects, core metadata,
//! binary distribution format), 2026-08.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::marker::holds;
use super::tags::Tag;
use super::version::PythonVersion;
use crate::source::TreePath;
use crate::tree::Tree;

/// Largest METADATA or RECORD that is read, bytes.
const BYTES: u64 = 8 << 20;

/// A requirement that holds without extras.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Requirement {
    /// Normalised name.
    pub name: String,
    /// Its marker surely holds; else it cannot be told.
    pub certain: bool,
    /// Versions that are allowed (`>=1.2,<2`), empty for any.
    pub specifier: String,
}

/// One installed distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Distribution {
    /// Name as it writes it.
    pub name: String,
    /// Version.
    pub version: String,
    /// Its `.dist-info` folder.
    pub folder: TreePath,
    /// What it needs to run.
    pub requirements: Vec<Requirement>,
    /// Files that it installed, as paths of the mounted tree.
    pub files: Vec<TreePath>,
    /// Tags of the wheel.
    pub tags: Vec<Tag>,
    /// Versions of Python that it is for (`>=3.8`), empty for any.
    pub requires_python: String,
}

impl Distribution {
    fn new(name: &str, version: &str, folder: TreePath) -> Self {
        let (name, version) = (name.to_owned(), version.to_owned());
        let requires_python = String::new();
        Self { name, version, folder, requirements: Vec::new(), files: Vec::new(), tags: Vec::new(), requires_python }
    }

    /// Names of its top-level modules, from the files that it lists.
    pub fn tops(&self) -> BTreeSet<String> {
        let root = self.folder.parent();
        let top = |path: &TreePath| {
            let inside = path.relative_to(&root)?;
            let first = String::from_utf8(inside.names().next()?.to_vec()).ok()?;
            let single = inside.names().count() == 1;
            let module = match first.split_once('.') {
                None if !single => first.as_str(),
                Some((stem, rest)) if single && (rest == "py" || rest.ends_with("so")) => stem,
                _ => return None,
            };
            let plain = module.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
            (plain && module != "bin" && module != "__pycache__").then(|| module.to_owned())
        };
        self.files.iter().filter_map(top).collect()
    }
}

/// The normal form of a distribution's name (PEP 503).
pub fn normalised(name: &str) -> String {
    let mut out = String::with_capacity(name.len());
    for part in name.split(['-', '_', '.']).filter(|part| !part.is_empty()) {
        if !out.is_empty() {
            out.push('-');
        }
        out.push_str(&part.to_ascii_lowercase());
    }
    out
}

/// Every distribution in these folders.
pub fn read_all(tree: &Arc<dyn Tree>, roots: &[TreePath], version: PythonVersion) -> Vec<Distribution> {
    let mut out = Vec::new();
    for root in roots {
        for name in tree.names(root) {
            if name.ends_with(b".dist-info") {
                out.push(read(tree, root, root.child(&name), version));
            } else if name.ends_with(b".egg-info") {
                let text = String::from_utf8_lossy(&name).into_owned();
                let own = text.split('-').next().unwrap_or_default().trim_end_matches(".egg-info").to_owned();
                out.push(Distribution::new(&own, "", root.child(&name)));
            }
        }
    }
    out
}

fn read(tree: &Arc<dyn Tree>, root: &TreePath, folder: TreePath, version: PythonVersion) -> Distribution {
    let text = |name: &str| -> Option<String> {
        tree.read(&folder.child(name.as_bytes()), BYTES).ok().map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
    };
    let stem = folder.file_name().trim_end_matches(".dist-info").to_owned();
    let (name, number) = stem.split_once('-').unwrap_or((&stem, ""));
    let mut found = Distribution::new(name, number, folder.clone());
    if let Some(metadata) = text("METADATA") {
        // A line of blanks goes on with the field above (a folded licence); only an empty one ends the head.
        for line in metadata.lines().take_while(|line| !line.is_empty()) {
            match line.split_once(':') {
                Some(("Name", value)) => found.name = value.trim().to_owned(),
                Some(("Version", value)) => found.version = value.trim().to_owned(),
                Some(("Requires-Python", value)) => found.requires_python = value.trim().to_owned(),
                Some(("Requires-Dist", value)) => found.requirements.extend(requirement(value, version)),
                _ => {}
            }
        }
    }
    if let Some(record) = text("RECORD") {
        for line in record.lines() {
            let path = match line.strip_prefix('"') {
                Some(quoted) => quoted.split('"').next().unwrap_or_default(),
                None => line.split(',').next().unwrap_or_default(),
            };
            if !path.is_empty() && !path.starts_with('/') && !path.starts_with("..") {
                found.files.extend(root.join(path));
            }
        }
    }
    if let Some(wheel) = text("WHEEL") {
        found.tags = wheel.lines().filter_map(|line| Tag::parse(line.strip_prefix("Tag:")?)).collect();
    }
    found
}

/// `name[extra]>=1; marker`; `None` when its marker does not hold.
pub fn requirement(text: &str, version: PythonVersion) -> Option<Requirement> {
    let (requirement, marker) = text.split_once(';').unwrap_or((text, ""));
    let certain = if marker.trim().is_empty() { Some(true) } else { holds(marker, version) };
    if certain == Some(false) {
        return None;
    }
    let name: String =
        requirement.trim().chars().take_while(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')).collect();
    let rest = requirement.trim().strip_prefix(&name).unwrap_or_default().trim_start();
    let rest = rest.strip_prefix('[').map_or(rest, |rest| rest.split_once(']').map_or("", |(_, rest)| rest));
    let specifier = rest.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')')).to_owned();
    Some(Requirement { name: normalised(&name), certain: certain == Some(true), specifier })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Memory;

    #[test]
    fn requirements_hold_or_not() {
        let version = PythonVersion::of("python3.11", None).unwrap();
        assert_eq!(requirement(" Typing_Extensions>=4 ; python_version < \"3.8\"", version), None);
        let required = |text: &str| requirement(text, version).map(|one| (one.name, one.specifier)).unwrap();
        assert_eq!(required("PyYAML (>=5)"), ("pyyaml".into(), ">=5".into()));
        assert_eq!(required("uvicorn[standard] >=0.12, <1; extra != 'x'"), ("uvicorn".into(), ">=0.12, <1".into()));
        assert_eq!(requirement("idna[x]; extra == 'all'", version), None);
        assert_eq!(normalised("Foo__Bar.baz"), "foo-bar-baz");
    }

    #[test]
    fn a_folded_licence_does_not_end_the_head() {
        let metadata = "Name: lib\nLicense: Free\n        \n        Requires-Dist: none\nRequires-Dist: dep\n\nRequires-Dist: text\n";
        let tree: Arc<dyn Tree> = Arc::new(Memory::new([("lib-1.dist-info/METADATA", metadata)]));
        let version = PythonVersion::of("python3.11", None).unwrap();
        let found = read(&tree, &TreePath::root(), "lib-1.dist-info".into(), version);
        let names: Vec<&str> = found.requirements.iter().map(|requirement| requirement.name.as_str()).collect();
        assert_eq!(names, ["dep"]);
    }
}
