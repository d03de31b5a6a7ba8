//! `lambda/missing-module`: a package that code imports is neither in the zip, nor in a layer, nor
//! in the runtime.

use std::collections::BTreeMap;

use super::finding_about;
use super::shared::{Outcome, from_handler, with_doubts};
use crate::diagnostic::Argument;
use crate::facts::{Artifact, Id, ModuleImport};
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// Importers that are labelled beside the first.
const OTHER_IMPORTERS: usize = 3;

/// Imports of one missing module with what they mean.
type Misses<'g> = Vec<(Outcome, &'g ModuleImport)>;

/// Reports one finding per package and missing module, at the import that is worst.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    let mut missing: BTreeMap<(Id<Artifact>, &str), Misses<'_>> = BTreeMap::new();
    for (_, import) in graph.each::<ModuleImport>().filter(|(_, import)| import.missing == "module") {
        if let Some(outcome) = Outcome::of_import(import) {
            missing.entry((import.artifact, &import.module)).or_default().push((outcome, import));
        }
    }
    for ((artifact, module), mut imports) in missing {
        // Stable: among equals the first that the walk met, which is the one nearest to the handler.
        imports.sort_by_key(|(outcome, _)| *outcome);
        report(graph, context, sink, &graph.facts[artifact], module, &imports);
    }
}

/// What Node.js says it cannot find: `require` names the specifier, `import` the package.
fn asked(import: &ModuleImport) -> &str {
    if import.form.starts_with("require") { &import.specifier } else { &import.module }
}

/// What the runtime says.
fn error(import: &ModuleImport) -> String {
    if !import.error.is_empty() {
        return import.error.clone();
    }
    let failure = if import.form.starts_with("require") { "module" } else { "package" };
    format!("Cannot find {failure} '{}'", asked(import))
}

/// How dependencies are put into a package.
fn install(import: &ModuleImport) -> &'static str {
    if import.error.is_empty() { "npm ci --omit=dev" } else { "pip install --target" }
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
        .with("error", Argument::quoted(error(worst)))
        .with("install", Argument::words(install(worst)))
        .name("importer", &worst.importer)
        .with("chain", Argument::quoted(&worst.chain));
    finding = from_handler(finding, artifact, "the handler is named here; it leads to the import by {chain}");
    let others: Vec<_> = imports.iter().skip(1).filter(|(_, import)| import.importer != worst.importer).collect();
    for (_, import) in others.iter().take(OTHER_IMPORTERS) {
        finding = finding.related(&import.place.origin, "also imported here");
    }
    sink.report(with_doubts(finding, artifact, worst.doubt.as_ref(), worst.guess.as_ref()));
}
