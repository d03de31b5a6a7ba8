//! What the makers of routes share.

use super::stack::Stack;
use super::targets::resolve;
use crate::expand::Applied;
use crate::facts::{Facts, Route, Target};
use crate::source::Origin;
use crate::value::{Content, Value, Why};

/// A route before it has its target.
pub struct Draft<'a> {
    /// Id of the API in the template, empty when it is not of this template.
    pub api: String,
    /// `rest`, `http` or `websocket`.
    pub api_kind: &'static str,
    /// HTTP method or route key.
    pub method: Value<String>,
    /// Path.
    pub path: Value<String>,
    /// Where the route is declared.
    pub origin: &'a Origin,
}

impl Draft<'_> {
    /// Puts the route among the facts.
    pub fn push(self, stack: &Stack<'_>, facts: &mut Facts, call: Callee) {
        let show = |value: &Value<String>| value.get().cloned().unwrap_or_else(|| "?".to_owned());
        let name = match self.api_kind {
            "websocket" => show(&self.method),
            _ => format!("{} {}", show(&self.method), show(&self.path)),
        };
        facts.routes.push(Route {
            place: stack.place(["Api", &self.api, &name], self.origin),
            technology: stack.technology,
            api: self.api,
            api_kind: self.api_kind,
            method: self.method,
            path: self.path,
            stage: Value::absent(self.origin.clone()),
            target: call.target,
            integration: call.integration,
            has_credentials: call.has_credentials,
            permission_implied: call.permission_implied,
        });
    }
}

/// What a route calls.
pub struct Callee {
    /// The target.
    pub target: Target,
    /// As written.
    pub integration: Value<String>,
    /// A role lets the API call it.
    pub has_credentials: bool,
    /// The transform writes the permission.
    pub permission_implied: bool,
}

impl Callee {
    /// What an integration calls: its type, its URI and its credentials.
    pub fn of(stack: &Stack<'_>, kind: &Value<String>, uri: Value<String>, has_credentials: bool) -> Self {
        let target = match kind.get().map(|kind| kind.to_ascii_lowercase()).as_deref() {
            Some("mock" | "http" | "http_proxy") => Target::NotAFunction,
            _ => match &kind.content {
                Content::Unknown(why) if uri.is_absent() => Target::Unknown(why.clone()),
                _ => resolve(stack, &uri),
            },
        };
        Self { target, integration: uri, has_credentials, permission_implied: false }
    }

    /// What cannot be seen.
    pub fn unknown(why: &Why, origin: &Origin) -> Self {
        let integration = Value::new(Content::Unknown(why.clone()), origin.clone());
        Self { target: Target::Unknown(why.clone()), integration, has_credentials: false, permission_implied: false }
    }

    /// No function at all.
    pub fn nothing(origin: &Origin) -> Self {
        let integration = Value::absent(origin.clone());
        Self { target: Target::NotAFunction, integration, has_credentials: false, permission_implied: false }
    }
}

/// A method in the form that facts have: upper case, `ANY` for all.
pub fn method(value: &Value<String>) -> Value<String> {
    value.convert("not a method", &|text| {
        let upper = text.trim().to_ascii_uppercase();
        Some(if matches!(upper.as_str(), "*" | "X-AMAZON-APIGATEWAY-ANY-METHOD") { "ANY".to_owned() } else { upper })
    })
}

/// The text of a key in a node that may not be there.
pub fn text_in(node: Option<&Applied>, key: &str, origin: &Origin) -> Value<String> {
    node.map_or_else(|| Value::absent(origin.clone()), |node| node.text_of(key))
}
