//! The package as a container: what is wrong with it whatever its code says. Headers are read here,
//! members hardly ever.

mod bootstrap;
mod java_class;
mod layers;
mod links;
mod modes;
mod names;
mod secrets;
mod sizes;
mod top_folder;
mod unpacking;
mod wanted;
mod weight;

use std::sync::Arc;

pub use sizes::{DIRECT, UNZIPPED};

use super::request::technology;
use super::{PackageRequest, PackageTrace, Part, entry};
use crate::facts::{Id, PackageFault, Place};
use crate::source::{ContentId, Origin, Source, Span, TreePath, visible};
use crate::tree::{Entry, Tree, TreeError};
use crate::value::Why;

/// Most members that one rule names by themselves.
const NAMED: usize = 20;

/// Looks at the package and its layers; what is found joins the trace.
pub(super) fn look(request: &PackageRequest, tree: &Arc<dyn Tree>, trace: &mut PackageTrace) {
    let parts: Vec<Contents<'_>> = std::iter::once(&request.package).chain(&request.layers).map(Contents::of).collect();
    let Some((package, layers)) = parts.split_first() else { return };
    let mut faults = Faults { request, facts: Vec::new() };
    for part in &parts {
        unpacking::look(part, trace, &mut faults);
        names::look(part, &mut faults);
    }
    names::look_for_backslashes(package, trace, &mut faults);
    links::look(package, tree, trace, &mut faults);
    modes::look(package, trace, &mut faults);
    sizes::look(package, layers, &mut faults);
    top_folder::look(package, trace, &mut faults);
    bootstrap::look(tree, trace, &mut faults);
    java_class::look(package, tree, trace, &mut faults);
    layers::look(layers, trace, &mut faults);
    weight::look(package, trace, &mut faults);
    parts.iter().for_each(|part| secrets::look(part, &mut faults));
    trace.facts.package_faults.extend(faults.facts);
}

/// A package that cannot be opened at all.
pub(super) fn unopened(request: &PackageRequest, error: &TreeError) -> PackageTrace {
    let mut trace = entry::not_judged(request, "", Why::new("package cannot be unpacked"));
    let mut faults = Faults { request, facts: Vec::new() };
    faults.add(
        Fault::of_package("unreadable-package", &request.package.source).answer("archive").error(error.to_string()),
    );
    trace.facts.package_faults = faults.facts;
    trace
}

/// A package or layer with the members that it lists.
struct Contents<'p> {
    part: &'p Part,
    entries: Vec<Entry>,
}

impl<'p> Contents<'p> {
    fn of(part: &'p Part) -> Self {
        Self { part, entries: part.tree.list().map(|(entries, _)| entries).unwrap_or_default() }
    }

    /// Bytes that it takes unpacked, as its headers say.
    fn size(&self) -> u64 {
        self.entries.iter().fold(0, |sum, entry| sum.saturating_add(entry.size.unwrap_or(0)))
    }

    /// A member as a place to report at.
    fn place(&self, path: &TreePath) -> Origin {
        let source = Source::inside(self.part.source.clone(), path.clone(), ContentId::Unread);
        Origin::new(source, Span::default())
    }
}

/// A fault before it is a fact.
struct Fault {
    fact: PackageFault,
}

impl Fault {
    /// Of a package or layer as a whole, whoever runs it.
    fn of_package(kind: &'static str, source: &Source) -> Self {
        Self::new(kind, Origin::new(source.clone(), Span::default()), true)
    }

    /// Of a member, whoever runs the package.
    fn of_member(kind: &'static str, contents: &Contents<'_>, path: &TreePath) -> Self {
        Self::new(kind, contents.place(path), true).entry(path)
    }

    /// For the function that runs the package.
    fn of_function(kind: &'static str, origin: Origin) -> Self {
        Self::new(kind, origin, false)
    }

    fn new(kind: &'static str, origin: Origin, of_package: bool) -> Self {
        let root = crate::diagnostic::LogicalPath::of_set("zip", &TreePath::root(), &[]);
        Self {
            fact: PackageFault {
                place: Place { set: crate::facts::SetId(0), path: root, origin },
                artifact: Id::new(0),
                kind,
                answer: "",
                of_package,
                entry: String::new(),
                other: String::new(),
                count: String::new(),
                amount: String::new(),
                limit: String::new(),
                error: String::new(),
                doubt: None,
            },
        }
    }

    fn answer(mut self, answer: &'static str) -> Self {
        self.fact.answer = answer;
        self
    }

    fn entry(mut self, path: &TreePath) -> Self {
        self.fact.entry = visible(path.as_bytes());
        self
    }

    fn other(mut self, other: impl Into<String>) -> Self {
        self.fact.other = other.into();
        self
    }

    fn count(mut self, count: usize) -> Self {
        self.fact.count = count.to_string();
        self
    }

    fn amount(mut self, amount: impl Into<String>, limit: impl Into<String>) -> Self {
        (self.fact.amount, self.fact.limit) = (amount.into(), limit.into());
        self
    }

    fn error(mut self, error: impl Into<String>) -> Self {
        self.fact.error = error.into();
        self
    }

    fn doubt(mut self, doubt: Option<Why>) -> Self {
        self.fact.doubt = doubt;
        self
    }
}

/// The faults of one package.
struct Faults<'r> {
    request: &'r PackageRequest,
    facts: Vec<PackageFault>,
}

impl Faults<'_> {
    fn add(&mut self, fault: Fault) {
        let mut fact = fault.fact;
        fact.place.set = self.request.set;
        // A layer has an address of its own, whichever package it goes with.
        let file = fact.place.origin.source.file();
        let base = if file == self.request.package.source.file() || !fact.of_package {
            self.request.path.clone()
        } else {
            crate::diagnostic::LogicalPath::of_set(technology(file), file.path(), &[])
        };
        fact.place.path = if fact.entry.is_empty() { base } else { base.child(&fact.entry) };
        self.facts.push(fact);
    }
}

/// Bytes as people know them: the platform's megabytes have 1,048,576.
fn megabytes(bytes: u64) -> String {
    let tenths = bytes.saturating_mul(10) / (1 << 20);
    format!("{}.{} MB", tenths / 10, tenths % 10)
}
