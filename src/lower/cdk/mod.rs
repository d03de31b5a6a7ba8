//! Stacks of CDK cloud assemblies: what their templates say, and the assets that functions and layers
//! run.

#[cfg(test)]
mod tests;

use super::cloudformation;
use crate::expand::{Applied, AppliedDocument};
use crate::facts::{Facts, ReleaseSet, SetId};
use crate::source::TreePath;
use crate::value::{Content, Value};

/// Facts of the applied documents of a release set: a template, and manifests of assets.
pub fn lower(id: SetId, set: &ReleaseSet, documents: &[AppliedDocument]) -> Facts {
    let mut facts = cloudformation::lower(id, set, documents);
    let Some((template, manifests)) = documents.split_first() else { return facts };
    let assembly = Assembly { folder: set.root.parent(), root: &template.root, manifests };
    for function in &mut facts.functions {
        function.package = assembly.asset(&function.id, "Code");
        for layer in &mut function.layers.items {
            let Content::Ref(name) = &layer.content else { continue };
            let path = assembly.asset(name, "Content");
            if let Some(path) = path.as_ref().and_then(TreePath::as_str) {
                *layer = Value::known(path.to_owned(), layer.origin.clone());
            }
        }
    }
    facts
}

struct Assembly<'a> {
    folder: TreePath,
    root: &'a Applied,
    manifests: &'a [AppliedDocument],
}

impl Assembly<'_> {
    /// The file or folder that is uploaded for a property of a resource. The template says it in its
    /// metadata; where these are switched off, the key in the bucket begins with the asset's hash
    /// (cloud assembly schema 48, 2026-07).
    fn asset(&self, id: &str, property: &str) -> Option<TreePath> {
        let resource = self.root.path(&["Resources", id])?;
        let metadata = |key: &str| resource.path(&["Metadata", key]).and_then(Applied::known);
        if let Some(path) = metadata("aws:asset:path") {
            let is_it = metadata("aws:asset:property").is_none_or(|own| own == property);
            return is_it.then(|| self.folder.join(path)).flatten();
        }
        let key = resource.path(&["Properties", property, "S3Key"])?.known()?;
        let hash = key.rsplit('/').next()?.split('.').next()?;
        let source = self.manifests.iter().find_map(|manifest| manifest.root.path(&["files", hash, "source", "path"]));
        self.folder.join(source?.known()?)
    }
}
