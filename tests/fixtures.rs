//! Every rule on its own fixtures: each bad case gives exactly the expected places, each good case
//! nothing. `UPDATE_FIXTURES=1` rewrites the expectations.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use deploylint::rules::{Check, Registry};
use support::{judge_folder, places, prepare};

/// Rules that no committed file can cause, and where they are tested instead.
const WITHOUT_FIXTURES: &[(&str, &str)] = &[
    ("input/unreadable", "needs a file mode that git does not keep: src/tree/disk/tests.rs"),
    ("rule/failed", "no input is known that causes it: src/rules/run.rs"),
    ("rule/invalid", "needs a rule file of the user's: src/rules/run.rs"),
];

/// `path:line:column id` of what a rule reports over a fixture, with only that rule. What the pipeline and
/// policy themselves report comes from the binary, with the day held still.
fn reported(id: &str, case: &Path) -> Vec<String> {
    let scratch = prepare(case);
    let (registry, _) = Registry::builtin();
    if registry.get(id).is_some_and(|rule| rule.front.check == Some(Check::Engine)) {
        return reported_by_the_binary(id, scratch.path());
    }
    let judgement = judge_folder(scratch.path(), &|rule| rule.id.as_str() == id);
    let own = judgement.diagnostics.into_iter().filter(|d| d.rule.as_str() == id).collect::<Vec<_>>();
    places(scratch.path(), &own).into_iter().map(|(place, _)| place).collect()
}

fn reported_by_the_binary(id: &str, folder: &Path) -> Vec<String> {
    let output = std::process::Command::new(env!("CARGO_BIN_EXE_deploylint"))
        .args(["--format", "json", "--full-severity", "--as-of", "2026-11-01"])
        .current_dir(folder)
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let own = report["findings"].as_array().unwrap().iter().filter(|finding| finding["rule"] == id);
    own.map(|finding| {
        let (path, start) = (finding["location"]["path"].as_str().unwrap_or("-"), &finding["location"]["start"]);
        format!("{path}:{}:{} {id}", start["line"].as_u64().unwrap_or(0), start["column"].as_u64().unwrap_or(0))
    })
    .collect()
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

fn folders(path: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(path) else { return Vec::new() };
    let mut out: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    out.sort();
    out
}

fn name(path: &Path) -> String {
    path.file_name().unwrap().to_str().unwrap().to_owned()
}

/// (rule id, folder of its fixtures)
fn fixtures() -> Vec<(String, PathBuf)> {
    let families = folders(&root()).into_iter().filter(|family| name(family) != "projects");
    families
        .flat_map(|family| {
            let id = name(&family);
            folders(&family).into_iter().map(move |rule| (format!("{id}/{}", name(&rule)), rule))
        })
        .collect()
}

#[test]
fn bad_cases_give_the_expected_places() {
    let mut wrong = Vec::new();
    for (id, folder) in fixtures() {
        for case in folders(&folder.join("bad")) {
            let found = reported(&id, &case);
            let file = case.with_file_name(format!("{}.expected", name(&case)));
            if std::env::var_os("UPDATE_FIXTURES").is_some() {
                fs::write(&file, found.join("\n") + "\n").unwrap();
            }
            let expected = fs::read_to_string(&file).unwrap_or_default();
            let expected: Vec<&str> = expected.lines().filter(|line| !line.is_empty()).collect();
            if found.is_empty() || found != expected {
                wrong.push(format!("{}\n  expected {expected:#?}\n  found {found:#?}", case.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn good_cases_are_silent() {
    let mut wrong = Vec::new();
    for (id, folder) in fixtures() {
        for case in folders(&folder.join("good")) {
            let found = reported(&id, &case);
            if !found.is_empty() {
                wrong.push(format!("{}\n  found {found:#?}", case.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_a_bad_and_a_good_fixture_and_no_fixture_is_without_rule() {
    let (registry, _) = Registry::builtin();
    let fixtures = fixtures();
    for (id, folder) in &fixtures {
        assert!(registry.get(id).is_some(), "no rule {id} for {}", folder.display());
    }
    for rule in registry.rules() {
        if WITHOUT_FIXTURES.iter().any(|(id, _)| *id == rule.id.as_str()) {
            continue;
        }
        let found = fixtures.iter().find(|(id, _)| id == rule.id.as_str());
        let folder = &found.unwrap_or_else(|| panic!("{} has no fixtures", rule.id)).1;
        for kind in ["bad", "good"] {
            assert!(!folders(&folder.join(kind)).is_empty(), "{} has no {kind} fixture", rule.id);
        }
    }
}
