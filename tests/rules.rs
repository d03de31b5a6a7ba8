//! Every rule file: metadata, headings, and examples that run.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::collections::BTreeSet;

use deploylint::diagnostic::Severity;
use deploylint::rules::{BuiltinSource, Check, Registry, Rule, native, split};
use support::{Scratch, judge_folder, pack, places, with_tokens};

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

/// A file of an example, with the lines that must be reported.
struct File {
    path: String,
    text: String,
    marked: Vec<(usize, Severity)>,
}

/// Examples of a rule file: consecutive fenced blocks with `file=` make one; prose parts them. A block
/// with `expect` lists `file:line severity` for formats without comments.
fn examples(rule: &Rule) -> Vec<Vec<File>> {
    let body = rule.body.split("## Examples").nth(1).unwrap().split("\n## ").next().unwrap();
    let mut out: Vec<Vec<File>> = Vec::new();
    let mut current: Vec<File> = Vec::new();
    let mut lines = body.lines();
    while let Some(line) = lines.next() {
        if let Some(info) = line.strip_prefix("```") {
            let block: Vec<&str> = lines.by_ref().take_while(|line| !line.starts_with("```")).collect();
            if info.split_whitespace().any(|word| word == "expect") {
                for line in block {
                    let (place, severity) = line.split_once(' ').unwrap_or((line, "error"));
                    let (path, number) = place.rsplit_once(':').unwrap();
                    let file = current.iter_mut().find(|file| file.path == path).unwrap();
                    file.marked.push((number.parse().unwrap(), severity_of(severity)));
                }
            } else if let Some(path) = info.split_whitespace().find_map(|word| word.strip_prefix("file=")) {
                current.push(file(path, &block));
            }
        } else if !line.trim().is_empty() && !current.is_empty() {
            out.push(std::mem::take(&mut current));
        }
    }
    out.extend((!current.is_empty()).then_some(current));
    out
}

fn severity_of(word: &str) -> Severity {
    match word.trim() {
        "error" => Severity::Error,
        "warning" => Severity::Warning,
        "info" => Severity::Info,
        other => panic!("unknown severity {other}"),
    }
}

fn file(path: &str, block: &[&str]) -> File {
    let mut marked = Vec::new();
    let mut text = String::new();
    for (index, line) in block.iter().enumerate() {
        let mark = ["# error", "# warning", "# info", "// error", "// warning"]
            .iter()
            .find_map(|mark| line.strip_suffix(mark).map(|rest| (rest.trim_end(), severity_of(&mark[2..]))));
        match mark {
            Some((rest, severity)) => {
                marked.push((index + 1, severity));
                text.push_str(rest);
            }
            None => text.push_str(line),
        }
        text.push('\n');
    }
    File { path: path.to_owned(), text, marked }
}

#[test]
fn examples_report_the_marked_lines_and_no_others() {
    let (registry, _) = Registry::builtin();
    let mut wrong = Vec::new();
    for rule in registry.rules().filter(|rule| rule.front.check != Some(Check::Engine)) {
        let examples = examples(rule);
        let flagged = examples.iter().filter(|files| files.iter().any(|file| !file.marked.is_empty())).count();
        if flagged == 0 || flagged == examples.len() {
            wrong.push(format!("{}: needs a flagged and a clean example", rule.id));
        }
        for files in &examples {
            let mut expected: Vec<(String, Severity)> = files
                .iter()
                .flat_map(|file| {
                    file.marked.iter().map(|(line, severity)| (format!("{}:{line}", file.path), *severity))
                })
                .collect();
            expected.sort();
            let found = run(rule, files);
            if found != expected {
                wrong.push(format!("{}\n  expected {expected:?}\n  found    {found:?}", rule.id));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `path:line` and severity of what the rule reports; files under `x.zip.d/` are packed.
fn run(rule: &Rule, files: &[File]) -> Vec<(String, Severity)> {
    let (scratch, packed) = (Scratch::new(), Scratch::new());
    for file in files {
        match file.path.split_once(".zip.d/") {
            Some((archive, inner)) => {
                packed.write(&format!("{archive}/{inner}"), &file.text);
                let bytes = pack(&packed.path().join(archive));
                scratch.write(&format!("{archive}.zip"), bytes);
            }
            None => scratch.write(&file.path, with_tokens(file.text.clone().into_bytes())),
        }
    }
    let judgement = judge_folder(scratch.path(), &|own| own.id == rule.id);
    let own: Vec<_> = judgement.diagnostics.into_iter().filter(|d| d.rule == rule.id).collect();
    let mut out: Vec<(String, Severity)> = places(scratch.path(), &own)
        .into_iter()
        .map(|(place, severity)| {
            let place = place.split(' ').next().unwrap().rsplit_once(':').unwrap().0.replace(".zip!", ".zip.d/");
            (place, severity)
        })
        .collect();
    out.sort();
    out
}
