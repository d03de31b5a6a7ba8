use super::*;
use crate::source::ContentId;

fn yaml(text: &str) -> Parsed {
    read(&Source::new("t.yml".into(), ContentId::of(text.as_bytes())), text)
}

#[test]
fn spans_are_bytes_of_the_file() {
    let text = "é: {b: \"x y\"}\n";
    let out = yaml(text);
    let node = out.documents[0].root().path(&["é", "b"]).unwrap();
    assert_eq!(&text[node.span().range()], "\"x y\"");
    assert_eq!(node.text(), Some("x y"));
}

#[test]
fn merge_keys_and_anchors_are_applied() {
    let out = yaml("a: &a {x: 1, y: 2}\nb:\n  <<: *a\n  y: 3\n");
    let b = out.documents[0].root().get("b").unwrap();
    assert_eq!(b.get("x").unwrap().text(), Some("1"));
    assert_eq!(b.get("y").unwrap().text(), Some("3"));
    assert!(!b.get("x").unwrap().origin().steps().is_empty());
}

#[test]
fn a_broken_document_leaves_the_others() {
    let out = yaml("a: 1\n---\nb: [1\n---\nc: 3\n");
    assert_eq!(out.documents.len(), 2);
    assert_eq!(out.problems.len(), 1);
    assert_eq!(out.documents[1].root().get("c").unwrap().text(), Some("3"));
}

#[test]
fn an_alias_inside_its_own_anchor_is_a_problem() {
    let out = yaml("a: &x [1, *x]\n");
    assert_eq!(out.problems.len(), 1);
    assert_eq!(out.documents[0].root().get("a").unwrap().items().len(), 2);
}

#[test]
fn an_alias_bomb_is_refused() {
    let mut text = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
    for i in 1..9 {
        let items = vec![format!("*a{}", i - 1); 9].join(", ");
        text.push_str(&format!("a{i}: &a{i} [{items}]\n"));
    }
    let out = yaml(&text);
    assert!(out.documents.is_empty());
    assert_eq!(out.problems[0].kind, ProblemKind::Limit);
}

#[test]
fn unindented_quoted_continuations_are_read_as_libyaml_does() {
    let text = "a:\n  - sh: 'x\nif y\n'\n    b: 2\nc: 3\n";
    let out = yaml(text);
    assert_eq!(out.problems, vec![]);
    let root = out.documents[0].root();
    let item = &root.get("a").unwrap().items()[0];
    assert_eq!(item.get("sh").unwrap().text(), Some("x if y "));
    let c = root.get("c").unwrap();
    assert_eq!(&text[c.span().range()], "3");
}

#[test]
fn tags_keep_their_short_form() {
    let out = yaml("a: !Ref B\nb: !Sub [x, {y: 1}]\n");
    assert_eq!(out.documents[0].root().get("a").unwrap().tag(), Some("!Ref"));
    assert_eq!(out.documents[0].root().get("b").unwrap().tag(), Some("!Sub"));
}

/// Reads, and says how long it took.
fn timed(name: &str, text: &str) -> Parsed {
    let start = std::time::Instant::now();
    let out = yaml(text);
    println!("{name}: {} bytes in {:?}", text.len(), start.elapsed());
    out
}

#[test]
fn aliases_of_a_long_text_are_refused_early() {
    let text = |length: usize| format!("a: &a {}\nb: [{}]\n", "x".repeat(length), "*a, ".repeat(10_000));
    let out = timed("aliases of a long text", &text(100_000));
    assert!(out.documents.is_empty() && out.problems[0].kind == ProblemKind::Limit, "{:?}", out.problems);
    assert_eq!(timed("aliases of a short text", &text(1_000)).problems, []);
}

#[test]
fn aliases_of_a_long_list_are_refused_early() {
    let list = vec!["x"; 100_000].join(",");
    let aliases: String = (0..95).map(|i| format!("b{i}: *a\n")).collect();
    let out = timed("aliases of a long list", &format!("a: &a [{list}]\n{aliases}"));
    assert!(out.documents.is_empty());
    assert_eq!(out.problems.len(), 1);
    assert_eq!(out.problems[0].kind, ProblemKind::Limit);
    // The same without aliases is an ordinary document.
    assert_eq!(yaml(&format!("a: [{list}]\n")).problems, vec![]);
}

#[test]
fn depth_is_bounded_in_block_and_flow() {
    for (name, text) in [
        ("[[[", "[".repeat(100_000)),
        ("{{{", "{".repeat(100_000)),
        ("- - -", "- ".repeat(100_000)),
        ("? ? ?", "? ".repeat(100_000)),
        ("{a: {a:", "{a: ".repeat(100_000)),
        ("indented", (0..2_000).map(|i| format!("{}a:\n", " ".repeat(i))).collect()),
    ] {
        let out = timed(name, &text);
        assert!(out.documents.is_empty(), "{name}");
        assert_eq!(out.problems[0].kind, ProblemKind::Limit, "{name}: {:?}", out.problems);
    }
    let deep = |count: usize| (0..count).map(|i| format!("{}a:\n", " ".repeat(i))).collect::<String>();
    assert_eq!(yaml(&deep(YAML_DEPTH - 2)).problems, vec![]);
    assert_eq!(yaml(&deep(YAML_DEPTH + 1)).problems.len(), 1);
}

#[test]
fn length_costs_linear_time_and_a_limit_ends_it() {
    let keys: String = (0..300_000).map(|i| format!("key{i}: v\n")).collect();
    assert_eq!(timed("keys", &keys).problems[0].kind, ProblemKind::Limit);
    let keys: String = (0..100_000).map(|i| format!("key{i}: v\n")).collect();
    let out = timed("fewer keys", &keys);
    assert_eq!(out.documents[0].root().entries().len(), 100_000);
    assert_eq!(timed("line", &format!("a: \"{}\"\n", "x ".repeat(1_000_000))).documents.len(), 1);
    assert_eq!(timed("comments", &"# c\n".repeat(150_000)).comments.len(), COMMENTS);
    assert!(timed("broken documents", &"--- [\n".repeat(20_000)).problems.len() <= PROBLEMS);
    assert!(timed("documents", &"--- a\n".repeat(20_000)).documents.len() == 20_000);
    assert_eq!(yaml(&"--- a\n".repeat(DOCUMENTS + 2)).problems[0].kind, ProblemKind::Limit);
    // What follows a refused document is still read.
    let after = yaml(&format!("- {}\n---\nb: 1\n", vec!["- "; 300].concat()));
    assert_eq!((after.documents.len(), after.problems.len()), (1, 1));
}

#[test]
fn unindented_quotes_everywhere_are_bounded() {
    let many: String = (0..5_000).map(|i| format!("a{i}: 'x\ny'\n")).collect();
    timed("unindented quotes", &many);
    timed("one long unindented quote", &format!("a:\n  b: '{}'\n", "x\n".repeat(20_000)));
}

#[test]
fn forms_that_files_come_in() {
    assert!(yaml("").documents.is_empty() && yaml("").problems.is_empty());
    assert!(yaml("# only\n").documents.is_empty());
    let text = "\u{feff}a: 1\r\nb: |\r\n  x\r\n  y\r\nc: 2\r\n";
    let out = yaml(text);
    assert_eq!(out.problems, vec![]);
    let root = out.documents[0].root();
    assert_eq!(root.get("b").unwrap().text(), Some("x\ny\n"));
    assert_eq!(&text[root.key("a").unwrap().span().range()], "a");
    assert_eq!(&text[root.get("c").unwrap().span().range()], "2");
    let whole = "a: &x [1, 'b', *x]\n? k\n: !T {é: \"\\u00e9\"}\n--- |\n t\n...\n";
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)) {
        yaml(&whole[..end]);
    }
}
