//! The handler: which property of which file, and whether it is a function.

use std::sync::Arc;

use super::Walk;
use super::exports::Offer;
use crate::facts::Artifact;
use crate::runtime::node::{HandlerName, Resolver, find_handler};
use crate::source::TreePath;
use crate::trace::PackageRequest;
use crate::tree::Tree;
use crate::value::{Value, Why};

/// Handlers that are tried when nobody names one, most usual first.
const USUAL_HANDLERS: [&str; 10] = [
    "index.handler",
    "app.handler",
    "handler.handler",
    "main.handler",
    "lambda.handler",
    "dist/index.handler",
    "src/index.handler",
    "build/index.handler",
    "dist/main.handler",
    "src/app.handler",
];

/// Most names of a module that a message lists.
const EXPORTS: usize = 20;
/// Properties that objects and functions have without anybody exporting them.
const INHERITED: [&str; 18] = [
    "apply",
    "arguments",
    "bind",
    "call",
    "caller",
    "constructor",
    "default",
    "hasOwnProperty",
    "isPrototypeOf",
    "length",
    "module",
    "name",
    "propertyIsEnumerable",
    "prototype",
    "then",
    "toLocaleString",
    "toString",
    "valueOf",
];

/// The handler that is named, or the first usual one that leads to a file.
pub(super) fn name(
    request: &PackageRequest,
    tree: &Arc<dyn Tree>,
    resolver: &Resolver,
    artifact: &mut Artifact,
) -> Option<HandlerName> {
    let found = match &request.handler {
        Some(handler) => match HandlerName::parse(handler) {
            Ok(name) => return Some(name),
            Err(error) => {
                artifact.handler_fault = "malformed-handler";
                artifact.handler_error = error.to_string();
                return None;
            }
        },
        None => USUAL_HANDLERS
            .iter()
            .filter_map(|handler| Some((*handler, HandlerName::parse(handler).ok()?)))
            .find(|(_, name)| find_handler(tree, resolver, name).found.is_some())
            .ok_or(Why::new("no handler is named and none of the usual files is there")),
    };
    match found {
        Ok((handler, name)) => {
            artifact.handler = Value::default(handler.to_string(), artifact.handler.origin.clone());
            Some(name)
        }
        Err(why) => {
            artifact.not_judged = Some(why);
            None
        }
    }
}

impl Walk<'_> {
    /// Looks for the handler's property among the exports of its file.
    pub(super) fn judge_handler(&mut self, file: &TreePath, name: &HandlerName, artifact: &mut Artifact) {
        let property = self.property.clone();
        let origin = artifact.handler.origin.clone();
        let inherited = property.is_empty() || property.starts_with("__") || INHERITED.contains(&&*property);
        if self.entry_is_loaded || inherited {
            artifact.handler_exported = Value::unknown("what the handler's file exports is not written in it", origin);
            return;
        }
        let handler = artifact.handler.get().cloned().unwrap_or_default();
        let not_exported = match self.offer(file, &property) {
            Offer::No | Offer::Literal(false) => true,
            // A path of properties ends somewhere inside.
            Offer::Literal(true) if name.property == property => false,
            Offer::Yes | Offer::Literal(_) => {
                artifact.handler_exported = Value::known(true, origin);
                return;
            }
            Offer::Unknown => {
                let why = "what the handler's file exports is worked out at run time";
                artifact.handler_exported = Value::unknown(why, origin);
                return;
            }
        };
        artifact.handler_exported = Value::known(!not_exported, origin);
        let (fault, error) = match not_exported {
            true => ("handler-not-exported", "is undefined or not exported"),
            false => ("handler-not-a-function", "is not a function"),
        };
        artifact.handler_fault = fault;
        artifact.handler_error = format!("{handler} {error}");
        artifact.handler_exports = self.offers.get(file).map(|offered| offered.names(EXPORTS)).unwrap_or_default();
    }
}
