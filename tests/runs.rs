//! The binary as users run it: the incidents, their clean twins, this repository, and what must be the
//! same whatever the machine does.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use support::Scratch;

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_deploylint"))
        .args(arguments)
        .current_dir(folder)
        .env("SOURCE_DATE_EPOCH", "1700000000")
        .env_remove("NO_COLOR")
        .output()
        .unwrap()
}

fn json(folder: &Path, arguments: &[&str]) -> (Option<i32>, serde_json::Value) {
    let output = run(folder, &[arguments, &["--format", "json"]].concat());
    let value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}\n{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), value)
}

/// `rule path severity` of every finding.
fn found(report: &serde_json::Value) -> BTreeSet<String> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("-").to_owned();
    let findings = report["findings"].as_array().unwrap();
    findings
        .iter()
        .map(|f| format!("{} {} {}", text(&f["rule"]), text(&f["location"]["path"]), text(&f["severity"])))
        .collect()
}

#[test]
fn the_incident_shop_fails_for_the_reasons_it_was_built_on() {
    let (code, report) = json(&root(), &["fixtures/projects/incident-shop"]);
    let found = found(&report);
    let shop = "fixtures/projects/incident-shop";
    for expected in [
        format!("lambda/missing-module {shop}/dist/bff.zip!index.js error"),
        format!("route/to-undefined-function {shop}/infra/template.yaml error"),
        format!("route/without-permission {shop}/infra/template.yaml error"),
        format!("endpoint/nonprod-host-in-prod {shop}/payment/config/production.yml error"),
        format!("secret/literal-in-compose {shop}/docker-compose.yml error"),
        format!("probe/missing-readiness {shop}/k8s/cart.yaml error"),
        format!("probe/missing-readiness {shop}/k8s/checkout.yaml error"),
        format!("endpoint/undefined-service-host {shop}/k8s/checkout.yaml error"),
    ] {
        assert!(found.contains(&expected), "{expected} is missing of {found:#?}");
    }
    assert_eq!(found.len(), 8, "{found:#?}");
    assert_eq!(code, Some(1));
    let messages: Vec<&str> =
        report["findings"].as_array().unwrap().iter().filter_map(|f| f["message"].as_str()).collect();
    assert!(messages.iter().any(|m| m.contains("Cannot find module 'express'")), "{messages:#?}");
}

#[test]
fn the_clean_twin_is_silent() {
    let (code, report) = json(&root(), &["fixtures/projects/clean-shop"]);
    assert_eq!(found(&report), BTreeSet::new());
    assert_eq!(code, Some(0));
    assert!(report["coverage"]["functions"].as_u64().unwrap() >= 2, "{}", report["coverage"]);
}

#[test]
fn this_repository_passes_its_own_gate() {
    let (code, report) = json(&root(), &[]);
    let worse: Vec<_> = found(&report).into_iter().filter(|line| !line.ends_with(" info")).collect();
    assert_eq!(worse, Vec::<String>::new());
    assert_eq!(code, Some(0));
}

#[test]
fn the_same_bytes_whatever_the_number_of_threads() {
    for format in ["text", "concise", "json"] {
        let output = |jobs: &str| {
            let arguments = ["fixtures/projects", "--full-severity", "--format", format, "--jobs", jobs];
            run(&root(), &arguments).stdout
        };
        let one = output("1");
        assert!(!one.is_empty());
        for jobs in ["2", "7"] {
            assert!(one == output(jobs), "{format} differs between 1 and {jobs} threads");
        }
    }
}

#[test]
fn the_same_bytes_from_two_checkout_folders_and_orders_of_files() {
    let (first, second) = (Scratch::new(), Scratch::new());
    let shop = root().join("fixtures/projects/incident-shop");
    let files = support::files_below(&shop);
    for file in &files {
        first.write(&format!("checkout/{}", file.display()), std::fs::read(shop.join(file)).unwrap());
    }
    for file in files.iter().rev() {
        second.write(&format!("another/place/checkout/{}", file.display()), std::fs::read(shop.join(file)).unwrap());
    }
    for format in ["text", "concise", "json"] {
        let here = run(&first.path().join("checkout"), &["--format", format]).stdout;
        let there = run(&second.path().join("another/place/checkout"), &["--format", format]).stdout;
        assert!(here == there, "{format} names the place of the checkout");
    }
}

#[test]
fn exit_codes_are_those_of_the_table() {
    let scratch = Scratch::new();
    let code = |arguments: &[&str]| run(scratch.path(), arguments).status.code();
    assert_eq!(code(&[]), Some(2), "nothing in scope");
    assert_eq!(code(&["--allow-empty"]), Some(0));
    assert_eq!(code(&["no-such-folder"]), Some(2));
    assert_eq!(code(&["--no-such-flag"]), Some(2));
    assert_eq!(code(&["--help"]), Some(0));
    scratch.write("docker-compose.yml", "services:\n  web:\n    image: nginx:1.27\n    depends_on: [gone]\n");
    assert_eq!(code(&[]), Some(1));
    assert_eq!(code(&["--fail-on", "never"]), Some(0));
    assert_eq!(code(&["--ignore", "compose"]), Some(0));
    scratch.write("deploylint.toml", "[gate]\nfail-onn = \"error\"\n");
    assert_eq!(code(&[]), Some(2), "an unknown key");
}
