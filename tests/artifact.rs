//! `artifact` as users see it: what is inside a package, as text and as json, also of packages that mean harm.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::process::{Command, Output};

use serde_json::Value;
use support::Scratch;

const HANDLER: &str =
    "const a = require('a');\ntry { require('maybe') } catch {}\nexports.handler = async () => a();\n";

fn artifact(scratch: &Scratch, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deploylint"));
    command.arg("artifact").args(arguments).current_dir(scratch.path()).output().unwrap()
}

fn text(scratch: &Scratch, arguments: &[&str]) -> String {
    let output = artifact(scratch, arguments);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn json(scratch: &Scratch, arguments: &[&str]) -> Value {
    serde_json::from_str(&text(scratch, &[arguments, &["--format", "json"]].concat())).unwrap()
}

fn zip(files: &[(&str, &str)]) -> Scratch {
    let scratch = Scratch::new();
    add_zip(&scratch, "api.zip", files);
    scratch
}

fn add_zip(scratch: &Scratch, name: &str, files: &[(&str, &str)]) {
    scratch.write(name, deploylint::tree::pack(files.iter().map(|(path, text)| (*path, text.as_bytes()))).unwrap());
}

fn service() -> Scratch {
    let big = "x".repeat(5000);
    zip(&[
        ("index.js", HANDLER),
        ("notes.txt", "1"),
        ("node_modules/a/package.json", r#"{"name": "a", "version": "1.0.0", "main": "m.js"}"#),
        ("node_modules/a/m.js", "module.exports = () => 1;\n"),
        ("node_modules/idle/package.json", r#"{"name": "idle", "version": "2.0.0"}"#),
        ("node_modules/idle/big.txt", &big),
        ("node_modules/maybe/package.json", r#"{"version": "3.0.0", "dependencies": {"below": "4"}}"#),
        ("node_modules/maybe/index.js", ""),
        ("node_modules/below/package.json", r#"{"version": "4.0.0"}"#),
        ("node_modules/below/index.js", ""),
    ])
}

/// `name@version reached` of each package, largest first.
fn packages(contents: &Value) -> Vec<String> {
    let word = |package: &Value, key: &str| package[key].as_str().unwrap_or("").to_owned();
    let line = |package: &Value| {
        format!("{}@{} {}", word(package, "name"), word(package, "version"), word(package, "reached"))
    };
    contents["packages"].as_array().unwrap().iter().map(line).collect()
}

#[test]
fn what_the_handler_reaches_and_what_not() {
    let contents = json(&service(), &["api.zip", "--handler", "index.handler", "--runtime", "nodejs22.x"]);
    assert_eq!(contents["schema"], "deploylint/artifact/v1");
    let expected = ["idle@2.0.0 no", "@ yes", "a@1.0.0 yes", "maybe@3.0.0 unknown", "below@4.0.0 unknown"];
    assert_eq!(packages(&contents), expected);
    assert_eq!(contents["reach"]["reached"]["members"], 2);
    assert_eq!(contents["reach"]["not_reached"]["members"], 8);
    assert_eq!(contents["reach"]["not_followed"]["guarded"], 1);
    assert_eq!(contents["function"]["handler_guessed"], false);
    assert_eq!(contents["largest_files"][0]["path"], "node_modules/idle/big.txt");
    let sum = |key: &str| -> u64 {
        contents["packages"].as_array().unwrap().iter().map(|package| package["size"][key].as_u64().unwrap()).sum()
    };
    for key in ["members", "bytes", "compressed"] {
        assert_eq!(contents["size"][key].as_u64().unwrap(), sum(key), "{key}");
    }
    let file = std::fs::metadata(service().path().join("api.zip")).unwrap().len();
    assert_eq!(contents["limits"][0]["bytes"], file);
}

#[test]
fn text_says_it_in_lines() {
    let shown = text(&service(), &["api.zip"]);
    for line in [
        "api.zip: zip, 10 members",
        "  runtime  nodejs22.x (assumed: nobody names the runtime)",
        "  handler  index.handler in index.js (a guess: nobody names the handler)",
        "  not followed, so more may be loaded: 1 file behind guarded imports",
    ] {
        assert!(shown.lines().any(|own| own == line), "{line}\n{shown}");
    }
    let idle = shown.lines().find(|line| line.ends_with("idle@2.0.0")).unwrap();
    assert_eq!(idle.split_whitespace().collect::<Vec<_>>()[4..], ["2", "no", "idle@2.0.0"], "{shown}");
    assert!(shown.contains("of 250.0 MB") && shown.contains("of 50.0 MB"), "{shown}");
}

#[test]
fn python_distributions_are_packages() {
    let scratch = zip(&[
        ("app.py", "import six\ndef handler(e, c): pass\n"),
        ("six.py", "x = 1\n"),
        ("six-1.17.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: six\nVersion: 1.17.0\n\n"),
        ("six-1.17.0.dist-info/RECORD", "six.py,,\nsix-1.17.0.dist-info/METADATA,,\nsix-1.17.0.dist-info/RECORD,,\n"),
    ]);
    let contents = json(&scratch, &["api.zip", "--handler", "app.handler", "--runtime", "python3.12"]);
    assert_eq!(packages(&contents), ["six@1.17.0 yes", "@ yes"]);
    assert_eq!(contents["packages"][0]["kind"], "python");
}

#[test]
fn layers_count_and_their_files_are_reached() {
    let scratch = zip(&[("index.js", HANDLER)]);
    add_zip(&scratch, "layer.zip", &[("nodejs/node_modules/a/index.js", "module.exports = () => 1;\n")]);
    let contents = json(&scratch, &["api.zip", "--layer", "layer.zip"]);
    assert_eq!(contents["reach"]["in_layers"], 1);
    let (own, layer) = (HANDLER.len(), contents["layers"][0]["size"]["bytes"].as_u64().unwrap());
    assert_eq!(contents["limits"][1]["bytes"], own as u64 + layer);
    let gone = artifact(&scratch, &["api.zip", "--layer", "gone.zip"]);
    assert_eq!(gone.status.code(), Some(2));
}

#[test]
fn a_handler_that_is_not_there_leaves_all_unknown() {
    let scratch = service();
    for arguments in [&["api.zip", "--handler", "gone.handler"][..], &["api.zip", "--runtime", "ruby3.3"]] {
        let contents = json(&scratch, arguments);
        assert_eq!(contents["reach"]["known"], false);
        assert!(contents["reach"]["why"].is_string());
        assert!(packages(&contents).iter().all(|line| line.ends_with(" unknown")), "{contents}");
        assert!(text(&scratch, arguments).contains("what the handler reaches is not known"));
    }
}

#[test]
fn hostile_names_and_versions_are_harmless() {
    let scratch = zip(&[
        ("index.js", "exports.handler = 1"),
        ("node_modules/e\u{1b}[31m\u{202e}vil/package.json", "{\"version\": \"1\\n::error::x\\u0007\"}"),
        ("../../out\r.js", "1"),
        ("/abs/\u{9b}x", "1"),
        ("six\u{7}-1.dist-info/RECORD", "../../etc/passwd,,\n\u{1b},,\n"),
    ]);
    for format in ["text", "json"] {
        let shown = text(&scratch, &["api.zip", "--format", format]);
        assert!(!shown.chars().any(|c| c != '\n' && c.is_control() || c == '\u{202e}'), "{shown:?}");
        assert!(!shown.lines().any(|line| line.starts_with("::")), "{shown:?}");
    }
}

#[test]
fn text_is_bounded() {
    let long = "n".repeat(200);
    let names: Vec<String> = (0..100).map(|at| format!("node_modules/{long}{at:03}/index.js")).collect();
    let scratch = zip(&names.iter().map(|name| (name.as_str(), "1")).collect::<Vec<_>>());
    let shown = text(&scratch, &["api.zip"]);
    assert!(shown.lines().count() < 60 && shown.lines().all(|line| line.chars().count() < 300), "{shown}");
    assert!(shown.contains("70 smaller packages"), "{shown}");
    assert_eq!(packages(&json(&scratch, &["api.zip"])).len(), 100);
}

#[test]
fn a_folder_has_no_packed_sizes() {
    let scratch = Scratch::new();
    scratch.write("built/index.js", HANDLER);
    scratch.write("built/node_modules/a/package.json", r#"{"name": "a", "version": "1.0.0", "main": "m.js"}"#);
    scratch.write("built/node_modules/a/m.js", "module.exports = () => 1;\n");
    let contents = json(&scratch, &["built", "--handler", "index.handler", "--runtime", "nodejs22.x"]);
    assert_eq!(packages(&contents), ["@ yes", "a@1.0.0 yes"]);
    assert_eq!((&contents["format"], &contents["size"]["compressed"]), (&Value::from("folder"), &Value::Null));
    assert_eq!(contents["limits"].as_array().unwrap().len(), 1);
    let shown = text(&scratch, &["built"]);
    assert!(shown.starts_with("built: folder, 3 members\n") && !shown.contains(" zipped"), "{shown}");
}

#[test]
fn what_cannot_be_opened_is_said() {
    let scratch = Scratch::new();
    scratch.write("torn.zip", b"PK\x03\x04 and no more");
    scratch.write("empty.zip", b"");
    scratch.write("text.txt", b"hello");
    for file in ["torn.zip", "empty.zip", "text.txt", "gone.zip"] {
        let output = artifact(&scratch, &[file]);
        assert_eq!(output.status.code(), Some(2), "{file}");
        assert!(output.stdout.is_empty());
        assert!(String::from_utf8(output.stderr).unwrap().starts_with("error: "), "{file}");
    }
}
