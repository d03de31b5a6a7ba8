//! Names that the template uses for its own things.

use super::stack::Stack;
use crate::expand::cloudformation::section_names;
use crate::expand::{Applied, AppliedDocument};
use crate::facts::{Facts, Id, Reference, Route, Target};
use crate::source::Origin;

/// Forms as facts name them.
const FORMS: &[&str] = &["Ref", "Fn::GetAtt", "Fn::Sub", "DependsOn", "Condition", "Fn::FindInMap"];

/// Lowers all of them; routes must be there already.
pub fn lower(stack: &Stack<'_>, facts: &mut Facts, document: &AppliedDocument) {
    let undefined: Vec<(Id<Route>, &str, Origin)> = facts
        .routes
        .iter()
        .enumerate()
        .filter_map(|(index, route)| match &route.target {
            Target::Undefined { name } => Some((Id::new(index), name.as_str(), route.integration.place_of(name))),
            _ => None,
        })
        .collect();
    let mut out = Vec::new();
    for item in document.root.get(section_names::REFERENCES).map(Applied::items).unwrap_or(&[]) {
        let text = |key: &str| item.get(key).and_then(Applied::known).unwrap_or("");
        let Some(form) = FORMS.iter().find(|form| **form == text(section_names::FORM)) else { continue };
        let target = text(section_names::TARGET);
        let route = undefined.iter().find(|(_, name, place)| *name == target && contains(place, &item.origin));
        out.push(Reference {
            place: stack.place(text(section_names::PATH).split('/'), &item.origin),
            technology: stack.technology,
            form,
            target: target.to_owned(),
            attribute: text(section_names::ATTRIBUTE).to_owned(),
            defined: text(section_names::DEFINED) == "true",
            nearest: text(section_names::NEAREST).to_owned(),
            route: route.map(|(id, ..)| *id),
        });
    }
    facts.references = out;
}

fn contains(outer: &Origin, inner: &Origin) -> bool {
    outer.source == inner.source && outer.span.start <= inner.span.start && inner.span.end <= outer.span.end
}
