//! Small assemblies to facts.

use super::*;
use crate::expand::Expansion;
use crate::expand::testing::expanded;

fn sets(files: &[(&str, &str)]) -> Vec<(ReleaseSet, Facts)> {
    let facts = |(set, expansion): (ReleaseSet, Expansion)| {
        let facts = crate::lower::lower(SetId(0), &set, &expansion.documents);
        (set, facts)
    };
    expanded(files).into_iter().map(facts).collect()
}

const MANIFEST: &str = r#"{"version": "36.0.0", "artifacts": {
  "App.assets": {"type": "cdk:asset-manifest", "properties": {"file": "App.assets.json"}},
  "App": {"type": "aws:cloudformation:stack", "properties": {"templateFile": "App.template.json"}}}}"#;

const TEMPLATE: &str = r#"{"Resources": {
  "FnA1": {"Type": "AWS::Lambda::Function", "Properties": {
      "Code": {"S3Bucket": {"Fn::Sub": "cdk-${AWS::AccountId}"}, "S3Key": "abc.zip"},
      "Handler": "index.handler", "Runtime": "nodejs22.x", "Architectures": ["arm64"],
      "Layers": [{"Ref": "LibB2"}], "Environment": {"Variables": {"NODE_OPTIONS": "--enable-source-maps"}}},
    "Metadata": {"aws:cdk:path": "App/Fn/Resource", "aws:asset:path": "asset.abc", "aws:asset:property": "Code"}},
  "FnC3": {"Type": "AWS::Lambda::Function", "Properties": {
      "Code": {"S3Bucket": "b", "S3Key": "def.zip"}, "Handler": "a.b", "Runtime": "python3.12"}},
  "LibB2": {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Bucket": "b", "S3Key": "0f.zip"}},
    "Metadata": {"aws:asset:path": "asset.0f.zip", "aws:asset:property": "Content"}}}}"#;

const ASSETS: &str = r#"{"version": "36.0.0", "files": {
  "def": {"source": {"path": "asset.def", "packaging": "zip"}, "destinations": {}}}}"#;

#[test]
fn functions_lead_to_their_assets() {
    let sets = sets(&[
        ("cdk.out/manifest.json", MANIFEST),
        ("cdk.out/App.template.json", TEMPLATE),
        ("cdk.out/App.assets.json", ASSETS),
        ("other/template.json", TEMPLATE),
    ]);
    let technologies: Vec<_> = sets.iter().map(|(set, _)| set.path().to_string()).collect();
    assert_eq!(technologies, ["cdk:cdk.out/App.template.json", "cfn:other/template.json"]);
    let functions = &sets[0].1.functions;
    assert_eq!(functions[0].technology, "cdk");
    assert_eq!(functions[0].package, Some("cdk.out/asset.abc".into()));
    assert_eq!(functions[0].layers.items[0].get().unwrap(), "cdk.out/asset.0f.zip");
    assert_eq!(functions[0].architecture.get().unwrap(), "arm64");
    assert_eq!(functions[1].package, Some("cdk.out/asset.def".into()));
    assert_eq!(sets[1].1.functions[0].package, None);
}

#[test]
fn assemblies_of_stages_reach_up() {
    let template =
        TEMPLATE.replace("\"asset.abc\"", "\"../asset.abc\"").replace("asset.0f.zip", "../../../asset.0f.zip");
    let manifest = MANIFEST.replace("\"file\": \"App.assets.json\"", "\"file\": \"../../x.json\"");
    let sets = sets(&[
        ("cdk.out/assembly-prod/manifest.json", manifest.as_str()),
        ("cdk.out/assembly-prod/App.template.json", template.as_str()),
    ]);
    assert_eq!(sets[0].1.functions[0].package, Some("cdk.out/asset.abc".into()));
    // What leaves the tree is not looked for.
    assert_eq!(sets[0].1.functions[0].layers.items[0].content, Content::Ref("LibB2".into()));
    assert_eq!(sets[0].1.functions[1].package, None);
}
