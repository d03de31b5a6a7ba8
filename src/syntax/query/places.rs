//! From values that a query picked back to the nodes they were made of.

use rustc_hash::FxHashSet;
use serde_json::Value as Json;

use super::value::{Reading, call, name_of};
use super::{Picked, QUERY_MATCHES, QueryLimit};
use crate::syntax::Node;

/// Finds the picked values, which are known by their address, walking tree and value side by side.
pub fn find<'d>(
    root: &Node<'d>,
    reading: Reading,
    value: &Json,
    wanted: &FxHashSet<usize>,
) -> Result<Vec<Picked<'d>>, QueryLimit> {
    if wanted.len() > QUERY_MATCHES {
        return Err(QueryLimit::Matches);
    }
    let mut walk = Walk { reading, wanted, path: "$".to_owned(), names: Vec::new(), out: Vec::new() };
    walk.node(root, None, value);
    Ok(walk.out)
}

struct Walk<'w, 'd> {
    reading: Reading,
    wanted: &'w FxHashSet<usize>,
    path: String,
    names: Vec<String>,
    out: Vec<Picked<'d>>,
}

impl<'d> Walk<'_, 'd> {
    fn node(&mut self, node: &Node<'d>, key: Option<&Node<'d>>, value: &Json) {
        if self.out.len() == self.wanted.len() {
            return;
        }
        self.take(node, key, value);
        match (call(node, self.reading), value) {
            // The long form of a tag: one member, whose value is the node itself.
            (Some(name), Json::Object(members)) => {
                let Some(argument) = members.get(&name) else { return };
                self.below(&member(&name), name, |walk| {
                    walk.take(node, None, argument);
                    match (node.text(), argument) {
                        // The parts of `!GetAtt Name.Attribute` stand in one scalar.
                        (Some(_), Json::Array(parts)) => {
                            for (at, part) in parts.iter().enumerate() {
                                walk.below(&index(at), at.to_string(), |walk| walk.take(node, None, part));
                            }
                        }
                        _ => walk.children(node, argument),
                    }
                });
            }
            _ => self.children(node, value),
        }
    }

    fn children(&mut self, node: &Node<'d>, value: &Json) {
        match value {
            Json::Array(values) => {
                for (at, (item, value)) in node.items().iter().zip(values).enumerate() {
                    let name = item.get("name").and_then(|name| name.text());
                    let name = name.map_or_else(|| at.to_string(), str::to_owned);
                    self.below(&index(at), name, |walk| walk.node(item, None, value));
                }
            }
            Json::Object(members) => {
                for (key, item) in node.entries() {
                    let name = name_of(&key);
                    let Some(value) = members.get(name) else { continue };
                    self.below(&member(name), name.to_owned(), |walk| walk.node(&item, Some(&key), value));
                }
            }
            _ => {}
        }
    }

    fn below(&mut self, step: &str, name: String, visit: impl FnOnce(&mut Self)) {
        let length = self.path.len();
        self.path.push_str(step);
        self.names.push(name);
        visit(self);
        self.names.pop();
        self.path.truncate(length);
    }

    fn take(&mut self, node: &Node<'d>, key: Option<&Node<'d>>, value: &Json) {
        if !self.wanted.contains(&std::ptr::from_ref(value).addr()) {
            return;
        }
        let (kind, count) = match value {
            Json::Null => ("null", 0),
            Json::Bool(_) => ("yes/no", 0),
            Json::Number(_) => ("number", 0),
            Json::String(_) => ("text", 0),
            Json::Array(items) => ("list", items.len()),
            Json::Object(members) => ("map", members.len()),
        };
        let text = match value {
            Json::String(text) => Some(text.clone()),
            Json::Bool(_) | Json::Number(_) => node.text().map(str::to_owned),
            Json::Null | Json::Array(_) | Json::Object(_) => None,
        };
        self.out.push(Picked {
            node: node.clone(),
            key: key.cloned(),
            path: self.path.clone(),
            names: self.names.clone(),
            kind,
            text,
            number: value.as_i64(),
            count,
        });
    }
}

fn index(at: usize) -> String {
    format!("[{at}]")
}

/// A member as normalized paths write it (RFC 9535, 2.7).
fn member(name: &str) -> String {
    let mut out = String::from("['");
    for character in name.chars() {
        match character {
            '\'' => out.push_str("\\'"),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            c if u32::from(c) < 0x20 => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push_str("']");
    out
}
