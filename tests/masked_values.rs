//! A rule of one's own may quote what it picks of a document; a credential or a control character does
//! not reach any output so. And documents that no rule asks for cost nothing.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::process::Command;

use support::Scratch;

/// Picks everything and says all that can be said of it.
const RULE: &str = "---\nsummary: s\nseverity: warning\nsubject: document\nfiles: ['a.*', compose]\nselect: $..*\nmessage: \"{key} is {value} or {number} at {path} in {file}\"\nhelp: \"not {value}\"\nvalue: value\n---\n## What it does\n## Why deployments fail\n## How to fix\n## Examples\n## References\n";

fn outputs(scratch: &Scratch) -> Vec<String> {
    scratch.write(".deploylint/rules/team/x.md", RULE);
    let run = |format: &str| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_deploylint"));
        let output = command.args(["--format", format]).current_dir(scratch.path()).output().unwrap();
        assert_eq!(output.stderr, b"", "{format}");
        String::from_utf8(output.stdout).unwrap()
    };
    ["text", "concise", "json", "github"].map(run).into()
}

/// None of these stands in what is printed about a file, and it is spoken of all the same.
fn hidden(path: &str, text: &str, secrets: &[&str]) {
    let scratch = Scratch::new();
    scratch.write(path, text);
    for output in outputs(&scratch) {
        assert!(output.contains("local/team/x"), "{path}: nothing is reported: {output}");
        for secret in secrets {
            assert!(!output.contains(secret), "{path}: `{secret}` is shown:\n{output}");
        }
        assert_eq!(output.chars().find(|c| c.is_control() && *c != '\n'), None, "{path}:\n{output}");
    }
}

#[test]
fn no_credential_is_quoted() {
    // Made here, so that it stands in no file.
    let token = format!("gh{}_q7Zw3Xk9Rt2Lm5Pv8Bn1Yc4D", "p");
    let armour = |label: &str| format!("{0}{label} PRIVATE KEY{0}", "-".repeat(5));
    let (begin, end) = (armour("BEGIN"), armour("END"));
    let yaml = format!(
        "db:\n  password: tr0ub4dor\n  pin_password: 12345678\n  other: {token}\n  url: postgres://scott:t1ger@db/x\n  \
         DB_PASSWORD: 'hunter2'\n  key: |\n    {begin}\n    MIIEvQIBADANBgkq\n    {end}\n  \
         list: [{{name: API_TOKEN, value: swordf1sh}}]\n  admin_password: >\n    correct horse\n    battery\n"
    );
    let secrets =
        ["tr0ub4dor", "12345678", "q7Zw3Xk9", "t1ger", "hunter2", "MIIEvQ", "swordf1sh", "correct horse", "battery"];
    hidden("a.yaml", &yaml, &secrets);
    let json = "{\"password\": \"op3nsesame\", \"my_secret\": \"a\\u0062cd3fgh\", \"nested\": {\"api_key\": {\"value\": \"zz9plural\"}},\n\"client_secrets\": [\"f1rst0ne\", \"s3cond0ne\"]}";
    hidden("a.json", json, &["op3nsesame", "abcd3fgh", "cd3fgh", "zz9plural", "f1rst0ne", "s3cond0ne"]);
    hidden("a.toml", "[x]\nclient_secret = \"s3cr3tsauce\"\nauth.token = 87654321\n", &["s3cr3tsauce", "87654321"]);
    let compose = "services:\n  a:\n    image: a\n    environment:\n      DB_PASSWORD: sw33tl0rd\n      URL: http://u:p4ssw0rd@h/\n";
    hidden("compose.yaml", compose, &["sw33tl0rd", "p4ssw0rd"]);
}

#[test]
fn what_is_no_credential_is_quoted() {
    let scratch = Scratch::new();
    scratch.write("a.yaml", "image: nginx:1.27\nsecretName: tls-web\nreplicas: 3\nnothing:\n");
    let concise = &outputs(&scratch)[1];
    for said in
        ["image is nginx:1.27 or none", "secretName is tls-web or none", "replicas is 3 or 3", "nothing is none"]
    {
        assert!(concise.contains(said), "not `{said}`: {concise}");
    }
}

#[test]
fn no_control_character_is_quoted() {
    hidden("a.yaml", "plain: \"a\\e[31mb\\nc\\u202e\"\n\"k\\ey\": \"\\r::error::x\"\n", &["\u{202e}", "\u{1b}"]);
    hidden("a.json", "{\"k\\u001b\": \"a\\u0007\\u009b31m\\nb\"}", &["\u{9b}"]);
    hidden("a.toml", "x = \"a\\u001b]0;t\\u0007\"\n", &["\u{7}"]);
}

/// How many texts of each format a run parsed.
fn parsed(scratch: &Scratch) -> Vec<String> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deploylint"));
    let output = command.arg("--stats").current_dir(scratch.path()).output().unwrap();
    let stats = String::from_utf8(output.stderr).unwrap();
    let lines = stats.lines().filter(|line| line.starts_with("parsed "));
    lines.map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn documents_that_no_rule_asks_for_are_not_parsed() {
    let scratch = Scratch::new();
    scratch.write("compose.yaml", "services:\n  a:\n    image: a\n");
    for number in 0..20 {
        scratch.write(&format!("data/{number}.json"), "{\"a\": [1, 2, 3]}");
    }
    assert_eq!(parsed(&scratch), ["parsed YAML 1"]);
    let other = RULE.replace("files: ['a.*', compose]\nselect: $..*\n", "").replace("document", "container");
    scratch
        .write(".deploylint/rules/team/x.md", other.replace("{key} is {value} or {number} at {path} in {file}", "m"));
    assert_eq!(parsed(&scratch), ["parsed YAML 1"]);
    scratch.write(".deploylint/rules/team/x.md", RULE.replace("'a.*'", "'data/*.json'"));
    assert_eq!(parsed(&scratch), ["parsed JSON 20", "parsed YAML 1"]);
}
