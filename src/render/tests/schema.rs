use serde_json::Value;

use super::checker::assert_schema;
use super::*;

const TEXT: &str = include_str!("../../../schemas/report.v1.json");

/// A report in which every field has something, and one in which everything that can be absent is.
fn reports() -> Vec<Value> {
    let mut store = Store::default();
    let source = store.add("a.yml", "é: 1\nb: 2\n".as_bytes());
    let related = label(&source, Span::new(6, 7)).saying(Message::plain("here"));
    let mut full =
        finding("local/a/b", vec![label(&source, Span::new(0, 2)), related, label(&source, Span::new(8, 9))]);
    full.case = Some("near-miss");
    full.root_cause = Some(full.subject.child("x"));
    let mut bare = finding("a/b", Vec::new());
    bare.help = None;
    let mut gone = finding("a/b", vec![label(&Source::new("gone".into(), ContentId::of(b"")), Span::new(4, 5))]);
    gone.severity = Severity::Info;
    let mut all = report(vec![full, bare.clone(), bare, gone]);
    all.header.revision = Some("0123456789abcdef".into());
    let problems = vec!["`x`: not in this repository".into()];
    all.header.base = Some(Base { revision: Some("fedcba9876543210".into()), older: 1, problems });
    all.older = vec![all.findings[0].clone()];
    let none = Report { header: Header { as_of: "2026-11-21".into(), ..Header::default() }, ..Report::default() };
    [all, none].iter().map(|report| serde_json::from_str(&json(report, &store)).unwrap()).collect()
}

#[test]
fn reports_are_what_the_schema_says_and_the_schema_says_no_more() {
    assert_schema(TEXT, SCHEMA, &reports().iter().map(Value::to_string).collect::<Vec<_>>());
}

#[test]
fn the_fields_of_a_finding_in_their_order() {
    let report = json(&report(vec![finding("a/b", Vec::new())]), &Store::default());
    let order =
        ["rule", "severity", "case", "subject", "message", "help", "location", "related", "root_cause", "fingerprint"];
    let start = report.find("\"findings\"").unwrap();
    let places: Vec<usize> = order.iter().map(|name| report[start..].find(&format!("\"{name}\":")).unwrap()).collect();
    assert!(places.is_sorted(), "{report}");
}

#[test]
fn positions_count_characters_and_bytes() {
    let reports = reports();
    let finding = reports[0]["findings"].as_array().unwrap().iter().find(|f| f["rule"] == "local/a/b").unwrap();
    assert_eq!(finding["location"]["end"], serde_json::json!({"line": 1, "column": 2, "byte": 2}));
    assert_eq!(finding["related"][0]["start"], serde_json::json!({"line": 2, "column": 1, "byte": 6}));
}
