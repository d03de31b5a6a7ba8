//! Environment variables: `environment`, `env_file`, build arguments.

use std::collections::HashSet;

use super::{Lowering, Service};
use crate::expand::Applied;
use crate::expand::compose::environment_file;
use crate::facts::EnvironmentVariable;
use crate::value::{Entry, Many, Why};

pub(super) fn lower(lowering: &mut Lowering<'_>, service: &Service<'_>) {
    let own = service.node.get("environment").map(Applied::map).unwrap_or_default();
    let mut all: Many<Entry> = from_files(lowering, service);
    // What `environment` gives wins over what files give (compose-spec, 05-services, env_file).
    let names: HashSet<&str> = own.items.iter().map(|entry| entry.name.as_str()).collect();
    all.items.retain(|entry| !names.contains(entry.name.as_str()));
    push(lowering, service, &all.items, "file", "env_file");
    push(lowering, service, &own.items, "literal", "environment");
    all.items.extend(own.items);
    all.open = all.open.or(own.open);
    let container = service.container;
    lowering.facts[container].environment = all;
    let arguments = service.node.path(&["build", "args"]).map(Applied::map).unwrap_or_default();
    push(lowering, service, &arguments.items, "build", "build/args");
}

fn from_files(lowering: &Lowering<'_>, service: &Service<'_>) -> Many<Entry> {
    let mut out: Many<Entry> = Many::default();
    for item in service.node.get("env_file").map_or(&[][..], Applied::items) {
        let path = environment_file(lowering.set, item);
        let document = lowering.files.iter().find(|file| Some(file.source.path()) == path.as_ref());
        match document {
            Some(document) => {
                let given = document.root.map();
                let names: HashSet<&str> = given.items.iter().map(|entry| entry.name.as_str()).collect();
                // A later file wins.
                out.items.retain(|known: &Entry| !names.contains(known.name.as_str()));
                out.items.extend(given.items.iter().cloned());
            }
            None => out.open = Some(Why::new("a file of variables is not in the repository")),
        }
    }
    out
}

fn push(lowering: &mut Lowering<'_>, service: &Service<'_>, entries: &[Entry], given: &'static str, key: &'static str) {
    for entry in entries {
        let place = lowering.place(&entry.name_origin, &[&service.entry.name, key, &entry.name]);
        lowering.facts.environment_variables.push(EnvironmentVariable {
            place,
            technology: "compose",
            container: Some(service.container),
            function: None,
            name: entry.name.clone(),
            value: entry.value.clone(),
            given,
        });
    }
}
