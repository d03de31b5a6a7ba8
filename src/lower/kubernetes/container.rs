//! Containers, their ports and probes.

use super::config::Data;
use super::{Object, part, references, variables};
use crate::expand::{Applied, AppliedKind};
use crate::facts::{Container, ContainerPort, Facts, Id, Place, PortReference, Probe, Workload};
use crate::lower::image::Image;
use crate::lower::quantity::{quantity_bytes, quantity_thousandths};
use crate::source::Origin;
use crate::syntax::Style;
use crate::value::{Answer, Content, Many, Value};

/// Facts of a container of a pod.
#[allow(clippy::too_many_arguments, reason = "the pod, the container and what both belong to")]
pub fn lower(
    facts: &mut Facts,
    object: &Object<'_>,
    workload: Id<Workload>,
    pod: &Applied,
    node: &Applied,
    role: &'static str,
    data: &Data,
) {
    let id: Id<Container> = Id::new(facts.containers.len());
    let name = node.text_of("name");
    let shown = name.get().cloned().unwrap_or_else(|| "?".to_owned());
    let place = object.part(&["container", &shown], &name.origin);
    let environment = variables::lower(facts, object, id, &place, node, data);
    let ports = node.get("ports");
    let probe = |key: &str| node.get(key).filter(|probe| !probe.is_null());
    let handler = |key: &str| probe(key).map_or_else(|| Value::absent(name.origin.clone()), handler_of);
    let image = or_at(node.text_of("image"), &name.origin);
    let parts = Image::of(&image);
    let amount = |kind: &str, resource: &str| amount(node, &["resources", kind, resource], &name.origin);
    facts.containers.push(Container {
        workload,
        image,
        image_registry: parts.registry,
        image_repository: parts.repository,
        image_tag: parts.tag,
        image_digest: parts.digest,
        memory_limit: quantity_bytes(&amount("limits", "memory")),
        // What is limited and not requested is requested as far as it is limited.
        memory_request: quantity_bytes(&or_as_default(amount("requests", "memory"), amount("limits", "memory"))),
        cpu_limit: quantity_thousandths(&amount("limits", "cpu")),
        cpu_request: quantity_thousandths(&or_as_default(amount("requests", "cpu"), amount("limits", "cpu"))),
        user: of_security(node, pod, "runAsUser", &name.origin),
        privileged: yes_or_no(node, "privileged", &name.origin),
        read_only: yes_or_no(node, "readOnlyRootFilesystem", &name.origin),
        healthcheck: Value::absent(name.origin.clone()),
        build_context: Value::absent(name.origin.clone()),
        role,
        environment,
        ports: match ports.map(|ports| &ports.kind) {
            Some(AppliedKind::Unknown(why)) => Many::open(Vec::new(), why.clone()),
            _ => Many::closed(
                ports
                    .map(Applied::items)
                    .unwrap_or_default()
                    .iter()
                    .map(|port| port.text_of("containerPort"))
                    .filter(|port| !port.is_absent())
                    .collect(),
            ),
        },
        readiness_probe: handler("readinessProbe"),
        liveness_probe: handler("livenessProbe"),
        startup_probe: handler("startupProbe"),
        readiness: None,
        // Which containers a Service sends to is known when all objects are (graph/derived).
        exposed: Answer::False,
        exposed_by: None,
        name,
        place: place.clone(),
    });
    for port in ports.map(Applied::items).unwrap_or_default() {
        lower_port(facts, id, &place, port);
    }
    for (role, key) in [("readiness", "readinessProbe"), ("liveness", "livenessProbe"), ("startup", "startupProbe")] {
        let Some(node) = probe(key) else { continue };
        let origin = node.get("name").map_or(&node.origin, |name| &name.origin);
        let probe_id = Id::new(facts.probes.len());
        facts.probes.push(Probe {
            place: part(&place, &["probe", role], origin),
            container: id,
            role,
            handler: handler_of(node),
            port: asked_port(node),
            path: node.get("httpGet").map_or_else(|| Value::absent(origin.clone()), |get| get.text_of("path")),
        });
        if role == "readiness" {
            facts.containers[id.index()].readiness = Some(probe_id);
        }
    }
    references::of_container(facts, object, workload, id, &place, node);
}

fn lower_port(facts: &mut Facts, container: Id<Container>, place: &Place, node: &Applied) {
    let number = node.number_of("containerPort");
    let name = node.text_of("name");
    let shown = name.get().cloned().or_else(|| number.get().map(i64::to_string)).unwrap_or_else(|| "?".to_owned());
    let origin = if name.is_absent() { &number.origin } else { &name.origin };
    facts.container_ports.push(ContainerPort {
        place: part(place, &["port", &shown], origin),
        container,
        published: node.number_of("hostPort"),
        protocol: or_default(node.text_of("protocol"), "TCP"),
        name,
        number,
    });
}

/// An absent value should stand in its container, not at the container's mapping.
fn or_at(value: Value<String>, at: &Origin) -> Value<String> {
    if value.is_absent() { Value::absent(at.clone()) } else { value }
}

/// An amount; absent unless something on the way down to it cannot be seen.
fn amount(node: &Applied, path: &[&str], at: &Origin) -> Value<String> {
    if let Some(found) = node.path(path) {
        return or_at(found.text(), at);
    }
    match (1..path.len()).find_map(|end| node.path(&path[..end]).and_then(Applied::unknown)) {
        Some(why) => Value::new(Content::Unknown(why.clone()), at.clone()),
        None => Value::absent(at.clone()),
    }
}

/// A value, or another that the platform puts in for it.
fn or_as_default(value: Value<String>, other: Value<String>) -> Value<String> {
    match (&value.content, other.content) {
        (Content::Absent, Content::Known(text)) => Value::default(text, other.origin),
        _ => value,
    }
}

/// A setting of the container's security context, else of its pod's.
fn of_security(node: &Applied, pod: &Applied, key: &str, at: &Origin) -> Value<String> {
    let own = amount(node, &["securityContext", key], at);
    if own.is_absent() { amount(pod, &["securityContext", key], at) } else { own }
}

fn yes_or_no(node: &Applied, key: &str, at: &Origin) -> Value<bool> {
    match node.get("securityContext").map(|context| context.yes_no_of(key)) {
        Some(value) if !value.is_absent() => value,
        _ => Value::default(false, at.clone()),
    }
}

/// A value, or what the platform puts in.
pub fn or_default(value: Value<String>, default: &str) -> Value<String> {
    if value.is_absent() { Value::default(default.to_owned(), value.origin) } else { value }
}

/// How a probe asks, at the place where that is written.
fn handler_of(node: &Applied) -> Value<String> {
    let handlers = [("httpGet", "http"), ("tcpSocket", "tcp"), ("grpc", "grpc"), ("exec", "exec")];
    let found = handlers.iter().find_map(|(key, word)| node.get(key).map(|_| *word));
    match (found, node.unknown()) {
        (Some(word), _) => Value::known(word.to_owned(), node.origin.clone()),
        (None, Some(why)) => Value::new(Content::Unknown(why.clone()), node.origin.clone()),
        (None, None) => Value::unknown("probe without a way to ask", node.origin.clone()),
    }
}

/// The port of the pod that a probe asks; absent when it asks none, or another host.
fn asked_port(node: &Applied) -> Value<PortReference> {
    for key in ["httpGet", "tcpSocket", "grpc"] {
        let Some(handler) = node.get(key) else { continue };
        if handler.get("host").is_some_and(|host| !host.is_null()) {
            return Value::absent(handler.origin.clone());
        }
        return handler.get("port").map_or_else(|| Value::absent(handler.origin.clone()), port_reference);
    }
    Value::absent(node.origin.clone())
}

/// A port by number, or by name when it is quoted or no number: the API keeps the two apart.
pub fn port_reference(node: &Applied) -> Value<PortReference> {
    let is_plain = matches!(&node.kind, AppliedKind::Scalar(_, Style::Plain));
    node.text().convert("a placeholder for a port", &|text| match text.trim().parse::<i64>() {
        Ok(number) if is_plain => Some(PortReference::Number(number)),
        _ if is_placeholder(text) => None,
        _ => Some(PortReference::Name(text.clone())),
    })
}

/// `${PORT:-8080}`, `<port>`, `PORT`: what a script fills in before the manifest is applied. No port may be
/// called so: names of ports are of small letters, digits and `-` (RFC 6335 §5.1).
fn is_placeholder(text: &str) -> bool {
    let is_capitals = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_');
    text.contains(['$', '<', '{', '%']) || (!text.is_empty() && is_capitals(text))
}
