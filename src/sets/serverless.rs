//! Release sets of the Serverless Framework: each service is one, as it is deployed when nobody names
//! a stage.

use super::Planning;
use crate::extract::FileKind;
use crate::facts::ReleaseSet;

/// Plans a set per service.
pub fn plan(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let services = planning.extracts.iter().filter(|(_, extract)| extract.kind == FileKind::Serverless);
    services
        .filter(|(_, extract)| !extract.documents().is_empty())
        .map(|(path, _)| ReleaseSet {
            technology: "serverless",
            root: path.clone(),
            files: vec![path.clone()],
            inputs: Vec::new(),
            environment: (planning.environment)(path),
            open: None,
        })
        .collect()
}
