//! CloudFormation and SAM templates to functions, routes, permissions and references.

mod definition;
mod events;
mod functions;
mod http;
mod permissions;
mod references;
mod rest;
mod routes;
mod stack;
mod targets;
#[cfg(test)]
mod tests;

use self::stack::Stack;
use crate::expand::AppliedDocument;
use crate::facts::{Facts, ReleaseSet, SetId};

/// Facts of the applied documents of a release set.
pub fn lower(id: SetId, set: &ReleaseSet, documents: &[AppliedDocument]) -> Facts {
    let mut facts = Facts::default();
    let Some(document) = documents.first() else { return facts };
    let mut stack = Stack::of(id, set, document);
    functions::lower(&mut stack, &mut facts);
    let events = events::events(&stack);
    definition::lower(&stack, &mut facts, &events::allowed(&events));
    events::lower(&stack, &mut facts, events);
    events::lower_sockets(&stack, &mut facts);
    rest::lower(&stack, &mut facts);
    http::lower(&stack, &mut facts);
    permissions::lower(&stack, &mut facts);
    references::lower(&stack, &mut facts, document);
    facts
}
