//! Bad input is normal input: a diagnostic, the rest still judged, bounded time, and nothing in the
//! output that a terminal would obey.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::process::{Command, Output};
use std::time::{Duration, Instant};

use support::Scratch;

/// A compose file with a fault, to see that everything else is still judged.
const WITNESS: &str = "services:\n  web:\n    image: nginx:1.27\n    depends_on: [gone]\n";

fn run(scratch: &Scratch, format: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_deploylint"))
        .args(["--format", format, "--full-severity"])
        .current_dir(scratch.path())
        .output()
        .unwrap()
}

/// Rules reported for a path.
fn judge(scratch: &Scratch, path: &str) -> Vec<String> {
    scratch.write("witness/docker-compose.yml", WITNESS);
    let start = Instant::now();
    let output = run(scratch, "json");
    // Unoptimised; the two seconds are for the release binary. This guards against what never ends.
    assert!(start.elapsed() < Duration::from_secs(20), "{path} took {:?}", start.elapsed());
    let code = output.status.code();
    assert!(matches!(code, Some(1 | 2)), "{path}: {code:?} {}", String::from_utf8_lossy(&output.stderr));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let witness = findings.iter().any(|f| f["rule"] == "compose/undefined-dependency");
    assert!(witness, "{path}: the witness was not judged: {findings:#?}");
    for format in ["text", "concise", "json", "github"] {
        let output = run(scratch, format);
        for stream in [&output.stdout, &output.stderr] {
            let text = std::str::from_utf8(stream).unwrap();
            let bad = text.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(bad, None, "{path}: {format} prints a control character");
        }
    }
    let of_path = findings.iter().filter(|f| f["location"]["path"] == path);
    of_path.map(|f| f["rule"].as_str().unwrap().to_owned()).collect()
}

fn expect(path: &str, bytes: impl AsRef<[u8]>, rule: Option<&str>) {
    let scratch = Scratch::new();
    scratch.write(path, bytes);
    let found = judge(&scratch, path);
    assert_eq!(found, rule.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{path}");
}

#[test]
fn truncated_files_are_said_to_be_unparsable() {
    expect("compose.yaml", "services:\n  web: {image: [nginx\n", Some("input/unparsable"));
    expect("config/prod.json", "{\"a\": {\"b\": ", Some("input/unparsable"));
    expect("config/prod.toml", "a = \"b\n", Some("input/unparsable"));
    expect("package.json", "{\"name\": \"x\",", Some("input/unparsable"));
}

#[test]
fn deep_nesting_is_beyond_a_limit_and_not_of_the_stack() {
    let deep = 100_000;
    expect("a.yaml", "[".repeat(deep), Some("input/limit-exceeded"));
    expect("config/prod.json", format!("{{\"a\": {}", "[".repeat(deep)), Some("input/limit-exceeded"));
    expect("config/prod.toml", format!("a = {}", "[".repeat(deep)), Some("input/limit-exceeded"));
}

#[test]
fn bytes_that_are_no_text_are_said_to_be_unparsable() {
    expect("compose.yaml", b"services:\n  w\xff\xfeb: {image: x}\n", Some("input/unparsable"));
    expect("config/prod.json", b"{\"a\": \"\xc3\x28\"}", Some("input/unparsable"));
    expect("config/prod.toml", b"a = \"\xff\"\n", Some("input/unparsable"));
    expect(".env.production", b"A=\xff\xfe\xfd\n", Some("input/unparsable"));
}

#[test]
fn marks_and_line_breaks_of_other_systems_are_read() {
    expect("compose.yaml", "\u{feff}services:\r\n  web:\r\n    image: nginx:1.27\r\n", None);
    expect("config/prod.json", "\u{feff}{\r\n\"a\": 1\r\n}", None);
    expect("config/prod.toml", "\u{feff}a = 1\r\n", None);
    expect(".env.production", "\u{feff}A=1\r\n", None);
    expect("compose.yaml", "", None);
}

#[test]
fn aliases_that_explode_are_refused() {
    let items = vec!["x"; 100_000].join(", ");
    let aliases: String = (0..95).map(|i| format!("k{i}: *a\n")).collect();
    expect("bomb.yaml", format!("a: &a [{items}]\n{aliases}"), Some("input/limit-exceeded"));
    expect("loop.yaml", "a: &x [1, *x]\n", Some("input/unparsable"));
}

#[test]
fn an_archive_that_is_none_is_said_to_be_unreadable() {
    let scratch = Scratch::new();
    scratch.write("function.zip", "this is no archive");
    let output = Command::new(env!("CARGO_BIN_EXE_deploylint"))
        .args(["function.zip", "--handler", "index.handler", "--format", "json"])
        .current_dir(scratch.path())
        .output()
        .unwrap();
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["findings"][0]["rule"], "lambda/unreadable-package");
    assert_eq!(report["findings"][0]["location"]["path"], "function.zip");
}

#[cfg(unix)]
#[test]
fn hostile_names_and_links_do_no_harm() {
    use std::os::unix::ffi::OsStrExt;
    let scratch = Scratch::new();
    let name = std::ffi::OsStr::from_bytes(b"a\n\x1b[31m::error::x.yaml");
    std::fs::write(scratch.path().join(name), "a: [1\n").unwrap();
    std::os::unix::fs::symlink(".", scratch.path().join("loop")).unwrap();
    std::os::unix::fs::symlink("/etc/passwd", scratch.path().join("outside.yaml")).unwrap();
    std::os::unix::fs::symlink("nowhere", scratch.path().join("dangling.yaml")).unwrap();
    let found = judge(&scratch, "a\\n\\u{1b}[31m::error::x.yaml");
    assert_eq!(found, ["input/unparsable"]);
}

/// In the log of GitHub Actions no name is a command to the runner, whatever the format.
#[cfg(unix)]
#[test]
fn no_name_is_a_command_to_a_build_server() {
    let scratch = Scratch::new();
    std::fs::write(scratch.path().join("##[error]forged.yaml"), "a: [1\n").unwrap();
    std::fs::write(scratch.path().join("::error::forged.yaml"), "a: [1\n").unwrap();
    std::fs::write(scratch.path().join("a\n::error::forged.yaml"), "a: [1\n").unwrap();
    for format in ["text", "concise", "json", "github"] {
        let output = Command::new(env!("CARGO_BIN_EXE_deploylint"))
            .args(["--format", format])
            .env("GITHUB_ACTIONS", "true")
            .current_dir(scratch.path())
            .output()
            .unwrap();
        let text = String::from_utf8(output.stdout).unwrap();
        let commands = text.lines().filter(|line| line.trim_start().starts_with("::") || line.contains("##["));
        // The three files, and that nothing was checked.
        let expected = if format == "github" { 4 } else { 0 };
        assert_eq!(commands.count(), expected, "{format}: {text}");
    }
    let output = Command::new(env!("CARGO_BIN_EXE_deploylint"))
        .arg("##[error]forged")
        .env("GITHUB_ACTIONS", "true")
        .current_dir(scratch.path())
        .output()
        .unwrap();
    let notes = String::from_utf8(output.stderr).unwrap();
    assert!(notes.contains("forged") && !notes.contains("##["), "{notes}");
}

#[test]
fn a_line_of_two_megabytes_is_shown_in_part() {
    let scratch = Scratch::new();
    let long = "x".repeat(2 << 20);
    let text = format!(
        "{{\"services\": {{\"web\": {{\"image\": \"nginx:1.27\", \"labels\": {{\"a\": \"{long}\"}}, \"depends_on\": [\"lost\"]}}}}}}"
    );
    scratch.write("compose.yaml", text);
    let output = run(&scratch, "text");
    assert!(output.stdout.len() < 100_000, "{} bytes", output.stdout.len());
    assert!(String::from_utf8_lossy(&output.stdout).contains("lost"));
}
