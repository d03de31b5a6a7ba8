//! What the manifests above a file of Python say of a module.

use std::sync::Arc;

use super::checkout::Checkout;
use super::{Known, Names, Verdict, mentions};
use crate::runtime::python::{distributions_for, is_brought, is_meant, normalised};
use crate::source::{ContentId, Origin, Source, Span, TreePath};
use crate::syntax::{Format, Node, read_without_schemas};

/// Manifests and lockfiles that name distributions, beside `requirements*.txt`.
const MANIFESTS: [&str; 9] = [
    "pyproject.toml",
    "Pipfile",
    "Pipfile.lock",
    "poetry.lock",
    "uv.lock",
    "pdm.lock",
    "setup.cfg",
    "setup.py",
    "environment.yml",
];
/// Files that install by themselves, by how they begin.
const TOOLS: [&str; 6] = ["Makefile", "makefile", "Dockerfile", "buildspec", "build.sh", "package.sh"];
/// Most files that one list of requirements takes in.
const INCLUDED: usize = 20;

/// What one folder says.
#[derive(Default)]
struct Folder {
    /// A manifest of it; the first that is found.
    manifest: Option<Source>,
    /// Distributions, in normal form.
    names: Names,
    /// Something is installed that has no name here.
    is_open: bool,
    /// Texts that may name distributions in ways of their own.
    texts: Vec<String>,
}

/// The manifests of a repository, each read once.
pub(super) struct Manifests<'c> {
    checkout: &'c Checkout<'c>,
    folders: Known<Arc<Folder>>,
    modules: Known<Arc<Names>>,
}

impl<'c> Manifests<'c> {
    pub fn new(checkout: &'c Checkout<'c>) -> Self {
        Self { checkout, folders: Known::default(), modules: Known::default() }
    }

    /// Says what is wrong with importing a module from this file of a project; `None` when nothing is, or nobody
    /// can say.
    pub fn judge(&self, importer: &TreePath, project: &TreePath, module: &str) -> Option<Verdict> {
        let above: Vec<Arc<Folder>> = importer.parent().ancestors().map(|folder| self.folder(&folder)).collect();
        let manifest = above.iter().find_map(|folder| folder.manifest.clone())?;
        if above.iter().any(|folder| folder.is_open) {
            return None;
        }
        let patterns = distributions_for(module);
        let is_named = |name: &String| patterns.iter().any(|pattern| is_meant(pattern, name)) || is_alike(module, name);
        let names = || above.iter().flat_map(|folder| folder.names.iter());
        if names().any(is_named) || is_brought(module, names()) {
            return None;
        }
        let is_spoken_of = |text: &String| {
            mentions(text, module) || patterns.iter().any(|pattern| mentions(text, pattern.trim_end_matches('*')))
        };
        if above.iter().flat_map(|folder| &folder.texts).any(is_spoken_of) || self.modules(project).contains(module) {
            return None;
        }
        Some(Verdict { answer: "nowhere", manifest: Origin::new(manifest, Span::default()), doubt: None })
    }

    fn modules(&self, project: &TreePath) -> Arc<Names> {
        let read = || Arc::new(self.checkout.modules_below(project));
        Arc::clone(self.modules.borrow_mut().entry(project.clone()).or_insert_with(read))
    }

    fn folder(&self, folder: &TreePath) -> Arc<Folder> {
        Arc::clone(self.folders.borrow_mut().entry(folder.clone()).or_insert_with(|| Arc::new(self.read(folder))))
    }

    fn read(&self, folder: &TreePath) -> Folder {
        let mut out = Folder::default();
        let beside = self.checkout.files_in(folder);
        let mut own: Vec<&TreePath> = beside.chain(self.checkout.files_in(&folder.child(b"requirements"))).collect();
        own.sort_unstable();
        for path in own {
            let name = path.file_name();
            let Some(kind) = kind_of(&name) else { continue };
            let Some(text) = self.checkout.text(path) else { continue };
            if kind != Kind::Tool && out.manifest.is_none() {
                out.manifest = Some(Source::new(path.clone(), ContentId::of(text.as_bytes())));
            }
            match kind {
                Kind::Requirements => self.requirements(path, &text, INCLUDED, &mut out),
                Kind::Toml => of_toml(path, &text, &mut out),
                Kind::Json => of_pipfile_lock(path, &text, &mut out),
                Kind::Text | Kind::Tool => out.texts.push(text),
            }
        }
        out
    }

    /// Lines of a requirements file (pip.pypa.io/en/stable/reference/requirements-file-format, 2026-07).
    fn requirements(&self, path: &TreePath, text: &str, left: usize, out: &mut Folder) {
        for line in text.lines() {
            let line = line.split(" #").next().unwrap_or_default().trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            if let Some(file) = included(line) {
                match path.parent().join(file).and_then(|path| Some((self.checkout.text(&path)?, path))) {
                    Some((text, path)) if left > 0 => self.requirements(&path, &text, left - 1, out),
                    _ => out.is_open = true,
                }
                continue;
            }
            match line.split_once("#egg=") {
                Some((_, name)) => add(name, out),
                None if line.starts_with("-e") || line.starts_with("--editable") => out.is_open = true,
                None if line.starts_with('-') => {}
                None if line.starts_with(['.', '/']) || line.contains("://") && !line.contains(" @ ") => {
                    out.is_open = true
                }
                None => add(line, out),
            }
        }
    }
}

/// The file that a line of requirements takes in.
fn included(line: &str) -> Option<&str> {
    let rest = ["-r", "--requirement", "-c", "--constraint"].into_iter().find_map(|flag| line.strip_prefix(flag))?;
    Some(rest.trim_start_matches(['=', ' ']).trim())
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Requirements,
    Toml,
    Json,
    Text,
    Tool,
}

fn kind_of(name: &str) -> Option<Kind> {
    if name.ends_with(".txt") && (name.contains("requirements") || name == "base.txt") {
        return Some(Kind::Requirements);
    }
    if TOOLS.iter().any(|tool| name.starts_with(tool)) {
        return Some(Kind::Tool);
    }
    MANIFESTS.contains(&name).then_some(match name {
        "Pipfile.lock" => Kind::Json,
        "setup.cfg" | "setup.py" | "environment.yml" => Kind::Text,
        _ => Kind::Toml,
    })
}

/// A requirement as PEP 508 writes it.
fn add(requirement: &str, out: &mut Folder) {
    let is_name = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name: String = requirement.trim().trim_matches('"').chars().take_while(is_name).collect();
    if !name.is_empty() {
        out.names.insert(normalised(&name));
    }
}

fn of_toml(path: &TreePath, text: &str, out: &mut Folder) {
    let parsed = read_without_schemas(Format::Toml, &Source::new(path.clone(), ContentId::of(b"")), text);
    let Some(root) = parsed.documents.first().map(|document| document.root()) else {
        out.is_open = true;
        return;
    };
    let list = |node: Option<Node<'_>>, out: &mut Folder| {
        node.iter().flat_map(Node::items).filter_map(|item| item.text()).for_each(|text| add(text, out));
    };
    let keys = |node: Option<Node<'_>>, out: &mut Folder| {
        node.iter().flat_map(Node::entries).filter_map(|(key, _)| key.text()).for_each(|text| add(text, out));
    };
    let lists = |node: Option<Node<'_>>, out: &mut Folder| {
        node.iter().flat_map(Node::entries).for_each(|(_, node)| list(Some(node), out));
    };
    // pyproject.toml: PEP 621, PEP 735, Poetry, PDM, uv.
    list(root.path(&["project", "dependencies"]), out);
    lists(root.path(&["project", "optional-dependencies"]), out);
    lists(root.path(&["dependency-groups"]), out);
    lists(root.path(&["tool", "pdm", "dev-dependencies"]), out);
    list(root.path(&["tool", "uv", "dev-dependencies"]), out);
    keys(root.path(&["tool", "poetry", "dependencies"]), out);
    keys(root.path(&["tool", "poetry", "dev-dependencies"]), out);
    for (_, group) in root.path(&["tool", "poetry", "group"]).iter().flat_map(Node::entries) {
        keys(group.get("dependencies"), out);
    }
    let dynamic = root.path(&["project", "dynamic"]);
    out.is_open |= dynamic.iter().flat_map(Node::items).any(|item| item.text() == Some("dependencies"));
    // Pipfile.
    keys(root.get("packages"), out);
    keys(root.get("dev-packages"), out);
    // poetry.lock, uv.lock, pdm.lock.
    for package in root.get("package").iter().flat_map(Node::items) {
        package.get("name").and_then(|name| name.text()).into_iter().for_each(|name| add(name, out));
    }
}

fn of_pipfile_lock(path: &TreePath, text: &str, out: &mut Folder) {
    let parsed = read_without_schemas(Format::Json, &Source::new(path.clone(), ContentId::of(b"")), text);
    let Some(root) = parsed.documents.first().map(|document| document.root()) else { return };
    for section in ["default", "develop"] {
        for (key, _) in root.get(section).iter().flat_map(Node::entries) {
            key.text().into_iter().for_each(|name| add(name, out));
        }
    }
}

/// The letters and digits of one name are part of the other (`python-x`, `x-sdk`, `pyx`), both begin with the same
/// two words, or the words of the module stand in the other name in the same order. Names of modules and of
/// distributions follow no rule, so what is alike counts as the same.
fn is_alike(module: &str, distribution: &str) -> bool {
    let words = |name: &str| -> Vec<String> { normalised(name).split('-').map(str::to_owned).collect() };
    let (own, other) = (words(module), words(distribution));
    let mut rest = other.iter();
    let is_inside = own.iter().all(|word| rest.any(|other| other == word));
    if is_inside || own.len() > 1 && other.len() > 1 && own[..2] == other[..2] {
        return true;
    }
    let plain = |name: &str| -> String {
        name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
    };
    let (module, distribution) = (plain(module), plain(distribution));
    module.len() >= 3 && distribution.contains(&module) || distribution.len() >= 4 && module.contains(&distribution)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::Memory;

    fn verdict(files: &[(&str, &str)], module: &str) -> Option<String> {
        let tree = Memory::new(files.iter().copied());
        let mut paths: Vec<TreePath> = files.iter().map(|(path, _)| (*path).into()).collect();
        paths.sort();
        let checkout = Checkout::new(&tree, &paths);
        let found = Manifests::new(&checkout).judge(&"src/app.py".into(), &TreePath::root(), module);
        found.map(|verdict| verdict.manifest.source.path().to_string())
    }

    #[test]
    fn manifests_name_distributions() {
        let requirements = "# c\nRequests[socks]==2.31 ; python_version > '3'\n-r more.txt\n--index-url https://x\nname @ https://x/y.whl\n";
        let files = [("src/requirements.txt", requirements), ("src/more.txt", "PyYAML  # yaml\n")];
        for module in ["requests", "yaml", "name", "urllib3"] {
            assert_eq!(verdict(&files, module), None, "{module}");
        }
        assert_eq!(verdict(&files, "flask").as_deref(), Some("src/requirements.txt"));
        assert_eq!(verdict(&[("src/app.py", "")], "flask"), None);
        assert_eq!(verdict(&[("requirements.txt", "-e ./lib\n")], "flask"), None);
        assert_eq!(verdict(&[("requirements.txt", "x\n"), ("lib/flask/__init__.py", "")], "flask"), None);
    }

    #[test]
    fn manifests_of_tools() {
        let project = "[project]\ndependencies = [\"a>=1\"]\n[project.optional-dependencies]\nx = [\"b\"]\n[tool.poetry.group.dev.dependencies]\nccc = \"1\"\n[[package]]\nname = \"Ddd\"\n";
        for module in ["a", "b", "ccc", "ddd"] {
            assert_eq!(verdict(&[("pyproject.toml", project)], module), None, "{module}");
        }
        assert!(verdict(&[("pyproject.toml", project)], "flask").is_some());
        let dynamic = "[project]\ndynamic = [\"dependencies\"]\n";
        assert_eq!(verdict(&[("pyproject.toml", dynamic)], "flask"), None);
        assert_eq!(verdict(&[("Pipfile", "[packages]\nflask = \"*\"\n")], "flask"), None);
        assert_eq!(verdict(&[("Pipfile.lock", "{\"default\": {\"flask\": {}}}")], "flask"), None);
        assert_eq!(verdict(&[("setup.py", "install_requires=['flask>=1']")], "flask"), None);
    }

    #[test]
    fn names_that_are_alike() {
        assert!(is_alike("jsonlogger", "python-json-logger") && is_alike("twilio_rest", "twilio"));
        assert!(is_alike("shop_client_v2", "shop-client-python") && is_alike("shop_tools", "shop-agents-tools"));
        assert!(!is_alike("flask", "requests") && !is_alike("pg", "pygments"));
    }
}
