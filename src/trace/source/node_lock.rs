//! Lockfiles of npm, yarn, pnpm and bun, as far as they name packages.
//!
//! Sources: docs.npmjs.com/cli/configuring-npm/package-lock-json, yarnpkg/yarn `src/lockfile`,
//! pnpm/spec `lockfile`, bun.sh/docs/install/lockfile; 2026-07.

use serde_json::Value;

use super::Names;
use crate::source::{ContentId, Source, TreePath};
use crate::syntax::json;

/// What lockfiles are called.
pub(super) const LOCKFILES: [&str; 6] =
    ["package-lock.json", "npm-shrinkwrap.json", "yarn.lock", "pnpm-lock.yaml", "bun.lock", "bun.lockb"];

/// What a lockfile says.
pub(super) struct Lockfile {
    /// Packages that are installed, wherever.
    pub names: Names,
    /// Folders of the repository whose manifests it covers beside its own, as written.
    folders: Names,
    /// It covers workspaces without naming them.
    is_yarn: bool,
}

impl Lockfile {
    /// Reads one; `None` when it cannot be read.
    pub fn parse(path: &TreePath, text: &str) -> Option<Self> {
        let (mut names, mut folders) = (Names::default(), Names::default());
        let name = path.file_name();
        match &*name {
            "yarn.lock" => of_yarn(text, &mut names),
            "pnpm-lock.yaml" => of_pnpm(text, &mut names, &mut folders),
            "bun.lock" => of_bun(path, text, &mut names, &mut folders)?,
            "bun.lockb" => return None,
            _ => {
                let value: Value = serde_json::from_str(text.trim_start_matches('\u{feff}')).ok()?;
                for key in value.get("packages").and_then(Value::as_object).into_iter().flat_map(|map| map.keys()) {
                    match key.rsplit_once("node_modules/") {
                        Some((_, name)) => names.insert(name.to_owned()),
                        None => folders.insert(key.clone()),
                    };
                }
                of_dependencies(&value, &mut names);
            }
        }
        Some(Self { names, folders, is_yarn: name == "yarn.lock" })
    }

    /// It says what is installed for the manifest in this folder, relative to its own.
    pub fn covers(&self, folder: &TreePath, has_workspaces: bool) -> bool {
        folder.is_root()
            || self.is_yarn && has_workspaces
            || folder.as_str().is_some_and(|folder| self.folders.contains(folder))
    }
}

/// Version 1 of npm's lockfile; the parser bounds its depth.
fn of_dependencies(value: &Value, names: &mut Names) {
    for (name, inner) in value.get("dependencies").and_then(Value::as_object).into_iter().flatten() {
        if inner.is_object() {
            names.insert(name.clone());
            of_dependencies(inner, names);
        }
    }
}

/// `express@^4.17.1, express@^4:` and `"express@npm:^4.17.1":`.
fn of_yarn(text: &str, names: &mut Names) {
    let heads = text.lines().filter(|line| line.ends_with(':') && !line.starts_with([' ', '#']));
    for asked in heads.flat_map(|line| line.trim_end_matches(':').split(", ")) {
        let asked = asked.trim_matches('"');
        let end = asked.char_indices().skip(1).find(|(_, c)| *c == '@').map(|(at, _)| at);
        names.insert(asked[..end.unwrap_or(asked.len())].to_owned());
    }
}

/// `  /express@4.17.1:`, `  /express/4.17.1:`, `  '@scope/name@1.0.0(peer@2)':` below `packages`; folders below `importers`.
fn of_pnpm(text: &str, names: &mut Names, folders: &mut Names) {
    let mut section = "";
    for line in text.lines() {
        if line.is_empty() {
            continue;
        }
        if !line.starts_with(' ') {
            section = line.trim_end_matches(':');
            continue;
        }
        let Some(key) = line.strip_prefix("  ").filter(|key| !key.starts_with(' ')) else { continue };
        let Some((key, _)) = key.rsplit_once(':') else { continue };
        let key = key.trim_matches(['\'', '"']).trim_start_matches('/');
        match section {
            "importers" => {
                folders.insert(key.to_owned());
            }
            "packages" | "snapshots" => {
                let scope = if key.starts_with('@') { key.find('/').map_or(0, |at| at + 1) } else { 0 };
                let end = key[scope..].find(['@', '/', '(']).map_or(key.len(), |at| scope + at);
                names.insert(key[..end].to_owned());
            }
            _ => {}
        }
    }
}

/// `"packages": {"express": […], "a/express": […]}`, folders below `workspaces`.
fn of_bun(path: &TreePath, text: &str, names: &mut Names, folders: &mut Names) -> Option<()> {
    let parsed = json::read(&Source::new(path.clone(), ContentId::of(b"")), text);
    let root = parsed.documents.first()?.root();
    for (key, _) in root.get("packages")?.entries() {
        let key = key.text().unwrap_or_default();
        let scoped = key.rfind('@').filter(|at| *at == 0 || key[..*at].ends_with('/'));
        let name = scoped.map_or_else(|| key.rsplit('/').next().unwrap_or(key), |at| &key[at..]);
        names.insert(name.to_owned());
    }
    for (key, _) in root.get("workspaces").into_iter().flat_map(|node| node.entries()) {
        folders.extend(key.text().map(str::to_owned));
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(file: &str, text: &str) -> Vec<String> {
        let mut names: Vec<String> = Lockfile::parse(&file.into(), text).unwrap().names.into_iter().collect();
        names.sort();
        names
    }

    #[test]
    fn lockfiles_name_packages() {
        let text = r#"{"packages": {"": {}, "functions/a": {}, "node_modules/@s/a": {}, "node_modules/b/node_modules/c": {}}}"#;
        assert_eq!(names("package-lock.json", text), ["@s/a", "c"]);
        let lock = Lockfile::parse(&"package-lock.json".into(), text).unwrap();
        assert!(lock.covers(&"functions/a".into(), false) && lock.covers(&TreePath::root(), false));
        assert!(!lock.covers(&"functions/b".into(), true));
        let old = r#"{"dependencies": {"a": {"version": "1", "requires": {"z": "1"}, "dependencies": {"b": {}}}}}"#;
        assert_eq!(names("package-lock.json", old), ["a", "b"]);
        let yarn = "# yarn\n\n\"@s/a@^1\", \"@s/a@^2\":\n  version \"1\"\n\nb@^1, b@~1.2:\n  version \"1\"\n\n\"c@npm:^1\":\n  version: 1\n";
        assert_eq!(names("yarn.lock", yarn), ["@s/a", "b", "c"]);
        let pnpm = "importers:\n\n  packages/a:\n    dependencies:\n      x: 1\n\npackages:\n\n  /a@1.0.0:\n    resolution: {}\n\n  /b/2.0.0:\n    dev: true\n\n  '@s/c@1.0.0(d@2)':\n    x: 1\n";
        assert_eq!(names("pnpm-lock.yaml", pnpm), ["@s/c", "a", "b"]);
        let bun = "{\"lockfileVersion\": 1, \"packages\": {\"a\": [\"a@1\"], \"b/a\": [], \"b/@s/c\": [],}}";
        assert_eq!(names("bun.lock", bun), ["@s/c", "a"]);
        assert!(Lockfile::parse(&"package-lock.json".into(), "{").is_none());
    }
}
