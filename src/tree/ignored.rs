//! Ignore rules of a repository, for paths that may not exist.

use std::borrow::Cow;
use std::path::Path;
use std::sync::{Arc, Mutex};

use ignore::Match;
use ignore::gitignore::{Gitignore, GitignoreBuilder};
use rustc_hash::FxHashMap;

use crate::source::TreePath;

/// The ignore rules of one repository, read folder by folder as they are asked for.
#[derive(Debug, Default)]
pub(super) struct IgnoreRules {
    by_folder: Mutex<FxHashMap<TreePath, Arc<Gitignore>>>,
    /// Rules that every `.gitignore` outranks, the strongest first.
    fallbacks: Vec<Gitignore>,
}

impl IgnoreRules {
    /// Rules with the text of `.git/info/exclude`. The rules of a user's machine are left out on
    /// purpose: whether a path counts as generated must not differ between a laptop and CI.
    pub(super) fn with_exclude(text: Option<&[u8]>) -> Self {
        Self::of_listing(text, None)
    }

    /// Rules by which git tells untracked from ignored: the user's own are the weakest.
    pub(super) fn of_listing(exclude: Option<&[u8]>, global: Option<&[u8]>) -> Self {
        let texts = exclude.into_iter().chain(global);
        Self { by_folder: Mutex::default(), fallbacks: texts.map(compile).filter(|rules| !rules.is_empty()).collect() }
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
        let whole = path.lossy();
        let found = self.fallbacks.iter().map(|rules| rules.matched(Path::new(&*whole), is_folder));
        found.into_iter().find(|found| !found.is_none()).is_some_and(|found| found.is_ignore())
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
        let _ = builder.add_line(None, &without_alternatives(line));
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Braces stand for themselves in ignore files (gitignore(5)); to the matcher they are alternatives.
fn without_alternatives(line: &str) -> Cow<'_, str> {
    if !line.contains(['{', '}']) {
        return Cow::Borrowed(line);
    }
    let mut out = String::with_capacity(line.len() + 4);
    let mut is_escaped = false;
    for c in line.chars() {
        if matches!(c, '{' | '}') && !is_escaped {
            out.push('\\');
        }
        is_escaped = c == '\\' && !is_escaped;
        out.push(c);
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(path: &str) -> bool {
        let rules = IgnoreRules::with_exclude(Some(b"notes/\n"));
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
