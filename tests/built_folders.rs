//! Folders that a build left, judged as what is uploaded: beside a SAM template, named by the configuration,
//! named on the command line.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::process::Command;
use std::time::{Duration, SystemTime};

use serde_json::Value;
use support::Scratch;

const TEMPLATE: &str = "AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: app.handler, CodeUri: src/ }
  Copies:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: app.handler, CodeUri: src/ }
";
const BUILT: &str = "Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: app.handler, CodeUri: Orders }
  Copies:
    Type: AWS::Serverless::Function
    Properties: { Runtime: nodejs22.x, Handler: app.handler, CodeUri: Orders }
";
const HANDLER: &str = "require('left-out');\nexports.handler = async () => {};\n";
const MANIFEST: &str = r#"{"dependencies": {"left-out": "1"}}"#;

fn service() -> Scratch {
    let scratch = Scratch::new();
    scratch.write("template.yaml", TEMPLATE);
    scratch.write("src/app.js", HANDLER);
    scratch.write("src/package.json", MANIFEST);
    scratch.write(".aws-sam/build/template.yaml", BUILT);
    scratch.write(".aws-sam/build/Orders/app.js", HANDLER);
    scratch.write(".aws-sam/build/Orders/package.json", MANIFEST);
    scratch
}

fn run(scratch: &Scratch, arguments: &[&str]) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deploylint"));
    let output = command.args(["--format", "json"]).args(arguments).current_dir(scratch.path()).output().unwrap();
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)))
}

/// `severity rule path` of every finding.
fn findings(report: &Value) -> Vec<String> {
    let word = |finding: &Value, key: &str| finding[key].as_str().unwrap().to_owned();
    let line = |finding: &Value| {
        let path = finding["location"]["path"].as_str().unwrap_or("-");
        format!("{} {} {path}", word(finding, "severity"), word(finding, "rule"))
    };
    report["findings"].as_array().unwrap().iter().map(line).collect()
}

fn old(scratch: &Scratch, path: &str, days: u64) {
    let file = std::fs::File::open(scratch.path().join(path)).unwrap();
    file.set_modified(SystemTime::now() - Duration::from_secs(days * 86_400)).unwrap();
}

#[test]
fn what_sam_built_is_judged_once_for_all_functions_that_run_it() {
    let scratch = service();
    let report = run(&scratch, &[]);
    let expected = ["error lambda/missing-module .aws-sam/build/Orders/app.js"];
    assert_eq!(findings(&report), expected, "{report:#}");
    assert!(report.to_string().contains("this function runs the same package in the same way"), "{report:#}");
    assert_eq!(report["coverage"]["artifacts"].as_u64(), Some(1));
    scratch.write(".aws-sam/build/Orders/node_modules/left-out/index.js", "");
    assert_eq!(findings(&run(&scratch, &[])), Vec::<String>::new());
}

#[test]
fn what_git_ignores_is_warned_of_unless_it_is_named() {
    let scratch = service();
    scratch.write(".gitignore", ".aws-sam/\n");
    let report = run(&scratch, &[]);
    assert_eq!(findings(&report), ["warning lambda/missing-module .aws-sam/build/Orders/app.js"]);
    assert!(report.to_string().contains("git does not have it"), "{report:#}");
    let said = [".aws-sam/build/Orders", "--handler", "app.handler", "--runtime", "nodejs22.x"];
    let report = run(&scratch, &said);
    // Outside of a repository paths start at the folder around the package.
    assert_eq!(findings(&report), ["error lambda/missing-module Orders/app.js"]);
    // Without flags a folder is a part of its repository.
    let report = run(&scratch, &["src"]);
    assert_eq!(findings(&report), Vec::<String>::new());
}

#[test]
fn what_is_older_than_its_sources_is_warned_of() {
    let scratch = service();
    for path in [".aws-sam/build/Orders/app.js", ".aws-sam/build/Orders/package.json", ".aws-sam/build/Orders"] {
        old(&scratch, path, 2);
    }
    let report = run(&scratch, &[]);
    assert_eq!(findings(&report), ["warning lambda/missing-module .aws-sam/build/Orders/app.js"]);
    assert!(report.to_string().contains("older than `src/app.js`"), "{report:#}");
    old(&scratch, "src/app.js", 3);
    old(&scratch, "src/package.json", 3);
    old(&scratch, "template.yaml", 3);
    assert_eq!(findings(&run(&scratch, &[])), ["error lambda/missing-module .aws-sam/build/Orders/app.js"]);
}

#[test]
fn nested_applications_are_built_with_the_template_that_names_them() {
    let application = |location: &str| {
        format!(
            "Transform: AWS::Serverless-2016-10-31\nResources:\n  Shop:\n    Type: AWS::Serverless::Application\n    \
             Properties: {{ Location: {location} }}\n"
        )
    };
    let scratch = Scratch::new();
    scratch.write("template.yaml", application("shop/template.yaml"));
    scratch.write("shop/template.yaml", TEMPLATE);
    scratch.write("shop/src/app.js", HANDLER);
    scratch.write("shop/src/package.json", MANIFEST);
    scratch.write(".aws-sam/build/template.yaml", application("Shop/template.yaml"));
    scratch.write(".aws-sam/build/Shop/template.yaml", BUILT);
    scratch.write(".aws-sam/build/Shop/Orders/app.js", HANDLER);
    scratch.write(".aws-sam/build/Shop/Orders/package.json", MANIFEST);
    let expected = ["error lambda/missing-module .aws-sam/build/Shop/Orders/app.js"];
    assert_eq!(findings(&run(&scratch, &[])), expected);
    // A second one with the same functions: which of them is whose cannot be told.
    let second = "  Copy:\n    Type: AWS::Serverless::Application\n    Properties: { Location: Copy/template.yaml }\n";
    scratch.write(".aws-sam/build/template.yaml", application("Shop/template.yaml") + second);
    scratch.write(".aws-sam/build/Copy/template.yaml", BUILT);
    assert_eq!(findings(&run(&scratch, &[])), Vec::<String>::new());
    // One that names itself.
    scratch.write(".aws-sam/build/template.yaml", application("template.yaml"));
    assert_eq!(findings(&run(&scratch, &[])), Vec::<String>::new());
}

#[test]
fn another_folder_may_be_built_into() {
    let scratch = Scratch::new();
    let marked = "    Metadata: { SamResourceId: Orders }\n  Copies:";
    scratch.write("out/template.yaml", BUILT.replace("  Copies:", marked));
    scratch.write("out/Orders/app.js", HANDLER);
    scratch.write("out/Orders/package.json", MANIFEST);
    let report = run(&scratch, &[]);
    assert_eq!(findings(&report), ["warning lambda/missing-module out/Orders/app.js"]);
    assert!(report.to_string().contains("it may be built once more"), "{report:#}");
    // What is not marked is source.
    scratch.write("out/template.yaml", BUILT);
    assert_eq!(findings(&run(&scratch, &[])), Vec::<String>::new());
}

#[test]
fn built_layers_are_part_of_it() {
    let scratch = service();
    let layered = |template: &str, content: &str| {
        let layers = "Layers: [!Ref Shared], CodeUri: ";
        let layer = format!(
            "  Shared:\n    Type: AWS::Serverless::LayerVersion\n    Metadata: {{ BuildMethod: nodejs22.x }}\n    \
             Properties: {{ ContentUri: {content} }}\n"
        );
        template.replace("CodeUri: ", layers) + &layer
    };
    scratch.write("template.yaml", layered(TEMPLATE, "layer/"));
    scratch.write("layer/package.json", MANIFEST);
    scratch.write(".aws-sam/build/template.yaml", layered(BUILT, "Shared").replace("!Ref Shared", "{Ref: Shared}"));
    scratch.write(".aws-sam/build/Shared/nodejs/node_modules/other/index.js", "");
    let report = run(&scratch, &[]);
    assert_eq!(findings(&report), ["error lambda/missing-module .aws-sam/build/Orders/app.js"]);
    scratch.write(".aws-sam/build/Shared/nodejs/node_modules/left-out/index.js", "");
    assert_eq!(findings(&run(&scratch, &[])), Vec::<String>::new());
}

#[test]
fn the_configuration_names_folders() {
    let scratch = Scratch::new();
    scratch.write("deploylint.toml", "[scan]\nartifacts = [\"out/*\"]\n");
    scratch.write("out/api/index.js", HANDLER);
    let report = run(&scratch, &[]);
    // Nobody names the handler.
    assert_eq!(findings(&report), ["warning lambda/missing-module out/api/index.js"]);
}

#[test]
fn a_folder_on_the_command_line_is_one_package() {
    let scratch = Scratch::new();
    scratch.write("app/index.js", "require('./lib/a');\nrequire('in-layer');\nexports.handler = async () => {};\n");
    scratch.write("layer/nodejs/node_modules/in-layer/index.js", "");
    let said = ["app", "--handler", "index.handler", "--runtime", "nodejs22.x", "--layer", "layer"];
    assert_eq!(findings(&run(&scratch, &said)), ["error lambda/missing-package-file app/index.js"]);
    scratch.write("app/lib/a.js", "");
    let report = run(&scratch, &said);
    assert_eq!(findings(&report), Vec::<String>::new(), "{report:#}");
}

#[test]
fn the_search_path_of_the_template_counts() {
    let scratch = Scratch::new();
    let template = |path: &str| {
        format!(
            "AWSTemplateFormatVersion: '2010-09-09'\nTransform: AWS::Serverless-2016-10-31\nResources:\n  F:\n    \
             Type: AWS::Serverless::Function\n    Properties:\n      Runtime: python3.12\n      Handler: app.handler\n      \
             CodeUri: src/\n      Environment: {{ Variables: {{ {path} }} }}\n"
        )
    };
    scratch.write(".aws-sam/build/F/app.py", "import helper\n\n\ndef handler(event, context):\n    return 1\n");
    scratch.write(".aws-sam/build/F/vendored/helper.py", "");
    scratch.write("src/app.py", "");
    for (variable, expected) in [
        ("PYTHONPATH: /opt/x:/var/task/vendored", vec![]),
        ("PYTHONPATH: vendored", vec![]),
        ("OTHER: vendored", vec!["error lambda/missing-module .aws-sam/build/F/app.py"]),
    ] {
        scratch.write("template.yaml", template(variable));
        assert_eq!(findings(&run(&scratch, &[])), expected, "{variable}");
    }
}
