//! npm manifests hold as they are written.

use super::{Applied, AppliedDocument, Expansion, Inputs};
use crate::facts::ReleaseSet;

/// Expands a release set.
pub fn expand(set: &ReleaseSet, inputs: &Inputs<'_>) -> Expansion {
    let documents = inputs
        .extract(&set.root)
        .into_iter()
        .flat_map(|extract| extract.documents())
        .map(|document| AppliedDocument { source: document.source.clone(), root: Applied::of(&document.root()) });
    Expansion { documents: documents.collect(), ..Expansion::default() }
}
