//! Every name that a template uses for another of its things, and whether that thing exists.
//!
//! This walks what is written, not what holds: the platform refuses an unresolved name even in a
//! branch that no condition chooses.

use std::collections::BTreeSet;

use super::call::{Call, Function, attribute_of};
use super::evaluate::{Evaluator, Scope};
use super::generated::is_generated;
use super::hole::{self, Stretch};
use super::template::section;
use crate::expand::Applied;
use crate::source::{HopKind, Origin};
use crate::syntax::Node;
use crate::value::near_miss;

/// Most undefined names of one template; whatever has more is no template that anybody deploys.
const MOST_UNDEFINED: usize = 500;

/// Deepest chain of includes that is walked.
const INCLUDE_DEPTH: usize = 4;

/// A use of a name.
#[derive(Clone, Debug)]
pub struct Use {
    /// `Ref`, `Fn::GetAtt`, `Fn::Sub`, `DependsOn`, `Condition`, `Fn::FindInMap`.
    pub form: &'static str,
    /// The name.
    pub target: String,
    /// The attribute asked of it.
    pub attribute: String,
    /// The thing exists.
    pub defined: bool,
    /// The name that was probably meant.
    pub nearest: String,
    /// Keys from the top of the template to the place.
    pub path: Vec<String>,
    /// Where the name is written.
    pub origin: Origin,
}

/// Where the walk is: a key, and the place around it.
#[derive(Clone, Copy)]
struct Place<'p> {
    name: &'p str,
    outer: Option<&'p Place<'p>>,
    locals: &'p [String],
    depth: usize,
}

impl<'p> Place<'p> {
    /// A top-level section.
    fn section(name: &'p str) -> Self {
        Self { name, outer: None, locals: &[], depth: 0 }
    }

    /// What stands under a key of this place.
    fn under(&'p self, name: &'p str) -> Self {
        Self { name, outer: Some(self), ..*self }
    }

    /// Keys from the top.
    fn path(&self) -> Vec<String> {
        let mut out = Vec::new();
        let mut at = Some(self);
        while let Some(place) = at {
            out.push(place.name.to_owned());
            at = place.outer;
        }
        out.reverse();
        out
    }

    fn is_in_section(&self, name: &str) -> bool {
        let mut at = self;
        while let Some(outer) = at.outer {
            at = outer;
        }
        at.name == name
    }
}

/// All uses of names in a template.
///
/// `is_open`: things of the set cannot be seen.
pub fn uses(evaluator: &Evaluator<'_>, applied: &Applied, is_open: bool) -> Vec<Use> {
    let template = evaluator.template;
    let unrolled = applied.get("Resources").map(Applied::entries).unwrap_or(&[]);
    let mut walk = Walk {
        evaluator,
        resources: template.resources.keys().map(|id| (*id).to_owned()).collect(),
        undefined: 0,
        is_open: is_open || template.has_unknown_macro() || evaluator.open().is_some(),
        out: Vec::new(),
    };
    walk.resources.extend(unrolled.iter().map(|entry| entry.name.clone()));
    let root = &template.root;
    for (name, node) in section(root, "Conditions") {
        walk.node(&node, &Place::section("Conditions").under(name));
    }
    for (id, resource) in section(root, "Resources") {
        walk.thing("Resources", id, &resource, &["Properties", "UpdatePolicy", "CreationPolicy", "Connectors"]);
    }
    for (id, output) in section(root, "Outputs") {
        walk.thing("Outputs", id, &output, &["Value", "Export"]);
    }
    for (kind, node) in section(root, "Globals") {
        let kind_name = format!("AWS::Serverless::{kind}");
        if template.resources.values().any(|own| *own == kind_name) {
            walk.node(&node, &Place::section("Globals").under(kind));
        }
    }
    walk.out
}

struct Walk<'w> {
    evaluator: &'w Evaluator<'w>,
    resources: BTreeSet<String>,
    /// Names so far that nothing defines.
    undefined: usize,
    /// Things may exist that cannot be seen.
    is_open: bool,
    out: Vec<Use>,
}

impl Walk<'_> {
    /// A resource or an output: its condition, what it depends on, and the parts with values.
    fn thing(&mut self, section: &str, id: &str, node: &Node<'_>, parts: &[&str]) {
        let section = Place::section(section);
        let base = section.under(id);
        if id.starts_with("Fn::") {
            self.special_key(id, node, &base);
            return;
        }
        for (key, value) in node.entries() {
            let key = key.text().unwrap_or("");
            let place = base.under(key);
            match key {
                "Condition" => self.condition(&value, &place),
                "DependsOn" => {
                    let names = if value.is_sequence() { value.items() } else { vec![value.clone()] };
                    for name in names.iter().filter(|name| name.tag().is_none()) {
                        self.name("DependsOn", name.text().unwrap_or(""), "", name.origin(), &place);
                    }
                }
                _ if parts.contains(&key) => self.node(&value, &place),
                _ => {}
            }
        }
    }

    fn node(&mut self, node: &Node<'_>, place: &Place<'_>) {
        let in_conditions = place.is_in_section("Conditions");
        let call = if in_conditions { Call::of_condition(node) } else { Call::of(node) };
        match call {
            Some(call) => self.call(&call, place),
            None => self.children(node, place),
        }
    }

    fn children(&mut self, node: &Node<'_>, place: &Place<'_>) {
        for (index, item) in node.items().iter().enumerate() {
            self.node(item, &place.under(&index.to_string()));
        }
        for (key, value) in node.entries() {
            let name = key.text().unwrap_or("");
            let place = place.under(name);
            if name.starts_with("Fn::ForEach::") || name == "Fn::Transform" {
                self.special_key(name, &value, &place);
            } else {
                self.node(&value, &place);
            }
        }
    }

    /// `Fn::ForEach::Name` and `Fn::Transform` as keys among others.
    fn special_key(&mut self, key: &str, value: &Node<'_>, place: &Place<'_>) {
        if key == "Fn::Transform" {
            self.include(value, place);
        } else if let [variable, collection, body] = &*value.items() {
            self.node(collection, place);
            let locals = [place.locals, &[variable.text().unwrap_or("").to_owned()]].concat();
            self.node(body, &Place { locals: &locals, ..*place });
        }
    }

    fn include(&mut self, argument: &Node<'_>, place: &Place<'_>) {
        let Some(depth) = (place.depth < INCLUDE_DEPTH).then_some(place.depth + 1) else { return };
        let Some(parsed) = self.evaluator.include_of(argument, &Scope::Top) else { return };
        if let Some(document) = parsed.documents.first() {
            self.node(&document.root(), &Place { depth, ..*place });
        }
    }

    fn call(&mut self, call: &Call<'_>, place: &Place<'_>) {
        let argument = &call.argument;
        match call.function {
            Function::Ref => {
                if let Some(name) = argument.text() {
                    self.name("Ref", name, "", argument.origin(), place);
                }
            }
            Function::Condition => self.condition(argument, place),
            Function::GetAtt => match attribute_of(argument) {
                Some((name, attribute, node)) => self.name("Fn::GetAtt", name, &attribute, node.origin(), place),
                None => self.children(argument, place),
            },
            Function::Sub => self.substitution(argument, place),
            Function::If => {
                let items = argument.items();
                if let Some(condition) = items.first().filter(|node| node.text().is_some()) {
                    self.condition(condition, place);
                }
                items.iter().skip(1).for_each(|item| self.node(item, place));
            }
            Function::FindInMap => {
                let items = argument.items();
                if let Some(map) = items.first().filter(|node| node.tag().is_none())
                    && let Some(name) = map.text()
                {
                    self.mapping(name, map.origin(), place);
                }
                items.iter().for_each(|item| self.node(item, place));
            }
            Function::Transform => self.include(argument, place),
            // The argument of a short form carries the tag of this call; only its parts are new.
            _ if argument.tag().is_some() => self.children(argument, place),
            _ => self.node(argument, place),
        }
    }

    fn substitution(&mut self, argument: &Node<'_>, place: &Place<'_>) {
        let items = argument.items();
        let text_node = items.first().unwrap_or(argument);
        let mut locals = place.locals.to_vec();
        if let Some(map) = items.get(1) {
            for (key, value) in map.entries() {
                self.node(&value, place);
                locals.extend(key.text().map(str::to_owned));
            }
        }
        let Some(text) = text_node.text() else { return };
        let file = self.evaluator.text_of(&text_node.document().source);
        let places = hole::Places::of(file.as_deref(), text_node);
        for stretch in hole::split(text) {
            let Stretch::Hole { name, written, nth } = stretch else { continue };
            if !hole::is_name(&name) || locals.contains(&name) {
                continue;
            }
            let mut origin = text_node.origin();
            origin.span = places.span(&written, nth);
            let origin = origin.via(HopKind::StringPart, &text_node.document().source, text_node.span());
            let (base, attribute) = name.split_once('.').unwrap_or((&name, ""));
            self.name("Fn::Sub", base, attribute, origin, &Place { locals: &locals, ..*place });
        }
    }

    /// A use of the name of a resource, or of a parameter where one may stand.
    fn name(&mut self, form: &'static str, name: &str, attribute: &str, origin: Origin, place: &Place<'_>) {
        let template = self.evaluator.template;
        if !hole::is_name(name) || name.starts_with("AWS::") || place.locals.iter().any(|local| local == name) {
            return;
        }
        let (base, attribute) = match name.split_once('.') {
            Some((base, rest)) if attribute.is_empty() || form == "Fn::GetAtt" => (base, rest),
            _ => (name, attribute),
        };
        if self.undefined >= MOST_UNDEFINED {
            return;
        }
        let defined = template.parameters.contains_key(base)
            || self.resources.contains(base)
            || is_generated(template, base)
            || self.is_of_module(base);
        let names = self.resources.iter().map(String::as_str).chain(template.parameters.keys().copied());
        let nearest = nearest(base, defined, names);
        self.push(form, (base, attribute), defined, nearest, origin, place);
    }

    /// `Module.Resource` and `ModuleResource` name what a module of the registry brings.
    fn is_of_module(&self, name: &str) -> bool {
        let mut resources = self.evaluator.template.resources.iter();
        resources.any(|(id, kind)| kind.ends_with("::MODULE") && name.starts_with(id))
    }

    fn condition(&mut self, node: &Node<'_>, place: &Place<'_>) {
        let Some(name) = node.text().filter(|name| hole::is_name(name)) else { return };
        if place.locals.iter().any(|local| local == name) {
            return;
        }
        let conditions = &self.evaluator.template.conditions;
        let has_loop = conditions.keys().any(|name| name.starts_with("Fn::"));
        let defined = has_loop || conditions.contains_key(name);
        let nearest = nearest(name, defined, conditions.keys().copied());
        self.push("Condition", (name, ""), defined, nearest, node.origin(), place);
    }

    fn mapping(&mut self, name: &str, origin: Origin, place: &Place<'_>) {
        let mappings = &self.evaluator.template.mappings;
        let has_include = mappings.keys().any(|name| name.starts_with("Fn::"));
        let is_variable = !hole::is_name(name) || place.locals.iter().any(|local| local == name);
        if !has_include && !is_variable {
            let defined = mappings.contains_key(name);
            let nearest = nearest(name, defined, mappings.keys().copied());
            self.push("Fn::FindInMap", (name, ""), defined, nearest, origin, place);
        }
    }

    fn push(
        &mut self,
        form: &'static str,
        (target, attribute): (&str, &str),
        defined: bool,
        nearest: String,
        origin: Origin,
        place: &Place<'_>,
    ) {
        self.undefined += usize::from(!defined);
        // What cannot be seen may define the name, unless it is one letter off one that can.
        if !defined && nearest.is_empty() && self.is_open {
            return;
        }
        let (target, attribute) = (target.to_owned(), attribute.to_owned());
        self.out.push(Use { form, target, attribute, defined, nearest, path: place.path(), origin });
    }
}

/// The name that was probably meant, empty when the name exists or none is close.
fn nearest<'n>(target: &str, defined: bool, names: impl Iterator<Item = &'n str>) -> String {
    if defined { String::new() } else { near_miss(target, names).unwrap_or("").to_owned() }
}
