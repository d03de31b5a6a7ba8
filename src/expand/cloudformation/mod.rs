//! CloudFormation and SAM templates: intrinsic functions, parameters, conditions, mappings, loops,
//! includes and Globals to what the platform will see.
//!
//! The applied document has the sections `Parameters` (name → type), `Resources`, `Outputs`, and
//! `References`: every name that the template uses for another of its things (see [`section_names`]).

mod branch;
mod call;
mod condition;
mod evaluate;
mod generated;
mod given;
mod globals;
mod hole;
mod include;
mod list;
mod references;
mod scalar;
mod template;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

pub use given::{SamEnvironment, of_parameter_file, of_samconfig};
pub use template::Template;

use self::evaluate::{Evaluator, Scope};
use super::applied::AppliedEntry;
use super::{Applied, AppliedDocument, AppliedKind, Expansion, Inputs};
use crate::facts::ReleaseSet;
use crate::source::{Hop, HopKind};
use crate::syntax::Node;
use crate::value::Value;

/// Keys of the applied document that no template has.
pub mod section_names {
    /// Every use of a name: mappings with the keys below, at the place of the name.
    pub const REFERENCES: &str = "References";
    /// How it is written.
    pub const FORM: &str = "Form";
    /// The name.
    pub const TARGET: &str = "Target";
    /// The attribute asked of it.
    pub const ATTRIBUTE: &str = "Attribute";
    /// `true` when a thing of that name exists.
    pub const DEFINED: &str = "Defined";
    /// The name that was probably meant.
    pub const NEAREST: &str = "Nearest";
    /// Keys from the top of the template, joined by `/`.
    pub const PATH: &str = "Path";
}

/// Expands a release set.
pub fn expand(set: &ReleaseSet, inputs: &Inputs<'_>) -> Expansion {
    let mut out = Expansion::default();
    let Some(extract) = inputs.extract(&set.root) else { return out };
    let Some(document) = Template::document(extract.documents()) else { return out };
    let mut template = Template::of(document);
    template.given = given(set, inputs);
    for parameter in template.parameters.values().filter(|parameter| parameter.is_secret) {
        out.secrets.extend(parameter.default.as_ref().map(Node::origin));
    }
    let evaluator = Evaluator::new(&template, inputs, set.root.parent());
    let mut root = Applied::mapping(template.root.origin());
    root.add("Parameters", parameters(&template));
    root.add("Resources", resources(&evaluator));
    if let Some(outputs) = template.root.get("Outputs") {
        root.add("Outputs", evaluator.evaluate(&outputs, &Scope::Top));
    }
    let uses = references::uses(&evaluator, &root, set.open.is_some());
    root.add(section_names::REFERENCES, references_node(&template, &uses));
    out.open = evaluator.open();
    out.documents.push(AppliedDocument { source: document.source.clone(), root });
    out
}

/// Parameter values that the inputs of the set give.
fn given(set: &ReleaseSet, inputs: &Inputs<'_>) -> BTreeMap<String, Value<String>> {
    let mut out = BTreeMap::new();
    for path in set.files.iter().filter(|path| **path != set.root) {
        let parsed = match inputs.extract(path).filter(|extract| !extract.parsed.documents.is_empty()) {
            Some(extract) => std::sync::Arc::clone(&extract.parsed),
            None => continue,
        };
        let Some(root) = parsed.documents.first().map(|document| document.root()) else { continue };
        if path.file_name().starts_with("samconfig.") {
            let name = set.inputs.iter().find_map(|input| input.split_once(':').map(|(_, name)| name));
            let environments = of_samconfig(&root);
            let chosen = environments.into_iter().find(|environment| Some(environment.name.as_str()) == name);
            out.extend(chosen.map(|environment| environment.values).unwrap_or_default());
        } else {
            out.extend(of_parameter_file(&root).unwrap_or_default());
        }
    }
    out
}

fn parameters(template: &Template<'_>) -> Applied {
    let origin = template.root.get("Parameters").map_or_else(|| template.root.origin(), |node| node.origin());
    let entry = |(name, parameter): (&&str, &template::Parameter<'_>)| AppliedEntry {
        name: (*name).to_owned(),
        name_origin: origin.clone(),
        value: Applied::text_node(parameter.kind, origin.clone()),
    };
    let entries = template.parameters.iter().map(entry).collect();
    Applied { origin: origin.clone(), kind: AppliedKind::Mapping(entries) }
}

/// Resources as they will be made: those whose condition surely fails are not among them.
fn resources(evaluator: &Evaluator<'_>) -> Applied {
    let template = evaluator.template;
    let Some(node) = template.root.get("Resources") else {
        return Applied::mapping(template.root.origin());
    };
    let globals = template.root.get("Globals").map(|node| evaluator.evaluate(&node, &Scope::Top));
    let globals_size = globals.as_ref().map_or(0, globals::size);
    let mut entries = evaluator.entries(&node, &Scope::Top);
    entries.retain(|entry| {
        let condition = entry.value.get("Condition").and_then(Applied::known);
        condition.is_none_or(|name| evaluator.decide(name) != Some(false))
    });
    for entry in &mut entries {
        if let Some(globals) = globals.as_ref().filter(|_| evaluator.may_add(globals_size)) {
            globals::merge_into(&mut entry.value, globals);
        }
        definition(evaluator, &mut entry.value);
    }
    Applied { origin: node.origin(), kind: AppliedKind::Mapping(entries) }
}

/// Puts a local definition file of an API in the place of an inline one. Its text is taken as
/// written: intrinsic functions in it are not evaluated by the platform either.
fn definition(evaluator: &Evaluator<'_>, resource: &mut Applied) {
    let (file_key, inline_key) = match resource.get("Type").and_then(Applied::known) {
        Some("AWS::Serverless::Api" | "AWS::Serverless::HttpApi") => ("DefinitionUri", "DefinitionBody"),
        Some("AWS::ApiGateway::RestApi" | "AWS::ApiGatewayV2::Api") => ("BodyS3Location", "Body"),
        _ => return,
    };
    let Some(file) = resource.path(&["Properties", file_key]).cloned() else { return };
    let Some(parsed) = file.known().and_then(|written| evaluator.local_file(written)) else { return };
    let Some(document) = parsed.documents.first() else { return };
    let hop = Hop { kind: HopKind::Include, source: file.origin.source.clone(), span: file.origin.span };
    let body = Applied::of(&document.root()).through(&hop);
    let AppliedKind::Mapping(entries) = &mut resource.kind else { return };
    if let Some(properties) = entries.iter_mut().find(|entry| entry.name == "Properties") {
        properties.value.add(inline_key, body);
    }
}

fn references_node(template: &Template<'_>, uses: &[references::Use]) -> Applied {
    let item = |used: &references::Use| {
        let origin = &used.origin;
        let mut node = Applied::mapping(origin.clone());
        let mut text = |key: &str, text: &str| node.add(key, Applied::text_node(text, origin.clone()));
        text(section_names::FORM, used.form);
        text(section_names::TARGET, &used.target);
        text(section_names::ATTRIBUTE, &used.attribute);
        text(section_names::DEFINED, if used.defined { "true" } else { "false" });
        text(section_names::NEAREST, &used.nearest);
        text(section_names::PATH, &used.path.join("/"));
        node
    };
    Applied { origin: template.root.origin(), kind: AppliedKind::Sequence(uses.iter().map(item).collect()) }
}
