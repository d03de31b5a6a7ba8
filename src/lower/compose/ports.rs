//! Ports: short and long syntax, ranges, `expose`.

use super::{Lowering, Service};
use crate::expand::compose::short::pieces;
use crate::expand::{Applied, AppliedKind};
use crate::facts::{Container, ContainerPort, Id};
use crate::source::Origin;
use crate::value::{Content, Value};

/// Longest range of ports of which each gets a fact of its own.
const RANGE: i64 = 128;

pub(super) fn lower(lowering: &mut Lowering<'_>, service: &Service<'_>) {
    let mut found: Vec<Port> = Vec::new();
    for item in service.node.get("ports").map_or(&[][..], Applied::items) {
        match &item.kind {
            AppliedKind::Mapping(_) => long(item, &mut found),
            AppliedKind::Scalar(value, _) => short(value, &mut found),
            _ => {}
        }
    }
    for item in service.node.get("expose").map_or(&[][..], Applied::items) {
        exposed(&item.text(), &mut found);
    }
    let container: Id<Container> = service.container;
    for port in found {
        let text = port.number.get().map_or_else(|| "?".to_owned(), i64::to_string);
        let place = lowering.place(&port.origin, &[&service.entry.name, "ports", &text]);
        let shown = port.number.convert("not a number", &|number| Some(number.to_string()));
        lowering.facts[container].ports.items.push(shown);
        lowering.facts.container_ports.push(ContainerPort {
            place,
            container,
            name: Value::absent(port.origin),
            number: port.number,
            published: port.published,
            protocol: port.protocol,
        });
    }
}

struct Port {
    origin: Origin,
    number: Value<i64>,
    published: Value<i64>,
    protocol: Value<String>,
}

fn long(item: &Applied, out: &mut Vec<Port>) {
    let origin = item.origin.clone();
    let protocol = match item.text_of("protocol") {
        value if value.is_absent() => Value::default("TCP".to_owned(), origin.clone()),
        value => value.convert("not a protocol", &|text| Some(text.to_ascii_uppercase())),
    };
    let published = item.text_of("published");
    let published = match published.get().and_then(|text| range(text)) {
        Some((from, to)) if from != to => Value::unknown("one of a range of ports", published.origin),
        _ => number(&published),
    };
    out.push(Port { origin, number: number(&item.text_of("target")), published, protocol });
}

/// `[[IP:]HOST:]CONTAINER[/PROTOCOL]`, each of the ports a number or a range.
fn short(value: &Value<String>, out: &mut Vec<Port>) {
    let origin = value.origin.clone();
    let unknown = |out: &mut Vec<Port>| {
        let why = value.undecided().unwrap_or_else(|| crate::value::Why::new("port that is not decided"));
        let unknown = || Value::new(Content::Unknown(why.clone()), origin.clone());
        let protocol = Value::new(Content::Unknown(why.clone()), origin.clone());
        out.push(Port { origin: origin.clone(), number: unknown(), published: unknown(), protocol });
    };
    let Some(mut list) = without_address(value) else { return unknown(out) };
    let Some(last) = list.pop() else { return unknown(out) };
    let Some(mut target) = pieces(&last, '/') else { return unknown(out) };
    let protocol = match (target.len(), target.pop()) {
        (2, Some(protocol)) => protocol.convert("not a protocol", &|text| Some(text.to_ascii_uppercase())),
        (_, Some(port)) => {
            target.push(port);
            Value::default("TCP".to_owned(), last.origin.clone())
        }
        _ => return unknown(out),
    };
    let (target, published) = (target.remove(0), list.pop());
    expand_range(&target, published.as_ref(), &protocol, value, out);
}

/// The pieces of a port; those of an IPv6 address in brackets are left out.
fn without_address(value: &Value<String>) -> Option<Vec<Value<String>>> {
    if let Some(text) = value.get()
        && let (Some(end), true) = (text.find("]:"), text.starts_with('['))
    {
        let rest = &text[end + 2..];
        let place = crate::expand::compose::short::narrow(value, end + 2, rest.len());
        return pieces(&Value::known(rest.to_owned(), place), ':');
    }
    pieces(value, ':')
}

fn exposed(value: &Value<String>, out: &mut Vec<Port>) {
    let Some(mut list) = pieces(value, '/') else { return };
    if list.is_empty() {
        return;
    }
    let port = list.remove(0);
    let protocol = Value::default("TCP".to_owned(), value.origin.clone());
    expand_range(&port, None, &protocol, value, out);
}

fn expand_range(
    target: &Value<String>,
    published: Option<&Value<String>>,
    protocol: &Value<String>,
    whole: &Value<String>,
    out: &mut Vec<Port>,
) {
    let at = target.origin.clone();
    let host = |i: i64| match published {
        None => Value::absent(at.clone()),
        Some(value) => match value.get().and_then(|text| range(text)) {
            Some((from, to)) if from + i <= to => Value::known(from + i, value.origin.clone()),
            _ => number(value),
        },
    };
    let push = |number: Value<i64>, published: Value<i64>, out: &mut Vec<Port>| {
        out.push(Port { origin: whole.origin.clone(), number, published, protocol: protocol.clone() });
    };
    match target.get().and_then(|text| range(text)) {
        Some((from, to)) if from < to => {
            for port in from..=to.min(from + RANGE) {
                push(Value::known(port, at.clone()), host(port - from), out);
            }
        }
        _ => push(number(target), host(0), out),
    }
}

fn number(value: &Value<String>) -> Value<i64> {
    value.convert("not a port number", &|text| text.trim().parse().ok())
}

/// `3000-3005`, or one port as a range of itself.
fn range(text: &str) -> Option<(i64, i64)> {
    let (from, to) = text.trim().split_once('-').unwrap_or((text.trim(), text.trim()));
    Some((from.parse().ok()?, to.parse().ok()?))
}
