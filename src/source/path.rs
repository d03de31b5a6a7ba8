//! Paths inside a tree: bytes with `/` between names, relative to the tree's root.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use super::visible;

/// A path relative to the root of a tree. Names are bytes: they need not be UTF-8.
///
/// The root itself is the empty path. `.` and `..` never occur inside.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TreePath(Arc<[u8]>);

impl TreePath {
    /// The root of a tree.
    pub fn root() -> Self {
        Self(Arc::from(&b""[..]))
    }

    /// A path from bytes that are already relative, normalised and `/`-separated.
    pub fn new(bytes: impl AsRef<[u8]>) -> Self {
        Self(Arc::from(bytes.as_ref()))
    }

    /// The raw bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The path as text, if every name is UTF-8.
    pub fn as_str(&self) -> Option<&str> {
        std::str::from_utf8(&self.0).ok()
    }

    /// The path as text, with invalid bytes replaced; for matching globs and words, never for opening.
    pub fn lossy(&self) -> Cow<'_, str> {
        String::from_utf8_lossy(&self.0)
    }

    /// True for the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The last name, empty for the root.
    pub fn file_name(&self) -> Cow<'_, str> {
        let start = self.0.iter().rposition(|b| *b == b'/').map_or(0, |i| i + 1);
        String::from_utf8_lossy(&self.0[start..])
    }

    /// The folder that contains this path; the root's folder is the root.
    pub fn parent(&self) -> Self {
        match self.0.iter().rposition(|b| *b == b'/') {
            Some(i) => Self::new(&self.0[..i]),
            None => Self::root(),
        }
    }

    /// This path, the folder around it, and so on up to the root.
    pub fn ancestors(&self) -> impl Iterator<Item = Self> {
        std::iter::successors(Some(self.clone()), |path| (!path.is_root()).then(|| path.parent()))
    }

    /// What follows the last dot of the last name, in lower case.
    pub fn extension(&self) -> Option<String> {
        let name = self.file_name();
        let dot = name.rfind('.')?;
        (dot > 0).then(|| name[dot + 1..].to_ascii_lowercase())
    }

    /// Follows a relative path as written in a file: `./x`, `../y/z`, `a//b`.
    ///
    /// `None` when it is absolute or leaves the tree.
    pub fn join(&self, relative: &str) -> Option<Self> {
        if relative.starts_with('/') {
            return None;
        }
        let mut names: Vec<&[u8]> = self.names().collect();
        for name in relative.split('/') {
            match name {
                "" | "." => {}
                ".." => {
                    names.pop()?;
                }
                other => names.push(other.as_bytes()),
            }
        }
        Some(Self::new(names.join(&b'/')))
    }

    /// The path with one more name.
    pub fn child(&self, name: &[u8]) -> Self {
        if self.is_root() {
            return Self::new(name);
        }
        let mut bytes = Vec::with_capacity(self.0.len() + 1 + name.len());
        bytes.extend_from_slice(&self.0);
        bytes.push(b'/');
        bytes.extend_from_slice(name);
        Self::new(bytes)
    }

    /// This path with another one, that is relative to it, behind.
    pub fn joined(&self, below: &Self) -> Self {
        match (self.is_root(), below.is_root()) {
            (true, _) => below.clone(),
            (_, true) => self.clone(),
            _ => self.child(below.as_bytes()),
        }
    }

    /// The same place as seen from further up. A path that leaves its root (`../pack/x`: a file beside the
    /// judged tree) is the one exception to there being no `..`.
    pub fn seen_from_above(&self, prefix: &Self) -> Self {
        let mut names: Vec<&[u8]> = prefix.names().collect();
        for name in self.names() {
            match (name, names.last()) {
                (b"..", Some(last)) if *last != b".." => {
                    names.pop();
                }
                _ => names.push(name),
            }
        }
        Self::new(names.join(&b'/'))
    }

    /// The names from the root down.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.0.split(|b| *b == b'/').filter(|n| !n.is_empty())
    }

    /// True when this path is `folder` or lies below it.
    pub fn is_under(&self, folder: &Self) -> bool {
        folder.is_root()
            || (self.0.starts_with(&folder.0) && (self.0.len() == folder.0.len() || self.0[folder.0.len()] == b'/'))
    }

    /// True when `folder` is the folder that contains this path.
    pub fn is_directly_in(&self, folder: &Self) -> bool {
        let end = self.0.iter().rposition(|b| *b == b'/').unwrap_or(0);
        self.0[..end] == *folder.0
    }

    /// The path as seen from `folder`, if it lies below it.
    pub fn relative_to(&self, folder: &Self) -> Option<Self> {
        if !self.is_under(folder) {
            return None;
        }
        if folder.is_root() {
            return Some(self.clone());
        }
        let rest = &self.0[folder.0.len()..];
        Some(Self::new(rest.strip_prefix(b"/").unwrap_or(rest)))
    }
}

impl From<&str> for TreePath {
    fn from(text: &str) -> Self {
        Self::new(text.as_bytes())
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_root() {
            return f.write_str(".");
        }
        f.write_str(&visible(&self.0))
    }
}

impl fmt::Debug for TreePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn joins_as_written_in_files() {
        let base = TreePath::from("deploy/prod");
        assert_eq!(base.join("../base/x.yml"), Some("deploy/base/x.yml".into()));
        assert_eq!(base.join("./a//b"), Some("deploy/prod/a/b".into()));
        assert_eq!(base.join("../../.."), None);
        assert_eq!(base.join("/etc"), None);
        assert_eq!(TreePath::root().join("."), Some(TreePath::root()));
        let outside = TreePath::from("../../pack/x");
        assert_eq!(outside.seen_from_above(&"a/b/c".into()), "a/pack/x".into());
        assert_eq!(outside.seen_from_above(&"a".into()), "../pack/x".into());
        assert_eq!(outside.seen_from_above(&TreePath::root()), outside);
    }

    #[test]
    fn printing_escapes_what_a_terminal_would_obey() {
        assert_eq!(TreePath::new(b"a\n\x1b[31m\xff").to_string(), "a\\n\\u{1b}[31m\\xff");
    }

    #[test]
    fn below_means_a_whole_name() {
        let path = TreePath::from("apps/web/x");
        assert!(path.is_under(&"apps/web".into()));
        assert!(!path.is_under(&"apps/we".into()));
        assert_eq!(path.relative_to(&"apps".into()), Some("web/x".into()));
    }
}
