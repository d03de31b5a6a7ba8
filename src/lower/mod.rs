//! Applied documents to facts, one room per technology. Knows formats, knows no rule.

pub mod cdk;
pub mod cloudformation;
pub mod compose;
mod image;
pub mod kubernetes;
mod lambda;
pub mod npm;
mod quantity;
pub mod serverless;
pub mod settings;
pub mod terraform;

use crate::expand::AppliedDocument;
use crate::facts::{Facts, ReleaseSet, SetId};

/// Facts of a release set; ids inside are local to the result until it is appended to the others.
pub fn lower(id: SetId, set: &ReleaseSet, documents: &[AppliedDocument]) -> Facts {
    match set.technology {
        "compose" => compose::lower(id, set, documents),
        "k8s" => kubernetes::lower(id, set, documents),
        "sam" | "cfn" => cloudformation::lower(id, set, documents),
        "cdk" => cdk::lower(id, set, documents),
        "serverless" => serverless::lower(id, set, documents),
        "terraform" => terraform::lower(id, set, documents),
        "npm" => npm::lower(id, set, documents),
        "settings" => settings::lower(id, set, documents),
        _ => Facts::default(),
    }
}
