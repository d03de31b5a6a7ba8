//! Which folders of a tree call which others as modules, found once for all release sets.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::{bodies, calls};
use crate::extract::{Extract, FileKind};
use crate::source::TreePath;
use crate::syntax::NodeId;

/// A call of a folder as a module.
#[derive(Clone, Debug)]
pub struct Call {
    /// The file that it stands in.
    pub file: TreePath,
    /// The name of the call.
    pub name: String,
    /// What stands in it, a node of the first document of that file.
    pub body: NodeId,
}

impl Call {
    /// The folder that calls.
    pub fn folder(&self) -> TreePath {
        self.file.parent()
    }

    /// How the set of this call is told from those of others of the same folder.
    pub fn label(&self) -> String {
        self.folder().child(self.name.as_bytes()).to_string()
    }
}

/// All calls of folders of the tree.
#[derive(Debug, Default)]
pub struct Calls {
    by_module: BTreeMap<TreePath, Vec<Call>>,
    /// How many each folder makes.
    made: BTreeMap<TreePath, usize>,
}

impl Calls {
    /// The calls of the Terraform files among these.
    pub fn of(extracts: &BTreeMap<TreePath, Arc<Extract>>) -> Self {
        let mut out = Self::default();
        for (path, extract) in extracts.iter().filter(|(_, extract)| extract.kind == FileKind::Terraform) {
            let Some(document) = extract.documents().first() else { continue };
            let folder = path.parent();
            for (name, node) in calls(&document.root()) {
                for body in bodies(&node) {
                    let source = body.get("source").and_then(|node| node.text()).filter(|text| text.starts_with('.'));
                    let module = source.and_then(|text| folder.join(text)).filter(|module| *module != folder);
                    // `count = 0` calls nothing.
                    let is_made = body.get("count").is_none_or(|count| count.text() != Some("0"));
                    let Some(module) = module.filter(|_| is_made) else { continue };
                    let name = name.text().unwrap_or_default().to_owned();
                    *out.made.entry(folder.clone()).or_default() += 1;
                    out.by_module.entry(module).or_default().push(Call { file: path.clone(), name, body: body.id() });
                }
            }
        }
        out
    }

    /// The calls of a folder.
    pub fn of_module(&self, module: &TreePath) -> &[Call] {
        self.by_module.get(module).map(Vec::as_slice).unwrap_or_default()
    }

    /// How many calls a folder makes.
    pub fn made_by(&self, folder: &TreePath) -> usize {
        self.made.get(folder).copied().unwrap_or(0)
    }

    /// The folders in which Terraform runs for a folder: those that lead to it and that none calls. Only
    /// itself when it is not called; none when it is called in a circle alone.
    pub fn roots_of(&self, module: &TreePath) -> BTreeSet<TreePath> {
        let (mut roots, mut seen, mut left) = (BTreeSet::new(), BTreeSet::new(), vec![module.clone()]);
        while let Some(folder) = left.pop() {
            let calls = self.of_module(&folder);
            if calls.is_empty() {
                roots.insert(folder);
                continue;
            }
            left.extend(calls.iter().map(Call::folder).filter(|caller| seen.insert(caller.clone())));
        }
        roots
    }
}
