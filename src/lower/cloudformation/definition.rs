//! Routes of APIs that are defined by an OpenAPI document: `DefinitionBody`, `Body`, or a local file.

use super::events::Events;
use super::routes::{Callee, Draft, method};
use super::stack::{Resource, Stack, may_be_given};
use crate::expand::Applied;
use crate::facts::{Facts, Target};
use crate::value::Value;

/// Types of APIs: kind, key of the definition.
const APIS: &[(&str, &str, &str)] = &[
    ("AWS::Serverless::Api", "rest", "DefinitionBody"),
    ("AWS::Serverless::HttpApi", "http", "DefinitionBody"),
    ("AWS::ApiGateway::RestApi", "rest", "Body"),
    ("AWS::ApiGatewayV2::Api", "http", "Body"),
];

/// Keys of a path item that are operations (OpenAPI 3.1 and API Gateway extensions, 2026-08).
const OPERATIONS: &[&str] =
    &["get", "put", "post", "delete", "options", "head", "patch", "trace", "x-amazon-apigateway-any-method"];

const INTEGRATION: &str = "x-amazon-apigateway-integration";

/// Lowers every operation that has an integration.
pub fn lower(stack: &Stack<'_>, facts: &mut Facts, allowed: &Events) {
    for resource in &stack.resources {
        let Some((_, api_kind, key)) = APIS.iter().find(|(kind, ..)| *kind == resource.kind) else { continue };
        let Some(body) = resource.get(key) else { continue };
        for path in body.get("paths").map(Applied::entries).unwrap_or(&[]) {
            for operation in path.value.entries().iter().filter(|entry| OPERATIONS.contains(&entry.name.as_str())) {
                let Some(integration) = operation.value.get(INTEGRATION) else { continue };
                let integration = followed(body, integration);
                let mut callee = callee(stack, integration);
                callee.permission_implied = is_allowed(stack, resource, &callee.target, allowed);
                let draft = Draft {
                    api: resource.id.to_owned(),
                    api_kind,
                    method: method(&Value::known(operation.name.clone(), operation.name_origin.clone())),
                    path: Value::known(path.name.clone(), path.name_origin.clone()),
                    origin: &operation.name_origin,
                };
                draft.push(stack, facts, callee);
            }
        }
    }
}

/// An integration that is given by reference: `{$ref: "#/components/…"}`.
fn followed<'a>(body: &'a Applied, integration: &'a Applied) -> &'a Applied {
    let target = integration.get("$ref").and_then(Applied::known).and_then(|text| text.strip_prefix("#/"));
    let found = target.and_then(|path| {
        path.split('/').try_fold(body, |node, name| node.get(&name.replace("~1", "/").replace("~0", "~")))
    });
    found.unwrap_or(integration)
}

fn callee(stack: &Stack<'_>, integration: &Applied) -> Callee {
    if let Some(why) = integration.unknown() {
        return Callee::unknown(why, &integration.origin);
    }
    // Subtypes are calls of other services with the credentials of the integration.
    if integration.get("integrationSubtype").is_some() {
        return Callee::nothing(&integration.origin);
    }
    let has_credentials = may_be_given(integration.get("credentials"));
    Callee::of(stack, &integration.text_of("type"), integration.text_of("uri"), has_credentials)
}

/// SAM writes a permission for a function with an event on this API.
fn is_allowed(stack: &Stack<'_>, api: &Resource<'_>, target: &Target, allowed: &Events) -> bool {
    let Target::Function(id) = target else { return false };
    let owners = stack.functions.iter().filter(|(_, own)| **own == *id);
    owners.map(|(owner, _)| *owner).any(|owner| allowed.contains(&(owner.to_owned(), api.id.to_owned())))
}
