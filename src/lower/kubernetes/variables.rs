//! Environment variables of containers.

use std::collections::BTreeMap;

use super::config::Data;
use super::{Object, part};
use crate::expand::Applied;
use crate::facts::{Container, EnvironmentVariable, Facts, Id, Place};
use crate::source::Origin;
use crate::value::{Content, Entry, Many, Part, Value, Why};

/// Facts of the variables that a container is given; returns them by name, `envFrom` included.
pub fn lower(
    facts: &mut Facts,
    object: &Object<'_>,
    container: Id<Container>,
    place: &Place,
    node: &Applied,
    data: &Data,
) -> Many<Entry> {
    let mut out = from_whole_objects(object, node, data);
    // Known values so far: a variable may use those that stand before it.
    let mut known: BTreeMap<String, Value<String>> =
        out.items.iter().map(|entry| (entry.name.clone(), entry.value.clone())).collect();
    for item in node.get("env").map(Applied::items).unwrap_or_default() {
        let name_value = item.text_of("name");
        let Some(name) = name_value.get().cloned() else { continue };
        let (value, given) = match item.get("valueFrom").filter(|from| !from.is_null()) {
            Some(from) => (from_source(object, from, data), "reference"),
            None => {
                let written = item.text_of("value");
                let written = if written.is_absent() { Value::default(String::new(), written.origin) } else { written };
                (with_variables(written, &known), "literal")
            }
        };
        known.insert(name.clone(), value.clone());
        out.items.push(Entry { name: name.clone(), name_origin: name_value.origin.clone(), value: value.clone() });
        facts.environment_variables.push(EnvironmentVariable {
            place: part(place, &["env", &name], &name_value.origin),
            technology: "k8s",
            container: Some(container),
            function: None,
            name,
            value,
            given,
        });
    }
    out
}

/// What `envFrom` gives; open where an object is not in the set.
fn from_whole_objects(object: &Object<'_>, node: &Applied, data: &Data) -> Many<Entry> {
    let mut out = Many::default();
    for source in node.get("envFrom").map(Applied::items).unwrap_or_default() {
        let prefix = source.get("prefix").and_then(Applied::known).unwrap_or("");
        for (key, kind) in [("configMapRef", "ConfigMap"), ("secretRef", "Secret")] {
            let Some(reference) = source.get(key) else { continue };
            let found = reference.get("name").and_then(Applied::known).zip(object.namespace.get());
            match found.and_then(|(name, namespace)| data.get(kind, namespace, name)) {
                Some(values) => out.items.extend(values.iter().map(|(key, value)| Entry {
                    name: format!("{prefix}{key}"),
                    name_origin: reference.origin.clone(),
                    value: value.clone(),
                })),
                None => out.open = Some(not_in_set(kind)),
            }
        }
    }
    out
}

fn from_source(object: &Object<'_>, from: &Applied, data: &Data) -> Value<String> {
    for (key, kind) in [("configMapKeyRef", "ConfigMap"), ("secretKeyRef", "Secret")] {
        let Some(reference) = from.get(key) else { continue };
        let names = (reference.get("name").and_then(Applied::known), object.namespace.get());
        let (Some(name), Some(namespace)) = names else { break };
        let key = reference.get("key").and_then(Applied::known).unwrap_or("");
        return match data.get(kind, namespace, name).map(|values| values.get(key)) {
            Some(Some(value)) => value.clone(),
            Some(None) | None => Value::new(Content::Unknown(not_in_set(kind)), reference.origin.clone()),
        };
    }
    Value::unknown("value that the cluster gives", from.origin.clone())
}

fn not_in_set(kind: &'static str) -> Why {
    match kind {
        "Secret" => Why::new("value from a Secret"),
        _ => Why::new("value from a ConfigMap that is not in the set"),
    }
}

/// Puts in `$(NAME)`: a variable that stands before is replaced, any other stays as it is written,
/// and `$$(NAME)` is `$(NAME)`.
fn with_variables(value: Value<String>, known: &BTreeMap<String, Value<String>>) -> Value<String> {
    let Some(text) = value.get().filter(|text| text.contains("$(")) else { return value };
    let mut parts: Vec<Part> = Vec::new();
    let mut plain = String::new();
    let mut rest = text.as_str();
    while let Some(at) = rest.find('$') {
        plain.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let name = after.strip_prefix('(').and_then(|inner| inner.split_once(')'));
        if let Some(escaped) = after.strip_prefix('$') {
            plain.push('$');
            rest = escaped;
        } else if let Some((name, behind)) = name {
            match known.get(name).map(|value| (&value.content, &value.origin)) {
                Some((Content::Known(text) | Content::Default(text), _)) => plain.push_str(text),
                // The cluster adds variables for the Services that it knows (`X_SERVICE_HOST`).
                found => {
                    parts.push(Part::Known(std::mem::take(&mut plain)));
                    parts.push(hole(name, found.map_or(&value.origin, |(_, origin)| origin)));
                }
            }
            rest = behind;
        } else {
            plain.push('$');
            rest = after;
        }
    }
    plain.push_str(rest);
    if parts.is_empty() {
        return Value { content: Content::Known(plain), ..value };
    }
    parts.push(Part::Known(plain));
    parts.retain(|part| !matches!(part, Part::Known(text) if text.is_empty()));
    Value { content: Content::Concat(parts), ..value }
}

fn hole(name: &str, origin: &Origin) -> Part {
    Part::Hole {
        name: Some(name.to_owned()),
        attribute: None,
        why: Why::new("variable that the cluster gives"),
        origin: origin.clone(),
    }
}
