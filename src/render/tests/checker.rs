//! JSON Schema, as far as ours use it.

use std::collections::BTreeSet;

use serde_json::Value;

/// Makes sure that outputs are what their schema says, that they show everything that it knows, and that
/// it asks for every property.
pub(crate) fn assert_schema(schema: &str, id: &str, outputs: &[String]) {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let mut checker = Checker { schema: schema.clone(), met: BTreeSet::new() };
    for output in outputs {
        let value = serde_json::from_str(output).unwrap();
        checker.check(&value, &schema, "top").unwrap_or_else(|error| panic!("{error}\n{output}"));
    }
    let mut known = BTreeSet::new();
    properties_of(&schema, "top", &mut known);
    for (name, part) in schema["$defs"].as_object().unwrap() {
        properties_of(part, name, &mut known);
    }
    assert_eq!(checker.met, known, "a property of the schema is never printed");
    assert_eq!(schema["$id"], id);
    assert_required(&schema);
}

fn assert_required(schema: &Value) {
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let required: BTreeSet<&str> =
            schema["required"].as_array().unwrap().iter().filter_map(Value::as_str).collect();
        assert_eq!(required, properties.keys().map(String::as_str).collect());
        assert_eq!(schema["additionalProperties"], false);
    }
    schema.as_object().into_iter().flatten().for_each(|(_, inner)| assert_required(inner));
    schema.as_array().into_iter().flatten().for_each(assert_required);
}

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
        "number" => value.is_number(),
        "integer" => value.is_i64() || value.is_u64(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        other => panic!("unknown type {other}"),
    }
}

/// Names of all properties below a schema.
fn properties_of(schema: &Value, at: &str, out: &mut BTreeSet<String>) {
    for name in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        out.insert(format!("{at}.{}", name.0));
    }
    for part in schema.get("anyOf").and_then(Value::as_array).into_iter().flatten() {
        properties_of(part, at, out);
    }
}
