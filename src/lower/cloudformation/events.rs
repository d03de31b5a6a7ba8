//! Routes that SAM makes of the events of functions and state machines. It writes the permission too.

use std::collections::BTreeSet;

use super::routes::{Callee, Draft, method};
use super::stack::Stack;
use crate::expand::Applied;
use crate::facts::{Facts, Target};
use crate::source::Origin;
use crate::value::Value;

/// Implicit APIs: (event type, key that names the API, kind, id of the implicit API).
const EVENT_TYPES: &[(&str, &str, &str, &str)] =
    &[("Api", "RestApiId", "rest", "ServerlessRestApi"), ("HttpApi", "ApiId", "http", "ServerlessHttpApi")];

/// (resource, API) pairs: SAM lets that API call that function.
pub type Events = BTreeSet<(String, String)>;

/// An event that makes a route.
pub struct Event<'a> {
    /// The function or state machine.
    pub owner: &'a str,
    /// Id of the API.
    pub api: String,
    /// `rest` or `http`.
    pub api_kind: &'static str,
    /// Method.
    pub method: Value<String>,
    /// Path.
    pub path: Value<String>,
    /// Where the event is declared.
    pub origin: &'a Origin,
}

/// All events that make routes.
pub fn events<'a>(stack: &Stack<'a>) -> Vec<Event<'a>> {
    let owners = stack.of_kind(&["AWS::Serverless::Function", "AWS::Serverless::StateMachine"]);
    let mut out = Vec::new();
    for owner in owners {
        for entry in owner.get("Events").map(Applied::entries).unwrap_or(&[]) {
            let kind = entry.value.get("Type").and_then(Applied::known);
            let Some((_, key, api_kind, implicit)) = EVENT_TYPES.iter().find(|(own, ..)| Some(*own) == kind) else {
                continue;
            };
            let text = |name: &str| match entry.value.get("Properties") {
                Some(properties) => properties.text_of(name),
                None => Value::absent(entry.name_origin.clone()),
            };
            let api = text(key);
            let api = if api.is_absent() { (*implicit).to_owned() } else { stack.api(&api) };
            let (mut path, mut verb) = (text("Path"), method(&text("Method")));
            // An HTTP API event without path and method is the route that catches all.
            if *api_kind == "http" {
                if path.is_absent() {
                    path = Value::default("$default".to_owned(), entry.name_origin.clone());
                }
                if verb.is_absent() {
                    verb = Value::default("ANY".to_owned(), entry.name_origin.clone());
                }
            }
            out.push(Event { owner: owner.id, api, api_kind, method: verb, path, origin: &entry.name_origin });
        }
    }
    out
}

/// Which functions SAM lets which APIs call.
pub fn allowed(events: &[Event<'_>]) -> Events {
    events.iter().map(|event| (event.owner.to_owned(), event.api.clone())).collect()
}

/// Lowers the events whose route no definition of the same API already has.
pub fn lower(stack: &Stack<'_>, facts: &mut Facts, events: Vec<Event<'_>>) {
    let defined: BTreeSet<(String, Option<String>, Option<String>)> = facts
        .routes
        .iter()
        .map(|route| (route.api.clone(), route.method.get().cloned(), route.path.get().cloned()))
        .collect();
    for event in events {
        if defined.contains(&(event.api.clone(), event.method.get().cloned(), event.path.get().cloned())) {
            continue;
        }
        let mut callee = Callee::nothing(event.origin);
        if let Some(id) = stack.functions.get(event.owner) {
            callee.target = Target::Function(*id);
        }
        callee.permission_implied = true;
        let Event { api, api_kind, method, path, origin, .. } = event;
        Draft { api, api_kind, method, path, origin }.push(stack, facts, callee);
    }
}

/// Lowers the routes of SAM's WebSocket APIs; it writes their permissions too.
pub fn lower_sockets(stack: &Stack<'_>, facts: &mut Facts) {
    for resource in stack.of_kind(&["AWS::Serverless::WebSocketApi"]) {
        for entry in resource.get("Routes").map(Applied::entries).unwrap_or(&[]) {
            let origin = &entry.name_origin;
            let kind = Value::absent(origin.clone());
            let mut callee = Callee::of(stack, &kind, entry.value.text_of("FunctionArn"), false);
            callee.permission_implied = true;
            let draft = Draft {
                api: resource.id.to_owned(),
                api_kind: "websocket",
                method: Value::known(entry.name.clone(), origin.clone()),
                path: Value::absent(origin.clone()),
                origin,
            };
            draft.push(stack, facts, callee);
        }
    }
}
