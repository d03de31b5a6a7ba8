//! CONTRIBUTING.md shows a rule that works and files as they are.

use std::fs;

use deploylint::command::test_rules::run;
use deploylint::rules::examples::examples;
use deploylint::rules::{Registry, RuleOrigin, split};
use deploylint::run::in_pool;
use deploylint::source::{ContentId, Source};

use super::{compare, root};

/// The file itself; of a rule only its metadata.
fn excerpt(path: &str) -> String {
    let text = fs::read_to_string(root().join(path)).unwrap();
    if path.ends_with(".md") { split(&text).unwrap().0.to_owned() } else { text }
}

#[test]
fn excerpts_are_what_the_files_say() {
    let path = root().join("CONTRIBUTING.md");
    let mut out = String::new();
    let text = fs::read_to_string(&path).unwrap();
    let mut lines = text.lines();
    let mut count = 0;
    while let Some(line) = lines.next() {
        out.push_str(line);
        out.push('\n');
        if let Some((_, file)) = line.split_once(" excerpt=").filter(|_| line.starts_with("```")) {
            count += 1;
            lines.by_ref().find(|line| *line == "```").unwrap();
            out.push_str(&excerpt(file));
            out.push_str("```\n");
        }
    }
    assert_eq!(count, 2);
    compare(&path, &out);
}

/// The rule that a page shows in a block of four backticks, under the id that its path has.
fn shown_rule(page: &str, folder: &str) -> (String, String) {
    let text = fs::read_to_string(root().join(page)).unwrap();
    let (_, block) = text.split_once(&format!("````markdown file={folder}/")).unwrap();
    let (block, _) = block.split_once("\n````").unwrap();
    let (path, rule) = block.split_once('\n').unwrap();
    (path.strip_suffix(".md").unwrap().to_owned(), format!("{rule}\n"))
}

fn own_file() -> RuleOrigin {
    RuleOrigin::File(Source::new("rules/a/b.md".into(), ContentId::of(b"")))
}

#[test]
fn the_rules_that_newcomers_are_shown_work() {
    for (page, folder, own, origin) in [
        ("CONTRIBUTING.md", "rules", "", RuleOrigin::Builtin),
        ("docs/rules-of-your-own.md", ".deploylint/rules", "local/", own_file()),
    ] {
        let (path, text) = shown_rule(page, folder);
        let id = [own, &path].concat();
        let (mut registry, _) = Registry::builtin();
        // Who follows the page to the letter has the rule already.
        if registry.get(&id).is_none() {
            assert_eq!(registry.add(&id, &text, origin), [], "{page}");
        }
        let rule = registry.get(&id).unwrap();
        let examples = examples(&rule.body).unwrap();
        assert_eq!(examples.iter().filter(|example| example.is_flagged()).count(), 1, "{page}");
        assert_eq!(examples.len(), 2, "{page}");
        for example in examples {
            let difference = in_pool(1, || run(rule, &registry, &example)).unwrap().unwrap();
            assert!(difference.is_empty(), "{page}: {difference:#?}");
        }
    }
}

/// The conditions in the table of the page on rules of one's own are conditions.
#[test]
fn what_the_page_on_rules_says_can_be_written() {
    let text = fs::read_to_string(root().join("docs/rules-of-your-own.md")).unwrap();
    let (_, table) = text.split_once("| to say | write |\n|---|---|\n").unwrap();
    let rows = table.lines().take_while(|line| line.starts_with('|'));
    let mut count = 0;
    for row in rows {
        let keys: Vec<&str> = row.split('`').skip(1).step_by(2).filter(|key| key.contains(": ")).collect();
        let rule = format!("---\nsummary: a\nseverity: info\nmessage: a\n{}\n---\n", keys.join("\n"));
        let (mut registry, _) = Registry::builtin();
        assert_eq!(registry.add("local/a/b", &rule, own_file()), [], "{rule}");
        count += 1;
    }
    assert_eq!(count, 5);
}
