//! One template while it is lowered: its resources by id, and what is known of its names.

use std::collections::{BTreeMap, BTreeSet};

use crate::diagnostic::LogicalPath;
use crate::expand::cloudformation::section_names;
use crate::expand::{Applied, AppliedDocument, AppliedKind};
use crate::facts::{Function, Id, Place, ReleaseSet, SetId};
use crate::source::{Origin, TreePath};
use crate::value::{Content, Value};

/// A resource of the template.
#[derive(Clone, Copy)]
pub struct Resource<'a> {
    /// Its logical id.
    pub id: &'a str,
    /// Its type.
    pub kind: &'a str,
    /// Where its id is written.
    pub name_origin: &'a Origin,
    /// All of it.
    pub node: &'a Applied,
    /// Its properties; the resource itself when it has none, which has no key that a property has.
    pub properties: &'a Applied,
}

impl<'a> Resource<'a> {
    /// A property as text; absent at the resource's id when it is not given.
    pub fn text(&self, name: &str) -> Value<String> {
        let mut value = self.properties.text_of(name);
        if value.is_absent() {
            value.origin = self.name_origin.clone();
        }
        value
    }

    /// A property.
    pub fn get(&self, name: &str) -> Option<&'a Applied> {
        self.properties.get(name)
    }
}

/// A template being lowered.
pub struct Stack<'a> {
    /// `sam` or `cfn`.
    pub technology: &'static str,
    /// The folder that written paths start from.
    pub folder: TreePath,
    /// Resources in order.
    pub resources: Vec<Resource<'a>>,
    /// Functions by id.
    pub functions: BTreeMap<&'a str, Id<Function>>,
    /// Every name that a function may have, rendered, with the function.
    pub function_names: Vec<(String, Id<Function>)>,
    /// Some function has a name that is not known.
    pub has_unknown_function_name: bool,
    id: SetId,
    path: LogicalPath,
    by_id: BTreeMap<&'a str, usize>,
    parameters: BTreeSet<&'a str>,
    undefined: BTreeSet<&'a str>,
}

impl<'a> Stack<'a> {
    /// The template of a set.
    pub fn of(id: SetId, set: &ReleaseSet, document: &'a AppliedDocument) -> Self {
        let root = &document.root;
        let entries = |name: &str| root.get(name).map(Applied::entries).unwrap_or(&[]);
        let resources: Vec<Resource<'a>> = entries("Resources")
            .iter()
            .filter_map(|entry| {
                let kind = entry.value.get("Type")?.known()?;
                let properties = entry.value.get("Properties").unwrap_or(&entry.value);
                let name_origin = &entry.name_origin;
                Some(Resource { id: &entry.name, kind, name_origin, node: &entry.value, properties })
            })
            .collect();
        let references = root.get(section_names::REFERENCES).map(Applied::items).unwrap_or(&[]);
        let undefined = references
            .iter()
            .filter(|item| item.get(section_names::DEFINED).and_then(Applied::known) == Some("false"))
            .filter_map(|item| item.get(section_names::TARGET)?.known())
            .collect();
        Self {
            technology: set.technology,
            folder: set.root.parent(),
            functions: BTreeMap::new(),
            function_names: Vec::new(),
            has_unknown_function_name: false,
            id,
            path: set.path(),
            by_id: resources.iter().enumerate().map(|(index, resource)| (resource.id, index)).collect(),
            parameters: entries("Parameters").iter().map(|entry| entry.name.as_str()).collect(),
            undefined,
            resources,
        }
    }

    /// A resource by id.
    pub fn resource(&self, id: &str) -> Option<&Resource<'a>> {
        self.by_id.get(id).map(|index| &self.resources[*index])
    }

    /// Resources of a type.
    pub fn of_kind<'s>(&'s self, kinds: &'s [&str]) -> impl Iterator<Item = &'s Resource<'a>> {
        self.resources.iter().filter(move |resource| kinds.contains(&resource.kind))
    }

    /// True for the name of a parameter.
    pub fn is_parameter(&self, name: &str) -> bool {
        self.parameters.contains(name)
    }

    /// True for a name that the template uses and nothing defines.
    pub fn is_undefined(&self, name: &str) -> bool {
        self.undefined.contains(name)
    }

    /// The API of this template that a value names, empty when it is not of this template.
    pub fn api(&self, value: &Value<String>) -> String {
        let name = named(value).unwrap_or("");
        let is_elsewhere = self.is_parameter(name) || matches!(value.content, Content::Known(_));
        if is_elsewhere && self.resource(name).is_none() { String::new() } else { name.to_owned() }
    }

    /// The place of a fact.
    pub fn place<'n>(&self, names: impl IntoIterator<Item = &'n str>, origin: &Origin) -> Place {
        let path = names.into_iter().fold(self.path.clone(), |path, name| path.child(name));
        Place { set: self.id, path, origin: origin.clone() }
    }
}

/// The logical id that a value names: `!Ref X`, `!GetAtt X.Arn`, or the id itself written out.
pub fn named(value: &Value<String>) -> Option<&str> {
    match &value.content {
        Content::Ref(name) | Content::Attr(name, _) | Content::Known(name) => Some(name),
        _ => None,
    }
}

/// May something be given here? False only when surely nothing is.
pub fn may_be_given(node: Option<&Applied>) -> bool {
    match node.map(|node| &node.kind) {
        None | Some(AppliedKind::Null) => false,
        Some(AppliedKind::Scalar(value, _)) => !value.is_absent(),
        Some(_) => true,
    }
}
