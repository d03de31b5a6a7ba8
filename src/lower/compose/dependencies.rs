//! What a service needs others for: `depends_on`, `links`, `volumes_from`, `network_mode`, `extends`.

use super::{Lowering, Service};
use crate::expand::Applied;
use crate::facts::{Dependency, Id, Workload};
use crate::source::Origin;
use crate::value::{Content, Value};

pub(super) fn lower(lowering: &mut Lowering<'_>, service: &Service<'_>) {
    for entry in service.node.get("depends_on").map_or(&[][..], Applied::entries) {
        let target = Value::known(entry.name.clone(), entry.name_origin.clone());
        let condition = match entry.value.text_of("condition") {
            value if value.is_absent() => Value::default("service_started".to_owned(), entry.name_origin.clone()),
            value => value,
        };
        // Compose goes on without a dependency that is not required.
        let optional = entry.value.yes_no_of("required").convert("not a yes or no", &|required| Some(!required));
        push(lowering, service, "depends_on", target, condition, optional);
    }
    for item in service.node.get("links").map_or(&[][..], Applied::items) {
        let target = first_piece(&item.text());
        started(lowering, service, "links", target);
    }
    for item in service.node.get("volumes_from").map_or(&[][..], Applied::items) {
        if item.known().is_some_and(|text| text.starts_with("container:")) {
            continue;
        }
        let target = first_piece(&item.text());
        started(lowering, service, "volumes_from", target);
    }
    for key in ["network_mode", "ipc", "pid"] {
        let Some(value) = service.node.get(key).map(Applied::text) else { continue };
        let Some(name) = value.get().and_then(|text| text.strip_prefix("service:")) else { continue };
        let origin = crate::expand::compose::short::narrow(&value, "service:".len(), name.len());
        started(lowering, service, "network_mode", Value::known(name.to_owned(), origin));
    }
    if let Some(extends) = service.node.get("extends") {
        let is_other_file = extends.get("file").is_some();
        let target = if extends.is_mapping() { extends.text_of("service") } else { extends.text() };
        if !is_other_file {
            started(lowering, service, "extends", target);
        }
    }
}

fn first_piece(value: &Value<String>) -> Value<String> {
    let Some(text) = value.get() else { return value.clone() };
    let name = text.split(':').next().unwrap_or(text);
    Value::known(name.to_owned(), crate::expand::compose::short::narrow(value, 0, name.len()))
}

fn started(lowering: &mut Lowering<'_>, service: &Service<'_>, declared_as: &'static str, target: Value<String>) {
    let at: Origin = target.origin.clone();
    let condition = Value::default("service_started".to_owned(), at.clone());
    push(lowering, service, declared_as, target, condition, Value::absent(at));
}

fn push(
    lowering: &mut Lowering<'_>,
    service: &Service<'_>,
    declared_as: &'static str,
    target: Value<String>,
    condition: Value<String>,
    optional: Value<bool>,
) {
    let name = target.get().map_or("?", String::as_str);
    let resolved: Option<Id<Workload>> = match &target.content {
        Content::Known(name) => lowering.services.get(name).copied(),
        _ => None,
    };
    let place = lowering.place(&target.origin, &[&service.entry.name, declared_as, name]);
    lowering.facts.dependencies.push(Dependency {
        place,
        technology: "compose",
        workload: service.workload,
        resolved,
        declared_as,
        condition,
        optional,
        target,
    });
}
