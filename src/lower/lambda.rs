//! What every technology says of a Lambda function in the same way.

use crate::expand::Applied;
use crate::facts::{EnvironmentVariable, Facts, Function, Id, Lookup, PathUse, Place};
use crate::source::{Origin, TreePath};
use crate::value::{Content, Entry, Many, Value, Why};

/// Architecture when none is written (AWS Lambda, `Architectures`, 2026-08).
pub const DEFAULT_ARCHITECTURE: &str = "x86_64";
/// Seconds after which a function is stopped when nothing is written (AWS Lambda, `Timeout`, 2026-08).
pub const DEFAULT_TIMEOUT: i64 = 3;
/// MiB when nothing is written (AWS Lambda, `MemorySize`, 2026-08).
pub const DEFAULT_MEMORY: i64 = 128;
/// MiB of `/tmp` when nothing is written (AWS Lambda, `EphemeralStorage`, 2026-08).
pub const DEFAULT_STORAGE: i64 = 512;

/// Placeholders that some tool fills in before a template is deployed.
const PLACEHOLDERS: &[&str] = &["${", "{{", "<%", "@@"];

/// The value, or what the platform puts in where none is given.
pub fn or_default<T>(value: Value<T>, default: T) -> Value<T> {
    if value.is_absent() { Value::default(default, value.origin) } else { value }
}

/// A text as a number.
pub fn number(value: Value<String>) -> Value<i64> {
    value.convert("not a number", &|text| text.trim().parse().ok())
}

/// A key as text; absent at `origin` when it is not given.
pub fn text_at(node: &Applied, name: &str, origin: &Origin) -> Value<String> {
    let mut value = node.text_of(name);
    if value.is_absent() {
        value.origin = origin.clone();
    }
    value
}

/// The first of a list of architectures, or the one that is written alone.
pub fn architecture(node: Option<&Applied>, origin: &Origin) -> Value<String> {
    let default = || Value::default(DEFAULT_ARCHITECTURE.to_owned(), origin.clone());
    match node {
        None => default(),
        Some(list) if list.is_sequence() => list.items().first().map_or_else(default, Applied::text),
        Some(node) => or_default(node.text(), DEFAULT_ARCHITECTURE.to_owned()),
    }
}

/// Code that is not a path of the repository.
pub fn elsewhere(written: Value<String>, why: impl Into<Why>) -> PathUse {
    PathUse { written, resolved: None, from_above: Vec::new(), found: Lookup::NotJudged(why.into()) }
}

/// A path that is written for code, from a folder.
pub fn local_path(written: Value<String>, folder: &TreePath) -> PathUse {
    match written.get() {
        Some(text) if text.contains("://") => elsewhere(written, Why::new("code in a bucket")),
        Some(text) if PLACEHOLDERS.iter().any(|mark| text.contains(mark)) => {
            elsewhere(written, Why::new("placeholder that is not put in"))
        }
        _ => PathUse::new(written, folder),
    }
}

/// Code that lies in a folder without anybody saying so.
pub fn implied_path(path: TreePath, origin: &Origin) -> PathUse {
    PathUse {
        written: Value::absent(origin.clone()),
        resolved: Some(path),
        from_above: Vec::new(),
        found: Lookup::Pending,
    }
}

/// Adds a function, and a fact for each of its environment variables; `place` gives the place of one.
pub fn add(facts: &mut Facts, function: Function, place: impl Fn(&Entry) -> Place) -> Id<Function> {
    let id = Id::new(facts.functions.len());
    for entry in &function.environment.items {
        let given = match &entry.value.content {
            Content::Unknown(why) if matches!(&*why.0, "dynamic reference" | "value from the parameter store") => {
                "reference"
            }
            _ => "literal",
        };
        facts.environment_variables.push(EnvironmentVariable {
            place: place(entry),
            technology: function.technology,
            container: None,
            function: Some(id),
            name: entry.name.clone(),
            value: entry.value.clone(),
            given,
        });
    }
    facts.functions.push(function);
    id
}

/// The same where the variables stand in a map `environment` of the function itself.
pub fn add_with_own_environment(facts: &mut Facts, function: Function) {
    let (set, path) = (function.place.set, function.place.path.clone().child("environment"));
    add(facts, function, |variable| Place {
        set,
        path: path.clone().child(&variable.name),
        origin: variable.name_origin.clone(),
    });
}

/// Two lists of variables as one: of the same name, the later holds.
pub fn merged(under: Many<Entry>, over: Many<Entry>) -> Many<Entry> {
    let mut items = under.items;
    items.retain(|entry| over.entry(&entry.name).is_none());
    items.extend(over.items);
    Many { items, open: under.open.or(over.open) }
}
