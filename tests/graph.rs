//! The graph as users see it: over the bundled projects, with a focus, and with names that mean harm.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;
use support::{Scratch, prepare};

fn graph(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_deploylint")).arg("graph").args(arguments).current_dir(folder).output().unwrap()
}

fn text(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let output = graph(folder, &[&["--format", "json"], arguments].concat());
    serde_json::from_str(&text(&output)).unwrap()
}

fn project(name: &str) -> Scratch {
    prepare(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/projects").join(name))
}

/// `kind title` of the ends, kind, label and state of each edge.
fn edges(graph: &Value) -> Vec<String> {
    let title = |id: &Value| {
        let node = graph["nodes"].as_array().unwrap().iter().find(|node| node["id"] == *id);
        let node = node.unwrap_or_else(|| panic!("no node {id}"));
        format!("{} {}", node["kind"].as_str().unwrap(), node["title"].as_str().unwrap())
    };
    let word = |edge: &Value, key: &str| edge[key].as_str().unwrap().to_owned();
    let line = |edge: &Value| {
        let (from, to) = (title(&edge["from"]), title(&edge["to"]));
        let label = [word(edge, "kind"), word(edge, "label")].join(" ");
        format!("{from} -> {to}: {}, {}", label.trim_end(), word(edge, "state"))
    };
    graph["edges"].as_array().unwrap().iter().map(line).collect()
}

fn titles(graph: &Value) -> Vec<&str> {
    graph["nodes"].as_array().unwrap().iter().map(|node| node["title"].as_str().unwrap()).collect()
}

#[test]
fn the_shop_that_breaks_shows_where() {
    let scratch = project("incident-shop");
    let found = edges(&json(scratch.path(), &[]));
    let expected = [
        "workload payment -> workload shop-db: calls DATABASE_URL, sound",
        "workload payment -> workload shop-db: depends-on depends_on, sound",
        "workload checkout -> missing carts: calls CART_URL, broken",
        "service cart -> workload cart: selects, sound",
        "service checkout -> workload checkout: selects, sound",
        "route GET /products -> function BffFunction: invokes, sound",
        "route POST /orders -> function OrderFunction: invokes, sound",
        "route PUT /orders -> missing OrdersFunction: invokes, broken",
        "function BffFunction -> artifact dist/bff.zip: runs, sound",
        "api ServerlessRestApi -> route GET /products: has-route, sound",
        "api ShopApi -> route POST /orders: has-route, sound",
        "api ShopApi -> route PUT /orders: has-route, sound",
        "configuration payment/config/production.yml -> host accounts.staging.shop.internal: calls accounts.url, sound",
        "configuration payment/config/production.yml -> host ledger.shop.internal: calls ledger.url, sound",
        "artifact dist/bff.zip -> missing express: imports index.js, broken",
    ];
    for line in expected {
        assert!(found.iter().any(|own| own == line), "{line}\n{found:#?}");
    }
    assert_eq!(found.len(), expected.len(), "{found:#?}");
    let mended = project("clean-shop");
    let broken: Vec<String> =
        edges(&json(mended.path(), &[])).into_iter().filter(|edge| !edge.ends_with("sound")).collect();
    assert_eq!(broken, [""; 0]);
}

#[test]
fn the_diagram_of_the_shop() {
    let scratch = project("incident-shop");
    let drawn = text(&graph(scratch.path(), &[]));
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/snapshots/incident-shop.mmd");
    if std::env::var_os("UPDATE_GENERATED").is_some() {
        std::fs::write(&path, &drawn).unwrap();
    }
    let expected = std::fs::read_to_string(&path).unwrap();
    assert!(drawn == expected, "renew with UPDATE_GENERATED=1 cargo test --test graph\n{drawn}");
}

#[test]
fn a_focus_follows_the_chain_both_ways_and_no_further() {
    let scratch = project("incident-shop");
    let whole_chain = ["GET /products", "BffFunction", "ServerlessRestApi", "express", "dist/bff.zip"];
    for name in ["BffFunction", "express", "GET /products", "bfffunction", "dist/bff.zip"] {
        let shown = json(scratch.path(), &["--focus", name]);
        let mut found = titles(&shown);
        found.sort_unstable();
        let mut expected = whole_chain;
        expected.sort_unstable();
        assert_eq!(found, expected, "{name}");
        assert_eq!(shown["nodes"].as_array().unwrap().iter().filter(|node| node["focused"] == true).count(), 1);
    }
    // Two things bear the name: both are shown.
    let shown = json(scratch.path(), &["--focus", "cart"]);
    let focused = shown["nodes"].as_array().unwrap().iter().filter(|node| node["focused"] == true);
    let kinds: Vec<&str> = focused.map(|node| node["kind"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["workload", "service"]);
    let unknown = graph(scratch.path(), &["--focus", "checkuot"]);
    assert_eq!(unknown.status.code(), Some(2));
    let notes = String::from_utf8(unknown.stderr).unwrap();
    assert_eq!(notes, "error: --focus: nothing is called `checkuot`; did you mean `checkout`?\n");
    assert!(unknown.stdout.is_empty());
}

/// A writer of rules looks fields up here: every field of `deploylint facts`, with its value.
#[test]
fn the_facts_of_a_thing_have_their_fields_and_no_secret() {
    let scratch = project("incident-shop");
    let shown = json(scratch.path(), &["--focus", "payment"]);
    let node = shown["nodes"].as_array().unwrap().iter().find(|node| node["title"] == "payment").unwrap();
    let facts = node["facts"].as_array().unwrap();
    let subjects: Vec<&str> = facts.iter().map(|fact| fact["subject"].as_str().unwrap()).collect();
    assert_eq!(subjects[..2], ["workload", "container"], "{subjects:?}");
    for wanted in ["environment-variable", "endpoint", "credential", "dependency"] {
        assert!(subjects.contains(&wanted), "{wanted}: {subjects:?}");
    }
    assert_eq!(facts[0]["place"]["path"], "docker-compose.yml");
    assert_eq!(facts[1]["fields"]["role"], serde_json::json!({"state": "known", "value": "main"}));
    let compose = std::fs::read_to_string(scratch.path().join("docker-compose.yml")).unwrap();
    let secret = compose.lines().find_map(|line| line.trim().strip_prefix("- PAYMENT_API_SECRET=")).unwrap();
    for format in ["json", "mermaid"] {
        let drawn = text(&graph(scratch.path(), &["--format", format]));
        assert!(!drawn.contains(secret), "{format}");
    }
}

#[test]
fn a_path_shows_what_lies_there_and_what_it_is_joined_to() {
    let scratch = project("incident-shop");
    assert!(Command::new("git").args(["init", "-q"]).current_dir(scratch.path()).status().unwrap().success());
    let shown = json(scratch.path(), &["k8s"]);
    let mut found = titles(&shown);
    found.sort_unstable();
    assert_eq!(found, ["cart", "cart", "carts", "checkout", "checkout"]);
    let shown = json(scratch.path(), &["dist/bff.zip"]);
    assert!(titles(&shown).contains(&"BffFunction"), "{shown}");
}

#[test]
fn nothing_to_show_is_said_and_a_broken_configuration_refused() {
    let scratch = Scratch::new();
    let output = graph(scratch.path(), &[]);
    assert_eq!(output.status.code(), Some(0));
    assert!(String::from_utf8_lossy(&output.stderr).contains("nothing to show"));
    scratch.write("deploylint.toml", "[gaet]\n");
    let output = graph(scratch.path(), &[]);
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true));
    let output = graph(scratch.path(), &["gone"]);
    assert_eq!((output.status.code(), output.stdout.is_empty()), (Some(2), true));
}

/// Names that would end a label, open a tag, hold a directive of mermaid or a command of a terminal.
const HOSTILE: &[&str] = &[
    "a\"]; click n1 call alert()",
    "<img src=x onerror=alert(1)>",
    "`**bold**`",
    "x]-->n2",
    "%%{init: {'theme':'dark'}}%%",
    "end",
    "a|b{{c}}(d)[e]",
    "1. list",
    "line\nbreak\n  n1 --> n2",
    "esc\u{1b}[31m",
    "rtl\u{202e}x",
    "$$x^2$$",
    "#quot;",
    "@{ shape: bolt }",
    "style:x\"y",
    "::error::x",
    "##[error]x",
];

#[test]
fn no_name_breaks_the_diagram() {
    let scratch = Scratch::new();
    let mut compose = String::from("services:\n");
    for name in HOSTILE {
        let key = serde_json::to_string(name).unwrap();
        compose.push_str(&format!("  {key}:\n    image: x\n    depends_on: [{key}, web]\n    environment:\n"));
        compose.push_str(&format!("      {key}: http://web/\n      URL: http://web/\n"));
    }
    compose.push_str("  web:\n    image: nginx\n");
    scratch.write("compose.yaml", compose);
    // `$$` is an escaped dollar in a dependency, so one more is missing.
    assert_eq!(sound_nodes(&scratch), HOSTILE.len() + 2);
}

/// Names of folders, functions, routes, paths, labels and hosts are as little to be trusted as those of services.
#[test]
fn no_name_of_any_kind_breaks_the_diagram() {
    let scratch = Scratch::new();
    let long = "n".repeat(10_240);
    let names: Vec<&str> = HOSTILE.iter().copied().chain([long.as_str(), "\u{2028}z", "\u{feff}", ""]).collect();
    let mut resources = serde_json::Map::new();
    for (name, next) in names.iter().zip(names.iter().cycle().skip(1)) {
        let function = serde_json::json!({
            "Type": "AWS::Serverless::Function",
            "Properties": {
                "Handler": name, "Runtime": "nodejs22.x", "CodeUri": name,
                "Environment": {"Variables": {*name: {"Fn::GetAtt": [next, "Arn"]}}},
                "Events": {*name: {"Type": "Api", "Properties": {"Path": name, "Method": name}}},
            },
        });
        resources.insert((*name).to_owned(), function);
    }
    let template = serde_json::json!({"Transform": "AWS::Serverless-2016-10-31", "Resources": resources});
    scratch.write("template.json", template.to_string());
    for folder in ["a\"]; x", "<b>", "`q`", "x\ny", "e\u{1b}[1m", "r\u{202e}q", "%%{x"] {
        let documents = names.iter().map(|name| {
            let deployment = serde_json::json!({
                "apiVersion": "apps/v1", "kind": "Deployment", "metadata": {"name": name},
                "spec": {"template": {"metadata": {"labels": {*name: name}}, "spec": {"containers": [{
                    "name": name, "image": name,
                    "env": [{"name": "X_URL", "value": format!("http://{name}/")}],
                    "envFrom": [{"configMapRef": {"name": name}}],
                }]}}},
            });
            let service = serde_json::json!({
                "apiVersion": "v1", "kind": "Service", "metadata": {"name": name},
                "spec": {"selector": {*name: next_letter(name)}, "ports": [{"port": 80}]},
            });
            format!("{deployment}\n---\n{service}\n---\n")
        });
        scratch.write(&format!("{folder}/all.yaml"), documents.collect::<String>());
    }
    assert!(sound_nodes(&scratch) > names.len() * 4);
    let asked = graph(scratch.path(), &["--focus", "\u{1b}[31m\u{202e}`\n::error::x"]);
    assert_eq!((asked.status.code(), asked.stdout.len()), (Some(2), 0));
    let said = String::from_utf8(asked.stderr).unwrap();
    assert_eq!((said.lines().count(), unprintable(&said)), (1, None), "{said}");
}

fn next_letter(name: &str) -> String {
    format!("{name}x")
}

fn unprintable(text: &str) -> Option<char> {
    text.chars().find(|c| c.is_control() && *c != '\n' || matches!(*c, '\u{202e}' | '\u{2028}' | '\u{feff}'))
}

/// Nodes of a diagram each line of which is what it must be, and that holds no sign that a terminal obeys.
fn sound_nodes(scratch: &Scratch) -> usize {
    let drawn = text(&graph(scratch.path(), &[]));
    let lines: Vec<&str> = drawn.lines().collect();
    assert_eq!(lines[0], "flowchart LR");
    let nodes = lines[1..].iter().filter(|line| is_node(line, &drawn)).count();
    assert_eq!(unprintable(&drawn), None);
    let output = graph(scratch.path(), &["--format", "json"]);
    assert_eq!(unprintable(&text(&output)), None);
    nodes
}

/// True for the line of a node; any other must be a frame, an arrow, a comment or a class.
fn is_node(line: &str, drawn: &str) -> bool {
    let is_id = |text: &str, letter: char| {
        text.strip_prefix(letter).is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_digit()))
    };
    let is_label = |text: &str| {
        let inside = text.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
        inside.is_some_and(|inside| {
            inside.chars().count() < 700
                && !inside.contains(['"', '<', '>', '`', '[', ']', '{', '}', '(', ')', '|', '%', '$', '@', '\\'])
                && inside.split('#').skip(1).all(|code| {
                    code.split_once(';').is_some_and(|(digits, _)| digits.bytes().all(|b| b.is_ascii_digit()))
                })
        })
    };
    let line = line.trim_start();
    let words: Vec<&str> = line.splitn(2, ' ').collect();
    let (holds, is_node) = match words.as_slice() {
        ["end"] => (true, false),
        ["%%", _] | ["classDef" | "class", _] => (true, false),
        ["subgraph", rest] => {
            let parts = rest.split_once('[');
            (parts.is_some_and(|(id, label)| is_id(id, 's') && is_label(label.trim_end_matches(']'))), false)
        }
        [from, arrow] if is_id(from, 'n') => {
            let arrow = arrow.strip_prefix("-->").or_else(|| arrow.strip_prefix("-.->")).unwrap();
            let (label, to) = match arrow.strip_prefix('|') {
                Some(rest) => rest.split_once("| ").unwrap(),
                None => ("\"\"", arrow.trim_start()),
            };
            (is_id(to, 'n') && is_label(label), false)
        }
        _ => {
            let (id, rest) = line.split_at(line.find(['[', '(', '{', '>']).unwrap_or_else(|| panic!("{line}")));
            (is_id(id, 'n') && is_label(rest.trim_matches(['[', ']', '(', ')', '{', '}', '>', '/'])), true)
        }
    };
    assert!(holds, "{line}\n{drawn}");
    is_node
}

/// What cannot be drawn any more is put together, and json keeps all of it.
#[test]
fn too_much_to_draw_is_put_together_and_said() {
    let scratch = Scratch::new();
    for folder in 0..30 {
        let service =
            |n: i32| format!("  s{n}:\n    image: x\n    environment: {{NEXT_URL: 'http://s{}/'}}\n", (n + 1) % 20);
        let services: String = (0..20).map(service).collect();
        scratch.write(&format!("team{folder}/compose.yaml"), format!("services:\n{services}"));
    }
    let drawn = text(&graph(scratch.path(), &[]));
    assert!(drawn.contains("%% too much to draw (600 nodes, 600 edges), so each node is the release sets"), "{drawn}");
    assert!(drawn.contains("[\"compose:team7/compose.yaml, 20 workloads\"]"), "{drawn}");
    assert_eq!(json(scratch.path(), &[])["nodes"].as_array().unwrap().len(), 600);
    let part = text(&graph(scratch.path(), &["team7"]));
    assert!(!part.contains("too much") && part.contains("workload: s19"), "{part}");
}
