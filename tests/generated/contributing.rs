//! CONTRIBUTING.md shows a rule that works and files as they are.

use std::fs;

use deploylint::command::test_rules::run;
use deploylint::rules::examples::examples;
use deploylint::rules::{Registry, split};
use deploylint::run::in_pool;

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

#[test]
fn the_rule_that_newcomers_are_shown_works() {
    let text = fs::read_to_string(root().join("CONTRIBUTING.md")).unwrap();
    let (_, block) = text.split_once("````markdown file=rules/").unwrap();
    let (block, _) = block.split_once("\n````").unwrap();
    let (path, rule) = block.split_once('\n').unwrap();
    let id = path.strip_suffix(".md").unwrap();

    let (mut registry, _) = Registry::builtin();
    assert_eq!(registry.add(id, &format!("{rule}\n"), Default::default()), []);
    let rule = registry.get(id).unwrap();
    let examples = examples(&rule.body).unwrap();
    assert_eq!(examples.iter().filter(|example| example.is_flagged()).count(), 1);
    assert_eq!(examples.len(), 2);
    for example in examples {
        let difference = in_pool(1, || run(rule, &registry, &example)).unwrap().unwrap();
        assert!(difference.is_empty(), "{difference:#?}");
    }
}
