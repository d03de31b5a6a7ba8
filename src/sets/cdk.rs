//! Release sets of CDK cloud assemblies: each template in a folder that `cdk synth` wrote is a stack,
//! with the manifests that say where its assets are.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Planning;
use crate::extract::{Extract, FileKind};
use crate::facts::ReleaseSet;
use crate::source::TreePath;
use crate::syntax::Node;

/// Plans a set per stack.
pub fn plan(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let assemblies = assemblies(planning.extracts);
    if assemblies.is_empty() {
        return Vec::new();
    }
    let templates = planning.extracts.iter().filter(|(_, extract)| extract.kind == FileKind::CloudFormation);
    templates
        .filter_map(|(path, _)| {
            let assets = assemblies.get(&path.parent())?;
            Some(ReleaseSet {
                technology: "cdk",
                root: path.clone(),
                files: std::iter::once(path.clone()).chain(assets.iter().cloned()).collect(),
                inputs: Vec::new(),
                environment: (planning.environment)(path),
                open: None,
            })
        })
        .collect()
}

/// Folders that are cloud assemblies: their templates are of no other technology.
pub fn folders(extracts: &BTreeMap<TreePath, Arc<Extract>>) -> BTreeSet<TreePath> {
    assemblies(extracts).into_keys().collect()
}

/// The manifests of assets of each assembly, by its folder.
fn assemblies(extracts: &BTreeMap<TreePath, Arc<Extract>>) -> BTreeMap<TreePath, Vec<TreePath>> {
    let manifests = extracts.iter().filter(|(_, extract)| extract.kind == FileKind::CdkAssembly);
    let of = |(path, extract): (&TreePath, &Arc<Extract>)| {
        let folder = path.parent();
        let artifacts = extract.documents().first().and_then(|document| document.root().get("artifacts"));
        let entries = artifacts.map(|node| node.entries()).unwrap_or_default();
        let mut assets: Vec<TreePath> = entries.iter().filter_map(|(_, artifact)| assets(&folder, artifact)).collect();
        assets.sort();
        assets.dedup();
        (folder, assets)
    };
    manifests.map(of).collect()
}

/// The manifest of assets that an artifact is.
fn assets(folder: &TreePath, artifact: &Node<'_>) -> Option<TreePath> {
    let is_one = artifact.get("type")?.text()? == "cdk:asset-manifest";
    let file = artifact.path(&["properties", "file"])?;
    is_one.then(|| folder.join(file.text()?)).flatten()
}
