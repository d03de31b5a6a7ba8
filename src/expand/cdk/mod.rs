//! A stack of a CDK cloud assembly: a CloudFormation template, and behind it the manifests that say
//! which file or folder of the assembly each asset is.

use super::{Applied, AppliedDocument, Expansion, Inputs, cloudformation};
use crate::facts::ReleaseSet;

/// Expands a release set.
pub fn expand(set: &ReleaseSet, inputs: &Inputs<'_>) -> Expansion {
    let template = ReleaseSet { files: vec![set.root.clone()], ..set.clone() };
    let mut out = cloudformation::expand(&template, inputs);
    // Without a template there is nothing that assets belong to.
    if out.documents.is_empty() {
        return out;
    }
    for path in set.files.iter().filter(|path| **path != set.root) {
        let Some((source, text)) = inputs.text(path) else { continue };
        let parsed = crate::syntax::json::read(&source, &text);
        let documents = parsed.documents.iter();
        out.documents.extend(
            documents.map(|document| AppliedDocument {
                source: document.source.clone(),
                root: Applied::of(&document.root()),
            }),
        );
    }
    out
}
