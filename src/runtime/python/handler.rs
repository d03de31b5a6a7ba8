//! Which module and function a handler string names.
//!
//! Source: github.com/aws/aws-lambda-python-runtime-interface-client `awslambdaric/bootstrap.py`
//! (`_get_handler`), 2026-08: the string splits at its last dot, `/` becomes `.`.

use std::sync::Arc;

use crate::runtime::TASK_ROOT;
use crate::source::TreePath;
use crate::tree::{EntryKind, Tree};

/// A handler string, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlerName {
    /// Dotted name of the module.
    pub module: String,
    /// The function.
    pub function: String,
}

/// A handler string without a dot.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not enough values to unpack (expected 2, got 1)")]
pub struct MalformedHandler;

impl HandlerName {
    /// Takes a handler string apart as the runtime does.
    pub fn parse(handler: &str) -> Result<Self, MalformedHandler> {
        let (module, function) = handler.rsplit_once('.').ok_or(MalformedHandler)?;
        Ok(Self { module: module.replace('/', "."), function: function.to_owned() })
    }
}

/// A file that was probably meant: one folder down, or in another case.
pub fn near(tree: &Arc<dyn Tree>, name: &HandlerName) -> Option<TreePath> {
    let root = TreePath::from(TASK_ROOT);
    let inside = format!("{}.py", name.module.replace('.', "/"));
    for top in tree.names(&root) {
        let path = root.child(&top).join(&inside)?;
        if tree.resolve(&path).is_some_and(|stat| stat.kind == EntryKind::File) {
            return Some(path);
        }
    }
    let path = root.join(&inside)?;
    let folder = path.parent();
    let wanted = path.file_name().into_owned();
    let is_same = |own: &Vec<u8>| String::from_utf8_lossy(own).eq_ignore_ascii_case(&wanted);
    tree.names(&folder).iter().find(|own| is_same(own)).map(|own| folder.child(own))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_split_at_the_last_dot() {
        let name = HandlerName::parse("src/fn/main.handler").unwrap();
        assert_eq!((name.module.as_str(), name.function.as_str()), ("src.fn.main", "handler"));
        assert_eq!(HandlerName::parse("app"), Err(MalformedHandler));
    }
}
