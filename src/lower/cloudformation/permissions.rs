//! Permissions to call functions: `AWS::Lambda::Permission`, and connectors of SAM, which write them.

use super::stack::{Stack, named};
use super::targets::{render, resolve};
use crate::expand::Applied;
use crate::facts::{Facts, Permission};
use crate::source::Origin;
use crate::value::{Content, Part, Value, Why};

/// Types of APIs.
const APIS: &[&str] =
    &["AWS::Serverless::Api", "AWS::Serverless::HttpApi", "AWS::ApiGateway::RestApi", "AWS::ApiGatewayV2::Api"];

/// Lowers all permissions.
pub fn lower(stack: &Stack<'_>, facts: &mut Facts) {
    for resource in stack.of_kind(&["AWS::Lambda::Permission"]) {
        let source_arn = resource.text("SourceArn");
        facts.permissions.push(Permission {
            place: stack.place(["Permission", resource.id], resource.name_origin),
            technology: stack.technology,
            target: resolve(stack, &resource.text("FunctionName")),
            principal: resource.text("Principal"),
            action: resource.text("Action"),
            source_api: source_api(stack, &source_arn),
            source_arn,
        });
    }
    for resource in &stack.resources {
        if resource.kind == "AWS::Serverless::Connector" {
            let source = resource.properties.path(&["Source", "Id"]).and_then(Applied::known);
            connector(stack, facts, source, resource.get("Destination"), resource.name_origin);
        }
        for entry in resource.node.get("Connectors").map(Applied::entries).unwrap_or(&[]) {
            let destination = entry.value.path(&["Properties", "Destination"]);
            connector(stack, facts, Some(resource.id), destination, &entry.name_origin);
        }
    }
}

/// A connector from an API to functions lets the API call them.
fn connector(
    stack: &Stack<'_>,
    facts: &mut Facts,
    source: Option<&str>,
    destination: Option<&Applied>,
    origin: &Origin,
) {
    let is_api = |id: &str| stack.resource(id).is_none_or(|found| APIS.contains(&found.kind));
    let Some(destination) = destination.filter(|_| source.is_none_or(is_api)) else { return };
    let destinations = if destination.is_sequence() { destination.items() } else { std::slice::from_ref(destination) };
    for id in destinations.iter().map(|item| item.text_of("Id")) {
        let target = match named(&id) {
            Some(name) => resolve(stack, &Value::new(Content::Ref(name.to_owned()), origin.clone())),
            None => resolve(stack, &id),
        };
        let source_api = match source {
            Some(source) => Value::known(source.to_owned(), origin.clone()),
            None => Value::unknown("connector whose source is not known", origin.clone()),
        };
        facts.permissions.push(Permission {
            place: stack.place(["Connector", named(&id).unwrap_or("?")], origin),
            technology: stack.technology,
            target,
            principal: Value::known("apigateway.amazonaws.com".to_owned(), origin.clone()),
            action: Value::known("lambda:InvokeFunction".to_owned(), origin.clone()),
            source_arn: Value::absent(origin.clone()),
            source_api,
        });
    }
}

/// Id of the API that an ARN pattern names; absent when it names none, or any.
fn source_api(stack: &Stack<'_>, arn: &Value<String>) -> Value<String> {
    let origin = || arn.origin.clone();
    let unknown = |why: &Why| Value::new(Content::Unknown(why.clone()), origin());
    match &arn.content {
        Content::Ref(name) | Content::Attr(name, _) => match stack.resource(name) {
            Some(found) if APIS.contains(&found.kind) => Value::known(name.clone(), origin()),
            Some(_) => Value::absent(origin()),
            None => Value::unknown("source that is not in the template", origin()),
        },
        Content::Concat(parts) => of_parts(stack, parts, arn),
        Content::Known(text) | Content::Default(text) => of_text(text, &origin()),
        Content::Absent => Value::absent(origin()),
        Content::Unknown(why) => unknown(why),
        Content::OneOf(branches) => {
            let all: Vec<Value<String>> = branches.iter().map(|(_, value)| source_api(stack, value)).collect();
            match all.first() {
                Some(first) if all.iter().all(|one| one.content == first.content) => first.clone(),
                _ => {
                    let why = all.iter().find_map(Value::undecided).unwrap_or(Why::new("one of several sources"));
                    unknown(&why)
                }
            }
        }
    }
}

fn of_text(text: &str, origin: &Origin) -> Value<String> {
    match text.split_once(":execute-api:") {
        None => Value::absent(origin.clone()),
        Some((_, rest)) => match rest.split(':').nth(2).map(|path| path.split('/').next().unwrap_or("")) {
            None | Some("" | "*") => Value::absent(origin.clone()),
            Some(_) => Value::unknown("id of an API written out", origin.clone()),
        },
    }
}

/// `arn:P:execute-api:R:A:${Api}/…`: the hole that stands where the API's id stands.
fn of_parts(stack: &Stack<'_>, parts: &[Part], arn: &Value<String>) -> Value<String> {
    let mut text = String::new();
    for part in parts {
        match part {
            Part::Known(known) => text.push_str(known),
            Part::Hole { name, attribute, why, origin } => {
                let is_api_place =
                    text.contains(":execute-api:") && text.ends_with(':') && text.matches(':').count() >= 5;
                let is_whole = text.is_empty();
                match (name, attribute.is_some()) {
                    (Some(name), false) if is_api_place => return of_api(stack, name, why, origin),
                    (_, _) if is_api_place => {
                        return Value::new(Content::Unknown(why.clone()), origin.clone());
                    }
                    // `${Resource.Arn}/*`: an ARN that begins with that of another resource.
                    (Some(name), _) if is_whole && stack.resource(name).is_some() => {
                        let whole = Value::new(Content::Ref(name.clone()), origin.clone());
                        return source_api(stack, &whole);
                    }
                    (None, _) if is_whole => return Value::new(Content::Unknown(why.clone()), origin.clone()),
                    // Holes have no colons of their own but for whole ARNs.
                    _ => text.push_str("hole"),
                }
            }
        }
    }
    match render(arn) {
        Some(whole) if whole.contains(":execute-api:") => of_text(&text, &arn.origin),
        _ => Value::absent(arn.origin.clone()),
    }
}

fn of_api(stack: &Stack<'_>, name: &str, why: &Why, origin: &Origin) -> Value<String> {
    if stack.is_parameter(name) {
        return Value::new(Content::Unknown(why.clone()), origin.clone());
    }
    Value::known(name.to_owned(), origin.clone())
}
