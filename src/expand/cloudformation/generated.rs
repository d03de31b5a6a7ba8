//! Resources that SAM makes of others, so that templates may name them without declaring them.

use super::template::Template;
use crate::syntax::Node;

/// How deep below the resources a given id is looked for: resource, properties, events, event,
/// properties, its dead letter queue.
const GIVEN_DEPTH: usize = 8;

/// Ids that exist once any function has an event on an implicit API.
const IMPLICIT_APIS: &[&str] = &["ServerlessRestApi", "ServerlessHttpApi", "ServerlessWebSocketApi"];

/// Ids that stand alone (AWS SAM developer guide, "Generated CloudFormation resources", 2026-08, and
/// the translator's outputs).
const ALONE: &[&str] = &[
    "CodeDeployServiceRole",
    "ServerlessDeploymentApplication",
    "ServerlessUsagePlan",
    "ServerlessApiKey",
    "ServerlessUsagePlanKey",
    "ApiGatewayDomainName*",
    "DomainNameAccessAssociation*",
    "RecordSetGroup*",
];

/// What may follow the id of a resource: (its type, an ending). `*` stands for anything, hashes and
/// names of aliases, stages and authorizers among them. Same source.
const ENDINGS: &[(&str, &str)] = &[
    ("Function", "Role"),
    ("Function", "Alias*"),
    ("Function", "Version*"),
    ("Function", "Url"),
    ("Function", "Url*Permissions"),
    ("Function", "Url*Permission"),
    ("Function", "URL*"),
    ("Function", "CognitoPermission"),
    ("Function", "DeploymentGroup"),
    ("Function", "EventInvokeConfig*"),
    ("Function", "LoggingConfig*"),
    ("Api", "Stage*"),
    ("Api", "*Stage"),
    ("Api", "Deployment*"),
    ("Api", "UsagePlan"),
    ("Api", "UsagePlanKey"),
    ("Api", "ApiKey"),
    ("Api", "*Permission"),
    ("Api", "*Authorizer*"),
    ("Api", "*Mapping"),
    ("HttpApi", "Stage*"),
    ("HttpApi", "*Stage"),
    ("HttpApi", "Deployment*"),
    ("HttpApi", "*Permission"),
    ("HttpApi", "*Authorizer*"),
    ("HttpApi", "*Mapping"),
    ("WebSocketApi", "*"),
    ("StateMachine", "Role"),
    ("StateMachine", "Alias*"),
    ("StateMachine", "Version*"),
    ("StateMachine", "DeploymentGroup"),
    ("SimpleTable", "Role"),
    ("LayerVersion", "*"),
    ("GraphQLApi", "*"),
    ("Connector", "*"),
    ("CapacityProvider", "*"),
    ("Application", "*"),
];

/// True when SAM makes a resource of this id.
pub fn is_generated(template: &Template<'_>, id: &str) -> bool {
    if !template.is_serverless() {
        return false;
    }
    if ALONE.iter().any(|alone| fits(id, alone)) || IMPLICIT_APIS.contains(&id) {
        return true;
    }
    if template.root.get("Resources").is_some_and(|resources| is_given(&resources, id, GIVEN_DEPTH)) {
        return true;
    }
    let implicit = IMPLICIT_APIS.iter().map(|api| (*api, if *api == "ServerlessRestApi" { "Api" } else { "HttpApi" }));
    let declared = template
        .resources
        .iter()
        .filter_map(|(owner, kind)| kind.strip_prefix("AWS::Serverless::").map(|kind| (*owner, kind)));
    implicit.chain(declared).any(|(owner, kind)| {
        id.strip_prefix(owner).is_some_and(|rest| {
            !rest.is_empty()
                && (ENDINGS.iter().any(|(own, ending)| *own == kind && fits(rest, ending))
                    || starts_with_part(template, &["Resources", owner, "Properties", "Events"], rest))
        })
    }) || has_connector(template, id)
}

/// Ids that templates give to what SAM makes: `QueueLogicalId`, `QueuePolicyLogicalId`.
fn is_given(node: &Node<'_>, id: &str, depth: usize) -> bool {
    let Some(depth) = depth.checked_sub(1) else { return false };
    let is_named = |key: &Node<'_>| key.text().is_some_and(|key| key.ends_with("LogicalId"));
    node.entries().iter().any(|(key, value)| (is_named(key) && value.text() == Some(id)) || is_given(value, id, depth))
}

/// `<Resource><Connector>…` of the connectors that any resource may carry.
fn has_connector(template: &Template<'_>, id: &str) -> bool {
    template.resources.keys().any(|owner| {
        id.strip_prefix(owner).is_some_and(|rest| starts_with_part(template, &["Resources", owner, "Connectors"], rest))
    })
}

/// `<Function><Event>`, `<Function><Event>Permission`, `<Function><Event>Queue`, …
fn starts_with_part(template: &Template<'_>, section: &[&str], rest: &str) -> bool {
    let events = template.root.path(section);
    let names: Vec<Node<'_>> =
        events.map(|node| node.entries().into_iter().map(|(key, _)| key).collect()).unwrap_or_default();
    names.iter().any(|name| name.text().is_some_and(|name| rest.starts_with(name)))
}

fn fits(rest: &str, ending: &str) -> bool {
    match ending.split_once('*') {
        None => rest == ending,
        Some((before, after)) => {
            rest.len() >= before.len() + after.len() && rest.starts_with(before) && rest.ends_with(after)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::{ContentId, Source};

    #[test]
    fn ids_that_sam_makes_and_ids_that_nobody_makes() {
        let text = "Transform: AWS::Serverless-2016-10-31\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n    \
                    Properties: {Events: {Hook: {Type: Api}}}\n  Api: {Type: AWS::Serverless::Api}\n";
        let parsed = crate::syntax::yaml::read(&Source::new("t".into(), ContentId::of(b"")), text);
        let template = Template::of(&parsed.documents[0]);
        for id in [
            "FnRole",
            "FnAliaslive",
            "FnCognitoPermission",
            "ApiGatewayDomainName23cdccdf9c",
            "FnVersion0a1b2c",
            "FnUrl",
            "FnUrlPublicPermissions",
            "FnHookPermissionProd",
            "ApiProdStage",
            "ApiStage",
            "ApiDeployment5332c373d4",
            "ServerlessRestApi",
            "ServerlessRestApiProdStage",
            "ServerlessHttpApiApiGatewayDefaultStage",
        ] {
            assert!(is_generated(&template, id), "{id}");
        }
        for id in ["FnRle", "Function", "Fn", "ApiRole", "ServerlessRestApis"] {
            assert!(!is_generated(&template, id), "{id}");
        }
    }
}
