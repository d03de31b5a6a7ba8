//! Which file a handler string names.
//!
//! Source: github.com/aws/aws-lambda-nodejs-runtime-interface-client `src/UserFunction.js`, 2026-08.

use std::sync::Arc;

use super::manifest::{MANIFEST_BYTES, Manifest};
use super::resolve::{Resolved, Resolver};
use crate::runtime::TASK_ROOT;
use crate::source::TreePath;
use crate::tree::{EntryKind, Tree};

/// A handler string, taken apart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlerName {
    /// Folder of the module from the package's root, empty for the root; absolute when it starts with `/`.
    pub folder: String,
    /// The module, without extension.
    pub module: String,
    /// The exported name, or a path of properties.
    pub property: String,
}

/// A handler string that the runtime refuses before it looks for any file, in the words of the runtime.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MalformedHandler {
    /// It leads upward.
    #[error("'{0}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.")]
    Upward(String),
    /// It names no function.
    #[error("Bad handler '{0}'")]
    NoFunction(String),
}

impl HandlerName {
    /// Takes a handler string apart as the runtime does: the base name splits at its first dot.
    pub fn parse(handler: &str) -> Result<Self, MalformedHandler> {
        if handler.contains("..") {
            return Err(MalformedHandler::Upward(handler.to_owned()));
        }
        let (folder, base) = handler.rsplit_once('/').map_or(("", handler), |(folder, base)| (folder, base));
        let (module, property) =
            base.split_once('.').ok_or_else(|| MalformedHandler::NoFunction(handler.to_owned()))?;
        let folder = if folder.is_empty() && handler.starts_with('/') { "/" } else { folder };
        Ok(Self { folder: folder.into(), module: module.into(), property: property.into() })
    }

    /// The module's path without extension, in the mounted tree.
    pub fn stem(&self) -> Option<TreePath> {
        let base = if self.folder.starts_with('/') { TreePath::root() } else { TreePath::from(TASK_ROOT) };
        base.join(self.folder.trim_start_matches('/'))?.join(&self.module)
    }
}

/// What became of the search for a handler's file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandlerFile {
    /// The file, and whether it is loaded with `import`.
    pub found: Option<(TreePath, bool)>,
    /// Where it was looked for, in order, as seen from the package's root.
    pub candidates: Vec<String>,
}

/// Looks for a handler's file in the order of the runtime's interface client.
pub fn find(tree: &Arc<dyn Tree>, resolver: &Resolver, name: &HandlerName) -> HandlerFile {
    let Some(stem) = name.stem() else { return HandlerFile { found: None, candidates: Vec::new() } };
    let with = |extension: &str| TreePath::new([stem.as_bytes(), extension.as_bytes()].concat());
    let exists = |path: &TreePath| tree.resolve(path).is_some();
    let shown = |path: &TreePath| {
        path.relative_to(&TASK_ROOT.into()).map_or_else(|| format!("/{path}"), |inside| inside.to_string())
    };
    let candidates: Vec<String> = ["", ".js", ".mjs", ".cjs"].iter().map(|extension| shown(&with(extension))).collect();

    let found = if exists(&stem) {
        // A folder is loaded as `require` loads folders.
        let anchor = stem.parent().child(b"_");
        match resolver.resolve(&anchor, &format!("/{}", stem.lossy()), false) {
            Resolved::File(path) => Some((path, false)),
            _ => None,
        }
    } else if exists(&with(".js")) {
        Some((with(".js"), is_module_scope(tree, &stem.parent())))
    } else if exists(&with(".mjs")) {
        Some((with(".mjs"), true))
    } else if exists(&with(".cjs")) {
        Some((with(".cjs"), false))
    } else {
        let anchors = [TreePath::from(TASK_ROOT).child(b"_"), stem.parent().child(b"_")];
        anchors.iter().find_map(|anchor| match resolver.resolve(anchor, &name.module, false) {
            Resolved::File(path) => Some((path, false)),
            _ => None,
        })
    };
    HandlerFile { found, candidates }
}

/// The `type` of the nearest package.json is `module`; the search stops at `node_modules`.
fn is_module_scope(tree: &Arc<dyn Tree>, folder: &TreePath) -> bool {
    let mut at = folder.clone();
    loop {
        if at.is_root() || at.file_name() == "node_modules" {
            return false;
        }
        if let Ok(bytes) = tree.read(&at.child(b"package.json"), MANIFEST_BYTES) {
            return Manifest::parse(&bytes).is_some_and(|manifest| manifest.module);
        }
        at = at.parent();
    }
}

/// A file that was probably meant: the same path below the single top folder, in another case, or
/// in a language that was not compiled.
pub fn near(tree: &Arc<dyn Tree>, name: &HandlerName) -> Option<TreePath> {
    let root = TreePath::from(TASK_ROOT);
    let stem = name.stem()?;
    let inside = stem.relative_to(&root)?;
    let names = |folder: &TreePath| -> Vec<String> {
        tree.names(folder).into_iter().filter_map(|name| String::from_utf8(name).ok()).collect()
    };
    let extensions = [".js", ".mjs", ".cjs", ".ts", ".mts", ".tsx", ".jsx"];
    let in_folder = |folder: &TreePath, same: &dyn Fn(&str, &str) -> bool| {
        let wanted = inside.file_name().into_owned();
        let is_wanted = |own: &String| {
            extensions.iter().any(|extension| own.strip_suffix(extension).is_some_and(|stem| same(stem, &wanted)))
        };
        names(folder).iter().find(|own| is_wanted(own)).map(|own| folder.child(own.as_bytes()))
    };
    let exact = |a: &str, b: &str| a == b;
    let folded = |a: &str, b: &str| a.eq_ignore_ascii_case(b);
    let folder = root.join(inside.parent().as_str()?)?;
    if let Some(found) = in_folder(&folder, &exact).or_else(|| in_folder(&folder, &folded)) {
        return Some(found);
    }
    let tops = names(&root);
    let [top] = tops.as_slice() else { return None };
    let top = root.child(top.as_bytes());
    let is_folder = tree.resolve(&top).is_some_and(|stat| stat.kind == EntryKind::Folder);
    let folder = top.join(inside.parent().as_str()?)?;
    if is_folder { in_folder(&folder, &exact).or_else(|| in_folder(&folder, &folded)) } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_split_at_the_first_dot_of_the_base_name() {
        let name = HandlerName::parse("src/fn/main.api.handler").unwrap();
        assert_eq!(
            (name.folder.as_str(), name.module.as_str(), name.property.as_str()),
            ("src/fn", "main", "api.handler")
        );
        assert_eq!(name.stem(), Some("var/task/src/fn/main".into()));
        assert_eq!(HandlerName::parse("/opt/nodejs/wrap.handler").unwrap().stem(), Some("opt/nodejs/wrap".into()));
        assert_eq!(HandlerName::parse("index"), Err(MalformedHandler::NoFunction("index".into())));
        assert!(matches!(HandlerName::parse("../index.handler"), Err(MalformedHandler::Upward(_))));
    }
}
