//! Rules about imports that fail although the package they ask for is there.

use std::collections::BTreeMap;

use super::super::finding_about;
use super::{Outcome, from_handler, with_doubts};
use crate::diagnostic::Argument;
use crate::facts::{Artifact, Id, ModuleImport};
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// Reports imports that fail in one way (a word of [`ModuleImport::missing`]), one finding for each
/// package, importing file and specifier.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink, kind: &str) {
    let mut faults: BTreeMap<(Id<Artifact>, &str, &str), (Outcome, &ModuleImport)> = BTreeMap::new();
    for (_, import) in graph.each::<ModuleImport>().filter(|(_, import)| import.missing == kind) {
        let Some(outcome) = Outcome::of_import(import) else { continue };
        let worst = faults.entry((import.artifact, &import.importer, &import.specifier)).or_insert((outcome, import));
        if outcome < worst.0 {
            *worst = (outcome, import);
        }
    }
    for ((artifact, ..), (outcome, import)) in faults {
        report(graph, context, sink, &graph.facts[artifact], outcome, import);
    }
}

fn report(
    graph: &Graph,
    context: &RuleContext<'_>,
    sink: &mut Sink,
    artifact: &Artifact,
    outcome: Outcome,
    import: &ModuleImport,
) {
    let mut finding = finding_about(graph, context, artifact)
        .case(outcome.case())
        .at(&import.place.origin)
        .value(format!("{} {}", import.importer, import.specifier))
        .with("specifier", Argument::quoted(&import.specifier))
        .name("importer", &import.importer)
        .name("module", &import.module)
        .name("near", &import.near)
        .with("chain", Argument::quoted(&import.chain));
    finding = from_handler(finding, artifact, "the handler is named here; it leads to the import by {chain}");
    sink.report(with_doubts(finding, artifact, import.doubt.as_ref(), import.guess.as_ref()));
}
