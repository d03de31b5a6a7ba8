//! `lambda/missing-module`: a package that code imports is neither in the zip, nor in a layer, nor
//! in the runtime.

use std::collections::BTreeMap;

use super::{finding_about, guess};
use crate::diagnostic::{Argument, Doubt};
use crate::facts::{Artifact, Id, ModuleImport};
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// Importers that are labelled beside the first.
const OTHER_IMPORTERS: usize = 3;

/// What the missing package means for the function, worst first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Outcome {
    /// It does not start.
    ColdStart,
    /// It starts, and the first request fails.
    Request,
    /// Its importer says that it cannot do without, and will ask for it later.
    Incomplete,
    /// It fails if the code around the import runs.
    Reached,
}

impl Outcome {
    fn case(self) -> &'static str {
        match self {
            Self::ColdStart => "cold-start",
            Self::Request => "request",
            Self::Incomplete => "incomplete",
            Self::Reached => "reached",
        }
    }
}

/// Imports of one missing module with what they mean.
type Misses<'g> = Vec<(Outcome, &'g ModuleImport)>;

/// Reports one finding per package and missing module, at the import that is worst.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    let mut missing: BTreeMap<(Id<Artifact>, &str), Misses<'_>> = BTreeMap::new();
    for (_, import) in graph.each::<ModuleImport>().filter(|(_, import)| import.missing == "module") {
        if let Some(outcome) = outcome(import) {
            missing.entry((import.artifact, &import.module)).or_default().push((outcome, import));
        }
    }
    for ((artifact, module), mut imports) in missing {
        // Stable: among equals the first that the walk met, which is the one nearest to the handler.
        imports.sort_by_key(|(outcome, _)| *outcome);
        report(graph, context, sink, &graph.facts[artifact], module, &imports);
    }
}

/// What an import that leads nowhere means; `None` when the function can live with it or when
/// nothing certain can be said.
fn outcome(import: &ModuleImport) -> Option<Outcome> {
    match (import.strength, import.on_request) {
        ("hard", _) => Some(Outcome::ColdStart),
        (_, "hard") => Some(Outcome::Request),
        ("soft", _) => None,
        _ if import.optional => None,
        // Whoever declares a dependency gets it installed: its absence is a hole in the package.
        ("late", _) if import.declared => Some(Outcome::Incomplete),
        // A condition that cannot be decided may be one that never holds there: of packages from which one
        // such dependency was taken away, four in five still started.
        _ if import.declared => Some(Outcome::Reached),
        // A bundle holds other people's optional imports as if they were one's own.
        ("late", _) if import.first_party && !import.generated => Some(Outcome::Reached),
        _ => None,
    }
}

/// What Node.js says it cannot find: `require` names the specifier, `import` the package.
fn asked(import: &ModuleImport) -> &str {
    if import.form.starts_with("require") { &import.specifier } else { &import.module }
}

fn report(
    graph: &Graph,
    context: &RuleContext<'_>,
    sink: &mut Sink,
    artifact: &Artifact,
    module: &str,
    imports: &Misses<'_>,
) {
    let Some((outcome, worst)) = imports.first() else { return };
    let mut finding = finding_about(graph, context, artifact)
        .case(outcome.case())
        .at(&worst.place.origin)
        .value(module)
        .name("module", module)
        .with("failure", Argument::words(if worst.form.starts_with("require") { "module" } else { "package" }))
        .with("asked", Argument::quoted(asked(worst)))
        .name("importer", &worst.importer)
        .with("chain", Argument::quoted(&worst.chain));
    if artifact.place.origin.source != *artifact.place.origin.source.file() || artifact.function.is_some() {
        finding =
            finding.related(&artifact.place.origin, "the handler is named here; it leads to the import by {chain}");
    }
    let others: Vec<_> = imports.iter().skip(1).filter(|(_, import)| import.importer != worst.importer).collect();
    for (_, import) in others.iter().take(OTHER_IMPORTERS) {
        finding = finding.related(&import.place.origin, "also imported here");
    }
    if let Some(doubt) = guess(artifact) {
        finding = finding.doubt(doubt);
    }
    if let Some(why) = &worst.doubt {
        finding = finding.doubt(Doubt::OpenSet(why.clone()));
    }
    sink.report(finding);
}
