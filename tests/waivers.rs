//! Accepted findings, as users accept them: comments in the files and waivers of the configuration.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::process::Command;

use serde_json::Value;
use support::Scratch;

/// A Service without pods: one warning, `k8s/service-selects-nothing`, at the selector.
const SERVICE: &str = "\
apiVersion: v1
kind: Service
metadata:
  name: cart
spec:
  selector:
    app: basket REMARK
  ports:
    - port: 80
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: account
spec:
  selector: {matchLabels: {app: account}}
  template:
    metadata: {labels: {app: account}}
    spec:
      containers: [{name: account, image: \"account:1.0\"}]
";
const RULE: &str = "k8s/service-selects-nothing";

fn run(scratch: &Scratch, arguments: &[&str]) -> (Option<i32>, Vec<String>, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_deploylint"))
        .args(["--format", "json", "--as-of", "2026-11-21", "--fail-on", "warning"])
        .args(arguments)
        .current_dir(scratch.path())
        .output()
        .unwrap();
    let report: Value = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(&output.stderr)));
    let found = report["findings"].as_array().unwrap().iter();
    let mut ids: Vec<String> = found.map(|finding| finding["rule"].as_str().unwrap().to_owned()).collect();
    ids.sort();
    (output.status.code(), ids, report)
}

/// The ids reported for the Service with a comment at its selector.
fn with_comment(comment: &str) -> (Option<i32>, Vec<String>) {
    let scratch = Scratch::new();
    let remark = if comment.is_empty() { String::new() } else { format!("# {}: {comment}", "deploylint") };
    scratch.write("shop.yaml", SERVICE.replace("REMARK", &remark));
    let (code, ids, _) = run(&scratch, &[]);
    (code, ids)
}

fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

#[test]
fn a_comment_with_a_reason_silences_and_nothing_less_does() {
    assert_eq!(with_comment(""), (Some(1), ids(&[RULE])));
    let reason = |rest: &str| with_comment(&format!("ignore[{RULE}] {rest}"));
    assert_eq!(reason("reason=\"made elsewhere\" owner=shop until=2026-11-21"), (Some(0), ids(&[])));
    assert_eq!(reason("reason=\"made elsewhere\" until=2026-11-20"), (Some(1), ids(&[RULE, "waiver/expired"])));
    assert_eq!(reason(""), (Some(1), ids(&[RULE, "waiver/without-reason"])));
    assert_eq!(reason("reason=\"made elsewhere\" till=2026"), (Some(1), ids(&[RULE, "waiver/malformed"])));
    let other = with_comment("ignore[probe/missing-readiness] reason=\"x\"");
    assert_eq!(other, (Some(1), ids(&[RULE, "waiver/unused"])));
}

#[test]
fn a_waiver_takes_the_subject_that_json_prints() {
    let scratch = Scratch::new();
    scratch.write("deploy/shop.yaml", SERVICE.replace("REMARK", ""));
    let (_, _, report) = run(&scratch, &[]);
    let subject = report["findings"][0]["subject"].as_str().unwrap();
    let waiver = |rest: &str| {
        scratch.write("deploylint.toml", format!("[[waiver]]\nrule = \"{RULE}\"\n{rest}\n"));
        let (code, ids, _) = run(&scratch, &[]);
        (code, ids)
    };
    let reason = "reason = \"made elsewhere\"";
    assert_eq!(waiver(&format!("match = '{subject}'\n{reason}")), (Some(0), ids(&[])));
    assert_eq!(waiver(&format!("match = 'k8s:*Service*'\n{reason}")), (Some(0), ids(&[])));
    assert_eq!(waiver(&format!("path = \"deploy\"\n{reason}")), (Some(0), ids(&[])));
    assert_eq!(waiver(&format!("match = '{subject}'")), (Some(1), ids(&[RULE, "waiver/without-reason"])));
    assert_eq!(waiver(&format!("path = \"other\"\n{reason}")), (Some(1), ids(&[RULE, "waiver/unused"])));
    let over = format!("path = \"deploy\"\n{reason}\nuntil = 2026-01-01");
    assert_eq!(waiver(&over), (Some(1), ids(&[RULE, "waiver/expired"])));
}

#[test]
fn a_run_over_a_part_calls_nothing_useless() {
    let scratch = Scratch::new();
    let remark = format!("# {}: ignore[probe/missing-readiness] reason=x", "deploylint");
    scratch.write("shop.yaml", SERVICE.replace("REMARK", &remark));
    assert_eq!(run(&scratch, &["--select", "k8s"]).1, ids(&[RULE]));
    assert_eq!(run(&scratch, &["--ignore", "k8s"]).1, ids(&[]));
    assert_eq!(run(&scratch, &[]).1, ids(&[RULE, "waiver/unused"]));
}

#[test]
fn levels_and_overrides_of_the_configuration_hold() {
    let scratch = Scratch::new();
    scratch.write("deploy/shop.yaml", SERVICE.replace("REMARK", ""));
    let severity = |configuration: &str| {
        scratch.write("deploylint.toml", configuration);
        run(&scratch, &[]).2["findings"][0]["severity"].clone()
    };
    assert_eq!(severity(""), "warning");
    assert_eq!(severity("[rules]\nk8s = \"info\"\n"), "info");
    assert_eq!(severity("[rules]\nk8s = \"off\"\n"), Value::Null);
    let part = "[rules]\nk8s = \"off\"\n[[override]]\npaths = [\"deploy/**\"]\nrules = { k8s = \"error\" }\n";
    assert_eq!(severity(part), "error");
}
