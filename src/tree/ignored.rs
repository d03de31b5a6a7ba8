//! Ignore rules of a repository, for paths that may not exist.

use std::path::Path;
use std::sync::{Arc, Mutex};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rustc_hash::FxHashMap;

use crate::source::TreePath;

/// The ignore rules of one repository, read folder by folder as they are asked for.
///
/// The rules of a user's machine (`core.excludesFile`) are left out on purpose: a laptop and CI
/// must agree.
#[derive(Debug, Default)]
pub(super) struct IgnoreRules {
    by_folder: Mutex<FxHashMap<TreePath, Arc<Gitignore>>>,
    /// `.git/info/exclude`, which every `.gitignore` outranks.
    exclude: Option<Arc<Gitignore>>,
}

impl IgnoreRules {
    /// Rules with the text of `.git/info/exclude`.
    pub(super) fn with_exclude(text: &[u8]) -> Self {
        Self { by_folder: Mutex::default(), exclude: Some(Arc::new(compile(text))) }
    }

    /// True when a rule matches the path or a folder above it. `path` counts from the repository's
    /// root; `read` gives the text of a `.gitignore` there.
    pub(super) fn is_ignored(&self, path: &TreePath, read: impl Fn(&TreePath) -> Option<Vec<u8>>) -> bool {
        let mut prefix = TreePath::root();
        let count = path.names().count();
        path.names().enumerate().any(|(i, name)| {
            prefix = prefix.child(name);
            // The path itself may not exist, so whether it is a folder is open: either will do.
            self.matches(&prefix, true, &read) || (i + 1 == count && self.matches(&prefix, false, &read))
        })
    }

    /// True when a rule matches just this path, folders above it not regarded.
    pub(super) fn matches(
        &self,
        path: &TreePath,
        is_folder: bool,
        read: &impl Fn(&TreePath) -> Option<Vec<u8>>,
    ) -> bool {
        let mut folder = path.parent();
        loop {
            let rules = self.of_folder(&folder, read);
            if !rules.is_empty() {
                let below = path.relative_to(&folder).unwrap_or_else(|| path.clone());
                match rules.matched(Path::new(&*below.lossy()), is_folder) {
                    Match::Ignore(_) => return true,
                    Match::Whitelist(_) => return false,
                    Match::None => {}
                }
            }
            if folder.is_root() {
                break;
            }
            folder = folder.parent();
        }
        let exclude = self.exclude.as_ref().filter(|rules| !rules.is_empty());
        exclude.is_some_and(|rules| rules.matched(Path::new(&*path.lossy()), is_folder).is_ignore())
    }

    fn of_folder(&self, folder: &TreePath, read: &impl Fn(&TreePath) -> Option<Vec<u8>>) -> Arc<Gitignore> {
        if let Some(rules) = self.lock().get(folder) {
            return rules.clone();
        }
        let text = read(&folder.child(b".gitignore"));
        let rules = Arc::new(text.map_or_else(Gitignore::empty, |text| compile(&text)));
        self.lock().insert(folder.clone(), rules.clone());
        rules
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, FxHashMap<TreePath, Arc<Gitignore>>> {
        self.by_folder.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
    }
}

/// Rules from the text of an ignore file; lines that are no rule are left out, as git does.
fn compile(text: &[u8]) -> Gitignore {
    let text = String::from_utf8_lossy(text);
    let mut builder = GitignoreBuilder::new("");
    for line in text.trim_start_matches('\u{feff}').lines() {
        let _ = builder.add_line(None, line);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(path: &str) -> bool {
        let rules = IgnoreRules::with_exclude(b"notes/\n");
        let read = |path: &TreePath| match path.as_str()? {
            ".gitignore" => Some(b"*.env\n/build/\n!keep.env\ndata/\n\\[bad\n".to_vec()),
            "app/.gitignore" => Some(b"!local.env\n/out\n".to_vec()),
            _ => None,
        };
        rules.is_ignored(&path.into(), read)
    }

    #[test]
    fn deeper_rules_win_and_folders_hide_their_content() {
        assert!(asked("x.env"));
        assert!(asked("a/b/x.env"));
        assert!(!asked("keep.env"));
        assert!(!asked("app/local.env"));
        assert!(asked("app/other.env"));
        assert!(asked("build/deep/file"));
        assert!(!asked("app/build/file"));
        assert!(asked("app/out"));
        assert!(asked("data"), "a path that is not there may be meant as a folder");
        assert!(asked("notes/x"));
        assert!(!asked("src/main.rs"));
    }
}
