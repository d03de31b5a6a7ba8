//! Hosts that environment variables and settings name.

mod keys;
mod parse;

pub(crate) use keys::{is_browser_facing, name_words};

use keys::Use;
use parse::Found;

use super::words::texts;
use crate::facts::{Endpoint, EnvironmentVariable, Id, Place, Setting};
use crate::graph::Graph;
use crate::source::Origin;
use crate::value::{Value, Why};

/// Longest value that is looked at, bytes; what is longer is a document of its own.
const LONGEST: usize = 20_000;

/// The endpoints of all sets, in their order.
pub(super) fn derive(graph: &Graph) -> Vec<Endpoint> {
    let mut out = Vec::new();
    for (id, variable) in graph.each::<EnvironmentVariable>() {
        let mut source = Source {
            place: &variable.place,
            technology: variable.technology,
            key: &variable.name,
            value: &variable.value,
            variable: Some(id),
            setting: None,
        };
        source.derive(&mut out);
    }
    for (id, setting) in graph.each::<Setting>() {
        let mut source = Source {
            place: &setting.place,
            technology: setting.technology,
            key: &setting.key,
            value: &setting.value,
            variable: None,
            setting: Some(id),
        };
        source.derive(&mut out);
    }
    // Facts of one set stand together.
    out.sort_by_key(|endpoint| endpoint.place.set);
    out
}

struct Source<'a> {
    place: &'a Place,
    technology: &'static str,
    key: &'a str,
    value: &'a Value<String>,
    variable: Option<Id<EnvironmentVariable>>,
    setting: Option<Id<Setting>>,
}

impl Source<'_> {
    fn derive(&mut self, out: &mut Vec<Endpoint>) {
        let used = keys::use_of(self.key);
        if used == Use::None {
            return;
        }
        let alternatives: Vec<_> = texts(self.value).into_iter().filter(|text| text.text.len() <= LONGEST).collect();
        let lists: Vec<Vec<Found>> = alternatives.iter().map(|text| found(&text.text, used)).collect();
        let branches = branch_count(self.value);
        let mut taken: Vec<(String, Option<i64>)> = Vec::new();
        for (text, list) in alternatives.iter().zip(&lists) {
            for one in list {
                let identity = (one.host.clone(), one.port);
                if taken.iter().any(|(host, port)| *host == one.host && (*port == one.port || one.port.is_none())) {
                    continue;
                }
                taken.push(identity);
                // An address that every alternative names holds whatever the variables are.
                let in_all = lists.iter().all(|list| list.iter().any(|other| other.host == one.host));
                let fallback = text.condition.is_some() && !(in_all && lists.len() == branches);
                out.push(self.endpoint(one, text.place(one.at, &one.written), fallback));
            }
        }
    }

    fn endpoint(&self, found: &Found, origin: Origin, fallback: bool) -> Endpoint {
        let port = match found.port {
            Some(port) => Value::known(port, origin.clone()),
            None if found.scheme.is_empty() => Value::absent(origin.clone()),
            None => Value::new(crate::value::Content::Unknown(Why::new("port that is not written")), origin.clone()),
        };
        Endpoint {
            place: Place {
                set: self.place.set,
                path: self.place.path.child("host").child(&found.host),
                origin: origin.clone(),
            },
            technology: self.technology,
            variable: self.variable,
            setting: self.setting,
            key: self.key.to_owned(),
            scheme: found.scheme.clone(),
            host: found.host.clone(),
            host_value: Value::known(found.host.clone(), origin),
            port,
            fallback,
        }
    }
}

fn branch_count(value: &Value<String>) -> usize {
    match &value.content {
        crate::value::Content::OneOf(branches) => branches.len(),
        _ => 1,
    }
}

fn found(text: &str, used: Use) -> Vec<Found> {
    if text.contains("://") {
        return parse::urls(text);
    }
    let pairs = if used == Use::Urls { Vec::new() } else { parse::pairs(text) };
    if !pairs.is_empty() {
        return pairs;
    }
    if used == Use::Host { parse::host(text).into_iter().collect() } else { Vec::new() }
}
