//! Which paths of a tree are judged, and what their names say: class and environment.
//!
//! Everything here looks at names alone; what a file is, its content decides later.

mod class;
mod environment;
mod globs;

pub use class::{PathClass, is_dev_like, path_class};
pub use environment::environment_of;
pub use globs::{GlobError, Globs};

use crate::facts::Environment;
use crate::source::TreePath;
use crate::tree::{Entry, EntryKind};

/// Folders that hold other people's code, or git's own data. An artifact that contains them is a
/// tree of its own, where this list is not asked.
const NEVER_JUDGED: &[&str] = &[".git", "node_modules", "vendor"];

/// What narrows the listing of a tree to what is judged.
#[derive(Debug, Default)]
pub struct ScopeOptions {
    /// The PATHs that were asked for, inside the tree; none means all of it. Classes of paths below
    /// them count from there.
    pub bases: Vec<TreePath>,
    /// Paths left out by configuration.
    pub excludes: Globs,
    /// Paths whose environment the configuration names; the first that matches holds.
    pub environments: Vec<(Globs, Environment)>,
}

impl ScopeOptions {
    /// The deepest asked PATH around a path; the tree's root where none is.
    pub fn base_of(&self, path: &TreePath) -> TreePath {
        let around = self.bases.iter().filter(|base| path.is_under(base));
        around.max_by_key(|base| base.as_bytes().len()).cloned().unwrap_or_else(TreePath::root)
    }

    /// The environment of a path, with the words for why we think so: configuration before names.
    pub fn environment_of(&self, path: &TreePath) -> Option<(Environment, String)> {
        let named = self.environments.iter().find(|(globs, _)| globs.matches(path));
        match named {
            Some((_, environment)) => Some((*environment, "the configuration says so".into())),
            None => environment_of(path),
        }
    }
}

/// A file that is judged.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its entry in the tree.
    pub entry: Entry,
}

/// The files of a listing that are judged, in its order. Links are left out: what they point at
/// inside the tree is listed itself.
pub fn candidates(entries: &[Entry], options: &ScopeOptions) -> Vec<Candidate> {
    let files = entries.iter().filter(|entry| entry.kind == EntryKind::File);
    files.filter_map(|entry| candidate(entry, options)).collect()
}

fn candidate(entry: &Entry, options: &ScopeOptions) -> Option<Candidate> {
    let path = &entry.path;
    let base = options.base_of(path);
    if is_never_judged(path, &base) || options.excludes.matches(path) {
        return None;
    }
    Some(Candidate { entry: entry.clone() })
}

/// True below a folder of other people's code, unless the asked PATH itself lies in it.
pub fn is_never_judged(path: &TreePath, base: &TreePath) -> bool {
    let below = path.relative_to(base).unwrap_or_else(|| path.clone());
    let is_other = below.parent().names().any(|name| NEVER_JUDGED.iter().any(|never| never.as_bytes() == name));
    is_other || is_build_output(&below)
}

/// True for what `sam build` writes: copies of the template and of code. It is looked into as packages,
/// by who names it.
fn is_build_output(path: &TreePath) -> bool {
    let names: Vec<&[u8]> = path.names().collect();
    let is_output = |name: &[u8]| matches!(name, b"build" | b"cache" | b"deps");
    names.windows(3).any(|names| names[0] == b".aws-sam" && is_output(names[1]))
}

/// The words of a name or path: what stands between `.`, `/`, `_` and `-`. Case does not count.
fn tokens(name: &str) -> impl DoubleEndedIterator<Item = &str> {
    name.split(['.', '/', '_', '-']).filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(path: &str) -> Entry {
        Entry { path: path.into(), kind: EntryKind::File, mode: 0, size: None, content: None }
    }

    fn judged(paths: &[&str], options: &ScopeOptions) -> Vec<String> {
        let entries: Vec<Entry> = paths.iter().map(|path| entry(path)).collect();
        candidates(&entries, options).iter().map(|candidate| candidate.entry.path.to_string()).collect()
    }

    #[test]
    fn code_of_others_and_excluded_paths_are_left_out() {
        let options = ScopeOptions { excludes: Globs::new(&["legacy/**", "*.gen.yml"]).unwrap(), ..Default::default() };
        let paths = ["a/node_modules/x/k.yml", "a/vendor", "legacy/x.yml", "b/c.gen.yml", "b/c.yml", "vendor/x.yml"];
        assert_eq!(judged(&paths, &options), ["a/vendor", "b/c.yml"]);
        let built = ["a/.aws-sam/build/template.yaml", "a/.aws-sam/build.toml", "template.yaml"];
        assert_eq!(judged(&built, &options), ["a/.aws-sam/build.toml", "template.yaml"]);
    }

    #[test]
    fn an_asked_path_inside_such_a_folder_is_judged() {
        let options = ScopeOptions { bases: vec!["vendor/x".into()], ..Default::default() };
        assert_eq!(judged(&["vendor/x/k.yml", "vendor/y/k.yml"], &options), ["vendor/x/k.yml"]);
    }

    #[test]
    fn configuration_names_environments_before_names_do() {
        let environments = vec![(Globs::new(&["deploy/blue/"]).unwrap(), Environment::Prod)];
        let options = ScopeOptions { environments, ..Default::default() };
        let blue = options.environment_of(&"deploy/blue/dev.yml".into());
        assert_eq!(blue.unwrap().0, Environment::Prod);
        assert_eq!(options.environment_of(&"deploy/dev.yml".into()).unwrap().0, Environment::Dev);
    }
}
