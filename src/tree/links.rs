//! Following symbolic links inside a tree, never out of it.

use super::{EntryKind, TreeError};
use crate::source::TreePath;

/// Most links that one path may lead through (Linux allows as many, path_resolution(7)).
pub(super) const HOPS: usize = 40;

/// What resolving needs to know of a tree. Both are asked for paths whose folders are already
/// resolved.
pub(super) trait Lookup {
    /// What is at a path, a link not followed.
    fn kind(&self, path: &TreePath) -> Option<EntryKind>;
    /// Where a link points, as written.
    fn target(&self, path: &TreePath) -> Result<Vec<u8>, TreeError>;
    /// True when `/` means the root of this tree.
    fn owns_absolute_paths(&self) -> bool {
        false
    }
}

/// The real path: links in its folders followed, the last one too if `follow_last`.
pub(super) fn resolve(tree: &impl Lookup, path: &TreePath, follow_last: bool) -> Result<TreePath, TreeError> {
    let mut pending: Vec<Vec<u8>> = path.names().map(<[u8]>::to_vec).collect();
    pending.reverse();
    let mut current = TreePath::root();
    let mut hops = 0;
    while let Some(name) = pending.pop() {
        match name.as_slice() {
            b"" | b"." => continue,
            b".." => {
                if current.is_root() {
                    return Err(TreeError::Link("link leads out of the tree".into()));
                }
                current = current.parent();
                continue;
            }
            _ => {}
        }
        let next = current.child(&name);
        let is_last = pending.is_empty();
        match tree.kind(&next) {
            None if hops > 0 => return Err(TreeError::Link("link points at nothing".into())),
            None => return Err(TreeError::Missing),
            Some(EntryKind::Link) if !is_last || follow_last => {
                hops += 1;
                if hops > HOPS {
                    return Err(TreeError::Link("links lead in a circle".into()));
                }
                let target = tree.target(&next)?;
                if target.starts_with(b"/") {
                    if !tree.owns_absolute_paths() {
                        return Err(TreeError::Link("link to an absolute path leads out of the tree".into()));
                    }
                    current = TreePath::root();
                }
                pending.extend(target.split(|byte| *byte == b'/').rev().map(<[u8]>::to_vec));
            }
            Some(EntryKind::Folder | EntryKind::Submodule) => current = next,
            Some(_) if is_last => current = next,
            Some(_) => return Err(TreeError::Missing),
        }
    }
    Ok(current)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    struct Table(BTreeMap<&'static str, Option<&'static str>>);

    impl Lookup for Table {
        fn kind(&self, path: &TreePath) -> Option<EntryKind> {
            let path = path.as_str()?;
            match self.0.get(path) {
                Some(Some(_)) => Some(EntryKind::Link),
                Some(None) => Some(EntryKind::File),
                None => self.0.keys().any(|key| key.starts_with(&format!("{path}/"))).then_some(EntryKind::Folder),
            }
        }
        fn target(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
            let target = path.as_str().and_then(|path| self.0.get(path).copied().flatten());
            target.map(|target| target.as_bytes().to_vec()).ok_or(TreeError::Missing)
        }
    }

    #[test]
    fn links_are_followed_inside_only() {
        let tree = Table(BTreeMap::from([
            ("a/file", None),
            ("b", Some("a")),
            ("c/up", Some("../b/./file")),
            ("out", Some("../etc/passwd")),
            ("deep/out", Some("../../x")),
            ("root", Some("/etc")),
            ("loop", Some("loop2")),
            ("loop2", Some("loop")),
            ("gone", Some("nothing")),
        ]));
        let go = |path: &str| resolve(&tree, &path.into(), true);
        assert_eq!(go("b/file"), Ok("a/file".into()));
        assert_eq!(go("c/up"), Ok("a/file".into()));
        for path in ["out", "deep/out", "root", "loop", "gone"] {
            assert!(matches!(go(path), Err(TreeError::Link(_))), "{path}");
        }
        assert_eq!(go("a/file/x"), Err(TreeError::Missing));
        assert_eq!(go("a/other"), Err(TreeError::Missing));
        assert_eq!(resolve(&tree, &"loop".into(), false), Ok("loop".into()));
        assert_eq!(resolve(&tree, &"b".into(), false), Ok("b".into()));
    }
}
