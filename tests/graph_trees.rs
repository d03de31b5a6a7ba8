//! The graph of a commit, of a bare repository, of a part; the same bytes however it is asked for.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use serde_json::Value;
use support::git::{Ended, Sandbox};

const BEFORE: &str = "services:
  web:
    image: nginx:1.27
    environment: {CART_URL: 'http://cart:80/'}
  cart:
    image: shop/cart:1
";
const AFTER: &str = "services:
  web:
    image: nginx:1.27
    environment: {CART_URL: 'http://carts:80/'}
  cart:
    image: shop/cart:1
";

/// The call of `web` holds in the first commit and in the working tree, not in the second commit.
fn repository() -> (Sandbox, String, String) {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "-b", "main", "work"]);
    sandbox.write("work/deploy/compose.yaml", BEFORE);
    sandbox.write("work/other/compose.yaml", "services:\n  alone:\n    image: x\n");
    sandbox.write("work/main.tf", "resource \"aws_sqs_queue\" \"jobs\" {}\n");
    let first = sandbox.commit("work");
    sandbox.write("work/deploy/compose.yaml", AFTER);
    let second = sandbox.commit("work");
    sandbox.write("work/deploy/compose.yaml", BEFORE);
    (sandbox, first, second)
}

fn graph(sandbox: &Sandbox, folder: &str, arguments: &[&str]) -> Ended {
    sandbox.deploylint(folder, &[&["graph"], arguments].concat())
}

fn json(sandbox: &Sandbox, folder: &str, arguments: &[&str]) -> Value {
    let ended = graph(sandbox, folder, &[&["--format", "json"], arguments].concat());
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    serde_json::from_str(&ended.stdout).unwrap()
}

fn states(graph: &Value) -> Vec<&str> {
    graph["edges"].as_array().unwrap().iter().map(|edge| edge["state"].as_str().unwrap()).collect()
}

#[test]
fn a_commit_is_shown_from_anywhere_and_nothing_is_checked_out() {
    let (sandbox, first, second) = repository();
    sandbox.git("", &["clone", "-q", "--bare", "work", "bare.git"]);
    let on_disk = json(&sandbox, "work", &[]);
    assert_eq!((states(&on_disk), &on_disk["revision"]), (vec!["sound"], &Value::from(second.as_str())));
    for (folder, arguments, revision, state) in [
        ("work", vec!["--rev", &first], &first, "sound"),
        ("work", vec!["--rev", "HEAD"], &second, "broken"),
        ("work/deploy", vec!["--rev", "main"], &second, "broken"),
        ("", vec!["work", "--rev", &second], &second, "broken"),
        ("", vec!["--git-dir", "work/.git"], &second, "broken"),
        ("", vec!["--git-dir", "bare.git", "--rev", "HEAD~"], &first, "sound"),
        ("bare.git", vec!["--rev", "main"], &second, "broken"),
    ] {
        let shown = json(&sandbox, folder, &arguments);
        assert_eq!(states(&shown), [state], "{folder} {arguments:?}");
        assert_eq!(shown["revision"], revision.as_str());
    }
    assert!(graph(&sandbox, "work", &["--rev", "HEAD"]).stdout.contains("missing: carts"));
    for (arguments, said) in [
        (["--rev", "gone"], "the revision does not exist"),
        (["--git-dir", "gone"], "`gone` does not exist"),
        (["--focus", "wbe"], "nothing is called `wbe`; did you mean `web`?"),
    ] {
        let ended = graph(&sandbox, "work", &arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{arguments:?}");
        assert!(ended.stderr.contains(said), "{arguments:?}: {}", ended.stderr);
    }
}

#[test]
fn a_part_of_a_commit_is_asked_for_by_path_and_name() {
    let (sandbox, first, _) = repository();
    sandbox.remove("work/deploy");
    let titles = |graph: Value| -> Vec<String> {
        graph["nodes"].as_array().unwrap().iter().map(|node| node["title"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(titles(json(&sandbox, "work", &["--rev", &first, "deploy"])), ["cart", "web"]);
    assert_eq!(titles(json(&sandbox, "work", &["--rev", &first, "other/compose.yaml"])), ["alone"]);
    assert_eq!(titles(json(&sandbox, "work", &["--rev", &first, "--focus", "cart"])), ["cart", "web"]);
    // An id of the json output is a name, too.
    assert_eq!(titles(json(&sandbox, "work", &["--focus", "compose:other/compose.yaml#service/alone"])), ["alone"]);
}

#[test]
fn what_was_not_read_is_said() {
    let (sandbox, ..) = repository();
    assert_eq!(json(&sandbox, "work", &[])["skipped"], serde_json::json!({"terraform": 1}));
    let drawn = graph(&sandbox, "work", &[]).stdout;
    assert!(drawn.contains("%% recognised, not read and not drawn: 1 file #40;terraform 1#41;\n"), "{drawn}");
    sandbox.write("only/main.tf", "resource \"aws_sqs_queue\" \"jobs\" {}\n");
    let ended = graph(&sandbox, "only", &[]);
    assert_eq!(ended.code, Some(0));
    assert_eq!(ended.stderr, "note: nothing to show: recognised and not read: 1 file (terraform 1)\n");
}

/// Threads, the order in which files are found and the place of the checkout change no byte.
#[test]
fn the_same_graph_is_the_same_bytes() {
    let sandbox = Sandbox::new();
    let names: Vec<String> = (0..40).map(|n| format!("team{n}/compose.yaml")).collect();
    let text = |n: usize| format!("services:\n  s{n}:\n    image: x\n    environment: {{U: 'http://gone{n}:1/'}}\n");
    for (n, name) in names.iter().enumerate() {
        sandbox.write(&format!("here/{name}"), text(n));
    }
    for (n, name) in names.iter().enumerate().rev() {
        sandbox.write(&format!("far/away/{name}"), text(n));
    }
    for format in ["json", "mermaid"] {
        let shown = |folder, threads| graph(&sandbox, folder, &["--format", format, "-j", threads]).stdout;
        let one = shown("here", "1");
        assert!(one.len() > 1000, "{one}");
        for (folder, threads) in [("here", "4"), ("far/away", "1"), ("far/away", "8")] {
            assert!(shown(folder, threads) == one, "{format} {folder} {threads}");
        }
    }
}
