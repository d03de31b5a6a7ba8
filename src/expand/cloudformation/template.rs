//! A template by its sections, with the parameter values that its inputs give.

use std::collections::BTreeMap;

use crate::syntax::{Document, Node};
use crate::value::Value;

/// Transforms whose effect is known here. Any other is a macro that may add or change everything.
const KNOWN_TRANSFORMS: &[&str] = &[
    "AWS::Serverless-2016-10-31",
    "AWS::LanguageExtensions",
    "AWS::Include",
    "AWS::CodeDeployBlueGreen",
    "AWS::SecretsManager-2020-07-23",
    "AWS::SecretsManager-2024-09-16",
];

/// A declared parameter.
#[derive(Clone, Debug)]
pub struct Parameter<'d> {
    /// Its type, `String` when none is written.
    pub kind: &'d str,
    /// Its default.
    pub default: Option<Node<'d>>,
    /// The values it is limited to.
    pub allowed: Vec<Node<'d>>,
    /// Its value may not be shown (`NoEcho`).
    pub is_secret: bool,
}

impl Parameter<'_> {
    /// True when the platform looks the value up, so that what is given is only its name there.
    pub fn is_looked_up(&self) -> bool {
        self.kind.starts_with("AWS::SSM::Parameter::Value")
    }

    /// True when a reference to it is a list.
    pub fn is_list(&self) -> bool {
        self.kind == "CommaDelimitedList" || self.kind.starts_with("List<") || self.kind.contains("Value<List<")
    }
}

/// The sections of a template.
#[derive(Clone, Debug)]
pub struct Template<'d> {
    /// The whole.
    pub root: Node<'d>,
    /// Parameters by name.
    pub parameters: BTreeMap<&'d str, Parameter<'d>>,
    /// Conditions by name.
    pub conditions: BTreeMap<&'d str, Node<'d>>,
    /// Mappings by name.
    pub mappings: BTreeMap<&'d str, Node<'d>>,
    /// Types of resources by id, as written (loops are not unrolled).
    pub resources: BTreeMap<&'d str, &'d str>,
    /// Values given to parameters.
    pub given: BTreeMap<String, Value<String>>,
}

impl<'d> Template<'d> {
    /// The template that a document is.
    pub fn of(document: &'d Document) -> Self {
        let root = document.root();
        let parameter = |node: Node<'d>| Parameter {
            kind: node.get("Type").and_then(|kind| kind.text()).unwrap_or("String"),
            default: node.get("Default"),
            allowed: node.get("AllowedValues").map(|node| node.items()).unwrap_or_default(),
            is_secret: node.get("NoEcho").is_some_and(|node| node.text().is_none_or(|text| text != "false")),
        };
        Self {
            parameters: section(&root, "Parameters").into_iter().map(|(name, node)| (name, parameter(node))).collect(),
            conditions: section(&root, "Conditions").into_iter().collect(),
            mappings: section(&root, "Mappings").into_iter().collect(),
            resources: section(&root, "Resources")
                .into_iter()
                .filter_map(|(id, node)| Some((id, node.get("Type")?.text()?)))
                .collect(),
            given: BTreeMap::new(),
            root,
        }
    }

    /// The document of a file that is a template.
    pub fn document(documents: &'d [Document]) -> Option<&'d Document> {
        documents.iter().find(|document| document.root().get("Resources").is_some()).or(documents.first())
    }

    /// Transforms by name, as the template declares them.
    pub fn transforms(&self) -> Vec<&'d str> {
        let Some(node) = self.root.get("Transform") else { return Vec::new() };
        let items = if node.is_sequence() { node.items() } else { vec![node] };
        items.iter().filter_map(|item| item.text().or_else(|| item.get("Name")?.text())).collect()
    }

    /// A transform that is not known, so that resources may come from it.
    pub fn has_unknown_macro(&self) -> bool {
        self.transforms().iter().any(|name| !KNOWN_TRANSFORMS.contains(name))
    }

    /// True when SAM transforms it.
    pub fn is_serverless(&self) -> bool {
        self.transforms().contains(&"AWS::Serverless-2016-10-31")
            || self.resources.values().any(|kind| kind.starts_with("AWS::Serverless::"))
    }
}

/// Entries of a top-level section.
pub fn section<'d>(root: &Node<'d>, name: &str) -> Vec<(&'d str, Node<'d>)> {
    let entries = root.get(name).map(|node| node.entries()).unwrap_or_default();
    entries.into_iter().filter_map(|(key, value)| Some((key.text()?, value))).collect()
}
