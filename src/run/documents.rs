//! What queries over raw documents picked, as facts.

use super::Settings;
use crate::diagnostic::LogicalPath;
use crate::extract::Selected;
use crate::facts::{Match, Place, ReleaseSet, SetId};
use crate::graph::Graph;
use crate::graph::derived::is_credential;
use crate::source::{Origin, Source, TreePath};
use crate::value::{Content, Value, Why};

/// The technology of the sets in which picked places stand.
pub(super) const DOCUMENT: &str = "document";

/// Adds them, in sets of their own: one for each environment that paths name, because what is asked of
/// a raw document knows nothing of what it is released with.
pub(super) fn add(graph: &mut Graph, selected: &[(Source, Selected)], settings: &Settings<'_>) {
    let first = graph.sets.len();
    let mut matches: Vec<Match> = Vec::new();
    for (source, one) in selected {
        let environment = settings.scope.environment_of(source.path());
        let known = graph.sets[first..].iter().position(|set| set.environment == environment);
        let index = first
            + known.unwrap_or_else(|| {
                graph.sets.push(ReleaseSet {
                    technology: DOCUMENT,
                    root: TreePath::root(),
                    files: Vec::new(),
                    inputs: Vec::new(),
                    environment,
                    open: None,
                });
                graph.sets.len() - 1 - first
            });
        matches.push(of(source, one, SetId(u32::try_from(index).unwrap_or(u32::MAX))));
    }
    // Facts of a set stand together, in order of sets.
    matches.sort_by_key(|one| one.place.set);
    graph.facts.matches = matches;
}

/// Keys whose value belongs to a name above or beside them: `name: DB_PASSWORD` with `value: x`.
const VALUE_KEYS: &[&str] = &["value", "default", "stringValue", "plaintext", "ParameterValue", "Value", "Default"];

/// Picked scalars whose names say that they are credentials: whatever a rule says of them, they are not
/// shown.
pub(super) fn credentials(selected: &[(Source, Selected)]) -> impl Iterator<Item = Origin> {
    let is_one = |one: &&Selected| {
        let mut names = one.names.iter().rev().map(String::as_str);
        let own = names.next().unwrap_or_default();
        let has_name_above = VALUE_KEYS.contains(&own) || own.bytes().all(|byte| byte.is_ascii_digit());
        one.text.is_some() && (is_credential(own) || has_name_above && names.next().is_some_and(is_credential))
    };
    selected.iter().map(|(_, one)| one).filter(is_one).map(|one| one.value.clone())
}

fn of(source: &Source, one: &Selected, set: SetId) -> Match {
    let path = one.names.iter().fold(LogicalPath::of_file(source.path()), |path, name| path.child(name));
    let value = match &one.text {
        Some(text) => Content::Known(text.clone()),
        None => Content::Absent,
    };
    let key = match &one.member {
        Some((name, origin)) => Value::known(name.clone(), origin.clone()),
        None => Value::absent(one.shown.clone()),
    };
    let number = match &one.text {
        Some(_) if one.kind != "number" => Content::Absent,
        Some(_) => one.number.map_or(Content::Unknown(Why::new("number that is not whole")), Content::Known),
        None => Content::Absent,
    };
    Match {
        place: Place { set, path, origin: one.shown.clone() },
        asked_by: std::sync::Arc::clone(&one.key).into(),
        file: source.path().to_string(),
        file_kind: one.file_kind,
        path: one.path.clone(),
        key,
        kind: one.kind,
        value: Value::new(value, one.value.clone()),
        number: Value::new(number, one.value.clone()),
        count: Value::known(i64::try_from(one.count).unwrap_or(i64::MAX), one.shown.clone()),
    }
}
