//! What is written twice is generated or compared: the README's rule table and sample, the pages of rules,
//! facts and commands, the list of rule ids, the fields that rules can ask about. `UPDATE_GENERATED=1 cargo test --test generated` renews them.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod contributing;
mod pages;

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use deploylint::config::{Config, RuleNames};
use deploylint::facts::Facts;
use deploylint::rules::Registry;
use deploylint::source::{ContentId, Source};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Compares a file with what it should say, or renews it.
fn compare(path: &Path, expected: &str) {
    let mut found = fs::read_to_string(path).unwrap_or_default();
    if found != expected && std::env::var_os("UPDATE_GENERATED").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        // Other tests read it at the same time: it is replaced whole.
        let beside = path.with_extension("partial");
        fs::write(&beside, expected).unwrap();
        fs::rename(&beside, path).unwrap();
        found = expected.to_owned();
    }
    assert!(
        found == expected,
        "{} is stale; renew it with: UPDATE_GENERATED=1 cargo test --test generated",
        path.display()
    );
}

/// The README with one generated part replaced.
fn with_part(text: &str, name: &str, part: &str) -> String {
    let (start, end) = (format!("<!-- generated: {name} -->\n"), "<!-- end -->");
    let at = text.find(&start).unwrap_or_else(|| panic!("no part `{name}` in the README")) + start.len();
    let close = text[at..].find(end).unwrap() + at;
    format!("{}{part}{}", &text[..at], &text[close..])
}

fn rule_table() -> String {
    let (registry, _) = Registry::builtin();
    let mut out = String::from("| rule | at most | fault |\n|---|---|---|\n");
    for rule in registry.rules() {
        let (severity, summary) = (rule.most_severe(), &rule.front.summary);
        writeln!(out, "| [`{0}`](docs/rules/{0}.md) | {severity} | {summary} |", rule.id).unwrap();
    }
    out
}

/// The findings of a few rules over the bundled project, as text shows them.
fn sample() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_deploylint"))
        .args(["fixtures/projects/incident-shop", "--color", "never", "--select"])
        .arg("lambda/missing-module,endpoint/nonprod-host-in-prod,endpoint/undefined-service-host")
        .current_dir(root())
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    // The last line counts the whole repository, which grows with every fixture.
    let (findings, _) = text.split_once("\nfail: ").unwrap();
    format!("```text\n{findings}```\n")
}

#[test]
fn the_readme_lists_every_rule_and_shows_real_output() {
    let path = root().join("README.md");
    let text = fs::read_to_string(&path).unwrap();
    let text = with_part(&text, "rules", &rule_table());
    compare(&path, &with_part(&text, "sample", &sample()));
}

#[test]
fn the_configuration_in_the_readme_is_one() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let text = readme.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let source = Source::new("deploylint.toml".into(), ContentId::of(text.as_bytes()));
    let (registry, _) = Registry::builtin();
    let config = Config::parse(text, &source, &RuleNames::of(&registry)).unwrap();
    assert_eq!(config.waivers.len(), 1);
}

#[test]
fn rule_ids_are_added_and_never_dropped_unnoticed() {
    let (registry, _) = Registry::builtin();
    let ids: String = registry.rules().map(|rule| format!("{}\n", rule.id)).collect();
    compare(&root().join("tests/snapshots/rules.txt"), &ids);
}

#[test]
fn fields_that_rules_can_ask_are_added_and_never_dropped_unnoticed() {
    let mut out = String::new();
    for (kind, meaning, fields) in Facts::kinds() {
        writeln!(out, "{kind}: {meaning}").unwrap();
        for field in fields.iter().filter(|field| field.kind != "hidden") {
            let target = if field.target.is_empty() { String::new() } else { format!(" to {}", field.target) };
            writeln!(out, "  {} ({}{target}): {}", field.name, field.kind, field.meaning).unwrap();
        }
    }
    compare(&root().join("tests/snapshots/facts.txt"), &out);
}
