use std::collections::BTreeSet;

use serde_json::Value;

use super::*;

const TEXT: &str = include_str!("../../../schemas/report.v1.json");

/// Checks a value against the part of JSON Schema that ours uses; any other keyword is a failure, so
/// that nothing in the schema goes unchecked. Notes every property that was met.
struct Checker {
    schema: Value,
    met: BTreeSet<String>,
}

impl Checker {
    fn check(&mut self, value: &Value, schema: &Value, at: &str) -> Result<(), String> {
        let wrong = |what: &str| Err(format!("{at}: {what}: {value}"));
        for (keyword, wanted) in schema.as_object().unwrap() {
            let holds = match keyword.as_str() {
                "$schema" | "$id" | "title" | "description" | "$defs" => true,
                "$ref" => {
                    let name = wanted.as_str().unwrap().strip_prefix("#/$defs/").unwrap();
                    let target = self.schema["$defs"][name].clone();
                    assert!(target.is_object(), "no definition {name}");
                    self.check(value, &target, name)?;
                    true
                }
                "type" => {
                    let types: Vec<&Value> = wanted.as_array().map_or(vec![wanted], |list| list.iter().collect());
                    types.iter().any(|name| is_of_type(value, name.as_str().unwrap()))
                }
                "const" => value == wanted,
                "enum" => wanted.as_array().unwrap().contains(value),
                "minimum" => value.as_i64() >= wanted.as_i64(),
                "pattern" => regex::Regex::new(wanted.as_str().unwrap()).unwrap().is_match(value.as_str().unwrap()),
                "anyOf" => wanted.as_array().unwrap().iter().any(|part| self.check(value, part, at).is_ok()),
                "required" => {
                    let names = wanted.as_array().unwrap();
                    value
                        .as_object()
                        .is_none_or(|own| names.iter().all(|name| own.contains_key(name.as_str().unwrap())))
                }
                "properties" => self.properties(value, schema, at)?,
                "additionalProperties" => {
                    let known = schema.get("properties").and_then(Value::as_object);
                    let others = value.as_object().unwrap().iter();
                    let others = others.filter(|(name, _)| known.is_none_or(|known| !known.contains_key(*name)));
                    let others: Vec<Value> = others.map(|(_, value)| value.clone()).collect();
                    match wanted.as_bool() {
                        Some(allowed) => allowed || others.is_empty(),
                        None => others.iter().all(|other| self.check(other, wanted, at).is_ok()),
                    }
                }
                "items" => value.as_array().unwrap().iter().all(|item| match self.check(item, wanted, at) {
                    Ok(()) => true,
                    Err(error) => panic!("{error}"),
                }),
                _ => return wrong(&format!("the checker does not know `{keyword}`")),
            };
            if !holds {
                return wrong(keyword);
            }
        }
        Ok(())
    }

    fn properties(&mut self, value: &Value, schema: &Value, at: &str) -> Result<bool, String> {
        let Some(object) = value.as_object() else { return Ok(true) };
        for (name, part) in schema["properties"].as_object().unwrap() {
            if let Some(inner) = object.get(name) {
                self.met.insert(format!("{at}.{name}"));
                self.check(inner, part, name)?;
            }
        }
        Ok(true)
    }
}

fn is_of_type(value: &Value, name: &str) -> bool {
    match name {
        "null" => value.is_null(),
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("unknown type {other}"),
    }
}

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
    let none = Report { header: Header { as_of: "2026-11-21".into(), ..Header::default() }, ..Report::default() };
    [all, none].iter().map(|report| serde_json::from_str(&json(report, &store)).unwrap()).collect()
}

#[test]
fn reports_are_what_the_schema_says_and_the_schema_says_no_more() {
    let schema: Value = serde_json::from_str(TEXT).unwrap();
    let mut checker = Checker { schema: schema.clone(), met: BTreeSet::new() };
    for report in reports() {
        checker.check(&report, &schema, "run").unwrap_or_else(|error| panic!("{error}\n{report:#}"));
    }
    let mut known = BTreeSet::new();
    properties_of(&schema, "run", &mut known);
    for (name, part) in schema["$defs"].as_object().unwrap() {
        properties_of(part, name, &mut known);
    }
    assert_eq!(checker.met, known, "a property of the schema is never printed");
    assert_eq!(schema["$id"], SCHEMA);
}

fn properties_of(schema: &Value, at: &str, out: &mut BTreeSet<String>) {
    for name in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        out.insert(format!("{at}.{}", name.0));
    }
    for part in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
        properties_of(part, at, out);
    }
}

#[test]
fn every_property_is_required() {
    fn walk(schema: &Value) {
        if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
            let required: BTreeSet<&str> =
                schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
            assert_eq!(required, properties.keys().map(String::as_str).collect());
            assert_eq!(schema["additionalProperties"], false);
        }
        schema.as_object().into_iter().flatten().for_each(|(_, inner)| walk(inner));
        schema.as_array().into_iter().flatten().for_each(walk);
    }
    walk(&serde_json::from_str(TEXT).unwrap());
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
