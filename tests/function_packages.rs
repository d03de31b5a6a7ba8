//! Packages that a service of the Serverless Framework, a CDK assembly and Terraform configuration lead to.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::process::Command;

use deploylint::tree::pack;
use serde_json::Value;
use support::Scratch;

const INDEX: &[u8] = b"const left = require('left-out');\nexports.handler = async () => left;\n";
const MANIFEST: &[u8] = br#"{"dependencies": {"left-out": "1"}}"#;

/// A package whose handler needs a module that is not in it, or is.
fn package(is_whole: bool) -> Vec<u8> {
    let mut files: Vec<(&str, &[u8])> = vec![("index.js", INDEX), ("package.json", MANIFEST)];
    if is_whole {
        files.push(("node_modules/left-out/index.js", b"module.exports = 1\n"));
    }
    pack(files).unwrap()
}

fn run(scratch: &Scratch) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deploylint"));
    let arguments = ["--format", "json", "--as-of", "2026-08-01"];
    let output = command.args(arguments).current_dir(scratch.path()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// `severity rule message` of every finding.
fn findings(report: &Value) -> Vec<String> {
    let word = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let line = |finding: &Value| [word(finding, "severity"), word(finding, "rule"), word(finding, "message")].join(" ");
    report["findings"].as_array().unwrap().iter().map(line).collect()
}

/// One finding, of this severity, that names this function.
fn assert_missing(scratch: &Scratch, severity: &str, function: &str) {
    let report = run(scratch);
    let found = findings(&report);
    assert_eq!(found.len(), 1, "{report:#}");
    let start = format!("{severity} lambda/missing-module function `{function}` fails at cold start");
    assert!(found[0].starts_with(&start), "{found:?}");
    assert!(report.to_string().contains("this function runs the same package in the same way"), "{report:#}");
    assert_eq!(report["coverage"]["artifacts"].as_u64(), Some(1));
}

const SERVERLESS: &str = "service: shop
provider:
  name: aws
  runtime: ${self:custom.runtime}
  stage: ${opt:stage, 'dev'}
custom:
  runtime: nodejs22.x
functions:
  create: { handler: index.handler }
  list: { handler: index.handler }
";

#[test]
fn what_serverless_package_left() {
    let scratch = Scratch::new();
    scratch.write("api/serverless.yml", SERVERLESS);
    scratch.write("api/index.js", INDEX);
    scratch.write("api/package.json", MANIFEST);
    // Sources are no package.
    assert_eq!(findings(&run(&scratch)), Vec::<String>::new());
    scratch.write("api/.serverless/shop.zip", package(false));
    // What the framework made of the service says the same again.
    scratch.write("api/.serverless/cloudformation-template-update-stack.json", STACK);
    // It is made anew at each deploy.
    assert_missing(&scratch, "warning", "create");
    scratch.write(".gitignore", ".serverless/\n");
    assert_missing(&scratch, "warning", "create");
    scratch.write("api/.serverless/shop.zip", package(true));
    assert_eq!(findings(&run(&scratch)), Vec::<String>::new());
}

#[test]
fn a_service_may_name_its_package() {
    let scratch = Scratch::new();
    scratch
        .write("serverless.yml", SERVERLESS.replace("functions:", "package: { artifact: dist/shop.zip }\nfunctions:"));
    let absent = findings(&run(&scratch));
    assert!(absent[0].starts_with("info function/code-path-missing"), "{absent:?}");
    scratch.write("dist/shop.zip", package(false));
    assert_missing(&scratch, "error", "create");
}

const MANIFEST_OF_ASSEMBLY: &str = r#"{"version": "36.0.0", "artifacts": {"Shop": {
  "type": "aws:cloudformation:stack", "properties": {"templateFile": "Shop.template.json"}}}}"#;
const STACK: &str = r#"{"Resources": {
  "Create1": {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "index.handler", "Runtime": "nodejs22.x",
      "Role": "arn:aws:iam::123456789012:role/x", "Code": {"S3Bucket": "b", "S3Key": "a.zip"}},
    "Metadata": {"aws:asset:path": "asset.a", "aws:asset:property": "Code"}},
  "List2": {"Type": "AWS::Lambda::Function", "Properties": {"Handler": "index.handler", "Runtime": "nodejs22.x",
      "Role": "arn:aws:iam::123456789012:role/x", "Code": {"S3Bucket": "b", "S3Key": "a.zip"}},
    "Metadata": {"aws:asset:path": "asset.a", "aws:asset:property": "Code"}}}}"#;

#[test]
fn what_cdk_synth_left() {
    let scratch = Scratch::new();
    scratch.write("infra/cdk.json", "{\"app\": \"node app.js\"}");
    scratch.write("infra/cdk.out/manifest.json", MANIFEST_OF_ASSEMBLY);
    scratch.write("infra/cdk.out/Shop.template.json", STACK);
    scratch.write("infra/cdk.out/asset.a/index.js", INDEX);
    scratch.write("infra/cdk.out/asset.a/package.json", MANIFEST);
    assert_missing(&scratch, "error", "Create1");
    // Hidden by an ignore rule, it is looked at all the same.
    scratch.write(".gitignore", "cdk.out\n");
    assert_missing(&scratch, "warning", "Create1");
    scratch.write("infra/cdk.out/asset.a/node_modules/left-out/index.js", "module.exports = 1\n");
    assert_eq!(findings(&run(&scratch)), Vec::<String>::new());
    // Stages have assemblies of their own, whatever these are called.
    let stage = r#"{"version": "36.0.0", "artifacts": {"Prod": {
      "type": "cdk:cloud-assembly", "properties": {"directoryName": "prod"}}}}"#;
    scratch.write("infra/cdk.out/manifest.json", stage);
    scratch.write("infra/cdk.out/prod/manifest.json", MANIFEST_OF_ASSEMBLY);
    scratch.write("infra/cdk.out/prod/Shop.template.json", STACK.replace("asset.a", "../asset.b"));
    scratch.write("infra/cdk.out/asset.b/index.js", INDEX);
    scratch.write("infra/cdk.out/asset.b/package.json", MANIFEST);
    assert_missing(&scratch, "warning", "Create1");
    // The app may name another folder.
    scratch.write("infra/cdk.json", "{\"app\": \"node app.js\", \"output\": \"build/assembly\"}");
    scratch.write("infra/build/assembly/manifest.json", MANIFEST_OF_ASSEMBLY);
    scratch.write("infra/build/assembly/Shop.template.json", STACK);
    scratch.write("infra/build/assembly/asset.a/index.js", INDEX);
    scratch.write("infra/build/assembly/asset.a/package.json", MANIFEST);
    scratch.write(".gitignore", "cdk.out\nassembly\n");
    assert_missing(&scratch, "warning", "Create1");
}

const TERRAFORM: &str = r#"
data "archive_file" "code" {
  type        = "zip"
  source_dir  = "${path.module}/src"
  output_path = "${path.module}/build/code.zip"
}
resource "aws_lambda_function" "create" {
  function_name = "create"
  role          = var.role
  filename      = data.archive_file.code.output_path
  handler       = "index.handler"
  runtime       = var.runtime
}
resource "aws_lambda_function" "list" {
  function_name = "list"
  role          = var.role
  filename      = data.archive_file.code.output_path
  handler       = "index.handler"
  runtime       = var.runtime
}
"#;

#[test]
fn what_terraform_packed() {
    let scratch = Scratch::new();
    scratch.write("infra/main.tf", TERRAFORM);
    scratch.write("infra/variables.tf", "variable \"role\" {}\nvariable \"runtime\" { default = \"nodejs22.x\" }\n");
    scratch.write("infra/src/index.js", INDEX);
    assert_eq!(findings(&run(&scratch)), Vec::<String>::new());
    scratch.write("infra/build/code.zip", package(false));
    // An archive is made anew at each plan.
    assert_missing(&scratch, "warning", "create");
    scratch.write("infra/main.tf", TERRAFORM.replace("data.archive_file.code.output_path", "\"lambda.zip\""));
    scratch.write("infra/lambda.zip", package(false));
    assert_missing(&scratch, "error", "create");
    scratch.write("infra/main.tf", TERRAFORM);
    scratch.write("infra/build/code.zip", package(true));
    assert_eq!(findings(&run(&scratch)), Vec::<String>::new());
}

#[test]
fn broken_configuration_is_said_and_the_rest_goes_on() {
    let scratch = Scratch::new();
    scratch.write("a/main.tf", "resource \"aws_lambda_function\" \"x\" {\n  handler = = 1\n}\n");
    scratch.write(
        "b/main.tf",
        format!("resource \"aws_lambda_function\" \"x\" {{\n  handler = {}\n}}\n", "[".repeat(100_000)),
    );
    scratch.write("c/main.tf", "# {{ cookiecutter.x }}\nresource \"aws_lambda_function\" \"x\" {\n{% if a %}\n}\n");
    scratch.write("d/serverless.yml", "service: a\nprovider: { name: aws\n");
    scratch.write("e/serverless.ts", "export default { provider: {}, functions: {} }\n");
    scratch.write("f/main.tf", TERRAFORM);
    scratch.write("f/variables.tf", "variable \"runtime\" {\n");
    let report = run(&scratch);
    let found: Vec<String> =
        findings(&report).iter().map(|line| line.split(' ').take(2).collect::<Vec<_>>().join(" ")).collect();
    let count = |rule: &str| found.iter().filter(|line| line.ends_with(rule)).count();
    assert_eq!(count("input/unparsable"), 3, "{report:#}");
    assert_eq!(count("input/limit-exceeded"), 1, "{report:#}");
    let skipped = &report["coverage"]["skipped"];
    assert_eq!(skipped["serverless service written as code"].as_u64(), Some(1), "{report:#}");
}
