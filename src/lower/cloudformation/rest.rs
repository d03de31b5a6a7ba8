//! Routes of REST APIs made of single resources: `AWS::ApiGateway::Method` and the resources above it.

use super::routes::{Callee, Draft, method, text_in};
use super::stack::{Resource, Stack, may_be_given};
use crate::expand::Applied;
use crate::facts::Facts;
use crate::source::Origin;
use crate::value::{Content, Value};

/// Longest path of resources that is followed.
const PATH_DEPTH: usize = 64;

/// Lowers all methods.
pub fn lower(stack: &Stack<'_>, facts: &mut Facts) {
    for resource in stack.of_kind(&["AWS::ApiGateway::Method"]) {
        let draft = Draft {
            api: stack.api(&resource.text("RestApiId")),
            api_kind: "rest",
            method: method(&resource.text("HttpMethod")),
            path: path_of(stack, &resource.text("ResourceId"), resource.name_origin),
            origin: resource.name_origin,
        };
        draft.push(stack, facts, callee(stack, resource));
    }
}

fn callee(stack: &Stack<'_>, resource: &Resource<'_>) -> Callee {
    let integration = resource.get("Integration");
    if let Some(why) = integration.and_then(Applied::unknown) {
        return Callee::unknown(why, resource.name_origin);
    }
    let text = |key: &str| text_in(integration, key, resource.name_origin);
    let has_credentials = may_be_given(integration.and_then(|node| node.get("Credentials")));
    Callee::of(stack, &text("Type"), text("Uri"), has_credentials)
}

/// The path of a resource: its parts up to the root of the API.
fn path_of(stack: &Stack<'_>, resource: &Value<String>, origin: &Origin) -> Value<String> {
    let mut parts = Vec::new();
    let mut at = resource.clone();
    for _ in 0..PATH_DEPTH {
        match &at.content {
            Content::Attr(_, attribute) if attribute == "RootResourceId" => {
                parts.reverse();
                return Value::known(format!("/{}", parts.join("/")), origin.clone());
            }
            Content::Ref(name) | Content::Attr(name, _) => {
                let Some(parent) = stack.resource(name).filter(|found| found.kind == "AWS::ApiGateway::Resource")
                else {
                    return Value::unknown("path of a resource that is not in the template", origin.clone());
                };
                let Some(part) = parent.text("PathPart").get().cloned() else {
                    return Value::unknown("text with parts that are not known", origin.clone());
                };
                parts.push(part);
                at = parent.text("ParentId");
            }
            _ => break,
        }
    }
    Value::unknown("path of a resource that is not in the template", origin.clone())
}
