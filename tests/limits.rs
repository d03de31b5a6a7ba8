//! Code at the limits of nesting, judged by the binary in a process of its own: a parser that overflows
//! its stack aborts, and nothing in the process could catch that.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::io::Write;
use std::process::Command;

use support::Scratch;

fn package(code: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    writer.start_file("index.js", options).unwrap();
    writer.write_all(code.as_bytes()).unwrap();
    writer.finish().unwrap().into_inner()
}

/// Rules reported for a package with this code behind a handler that is there.
fn judge(name: &str, code: &str) -> Vec<String> {
    let scratch = Scratch::new();
    scratch.write("function.zip", package(&format!("exports.handler = () => 1;\n{code}\n")));
    let output = Command::new(env!("CARGO_BIN_EXE_deploylint"))
        .args(["function.zip", "--handler", "index.handler", "--runtime", "nodejs22.x", "--format", "json"])
        .current_dir(scratch.path())
        .output()
        .unwrap();
    assert!(output.status.code().is_some(), "{name}: the process was killed");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{name}"));
    report["findings"].as_array().unwrap().iter().map(|f| f["rule"].as_str().unwrap().to_owned()).collect()
}

fn nested(open: &str, close: &str, times: usize) -> String {
    format!("x = {}1{};", open.repeat(times), close.repeat(times))
}

/// Constructs by name: code that nests that often.
fn constructs(brackets: usize, operators: usize) -> Vec<(&'static str, String)> {
    vec![
        ("parentheses", nested("(", ")", brackets)),
        ("arrays", nested("[", "]", brackets)),
        ("calls", nested("f(", ")", brackets)),
        ("objects", nested("{a:", "}", brackets)),
        ("functions", format!("x = {}1{};", "function(){return ".repeat(brackets), "}".repeat(brackets))),
        ("templates", nested("`${", "}`", brackets)),
        ("conditions", format!("x = {}1;", "a ? b : ".repeat(operators))),
        ("arrows", format!("x = {}1;", "a => ".repeat(operators))),
        ("assignments", format!("x = {}1;", "a = ".repeat(operators))),
        ("negations", format!("x = {}1;", "!".repeat(operators))),
    ]
}

#[test]
fn code_just_below_the_limits_is_parsed() {
    // A condition and an arrow count as two operators.
    for (name, code) in constructs(990, 2_400) {
        assert_eq!(judge(name, &code), Vec::<String>::new(), "{name}");
    }
}

#[test]
fn code_far_beyond_the_limits_is_a_finding() {
    for (name, code) in constructs(200_000, 200_000) {
        assert_eq!(judge(name, &code), ["input/limit-exceeded"], "{name}");
    }
}
