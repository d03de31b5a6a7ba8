//! Links between the project's own pages lead somewhere, and the command lines in them are understood.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use deploylint::cli::{Surroundings, parse};
use deploylint::config::RuleNames;
use deploylint::rules::Registry;

/// Folders without pages of ours: build output, and projects that are only judged.
const WITHOUT_PAGES: &[&str] = &["target", ".git", "fixtures"];

fn pages() -> Vec<PathBuf> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_ours = |entry: &walkdir::DirEntry| !WITHOUT_PAGES.iter().any(|name| entry.path() == root.join(name));
    let entries = walkdir::WalkDir::new(root).into_iter().filter_entry(is_ours).map(Result::unwrap);
    entries.map(walkdir::DirEntry::into_path).filter(|path| path.extension().is_some_and(|e| e == "md")).collect()
}

/// A page without its code.
fn prose(text: &str) -> String {
    let mut out = String::new();
    let mut is_code = false;
    for line in text.lines() {
        if line.starts_with("```") {
            is_code = !is_code;
        } else if !is_code && !line.starts_with("    ") {
            out.extend(line.split('`').step_by(2));
            out.push('\n');
        }
    }
    out
}

/// Targets of links that do not leave the project.
fn links(text: &str) -> Vec<String> {
    let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target.to_owned());
    targets.filter(|target| !target.contains("://") && !target.starts_with("mailto:")).collect()
}

/// The anchor that GitHub gives a heading.
fn anchor(heading: &str) -> String {
    let kept = heading.trim().to_lowercase();
    kept.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '_')).collect::<String>().replace(' ', "-")
}

fn has_anchor(page: &Path, wanted: &str) -> bool {
    let text = fs::read_to_string(page).unwrap_or_default();
    text.lines().filter(|line| line.starts_with('#')).any(|line| anchor(line.trim_start_matches('#')) == wanted)
}

/// What is wrong with a link of a page.
fn fault(page: &Path, target: &str) -> Option<String> {
    let (path, wanted) = target.split_once('#').unwrap_or((target, ""));
    let full = if path.is_empty() { page.to_owned() } else { page.parent().unwrap().join(path) };
    if !full.exists() {
        return Some(format!("{}: `{target}` does not exist", page.display()));
    }
    let is_missing = !wanted.is_empty() && !has_anchor(&full, wanted);
    is_missing.then(|| format!("{}: `{target}` has no such heading", page.display()))
}

#[test]
fn links_between_pages_lead_somewhere() {
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in pages() {
        for target in links(&prose(&fs::read_to_string(&page).unwrap())) {
            count += 1;
            wrong.extend(fault(&page, &target));
        }
    }
    assert!(count > 50, "links are not found any more");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Lines of a page's code that call the program.
fn command_lines(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut is_shell = false;
    for line in text.lines() {
        if let Some(info) = line.strip_prefix("```") {
            is_shell = !is_shell && matches!(info, "sh" | "yaml");
        } else if is_shell {
            let line = line.trim_start().trim_start_matches("- ").trim_start_matches("run: ");
            let line = line.trim_start_matches("entry: ").split(['|', '#', '>']).next().unwrap_or_default();
            out.extend(line.starts_with("deploylint ").then(|| line.trim_end().to_owned()));
        }
    }
    out
}

#[test]
fn command_lines_in_pages_are_understood() {
    let names = RuleNames::of(&Registry::builtin().0);
    let mut wrong = Vec::new();
    let mut count = 0;
    for page in pages() {
        for line in command_lines(&fs::read_to_string(&page).unwrap()) {
            count += 1;
            let words = line.split_whitespace().map(|word| word.trim_matches(['"', '\'']).into());
            if let Err(error) = parse(words, &Surroundings::default(), &names) {
                wrong.push(format!("{}: {line}: {error}", page.display()));
            }
        }
    }
    assert!(count > 10, "command lines are not found any more");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_link_into_nothing_is_seen() {
    let page = Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md");
    assert_eq!(links("[a](b.md) [c](https://d) [e](#f)"), ["b.md", "#f"]);
    assert!(fault(&page, "nothing.md").is_some() && fault(&page, "#no-heading-of-this-name").is_some());
    assert!(fault(&page, "docs/configuration.md#severity").is_none());
}
