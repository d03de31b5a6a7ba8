//! Routes of HTTP and WebSocket APIs made of single resources: `AWS::ApiGatewayV2::*`.

use super::routes::{Callee, Draft, method};
use super::stack::{Resource, Stack, may_be_given};
use crate::facts::Facts;
use crate::source::Origin;
use crate::value::{Content, Part, Value, Why};

/// Lowers all routes, and the ones that quick create makes.
pub fn lower(stack: &Stack<'_>, facts: &mut Facts) {
    for resource in stack.of_kind(&["AWS::ApiGatewayV2::Route"]) {
        let api = stack.api(&resource.text("ApiId"));
        let draft = draft(api_kind(stack, &api), api, &resource.text("RouteKey"), resource.name_origin);
        draft.push(stack, facts, of_route(stack, resource));
    }
    for resource in stack.of_kind(&["AWS::ApiGatewayV2::Api"]) {
        let target = resource.text("Target");
        if target.is_absent() {
            continue;
        }
        let mut key = resource.text("RouteKey");
        if key.is_absent() {
            key = Value::default("$default".to_owned(), resource.name_origin.clone());
        }
        let kind = Value::absent(resource.name_origin.clone());
        let callee = Callee::of(stack, &kind, target, may_be_given(resource.get("CredentialsArn")));
        draft("http", resource.id.to_owned(), &key, resource.name_origin).push(stack, facts, callee);
    }
}

fn api_kind(stack: &Stack<'_>, api: &str) -> &'static str {
    let protocol = stack.resource(api).map(|resource| resource.text("ProtocolType"));
    match protocol.as_ref().and_then(|value| value.get()) {
        Some(text) if text.eq_ignore_ascii_case("WEBSOCKET") => "websocket",
        _ => "http",
    }
}

/// A route key is `METHOD /path`, `$default`, or of a WebSocket API any word.
fn draft<'o>(api_kind: &'static str, api: String, key: &Value<String>, origin: &'o Origin) -> Draft<'o> {
    if api_kind == "websocket" {
        return Draft { api, api_kind, method: key.clone(), path: Value::absent(origin.clone()), origin };
    }
    let split = |text: &String| match text.split_once(' ') {
        Some((verb, path)) => (verb.to_owned(), path.trim().to_owned()),
        None => ("ANY".to_owned(), text.clone()),
    };
    let verb = method(&key.convert("not a route key", &|text| Some(split(text).0)));
    let path = key.convert("not a route key", &|text| Some(split(text).1));
    Draft { api, api_kind, method: verb, path, origin }
}

fn of_route(stack: &Stack<'_>, route: &Resource<'_>) -> Callee {
    let target = route.text("Target");
    let Some(integration) = integration_of(stack, &target) else {
        return match &target.content {
            Content::Absent => Callee::nothing(route.name_origin),
            _ => Callee::unknown(&Why::new("integration that is not in the template"), route.name_origin),
        };
    };
    if may_be_given(integration.get("IntegrationSubtype")) {
        return Callee::nothing(integration.name_origin);
    }
    let has_credentials = may_be_given(integration.get("CredentialsArn"));
    Callee::of(stack, &integration.text("IntegrationType"), integration.text("IntegrationUri"), has_credentials)
}

/// The integration that a target names: `integrations/${Integration}`.
fn integration_of<'s, 'a>(stack: &'s Stack<'a>, target: &Value<String>) -> Option<&'s Resource<'a>> {
    let name = match &target.content {
        Content::Concat(parts) => match &**parts {
            [Part::Known(prefix), Part::Hole { name: Some(name), .. }] if prefix == "integrations/" => name,
            _ => return None,
        },
        Content::Ref(name) => name,
        _ => return None,
    };
    stack.resource(name).filter(|resource| resource.kind == "AWS::ApiGatewayV2::Integration")
}
