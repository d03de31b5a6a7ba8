//! Release sets of CDK cloud assemblies: each template that is deployed of a folder that `cdk synth` wrote is
//! a stack, with the manifests that say where its assets are. What an earlier `cdk synth` left there is none.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Planning;
use crate::extract::{Extract, FileKind};
use crate::facts::ReleaseSet;
use crate::source::TreePath;
use crate::syntax::Node;

/// How the template of a nested stack ends (AWS CDK 2, `NestedStack`, 2026-07).
const NESTED: &str = ".nested.template.json";

/// Plans a set per stack.
pub fn plan(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let assemblies = assemblies(planning.extracts);
    if assemblies.is_empty() {
        return Vec::new();
    }
    let templates = planning.extracts.iter().filter(|(_, extract)| extract.kind == FileKind::CloudFormation);
    templates
        .filter_map(|(path, _)| {
            let assembly = assemblies.get(&path.parent())?;
            // A nested stack is an asset of the one around it.
            let is_deployed = assembly.templates.contains(path) || path.file_name().ends_with(NESTED);
            is_deployed.then(|| ReleaseSet {
                technology: "cdk",
                root: path.clone(),
                files: std::iter::once(path.clone()).chain(assembly.assets.iter().cloned()).collect(),
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

/// What the manifest of an assembly names.
struct Assembly {
    /// Templates of stacks.
    templates: BTreeSet<TreePath>,
    /// Manifests of assets.
    assets: BTreeSet<TreePath>,
}

/// Each assembly by its folder.
fn assemblies(extracts: &BTreeMap<TreePath, Arc<Extract>>) -> BTreeMap<TreePath, Assembly> {
    let manifests = extracts.iter().filter(|(_, extract)| extract.kind == FileKind::CdkAssembly);
    let of = |(path, extract): (&TreePath, &Arc<Extract>)| {
        let folder = path.parent();
        let artifacts = extract.documents().first().and_then(|document| document.root().get("artifacts"));
        let entries = artifacts.map(|node| node.entries()).unwrap_or_default();
        let named = |kind: &str, key: &str| {
            entries.iter().filter_map(|(_, artifact)| file(&folder, artifact, kind, key)).collect()
        };
        let templates = named("aws:cloudformation:stack", "templateFile");
        let assets = named("cdk:asset-manifest", "file");
        (folder, Assembly { templates, assets })
    };
    manifests.map(of).collect()
}

/// The file that an artifact of a kind names (cloud assembly schema 48, 2026-07).
fn file(folder: &TreePath, artifact: &Node<'_>, kind: &str, key: &str) -> Option<TreePath> {
    let is_one = artifact.get("type")?.text()? == kind;
    let file = artifact.path(&["properties", key])?;
    is_one.then(|| folder.join(file.text()?)).flatten()
}
