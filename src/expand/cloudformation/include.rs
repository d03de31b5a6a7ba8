//! Files that a template takes in: `AWS::Include` and definitions of APIs.

use std::sync::Arc;

use super::evaluate::{Evaluator, Scope};
use crate::expand::Applied;
use crate::source::TreePath;
use crate::syntax::{Node, Parsed};

/// Deepest chain of includes.
const INCLUDE_DEPTH: usize = 8;

impl Evaluator<'_> {
    /// The content of a local `AWS::Include`, evaluated as if it stood in the template.
    pub fn included(&self, argument: &Node<'_>, scope: &Scope<'_>) -> Option<Applied> {
        let parsed = self.include_of(argument, scope)?;
        let document = parsed.documents.first()?;
        if self.include_depth.get() >= INCLUDE_DEPTH {
            return None;
        }
        self.include_depth.set(self.include_depth.get() + 1);
        let applied = self.evaluate(&document.root(), scope);
        self.include_depth.set(self.include_depth.get() - 1);
        Some(applied)
    }

    /// The file that an `AWS::Include` names, read; `None` for other macros and for files elsewhere.
    pub fn include_of(&self, argument: &Node<'_>, scope: &Scope<'_>) -> Option<Arc<Parsed>> {
        if argument.get("Name")?.text()? != "AWS::Include" {
            return None;
        }
        let location = argument.path(&["Parameters", "Location"])?;
        let location = self.branches(&location, scope);
        self.local_file(location.known()?)
    }

    /// A structured file beside the template; `None` when it lies elsewhere or is not there.
    pub fn local_file(&self, written: &str) -> Option<Arc<Parsed>> {
        if written.contains("://") {
            return None;
        }
        let path = self.folder.join(written)?;
        if path.is_root() || path == self.folder {
            return None;
        }
        self.parsed(&path)
    }

    /// A file's documents. Files that intake did not find worth parsing are read now.
    fn parsed(&self, path: &TreePath) -> Option<Arc<Parsed>> {
        if let Some(extract) = self.inputs.extract(path)
            && !extract.parsed.documents.is_empty()
        {
            return Some(Arc::clone(&extract.parsed));
        }
        let (source, text) = self.inputs.text(path)?;
        let is_json = path.extension().as_deref() == Some("json");
        let read = if is_json { crate::syntax::json::read } else { crate::syntax::yaml::read };
        let parsed = read(&source, &text);
        (!parsed.documents.is_empty()).then(|| Arc::new(parsed))
    }
}
