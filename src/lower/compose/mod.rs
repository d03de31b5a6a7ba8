//! Compose projects to facts: workloads with one container each, ports, variables, dependencies, mounts.

mod command;
mod dependencies;
mod mounts;
mod names;
mod ports;
mod resources;
mod variables;

use std::collections::HashMap;

use crate::diagnostic::LogicalPath;
use crate::expand::applied::AppliedEntry;
use crate::expand::compose::{folder_of, written_in};
use crate::expand::{Applied, AppliedDocument};
use crate::facts::{Container, Facts, Id, Place, ReleaseSet, SetId, Workload};
use crate::lower::image::Image;
use crate::source::Origin;
use crate::value::{Answer, Content, Many, Value};

/// Facts of the applied documents of a release set.
pub fn lower(id: SetId, set: &ReleaseSet, documents: &[AppliedDocument]) -> Facts {
    let Some((project, files)) = documents.split_first() else { return Facts::default() };
    let mut lowering =
        Lowering { id, set, project: &project.root, files, services: HashMap::new(), facts: Facts::default() };
    let services: Vec<&AppliedEntry> =
        project.root.get("services").map_or(&[][..], Applied::entries).iter().filter(|e| is_service(e)).collect();
    // Workloads first, so that dependencies find those that stand further down.
    let ids: Vec<(Id<Workload>, Id<Container>)> = services.iter().map(|entry| lowering.service(entry)).collect();
    for (entry, (workload, container)) in services.iter().zip(ids) {
        let at = Service { entry, node: &entry.value, workload, container };
        ports::lower(&mut lowering, &at);
        variables::lower(&mut lowering, &at);
        command::lower(&mut lowering, &at);
        dependencies::lower(&mut lowering, &at);
        mounts::lower(&mut lowering, &at);
    }
    lowering.facts
}

fn is_service(entry: &AppliedEntry) -> bool {
    !entry.name.starts_with("x-") && (entry.value.is_mapping() || entry.value.is_null())
}

/// One service being lowered.
struct Service<'a> {
    entry: &'a AppliedEntry,
    node: &'a Applied,
    workload: Id<Workload>,
    container: Id<Container>,
}

struct Lowering<'a> {
    id: SetId,
    set: &'a ReleaseSet,
    project: &'a Applied,
    files: &'a [AppliedDocument],
    /// Workloads by the name of their service.
    services: HashMap<String, Id<Workload>>,
    facts: Facts,
}

impl Lowering<'_> {
    /// Identity and place of a thing. What the override files do not touch keeps the address that it
    /// has in the base alone, so the same fault has the same identity in every set of that base.
    fn place(&self, origin: &Origin, parts: &[&str]) -> Place {
        let is_overridden = self.set.files.get(1..).unwrap_or(&[]).contains(written_in(origin).path());
        let root =
            if is_overridden { self.set.path() } else { LogicalPath::of_set(self.set.technology, &self.set.root, &[]) };
        let path = parts.iter().fold(root.child("service"), |path, part| path.child(part));
        Place { set: self.id, path, origin: origin.clone() }
    }

    fn service(&mut self, entry: &AppliedEntry) -> (Id<Workload>, Id<Container>) {
        let node = &entry.value;
        let place = self.place(&entry.name_origin, &[&entry.name]);
        let at = entry.name_origin.clone();
        let name = Value::known(entry.name.clone(), at.clone());
        let workload = Workload {
            place: place.clone(),
            technology: "compose",
            kind: Value::known("service".into(), at.clone()),
            name: name.clone(),
            namespace: Value::absent(at.clone()),
            labels: node.get("labels").map(Applied::map).unwrap_or_default(),
            annotations: node.get("annotations").map(Applied::map).unwrap_or_default(),
            own_labels: node.get("labels").map(Applied::map).unwrap_or_default(),
            restart_policy: resources::restart(node, &at),
            service_account: Value::absent(at.clone()),
            replicas: replicas(node, &at),
            host_names: names::of(self.project, entry),
            profiles: node.get("profiles").map(Applied::texts).unwrap_or_default(),
            network_mode: or_at(node.text_of("network_mode"), &at),
            rolls: false,
        };
        let workload_id = Id::new(self.facts.workloads.len());
        self.services.insert(entry.name.clone(), workload_id);
        self.facts.workloads.push(workload);
        let container_id = Id::new(self.facts.containers.len());
        let image = or_at(node.text_of("image"), &at);
        let parts = Image::of(&image);
        let resources = resources::Resources::of(node, &at);
        self.facts.containers.push(Container {
            place,
            workload: workload_id,
            name,
            image,
            image_registry: parts.registry,
            image_repository: parts.repository,
            image_tag: parts.tag,
            image_digest: parts.digest,
            memory_limit: resources.memory_limit,
            memory_request: resources.memory_request,
            cpu_limit: resources.cpu_limit,
            cpu_request: resources.cpu_request,
            user: or_at(node.text_of("user"), &at),
            privileged: yes_or_no(node, "privileged", &at),
            read_only: yes_or_no(node, "read_only", &at),
            healthcheck: resources::healthcheck(node, &at),
            build_context: self.build_context(node, &at),
            role: "main",
            environment: Many::default(),
            ports: Many::default(),
            readiness_probe: Value::absent(at.clone()),
            liveness_probe: Value::absent(at.clone()),
            startup_probe: Value::absent(at),
            readiness: None,
            exposed: Answer::False,
            exposed_by: None,
        });
        (workload_id, container_id)
    }

    /// The folder that is built, from the root of the tree where it is known.
    fn build_context(&self, node: &Applied, at: &Origin) -> Value<String> {
        let Some(build) = node.get("build") else { return Value::absent(at.clone()) };
        let context = build.text_of("context");
        let Some(text) = context.get() else {
            // A build without context builds the folder of the file.
            return match context.content {
                Content::Absent => Value::default(".".into(), build.origin.clone()),
                _ => context,
            };
        };
        match folder_of(&context.origin, self.set).join(text) {
            Some(path) if !path.is_root() => Value { content: Content::Known(path.to_string()), ..context },
            _ => context,
        }
    }
}

/// An absent value should stand in its service, not at the service's mapping.
fn or_at<T>(value: Value<T>, at: &Origin) -> Value<T> {
    if value.is_absent() { Value::absent(at.clone()) } else { value }
}

/// Compose switches nothing on by itself.
fn yes_or_no(node: &Applied, key: &str, at: &Origin) -> Value<bool> {
    let value = node.yes_no_of(key);
    if value.is_absent() { Value::default(false, at.clone()) } else { value }
}

fn replicas(node: &Applied, at: &Origin) -> Value<i64> {
    let deploy = node.get("deploy").map(|deploy| deploy.number_of("replicas"));
    let given = deploy.filter(|value| !value.is_absent()).unwrap_or_else(|| node.number_of("scale"));
    if given.is_absent() { Value::default(1, at.clone()) } else { given }
}
