//! Every rule file: metadata, headings, and examples that run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;

use deploylint::command::test_rules::run;
use deploylint::rules::examples::examples;
use deploylint::rules::{BuiltinSource, Check, Registry, native, split};
use deploylint::run::in_pool;

const HEADINGS: [&str; 5] =
    ["## What it does", "## Why deployments fail", "## How to fix", "## Examples", "## References"];

#[test]
fn every_rule_file_can_be_read() {
    let (registry, problems) = Registry::builtin();
    assert_eq!(problems, vec![]);
    assert_eq!(registry.rules().count(), BuiltinSource::files().len());
}

#[test]
fn every_rule_file_has_the_five_headings_in_order() {
    for (id, text) in BuiltinSource::files() {
        let (_, _, body) = split(text).unwrap();
        let found: Vec<&str> = body.lines().filter(|line| line.starts_with("## ")).collect();
        assert_eq!(found, HEADINGS, "{id}");
    }
}

#[test]
fn native_checks_and_rule_files_agree_both_ways() {
    let (registry, _) = Registry::builtin();
    for (id, _) in native::TABLE {
        let rule = registry.get(id).unwrap_or_else(|| panic!("{id} has a check and no file"));
        assert_eq!(rule.front.check, Some(Check::Native), "{id}");
    }
    let table: BTreeSet<&str> = native::TABLE.iter().map(|(id, _)| *id).collect();
    assert_eq!(table.len(), native::TABLE.len(), "an id stands twice in the table");
}

#[test]
fn messages_keep_the_house_style() {
    let (registry, _) = Registry::builtin();
    for rule in registry.rules() {
        let mut texts: Vec<&str> = vec![&rule.front.summary];
        texts.extend(rule.front.message.as_deref());
        texts.extend(rule.front.help.as_deref());
        for case in rule.front.cases.values() {
            texts.push(&case.message);
            texts.extend(case.help.as_deref());
        }
        for text in texts {
            let first = text.chars().next().unwrap();
            let all_capitals = text.split_whitespace().next().unwrap().chars().filter(|c| c.is_uppercase()).count() > 1;
            assert!(!first.is_uppercase() || all_capitals, "{}: starts with a capital: {text}", rule.id);
            assert!(!text.ends_with('.'), "{}: ends with a full stop: {text}", rule.id);
        }
    }
}

#[test]
fn examples_report_the_marked_lines_and_no_others() {
    let (registry, _) = Registry::builtin();
    let mut wrong = Vec::new();
    for rule in registry.rules().filter(|rule| rule.front.check != Some(Check::Engine)) {
        let examples = examples(&rule.body).unwrap_or_else(|problem| panic!("{}: {problem}", rule.id));
        let flagged = examples.iter().filter(|example| example.is_flagged()).count();
        if flagged == 0 || flagged == examples.len() {
            wrong.push(format!("{}: needs a flagged and a clean example", rule.id));
        }
        for example in &examples {
            let difference = in_pool(1, || run(rule, &registry, example)).unwrap().unwrap();
            if !difference.is_empty() {
                wrong.push(format!("{}: example in line {} of the prose: {difference:#?}", rule.id, example.line));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
