//! Kubernetes objects to facts.

mod config;
mod container;
mod kinds;
mod references;
mod service;
mod variables;
mod workload;

use crate::diagnostic::LogicalPath;
use crate::expand::{Applied, AppliedDocument};
use crate::facts::{Facts, Place, ReleaseSet, SetId};
use crate::source::Origin;
use crate::value::{Entry, Many, Value, Why};

/// The namespace of objects that name none.
const DEFAULT_NAMESPACE: &str = "default";

/// Facts of the applied documents of a release set.
pub fn lower(id: SetId, set: &ReleaseSet, documents: &[AppliedDocument]) -> Facts {
    let set_path = set.path();
    let (kustomizations, manifests): (Vec<_>, Vec<_>) =
        documents.iter().partition(|document| is_kustomization(&document.root));
    // `namespace:` of the kustomization that lists the objects is put on all of them.
    let namespace = kustomizations
        .iter()
        .filter(|document| document.source.path().parent() == set.root)
        .find_map(|document| document.root.get("namespace"))
        .map(Applied::text);
    let adds = |keys: &[&str]| {
        kustomizations
            .iter()
            .any(|document| keys.iter().any(|key| document.root.get(key).is_some_and(|n| !n.is_null())))
    };
    let adds = (adds(&["commonLabels", "labels"]), adds(&["commonAnnotations"]));
    let objects: Vec<Object<'_>> = manifests
        .iter()
        .filter_map(|document| Object::of(id, &set_path, &document.root, namespace.as_ref()))
        .map(|object| Object { adds, ..object })
        .collect();

    let mut facts = Facts::default();
    for document in &kustomizations {
        config::generators(&mut facts, id, &set_path, &document.root, namespace.as_ref());
    }
    for object in &objects {
        config::lower(&mut facts, object);
        service::lower(&mut facts, object);
    }
    let data = config::Data::of(&objects);
    for object in &objects {
        workload::lower(&mut facts, object, &data);
    }
    facts
}

/// `kind` may be left out of a kustomization.
fn is_kustomization(root: &Applied) -> bool {
    match root.get("kind").and_then(Applied::known) {
        None => true,
        Some("Kustomization" | "Component") => {
            group_of(root.get("apiVersion").and_then(Applied::known).unwrap_or("")) == "kustomize.config.k8s.io"
        }
        Some(_) => false,
    }
}

fn group_of(version: &str) -> &str {
    version.split_once('/').map_or("", |(group, _)| group)
}

/// An object with what every object has.
struct Object<'a> {
    root: &'a Applied,
    group: &'a str,
    kind: &'a str,
    name: Value<String>,
    namespace: Value<String>,
    place: Place,
    /// A kustomization of the set adds labels, annotations.
    adds: (bool, bool),
}

impl<'a> Object<'a> {
    fn of(set: SetId, set_path: &LogicalPath, root: &'a Applied, namespace: Option<&Value<String>>) -> Option<Self> {
        let group = group_of(root.get("apiVersion")?.known()?);
        let kind = root.get("kind")?.known()?;
        let origin =
            root.path(&["metadata", "name"]).map_or_else(|| origin_of_nameless(root), |name| name.origin.clone());
        let name = match root.get("metadata") {
            Some(metadata) if metadata.get("name").is_some() => metadata.text_of("name"),
            Some(metadata) if metadata.get("generateName").is_some() => {
                Value::unknown("name that the server makes up", metadata.text_of("generateName").origin)
            }
            _ => Value::absent(origin.clone()),
        };
        let written = root.path(&["metadata", "namespace"]).map(Applied::text).filter(|value| !value.is_absent());
        let namespace = namespace
            .cloned()
            .or(written)
            .unwrap_or_else(|| Value::default(DEFAULT_NAMESPACE.to_owned(), origin.clone()));
        let shown = |value: &Value<String>| value.get().cloned().unwrap_or_else(|| "?".to_owned());
        let path = set_path.child(kind).child(shown(&namespace)).child(shown(&name));
        Some(Self { root, group, kind, name, namespace, place: Place { set, path, origin }, adds: (false, false) })
    }

    /// The place of a part of it, declared at an origin.
    fn part(&self, names: &[&str], origin: &Origin) -> Place {
        part(&self.place, names, origin)
    }

    /// Its own `labels` or `annotations`. Open where a kustomization puts on more: what it adds is not
    /// rendered yet.
    fn labels(&self, key: &str) -> Many<Entry> {
        let written = self.root.path(&["metadata", key]).map_or_else(Many::default, Applied::map);
        let is_added = if key == "labels" { self.adds.0 } else { self.adds.1 };
        match is_added && written.open.is_none() {
            true => Many::open(written.items, Why::new("a kustomization adds to it")),
            false => written,
        }
    }

    fn spec(&self) -> Option<&'a Applied> {
        self.root.get("spec")
    }
}

/// A place below another.
fn part(place: &Place, names: &[&str], origin: &Origin) -> Place {
    let path = names.iter().fold(place.path.clone(), |path, name| path.child(name));
    Place { set: place.set, path, origin: origin.clone() }
}

fn origin_of_nameless(root: &Applied) -> Origin {
    root.get("kind").map_or_else(|| root.origin.clone(), |kind| kind.origin.clone())
}

#[cfg(test)]
mod tests;
