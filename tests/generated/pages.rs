//! The pages in docs/ that say what the program knows: rules, facts, the command line.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use deploylint::command::facts::{kind_of, subjects};
use deploylint::rules::declarative::{OPERATORS, Operator};
use deploylint::rules::{Check, Registry, Rule};

use super::{compare, root};

/// Stands at the top of every page that is written here.
const NOTICE: &str = "<!-- Generated: UPDATE_GENERATED=1 cargo test --test generated -->\n";

/// Text of a cell of a markdown table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}

fn rule_page(rule: &Rule) -> String {
    let front = &rule.front;
    let mut out = format!("{NOTICE}# {}\n\n{}\n\n", rule.id, front.summary);
    let checked = match (front.check, &front.subject) {
        (None, Some(subject)) => format!("by conditions on [`{subject}`](../../facts.md#{subject})"),
        (None, None) => "by conditions".to_owned(),
        (Some(Check::Native), _) => "by a function over the whole graph".to_owned(),
        (Some(Check::Engine), _) => "by the run itself".to_owned(),
    };
    write!(
        out,
        "| at most | since | checked |\n|---|---|---|\n| {} | {} | {checked} |\n\n",
        rule.most_severe(),
        front.since
    )
    .unwrap();
    if let Some(profile) = &front.profile {
        write!(out, "Off unless the profile `{profile}` is chosen.\n\n").unwrap();
    }
    out.push_str("| case | at most | message |\n|---|---|---|\n");
    if let Some(message) = &front.message {
        writeln!(out, "| | {} | {} |", front.severity, cell(message)).unwrap();
    }
    for (name, case) in &front.cases {
        let severity = case.severity.unwrap_or(front.severity);
        writeln!(out, "| {name} | {severity} | {} |", cell(&case.message)).unwrap();
    }
    out.push('\n');
    out.push_str(&with_file_names(&rule.body));
    write!(
        out,
        "\n---\n[All rules](../README.md). This page is made from [rules/{0}.md](../../../rules/{0}.md).\n",
        rule.id
    )
    .unwrap();
    out
}

/// Examples with the names of their files above them, where a reader sees them.
fn with_file_names(body: &str) -> String {
    let mut out = String::new();
    for line in body.lines() {
        let Some(info) = line.strip_prefix("```").filter(|info| !info.is_empty()) else {
            writeln!(out, "{line}").unwrap();
            continue;
        };
        let mut words = info.split_whitespace().filter(|word| !word.contains('=') && *word != "expect");
        let language = words.next().unwrap_or("");
        if let Some(file) = info.split_whitespace().find_map(|word| word.strip_prefix("file=")) {
            write!(out, "`{file}`:\n\n").unwrap();
        } else if info.split_whitespace().any(|word| word == "expect") {
            out.push_str("Reported:\n\n");
        }
        writeln!(out, "```{language}").unwrap();
    }
    out
}

fn rule_index(registry: &Registry) -> String {
    let mut out = format!(
        "{NOTICE}# Rules\n\n`at most` is the highest severity that a finding of the rule may have; doubt lowers it \
         ([how](../configuration.md#severity)). `deploylint explain RULE` prints the same pages, and your own rules'.\n"
    );
    let mut family = String::new();
    for rule in registry.rules() {
        if rule.id.family() != family {
            family = rule.id.family().to_owned();
            write!(out, "\n## {family}\n\n| rule | at most | fault |\n|---|---|---|\n").unwrap();
        }
        writeln!(out, "| [{0}]({0}.md) | {1} | {2} |", rule.id, rule.most_severe(), cell(&rule.front.summary)).unwrap();
    }
    out
}

fn facts_page() -> String {
    let mut out = format!(
        "{NOTICE}# Facts\n\nWhat a rule can ask about: each subject with its fields. `deploylint facts` prints the same \
         list, `deploylint graph` shows the facts of a repository. Fields behind a link or a key of a map are asked with \
         dots: `workload.kind`, `labels.owner`. A field may be undecided; a rule never reports on that, and it is counted.\n\n\
         ## Operators\n\n| operator | operand | kinds of field | true when |\n|---|---|---|---|\n"
    );
    for operator in OPERATORS {
        let Operator { name, operand, kinds, meaning } = operator;
        writeln!(out, "| `{name}` | {operand} | {} | {} |", kinds.join(", "), cell(meaning)).unwrap();
    }
    out.push_str("\n## Subjects\n\n");
    for (subject, meaning, _) in subjects() {
        writeln!(out, "- [{subject}](#{subject}): {meaning}").unwrap();
    }
    for (subject, meaning, fields) in subjects() {
        write!(out, "\n### {subject}\n\n{meaning}.\n\n| field | kind | meaning |\n|---|---|---|\n").unwrap();
        for field in fields {
            writeln!(out, "| `{}` | {} | {} |", field.name, kind_of(&field), cell(field.meaning)).unwrap();
        }
    }
    out
}

/// `--help` of a command and of the commands below it, as the binary prints it.
fn help(command: &[&str], out: &mut String) {
    let output = Command::new(env!("CARGO_BIN_EXE_deploylint")).args(command).arg("--help").output().unwrap();
    assert!(output.status.success());
    let text = String::from_utf8(output.stdout).unwrap();
    let title = [&["deploylint"], command].concat().join(" ");
    write!(out, "\n## {title}\n\n```text\n{}\n```\n", text.trim_end()).unwrap();
    let Some((_, list)) = text.split_once("\nCommands:\n") else { return };
    let names = list.lines().take_while(|line| !line.is_empty()).filter(|line| line.as_bytes().get(2) != Some(&b' '));
    for name in names.filter_map(|line| line.split_whitespace().next()).filter(|name| *name != "help") {
        help(&[command, &[name]].concat(), out);
    }
}

#[test]
fn every_rule_has_a_page_and_every_page_a_rule() {
    let (registry, _) = Registry::builtin();
    let folder = root().join("docs/rules");
    let mut pages = BTreeSet::from([folder.join("README.md")]);
    compare(&folder.join("README.md"), &rule_index(&registry));
    for rule in registry.rules() {
        let path = folder.join(format!("{}.md", rule.id));
        compare(&path, &rule_page(rule));
        pages.insert(path);
    }
    for entry in walkdir::WalkDir::new(&folder).into_iter().map(Result::unwrap) {
        if entry.file_type().is_file() && !pages.contains(entry.path()) {
            remove(entry.path());
        }
    }
}

/// A page without a rule.
fn remove(path: &Path) {
    let is_renewed = std::env::var_os("UPDATE_GENERATED").is_some();
    assert!(is_renewed, "{} has no rule; UPDATE_GENERATED=1 cargo test --test generated removes it", path.display());
    fs::remove_file(path).unwrap();
}

#[test]
fn the_page_of_facts_lists_them_all() {
    compare(&root().join("docs/facts.md"), &facts_page());
}

#[test]
fn the_page_of_the_command_line_is_what_help_says() {
    let mut out = format!("{NOTICE}# Command line\n");
    help(&[], &mut out);
    compare(&root().join("docs/command-line.md"), &out);
}

/// The page that says how to renew tables names every file of the runtimes that cites a source, and no other.
#[test]
fn the_page_on_renewing_tables_lists_them_all() {
    let page = fs::read_to_string(root().join("docs/renewing-tables.md")).unwrap();
    let named: BTreeSet<&str> = page.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next()).collect();
    let files = walkdir::WalkDir::new(root().join("src/runtime")).into_iter().map(Result::unwrap);
    let citing: BTreeSet<String> = files
        .filter(|entry| entry.file_type().is_file())
        .filter(|entry| {
            let text = fs::read_to_string(entry.path()).unwrap();
            text.lines().any(|line| ["//! Source: ", "/// Source: "].iter().any(|mark| line.trim().starts_with(mark)))
        })
        .map(|entry| entry.path().strip_prefix(root()).unwrap().to_str().unwrap().to_owned())
        .collect();
    assert_eq!(named, citing.iter().map(String::as_str).collect());
}
