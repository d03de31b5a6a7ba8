//! What a walk has to tell: code that fails when it is loaded, with the way that leads to it.

use super::PackageRequest;
use super::reach::{Reach, shown};
use crate::code::Strength;
use crate::facts::{Id, LoadFault, Place};
use crate::source::{Origin, Source, Span, TreePath};
use crate::value::Why;

/// Most faults of one kind of fact that a package is told of.
pub(super) const FINDINGS: usize = 10_000;

/// How a place in a file is come to.
#[derive(Clone, Copy)]
pub(super) struct Way<'w> {
    /// Number of the file among those that are reached.
    pub index: usize,
    pub path: &'w TreePath,
    pub source: &'w Source,
    /// How surely it is evaluated on load.
    pub own: Strength,
    /// How surely what it leads to is reached at all.
    pub reach: Strength,
    /// How surely it is evaluated once the handler is called.
    pub on_request: Option<Strength>,
}

impl<'w> Way<'w> {
    /// To a file as a whole.
    pub fn to_file(index: usize, path: &'w TreePath, source: &'w Source, strength: Strength) -> Self {
        Self { index, path, source, own: strength, reach: strength, on_request: None }
    }

    /// It runs only where its failure is caught, and the handler does not come to it.
    pub fn is_idle(&self) -> bool {
        self.own == Strength::Soft && self.on_request.is_none()
    }
}

/// A fault, before it is known how its place is come to.
pub(super) struct Fault<'f> {
    kind: &'static str,
    span: Span,
    error: String,
    name: &'f str,
    module: &'f str,
    near: String,
    doubt: Option<Why>,
    guess: Option<Why>,
}

impl<'f> Fault<'f> {
    /// A fault of a kind (the name of a rule), and what the runtime says of it.
    pub fn new(kind: &'static str, span: Span, error: impl Into<String>) -> Self {
        Self { kind, span, error: error.into(), name: "", module: "", near: String::new(), doubt: None, guess: None }
    }

    /// The name that it is about.
    pub fn name(self, name: &'f str) -> Self {
        Self { name, ..self }
    }

    /// The module that it is about.
    pub fn module(self, module: &'f str) -> Self {
        Self { module, ..self }
    }

    /// What was probably meant, or what to do.
    pub fn near(self, near: String) -> Self {
        Self { near, ..self }
    }

    /// Why it may be right after all.
    pub fn doubt(self, doubt: Option<Why>) -> Self {
        Self { doubt, ..self }
    }

    /// What it takes for granted beyond what the files show.
    pub fn guess(self, guess: Option<Why>) -> Self {
        Self { guess, ..self }
    }

    /// The fact.
    pub fn fact(self, request: &PackageRequest, reach: &Reach, way: Way<'_>, party: Party) -> LoadFault {
        let file = shown(way.path);
        let about = if self.name.is_empty() { self.kind } else { self.name };
        LoadFault {
            place: Place {
                set: request.set,
                path: request.path.child(&file).child(about),
                origin: Origin::new(way.source.clone(), self.span),
            },
            artifact: Id::new(0),
            kind: self.kind,
            name: self.name.to_owned(),
            module: self.module.to_owned(),
            error: self.error,
            chain: reach.chain(way.index),
            strength: way.own.word(),
            on_request: way.on_request.map_or("", Strength::word),
            first_party: party.first,
            generated: party.generated,
            near: self.near,
            doubt: self.doubt,
            guess: self.guess,
            file,
        }
    }
}

/// Whose the code of a file is.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Party {
    /// It is not part of an installed package.
    pub first: bool,
    /// A tool wrote it.
    pub generated: bool,
}
