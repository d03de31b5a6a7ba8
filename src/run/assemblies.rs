//! Cloud assemblies that `cdk synth` left on disk: they are looked at even where an ignore rule hides
//! them, because the packages that functions run are in there.

use std::collections::BTreeSet;
use std::sync::Arc;

use super::intake::Intake;
use crate::extract::{CDK_APP, CDK_MANIFEST, Extract, FileKind, Wanted, extract};
use crate::source::TreePath;
use crate::syntax::Node;
use crate::tree::{EntryKind, Tree};

/// Where `cdk synth` writes when the app names no other folder (AWS CDK 2, `output`, 2026-07).
const OUTPUT: &str = "cdk.out";
/// Most files that are read of hidden assemblies.
const FILES: usize = 2_000;
/// Deepest assemblies in assemblies: stages in stages.
const DEPTH: usize = 4;

/// Adds the templates of assemblies that the listing does not show, and says which they are. What else
/// is searched in files of the repository is not searched in them.
pub fn add(tree: &dyn Tree, intake: &mut Intake, wanted: &Wanted) -> BTreeSet<TreePath> {
    let apps = intake.extracts.iter().filter(|(_, extract)| extract.kind == FileKind::Skipped(CDK_APP));
    let mut folders: Vec<(TreePath, usize)> =
        apps.filter_map(|(path, extract)| Some((path.parent().join(&output(extract))?, 0))).collect();
    let mut hidden = BTreeSet::new();
    while let Some((folder, depth)) = folders.pop() {
        let manifest = folder.child(CDK_MANIFEST.as_bytes());
        let is_there = tree.resolve(&manifest).is_some_and(|stat| stat.kind == EntryKind::File);
        if !is_there || intake.extracts.contains_key(&manifest) || depth > DEPTH {
            continue;
        }
        for name in tree.names(&folder) {
            let path = folder.child(&name);
            let is_template = name.ends_with(b".template.json") || name == CDK_MANIFEST.as_bytes();
            if is_template
                && hidden.len() < FILES
                && !intake.extracts.contains_key(&path)
                && let Some(extract) = read(tree, &path, wanted)
            {
                hidden.insert(path.clone());
                intake.extracts.insert(path, Arc::new(extract));
            }
        }
        let stages = intake.extracts.get(&manifest).map(|extract| stages(extract, &folder)).unwrap_or_default();
        folders.extend(stages.into_iter().map(|stage| (stage, depth + 1)));
    }
    hidden
}

/// The folder that the app's settings name.
fn output(extract: &Extract) -> String {
    let root = extract.documents().first().map(|document| document.root());
    let written = root.and_then(|root| root.get("output")?.text().map(str::to_owned));
    written.unwrap_or_else(|| OUTPUT.to_owned())
}

/// The assemblies of stages that a manifest names (cloud assembly schema 48, `cdk:cloud-assembly`, 2026-07).
fn stages(manifest: &Extract, folder: &TreePath) -> Vec<TreePath> {
    let artifacts = manifest.documents().first().and_then(|document| document.root().get("artifacts"));
    let stage = |(_, artifact): (Node<'_>, Node<'_>)| {
        let is_one = artifact.get("type")?.text()? == "cdk:cloud-assembly";
        let name = artifact.path(&["properties", "directoryName"])?;
        is_one.then(|| folder.join(name.text()?)).flatten()
    };
    artifacts.iter().flat_map(Node::entries).filter_map(stage).collect()
}

fn read(tree: &dyn Tree, path: &TreePath, wanted: &Wanted) -> Option<Extract> {
    let bytes = tree.read(path, wanted.cap).ok()?;
    let read = extract(path, &bytes, wanted)?;
    let is_wanted = matches!(read.kind, FileKind::CloudFormation | FileKind::CdkAssembly);
    is_wanted.then(|| Extract { hits: Vec::new(), selected: Vec::new(), remarks: Vec::new(), ..read })
}
