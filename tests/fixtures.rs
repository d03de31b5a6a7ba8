//! Every rule on its own fixtures: each bad case gives exactly the expected places, each good case
//! nothing. `UPDATE_FIXTURES=1` rewrites the expectations.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::fs;
use std::path::{Path, PathBuf};

use deploylint::rules::{Check, Registry};
use support::{judge_folder, places, prepare};

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
            let scratch = prepare(&case);
            let judgement = judge_folder(scratch.path(), &|rule| rule.id.as_str() == id);
            let only_own = judgement.diagnostics.into_iter().filter(|d| d.rule.as_str() == id).collect::<Vec<_>>();
            let found: Vec<String> = places(scratch.path(), &only_own).into_iter().map(|(place, _)| place).collect();
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
            let scratch = prepare(&case);
            let judgement = judge_folder(scratch.path(), &|rule| rule.id.as_str() == id);
            let own = judgement.diagnostics.into_iter().filter(|d| d.rule.as_str() == id).collect::<Vec<_>>();
            let found = places(scratch.path(), &own);
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
        // What the pipeline itself reports is tested where it is produced: tests/input.rs, tests/waivers.rs.
        if rule.front.check == Some(Check::Engine) {
            continue;
        }
        let found = fixtures.iter().find(|(id, _)| id == rule.id.as_str());
        let folder = &found.unwrap_or_else(|| panic!("{} has no fixtures", rule.id)).1;
        for kind in ["bad", "good"] {
            assert!(!folders(&folder.join(kind)).is_empty(), "{} has no {kind} fixture", rule.id);
        }
    }
}
