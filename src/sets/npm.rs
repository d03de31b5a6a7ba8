//! Release sets of npm: each manifest is one of its own.

use super::Planning;
use crate::extract::FileKind;
use crate::facts::ReleaseSet;

/// Plans a set per `package.json`.
pub fn plan(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let manifests = planning.extracts.iter().filter(|(_, extract)| extract.kind == FileKind::PackageJson);
    manifests
        .map(|(path, _)| ReleaseSet {
            technology: "npm",
            root: path.clone(),
            files: vec![path.clone()],
            inputs: Vec::new(),
            environment: None,
            open: None,
        })
        .collect()
}
