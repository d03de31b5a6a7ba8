//! Release sets of plain configuration files: each file by itself.

use super::Planning;
use crate::extract::FileKind;
use crate::facts::ReleaseSet;

/// Plans the release sets.
pub fn plan(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let files = planning.extracts.iter();
    files
        .filter(|(_, extract)| matches!(extract.kind, FileKind::Settings | FileKind::Dotenv))
        .map(|(path, _)| ReleaseSet {
            technology: "settings",
            root: path.clone(),
            files: vec![path.clone()],
            inputs: Vec::new(),
            environment: (planning.environment)(path),
            open: None,
        })
        .collect()
}
