//! Addresses that survive edits: no line is ever part of one.

use std::fmt;
use std::sync::Arc;

use crate::source::{TreePath, visible};

/// `technology:set-root[inputs]#kind/name/field…`: what JSON shows, waivers glob and baselines hold.
///
/// `k8s:deploy/cart[values-prod.yaml]#Deployment/prod/web/container/app`
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct LogicalPath(Arc<str>);

impl LogicalPath {
    /// The address of a release set: technology, root, and the inputs that tell it from its siblings.
    pub fn of_set(technology: &str, root: &TreePath, inputs: &[String]) -> Self {
        let inputs = if inputs.is_empty() { String::new() } else { format!("[{}]", inputs.join(",")) };
        Self(Arc::from(format!("{technology}:{root}{inputs}")))
    }

    /// The address of a thing in this set or below this thing. Names from input are made printable.
    pub fn child(&self, part: impl AsRef<str>) -> Self {
        let joint = if self.0.contains('#') { "/" } else { "#" };
        Self(Arc::from([&self.0, joint, &visible(part.as_ref().as_bytes())].concat()))
    }

    /// The address of a file as such, for findings about reading it.
    pub fn of_file(path: &TreePath) -> Self {
        Self(Arc::from(format!("file:{path}")))
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for LogicalPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
