//! The walls of the house: who may use whom, and where third-party types and the outside world stop.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// A room and the rooms that it may use, itself left out. A room that is not here may not exist.
const WALLS: &[(&str, &[&str])] = &[
    // vocabulary
    ("source", &[]),
    ("value", &["source"]),
    ("diagnostic", &["source", "value"]),
    ("facts", &["source", "value", "diagnostic"]),
    ("measure", &[]),
    // getting in
    ("tree", &["source"]),
    ("scope", &["source", "facts", "tree"]),
    ("cli", &["config", "diagnostic", "facts", "policy", "render", "rules", "source"]),
    ("config", &["diagnostic", "facts", "rules", "scope", "source", "syntax", "value"]),
    // one file at a time
    ("syntax", &["source"]),
    ("text", &["source"]),
    ("extract", &["scope", "source", "syntax", "text"]),
    // many files at a time
    ("sets", &["expand", "extract", "facts", "scope", "source", "syntax", "value"]),
    ("expand", &["diagnostic", "extract", "facts", "scope", "source", "syntax", "tree", "value"]),
    ("lower", &["diagnostic", "expand", "facts", "scope", "source", "syntax", "value"]),
    ("graph", &["diagnostic", "facts", "scope", "source", "value"]),
    // code and artifacts
    ("code", &["source"]),
    ("runtime", &["code", "source", "tree"]),
    ("trace", &["code", "diagnostic", "facts", "runtime", "source", "syntax", "text", "tree", "value"]),
    // judging and saying
    // Metadata of rule files is YAML: `syntax` is for reading that, never for a check.
    ("rules", &["diagnostic", "facts", "graph", "measure", "scope", "source", "syntax", "value"]),
    ("policy", &["config", "diagnostic", "facts", "rules", "scope", "source", "syntax", "value"]),
    // Of the graph, render sees the view alone.
    ("render", &["config", "diagnostic", "facts", "graph", "policy", "rules", "run", "source", "value"]),
    // the pipeline, and the commands around it
    (
        "command",
        &[
            "cli",
            "config",
            "diagnostic",
            "facts",
            "graph",
            "measure",
            "policy",
            "render",
            "rules",
            "run",
            "scope",
            "source",
            "trace",
            "tree",
            "value",
        ],
    ),
    (
        "run",
        &[
            "config",
            "diagnostic",
            "expand",
            "extract",
            "facts",
            "graph",
            "lower",
            "measure",
            "policy",
            "rules",
            "runtime",
            "scope",
            "sets",
            "source",
            "syntax",
            "text",
            "trace",
            "tree",
            "value",
        ],
    ),
];

/// Names that may stand only below these paths.
const DOORS: &[(&str, &[&str])] = &[
    ("miette", &["src/render/text"]),
    ("clap", &["src/cli"]),
    ("std::fs", &["src/tree"]),
    ("std::process::Command", &["src/tree"]),
    ("process::Command", &["src/tree"]),
    ("granit_parser", &["src/syntax"]),
    ("jiter", &["src/syntax"]),
    ("hcl_edit", &["src/syntax/hcl"]),
    ("serde_json_path", &["src/syntax/query"]),
    ("toml::", &["src/syntax", "src/config"]),
    ("zip::", &["src/tree"]),
    ("flate2::", &["src/tree/archive"]),
    ("crc32fast::", &["src/tree/archive"]),
    ("libc::", &["src/tree"]),
    ("oxc_", &["src/code/javascript", "src/runtime/node"]),
    ("ruff_", &["src/code/python"]),
    ("object::elf", &["src/runtime/native"]),
    ("object::read", &["src/runtime/native"]),
    ("aho_corasick", &["src/text"]),
    ("regex_syntax", &["src/rules/declarative"]),
    ("globset", &["src/scope", "src/config"]),
    ("println!", &["src/main.rs"]),
    ("std::net", &[]),
    ("SystemTime", &["src/cli"]),
    ("Instant", &["src/measure"]),
];

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path) -> Vec<(String, String)> {
    let mut out: Vec<(String, String)> = walkdir::WalkDir::new(folder)
        .into_iter()
        .map(Result::unwrap)
        .filter(|entry| entry.path().extension().is_some_and(|e| e == "rs"))
        .filter(|entry| !entry.path().ends_with("tests.rs") && !entry.path().ends_with("testing.rs"))
        .map(|entry| {
            let path = entry.path().strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
            (path, fs::read_to_string(entry.path()).unwrap())
        })
        .collect();
    out.sort();
    out
}

/// The room of a file: `src/tree/disk.rs` and `src/tree.rs` are in `tree`.
fn room(path: &str) -> &str {
    let rest = path.strip_prefix("src/").unwrap();
    rest.split('/').next().unwrap().trim_end_matches(".rs")
}

/// Text without comments and without what only tests see.
fn code(text: &str) -> String {
    let text = text.split("#[cfg(test)]\nmod tests").next().unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// Rooms that a text uses through `crate::room` or `crate::{room, …}` paths.
fn used_rooms(text: &str) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (at, _) in text.match_indices("crate::") {
        let before = text[..at].chars().next_back();
        if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
            continue;
        }
        let rest = &text[at + "crate::".len()..];
        match rest.strip_prefix('{') {
            Some(list) => {
                let mut depth = 0;
                let mut word = String::new();
                for c in list.chars() {
                    match c {
                        '{' => depth += 1,
                        '}' if depth == 0 => break,
                        '}' => depth -= 1,
                        _ => {}
                    }
                    if depth == 0 && (c.is_alphanumeric() || c == '_') {
                        word.push(c);
                    } else if depth == 0 && c == ',' {
                        out.insert(std::mem::take(&mut word));
                    } else if c == ':' && !word.is_empty() {
                        out.insert(word.clone());
                    }
                }
                out.insert(word);
            }
            None => {
                out.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect());
            }
        }
    }
    out.retain(|word| WALLS.iter().any(|(room, _)| room == word));
    out
}

/// What is wrong with a file's use of other rooms.
fn breaches(path: &str, text: &str) -> Vec<String> {
    let room = room(path);
    let Some((_, allowed)) = WALLS.iter().find(|(own, _)| *own == room) else {
        return vec![format!("{path}: no room `{room}` in the table")];
    };
    used_rooms(&code(text))
        .into_iter()
        .filter(|used| used != room && !allowed.contains(&used.as_str()))
        .map(|used| format!("{path}: `{room}` may not use `{used}`"))
        .collect()
}

#[test]
fn rooms_use_only_the_rooms_they_may() {
    let wrong: Vec<String> = rust_files(&root().join("src"))
        .iter()
        .filter(|(path, _)| !matches!(path.as_str(), "src/lib.rs" | "src/main.rs"))
        .flat_map(|(path, text)| breaches(path, text))
        .collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_planted_violation_is_seen() {
    assert_eq!(breaches("src/value/x.rs", "use crate::rules::Rule;").len(), 1);
    assert_eq!(breaches("src/value/x.rs", "fn f() { crate::graph::link(&mut g) }").len(), 1);
    assert_eq!(breaches("src/syntax/x.rs", "use crate::{source::Span, facts::{Id, Place}};").len(), 1);
    assert_eq!(breaches("src/rules/native/x.rs", "use crate::expand::Expansion;").len(), 1);
    assert!(breaches("src/graph/x.rs", "use crate::facts::Id;\n// crate::rules").is_empty());
    assert_eq!(breaches("src/attic/x.rs", "").len(), 1);
}

#[test]
fn third_party_types_and_the_outside_world_stop_at_their_doors() {
    let mut wrong = Vec::new();
    for (path, text) in rust_files(&root().join("src")) {
        let code = code(&text);
        for (name, doors) in DOORS {
            let inside = doors.iter().any(|door| path.starts_with(door));
            let used = code.match_indices(name).any(|(at, _)| {
                // `toml::` is a crate, `syntax::toml::` is a room of ours.
                let before = code[..at].chars().next_back();
                !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == ':')
            });
            if used && !inside {
                wrong.push(format!("{path}: `{name}` is for {}", doors.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_rule_knows_no_other_rule_and_no_format() {
    // Only the metadata of a rule file is read as YAML; a query must be readable before it is handed on.
    const READERS: [&str; 2] = ["src/rules/written.rs", "src/rules/declarative/documents.rs"];
    for (path, text) in rust_files(&root().join("src/rules")) {
        assert!(!code(&text).contains("crate::syntax") || READERS.contains(&&*path), "{path}: knows a format");
    }
    for (path, text) in rust_files(&root().join("src/rules/native")) {
        if path.ends_with("mod.rs") {
            continue;
        }
        let code = code(&text);
        assert!(!code.contains("crate::rules::native"), "{path}: uses another rule");
        assert!(!code.contains("crate::syntax") && !code.contains("crate::expand"), "{path}: knows a format");
    }
}

#[test]
fn unsafe_code_is_forbidden() {
    let lib = fs::read_to_string(root().join("src/lib.rs")).unwrap();
    let main = fs::read_to_string(root().join("src/main.rs")).unwrap();
    assert!(lib.contains("#![forbid(unsafe_code)]") && main.contains("#![forbid(unsafe_code)]"));
}
