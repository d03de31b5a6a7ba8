//! Small services through the expansion.

use super::*;
use crate::expand::testing;
use crate::value::{Content, Value};

fn expanded(files: &[(&str, &str)]) -> Applied {
    let mut sets = testing::expanded(files);
    sets.retain(|(set, _)| set.technology == "serverless");
    assert_eq!(sets.len(), 1);
    sets[0].1.documents.remove(0).root
}

/// What an environment variable `V` becomes in a service with these lines at its top.
fn value(written: &str, top: &str) -> Value<String> {
    let text = format!("service: shop\nprovider:\n  name: aws\n  environment:\n    V: {written}\n{top}");
    let files = [
        ("api/serverless.yml", text.as_str()),
        ("api/config.yml", "dev: { key: from-file, deep: ['a', 'b'] }\nown: ${self:custom.plain}\n"),
        ("shared.json", "{\"table\": \"orders\"}"),
        ("api/code.js", "module.exports = {}"),
    ];
    expanded(&files).path(&["provider", "environment", "V"]).unwrap().text()
}

fn known(written: &str, top: &str) -> String {
    let value = value(written, top);
    value.get().cloned().unwrap_or_else(|| panic!("{written}: {:?}", value.content))
}

fn why(written: &str, top: &str) -> String {
    let value = value(written, top);
    value.undecided().unwrap_or_else(|| panic!("{written}: {:?}", value.content)).to_string()
}

const CUSTOM: &str =
    "custom:\n  plain: x\n  stages: { dev: { size: 3 }, prod: { size: 9 } }\n  file: ${file(config.yml)}\n";

#[test]
fn what_the_service_says_itself() {
    for (written, expected) in [
        ("${self:custom.plain}", "x"),
        ("a-${self:custom.plain}-b", "a-x-b"),
        ("${self:service}", "shop"),
        ("${opt:stage, 'test'}", "test"),
        ("${opt:stage}", "dev"),
        ("${sls:stage}", "dev"),
        ("${opt:region, self:provider.region, 'eu-west-1'}", "eu-west-1"),
        ("${self:custom.stages.${opt:stage, 'prod'}.size}", "9"),
        ("${self:custom.none, self:custom.plain}", "x"),
        ("${self:custom.none, ${self:custom.plain}}", "x"),
        ("${file(config.yml):dev.key}", "from-file"),
        ("${file(./config.yml):dev.deep.1}", "b"),
        ("${file(config.yml):own}", "x"),
        ("${self:custom.file.dev.key}", "from-file"),
        ("${file(../shared.json):table}", "orders"),
        ("${file(./none.yml):a, 'd'}", "d"),
    ] {
        assert_eq!(known(written, CUSTOM), expected, "{written}");
    }
    let stage = "  stage: ${opt:stage, self:custom.stage}\ncustom: { stage: qa }\nparams:\n  default: { p: 1 }\n  qa: { q: 2 }\n";
    let text = format!(
        "service: s\nprovider:\n  name: aws\n  environment: {{ A: '${{sls:stage}}', B: '${{param:q}}', C: '${{param:p}}' }}\n{stage}"
    );
    let root = expanded(&[("serverless.yml", &text)]);
    let environment = root.path(&["provider", "environment"]).unwrap();
    let all: Vec<_> = environment.entries().iter().map(|entry| entry.value.known().unwrap()).collect();
    assert_eq!(all, ["qa", "2", "1"]);
}

#[test]
fn what_only_the_deploy_knows() {
    for (written, expected) in [
        ("${env:TOKEN}", "variable that the repository does not set"),
        ("${env:TOKEN, 'x'}", "variable that the repository does not set"),
        ("${ssm:/a/b}", "value from the parameter store"),
        ("${cf:stack.Out}", "output of another stack"),
        ("${cf(eu-west-1):stack.Out}", "output of another stack"),
        ("${opt:color}", "option of the command line"),
        ("${file(code.js):x}", "value that code makes"),
        ("${file(../../out.yml):x}", "file outside the repository"),
        ("${nonsense:x}", "variable source that is not known"),
        ("${self:custom.loop}", "variables that lead too far"),
        ("!ImportValue x", "function of CloudFormation"),
        ("{ 'Fn::Join': ['', [a]] }", "function of CloudFormation"),
    ] {
        assert_eq!(why(written, &format!("{CUSTOM}  loop: '${{self:custom.loop}}'\n")), expected, "{written}");
    }
    let partly = value("arn:${aws:accountId}:${self:custom.plain}", CUSTOM);
    assert_eq!((partly.prefix(), partly.suffix()), (Some("arn:"), Some(":x")));
    assert_eq!(value("!Ref Table", "").content, Content::Ref("Table".into()));
    assert_eq!(value("!GetAtt Table.Arn", "").content, Content::Attr("Table".into(), "Arn".into()));
    assert_eq!(value("{ Ref: Table }", "").content, Content::Ref("Table".into()));
}

#[test]
fn variables_that_multiply_end() {
    let mut custom = String::from("custom:\n  v0: xxxxxxxxxx\n");
    for i in 1..60 {
        custom.push_str(&format!("  v{i}: ${{self:custom.v{}}}${{self:custom.v{}}}\n", i - 1, i - 1));
    }
    assert!(value("${self:custom.v59}", &custom).get().is_none());
    let nested = format!("'{}x{}'", "${self:".repeat(5000), "}".repeat(5000));
    assert!(value(&nested, "").get().is_none());
}

#[test]
fn a_long_text_that_many_name_ends() {
    let custom = format!("custom:\n  long: {}\n", "x".repeat(500_000));
    let names = "'${self:custom.long}', ".repeat(300);
    let root = expanded(&[(
        "serverless.yml",
        &format!("service: shop\nprovider: {{ name: aws }}\n{custom}functions: [{names}]\n"),
    )]);
    assert!(root.get("functions").unwrap().unknown().is_some());
}

#[test]
fn packages_that_are_there() {
    let service = "service: shop\nprovider: { name: aws }\nlayers: { my-lib: { path: lib } }\nfunctions:\n  - a: { handler: a.h }\n  - b: { handler: b.h, package: { individually: true } }\n";
    let root = expanded(&[
        ("api/serverless.yml", service),
        ("api/.serverless/shop.zip", ""),
        ("api/.serverless/b.zip", ""),
        ("api/.serverless/my-lib.zip", ""),
    ]);
    let built = root.get(section_names::BUILT).unwrap();
    let path = |section: &str, name: &str| built.path(&[section, name]).and_then(Applied::known);
    assert_eq!(path(section_names::FUNCTIONS, "a"), Some("api/.serverless/shop.zip"));
    assert_eq!(path(section_names::FUNCTIONS, "b"), Some("api/.serverless/b.zip"));
    assert_eq!(path(section_names::LAYERS, "MyDashlibLambdaLayer"), Some("api/.serverless/my-lib.zip"));
}

#[test]
fn a_file_that_many_name_is_read_once() {
    let big = format!("{{\"a\": \"x\", \"b\": [{}1]}}", "1, ".repeat(100_000));
    let names = "'${file(big.json):a}', ".repeat(2_000);
    let text = format!("service: shop\nprovider: {{ name: aws, layers: [{names}] }}\nfunctions: {{}}\n");
    let start = std::time::Instant::now();
    let root = expanded(&[("serverless.yml", &text), ("big.json", &big)]);
    let layers = root.path(&["provider", "layers"]).unwrap().items();
    assert!(layers.len() == 2_000 && layers.iter().all(|layer| layer.known() == Some("x")));
    assert!(start.elapsed().as_secs() < 60, "{:?}", start.elapsed());
}
