//! Small configurations to facts.

use super::*;
use crate::expand::Expansion;
use crate::expand::testing::expanded;
use crate::facts::Lookup;

/// Sets of these files with their facts.
fn sets(files: &[(&str, &str)]) -> Vec<(ReleaseSet, Facts)> {
    let facts = |(set, expansion): (ReleaseSet, Expansion)| {
        assert_eq!(expansion.problems, vec![]);
        let facts = lower(SetId(0), &set, &expansion.documents);
        (set, facts)
    };
    expanded(files).into_iter().filter(|(set, _)| set.technology == "terraform").map(facts).collect()
}

fn only_function(files: &[(&str, &str)]) -> Function {
    let mut sets = sets(files);
    assert_eq!(sets.len(), 1);
    assert_eq!(sets[0].1.functions.len(), 1);
    sets[0].1.functions.remove(0)
}

const MAIN: &str = r#"
data "archive_file" "api" {
  type        = "zip"
  source_dir  = "${path.module}/../src"
  output_path = "${path.module}/build/${local.name}.zip"
}
resource "aws_lambda_function" "api" {
  function_name = "${var.prefix}-${local.name}"
  filename      = data.archive_file.api.output_path
  handler       = var.handler
  runtime       = var.runtimes.node
  architectures = ["arm64"]
  layers        = [aws_lambda_layer_version.lib.arn, "arn:aws:lambda:eu-west-1:1:layer:x:1", module.other.arn]
  memory_size   = 512
  environment {
    variables = {
      NODE_OPTIONS = "--enable-source-maps"
      TABLE        = aws_dynamodb_table.orders.name
      STAGE        = var.stage
    }
  }
}
resource "aws_lambda_layer_version" "lib" {
  layer_name = "lib"
  filename   = "${path.root}/lib.zip"
}
"#;

const VARIABLES: &str = r#"
variable "prefix" {}
variable "handler" { default = "index.handler" }
variable "stage" { default = "dev" }
variable "runtimes" { default = { node = "nodejs22.x" } }
locals { name = "api" }
"#;

#[test]
fn a_function_with_what_other_files_of_its_folder_say() {
    let function = only_function(&[
        ("infra/main.tf", MAIN),
        ("infra/variables.tf", VARIABLES),
        ("infra/terraform.tfvars", "prefix = \"shop\"\n"),
        ("infra/prod.tfvars", "stage = \"prod\"\n"),
        ("infra/build/api.zip", ""),
        ("other/unrelated.tf", "resource \"aws_s3_bucket\" \"x\" {}"),
    ]);
    assert_eq!(function.place.path.to_string(), "terraform:infra#resource/aws_lambda_function/api");
    assert_eq!(function.name.get().unwrap(), "shop-api");
    assert_eq!(function.handler.get().unwrap(), "index.handler");
    assert_eq!(function.handler.origin.source.path().to_string(), "infra/variables.tf");
    assert_eq!(function.runtime.get().unwrap(), "nodejs22.x");
    assert_eq!(function.architecture.get().unwrap(), "arm64");
    assert_eq!(function.memory_size.content, Content::Known(512));
    assert_eq!(function.timeout.content, Content::Default(3));
    assert_eq!(function.package, Some("infra/build/api.zip".into()));
    assert_eq!(function.code.resolved, Some("src".into()));
    let layers: Vec<_> = function.layers.items.iter().map(|layer| layer.get().map(String::as_str)).collect();
    assert_eq!(layers, [Some("infra/lib.zip"), Some("arn:aws:lambda:eu-west-1:1:layer:x:1"), None]);
    let options = function.environment.entry("NODE_OPTIONS").unwrap();
    assert_eq!(options.value.get().unwrap(), "--enable-source-maps");
    let stage = function.environment.entry("STAGE").unwrap().value.undecided();
    assert_eq!(stage, Some(Why::new("value of a file that a deploy names")));
    let table = &function.environment.entry("TABLE").unwrap().value.content;
    assert_eq!(table, &Content::Attr("aws_dynamodb_table.orders".into(), "name".into()));
}

#[test]
fn an_archive_that_was_not_made_yet_leaves_its_sources() {
    let function = only_function(&[("main.tf", &MAIN.replace("/../src", "/src")), ("variables.tf", VARIABLES)]);
    assert_eq!((function.package, function.code.resolved), (None, Some("src".into())));
    let prepared = MAIN.replace("type        = \"zip\"", "depends_on = [null_resource.build]");
    let function = only_function(&[("infra/main.tf", &prepared), ("infra/variables.tf", VARIABLES)]);
    assert_eq!(function.code.found, Lookup::NotJudged(Why::new("source that another step makes")));
}

#[test]
fn json_notation_says_the_same() {
    let text = r#"{"resource": {"aws_lambda_function": {"api": [{"filename": "${path.module}/api.zip", "handler": "a.b",
        "runtime": "${var.r}", "environment": [{"variables": {"A": "1"}}]}]}}, "variable": {"r": {"default": "python3.12"}}}"#;
    let function = only_function(&[("main.tf.json", text)]);
    assert_eq!(function.code.resolved, Some("api.zip".into()));
    assert_eq!(function.runtime.get().unwrap(), "python3.12");
    assert_eq!(function.environment.items.len(), 1);
}

const MODULE: &str = r#"
variable "handler" { default = "index.handler" }
variable "runtime" { default = "nodejs22.x" }
variable "package" { default = null }
resource "aws_lambda_function" "this" {
  handler  = var.handler
  runtime  = var.runtime
  filename = "${path.module}/code.zip"
}
resource "aws_lambda_function" "bare" {
  filename = "bare.zip"
}
resource "aws_lambda_function" "given" {
  filename = var.package
}
data "archive_file" "code" {
  source_dir  = "wrong"
  output_path = "wrong.zip"
}
"#;

#[test]
fn what_a_caller_gives_is_taken_for_each_call() {
    let root = r#"
module "api" {
  source  = "../modules/fn"
  handler = "${local.file}.main"
  package = "${path.module}/api.zip"
}
module "web" {
  source  = "../modules/fn"
  handler = var.handler
  runtime = var.runtime
  package = data.archive_file.code.output_path
}
module "none" {
  source = "../modules/fn"
  count  = 0
}
data "archive_file" "code" {
  source_dir  = "${path.module}/src"
  output_path = "${path.module}/web.zip"
}
"#;
    let rest = "locals { file = \"app\" }\nvariable \"handler\" { default = \"web.main\" }\nvariable \"runtime\" {}\n";
    let files = [
        ("modules/fn/main.tf", MODULE),
        ("live/main.tf", root),
        ("live/rest.tf", rest),
        ("live/terraform.tfvars", "runtime = \"nodejs24.x\"\n"),
        ("live/web.zip", ""),
    ];
    let sets = sets(&files);
    let [(first, api), (second, web)] = &sets[..] else { panic!("two sets") };
    assert_eq!((&first.inputs[0][..], &second.inputs[0][..]), ("live/api", "live/web"));
    let [this, bare, given] = &api.functions[..] else { panic!("three functions") };
    assert_eq!(this.place.path.to_string(), "terraform:modules/fn[live/api]#resource/aws_lambda_function/this");
    assert_eq!(this.handler.get().unwrap(), "app.main");
    assert_eq!(this.handler.origin.source.path().to_string(), "live/main.tf");
    assert_eq!(this.runtime.get().unwrap(), "nodejs22.x");
    assert_eq!(this.code.resolved, Some("modules/fn/code.zip".into()));
    assert_eq!(bare.code.resolved, Some("live/bare.zip".into()));
    assert_eq!(given.code.resolved, Some("live/api.zip".into()));
    let [this, _, given] = &web.functions[..] else { panic!("three functions") };
    assert_eq!(
        (this.handler.get().unwrap().as_str(), this.runtime.get().unwrap().as_str()),
        ("web.main", "nodejs24.x")
    );
    // An archive of the caller is not that of the module with the same name.
    assert_eq!((&given.package, &given.code.resolved), (&Some("live/web.zip".into()), &Some("live/src".into())));
}

#[test]
fn what_a_called_caller_gives_is_not_known() {
    let middle = "variable \"h\" {}\nmodule \"fn\" {\n  source = \"../modules/fn\"\n  handler = var.h\n}\n";
    let root = "module \"middle\" {\n  source = \"../middle\"\n  h = \"a.b\"\n}\n";
    let around = "module \"around\" {\n  source = \"../live\"\n}\n";
    let files = [("modules/fn/main.tf", MODULE), ("middle/main.tf", middle), ("live/main.tf", root)];
    let circle = [&files[..], &[("middle/circle.tf", around)]].concat();
    for files in [&files[..], &circle] {
        let sets = sets(files);
        assert_eq!(sets.len(), 1);
        let this = &sets[0].1.functions[0];
        assert_eq!(this.handler.undecided(), Some(Why::new("value that a caller gives")));
        assert_eq!(this.runtime.get().unwrap(), "nodejs22.x");
        assert_eq!(this.code.resolved, Some("modules/fn/code.zip".into()));
    }
    let bare = |files: &[(&str, &str)]| {
        let function = sets(files)[0].1.functions[1].clone();
        (function.code.resolved, function.code.found)
    };
    // Terraform runs in the outermost folder, and paths start there.
    assert_eq!(bare(&files), (Some("live/bare.zip".into()), Lookup::Pending));
    let two = [&files[..], &[("test/main.tf", root)]].concat();
    assert_eq!(bare(&two), (None, Lookup::NotJudged(Why::new("path from the folder of the caller"))));
    assert_eq!(sets(&two)[0].1.functions[0].code.resolved, Some("modules/fn/code.zip".into()));
}

#[test]
fn folders_that_call_many_are_known_as_what_they_call() {
    let module = "resource \"aws_lambda_function\" \"f\" {\n  filename = \"${path.module}/f.zip\"\n}\n";
    let names: Vec<(String, String)> = (0..60).map(|n| (format!("m{n}"), format!("modules/m{n}/main.tf"))).collect();
    let call = |(name, _): &(String, String)| format!("module \"{name}\" {{\n  source = \"./modules/{name}\"\n}}\n");
    let root: String = names.iter().map(call).collect();
    let mut files: Vec<(&str, &str)> = names.iter().map(|(_, path)| (path.as_str(), module)).collect();
    files.push(("main.tf", &root));
    let sets = sets(&files);
    assert_eq!(sets.len(), 60);
    let path = |(set, facts): &(ReleaseSet, Facts)| facts.functions[0].code.resolved == Some(set.root.child(b"f.zip"));
    assert!(sets.iter().all(path));
}

#[test]
fn calls_of_the_module_that_packs() {
    let text = r#"
module "a" {
  source        = "terraform-aws-modules/lambda/aws"
  function_name = "a"
  handler       = "index.handler"
  runtime       = "nodejs22.x"
  source_path   = "../src/a"
  environment_variables = { A = "1" }
}
module "b" {
  source                 = "git::https://github.com/terraform-aws-modules/terraform-aws-lambda.git?ref=v8"
  create_package         = false
  local_existing_package = "${path.module}/b.zip"
}
module "layer" {
  source          = "terraform-aws-modules/lambda/aws"
  create_function = false
}
module "lib" {
  source       = "terraform-aws-modules/lambda/aws"
  create_layer = true
  source_path  = "lib"
}
module "image" {
  source       = "terraform-aws-modules/lambda/aws"
  package_type = "Image"
}
module "many" {
  source      = "terraform-aws-modules/lambda/aws"
  source_path = ["a", { path = "b" }]
}
module "part" {
  source = "terraform-aws-modules/lambda/aws//modules/alias"
}
"#;
    let sets = sets(&[("infra/main.tf", text)]);
    let functions = &sets[0].1.functions;
    let names: Vec<_> = functions.iter().map(|function| function.id.as_str()).collect();
    assert_eq!(names, ["a", "b", "image", "many"]);
    assert_eq!((&functions[0].code.resolved, &functions[0].built), (&Some("src/a".into()), &Answer::True));
    assert_eq!((&functions[1].code.resolved, &functions[1].built), (&Some("infra/b.zip".into()), &Answer::False));
    assert_eq!(functions[2].code.found, Lookup::NotJudged(Why::new("container image")));
    assert_eq!(functions[3].code.found, Lookup::NotJudged(Why::new("several sources that a module packs")));
}

#[test]
fn sources_that_the_module_packs() {
    let found = |source: &str| {
        let text =
            format!("module \"f\" {{\n  source = \"terraform-aws-modules/lambda/aws\"\n  source_path = {source}\n}}\n");
        let code = only_function(&[("main.tf", &text)]).code;
        code.resolved.map(|path| path.to_string()).unwrap_or_else(|| format!("{:?}", code.found))
    };
    for one in
        ["\"src\"", "[\"src\"]", "{ path = \"src\" }", "[{ path = \"${path.module}/src\", npm_requirements = true }]"]
    {
        assert_eq!(found(one), "src", "{one}");
    }
    for changed in ["[{ path = \"src\", commands = [\":zip\"] }]", "{ path = \"src\", prefix_in_zip = \"a\" }", "[{}]"]
    {
        assert!(found(changed).contains("sources that a module changes"), "{changed}");
    }
    for several in ["[\"a\", \"b\"]", "[]"] {
        assert!(found(several).contains("several sources"), "{several}");
    }
}

#[test]
fn what_is_computed_is_unknown() {
    let text = r#"
locals {
  loop = local.loop
  a    = "${local.b}${local.b}"
  b    = "${local.c}${local.c}"
  c    = "x"
}
resource "aws_lambda_function" "f" {
  for_each      = toset(["a", "b"])
  function_name = each.key
  handler       = join(".", ["a", "b"])
  runtime       = local.loop
  filename      = "${terraform.workspace}.zip"
  description   = local.a
  layers        = var.layers
  s3_key        = aws_s3_object.code.key
  dynamic "environment" {
    for_each = [1]
    content {}
  }
}
resource "aws_lambda_function" "none" { count = 0 }
variable "layers" { type = list(string) }
"#;
    let function = only_function(&[("main.tf", text)]);
    let why = |value: &Value<String>| value.undecided().map(|why| why.to_string()).unwrap_or_default();
    assert_eq!(why(&function.name), "one of several that a block makes");
    assert_eq!(why(&function.handler), "expression that Terraform computes");
    assert_eq!(why(&function.runtime), "references that lead too far");
    assert_eq!(function.code.resolved, None);
    assert!(function.layers.open.is_some() && function.environment.open.is_some());
}

#[test]
fn a_package_that_only_stands_in_is_not_what_runs() {
    for ignored in ["[filename, source_code_hash]", "all", "[\"source_code_hash\"]"] {
        let lines = format!("runtime = \"nodejs22.x\"\n  lifecycle {{\n    ignore_changes = {ignored}\n  }}");
        let text = format!("resource \"aws_lambda_function\" \"f\" {{\n  filename = \"dummy.zip\"\n  {lines}\n}}\n");
        let function = only_function(&[("main.tf", &text), ("dummy.zip", "")]);
        assert_eq!(function.code.found, Lookup::NotJudged(Why::new("code that another step deploys")), "{ignored}");
    }
}

#[test]
fn an_archive_may_be_named_by_its_path() {
    let text = MAIN.replace("data.archive_file.api.output_path", "\"${path.root}/build/api.zip\"");
    let function = only_function(&[("infra/main.tf", &text), ("infra/variables.tf", VARIABLES)]);
    assert_eq!((function.package, function.code.resolved), (None, Some("src".into())));
}

#[test]
fn an_object_of_a_bucket_leads_to_its_file() {
    let text = r#"
resource "aws_s3_object" "code" {
  source = data.archive_file.code.output_path
}
data "archive_file" "code" {
  source_file = "main.py"
  output_path = "main.zip"
}
resource "aws_lambda_function" "f" {
  s3_bucket = "b"
  s3_key    = aws_s3_object.code.key
}
"#;
    let function = only_function(&[("main.tf", text), ("main.zip", "")]);
    assert_eq!((function.package, function.code.resolved), (Some("main.zip".into()), Some("main.py".into())));
}

#[test]
fn a_long_text_that_many_name_ends() {
    let long = "x".repeat(500_000);
    let text = format!(
        "locals {{\n  long = \"{long}\"\n}}\nresource \"aws_lambda_function\" \"f\" {{\n  layers = [{}]\n}}\n",
        "local.long, ".repeat(300)
    );
    let layers = only_function(&[("main.tf", &text)]).layers.items;
    assert!(layers[0].get().is_some() && layers[299].undecided().is_some());
}

#[test]
fn a_part_of_a_map_is_known_where_another_is_not() {
    let text = "locals {\n  names = { api = \"a\", (var.other) = \"b\" }\n}\n\
                resource \"aws_lambda_function\" \"f\" {\n  function_name = local.names.api\n  handler = local.names[\"b\"]\n}\n";
    let function = only_function(&[("main.tf", text)]);
    assert_eq!(function.name.get().map(String::as_str), Some("a"));
    assert!(function.handler.undecided().is_some());
}
