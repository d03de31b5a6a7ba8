//! Rules about packages as containers: a fault bears the name of the rule that speaks of it.

use std::collections::BTreeSet;

use super::super::{OTHERS, finding_about, guess, limited};
use crate::diagnostic::{Argument, Doubt};
use crate::facts::{Artifact, PackageFault};
use crate::graph::Graph;
use crate::rules::{Finding, RuleContext, Sink};
use crate::source::{Origin, Source, Span};

/// Reports the faults that bear the rule's own name ([`PackageFault::kind`]).
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    let kind = context.rule.id.name();
    for (_, fault) in graph.each::<PackageFault>().filter(|(_, fault)| fault.kind == kind) {
        sink.report(finding(graph, context, &graph.facts[fault.artifact], fault));
    }
}

fn finding(graph: &Graph, context: &RuleContext<'_>, artifact: &Artifact, fault: &PackageFault) -> Finding {
    let package = fault.place.origin.source.file().path();
    let mut finding = if fault.of_package {
        let name = Argument::Path(package.clone());
        let finding = context.finding(&fault.place).with("what", Argument::words("package")).with("name", name);
        limited(also_run_by(finding, graph, artifact), artifact)
    } else {
        finding_about(graph, context, artifact).about_subject(fault.place.path.clone()).at(&fault.place.origin)
    };
    if !fault.answer.is_empty() {
        finding = finding.case(fault.answer);
    }
    finding = finding
        .value(format!("{} {}", fault.entry, fault.answer))
        .with("package", Argument::Path(package.clone()))
        .name("entry", &fault.entry)
        .name("other", &fault.other)
        .with("count", Argument::words(&fault.count))
        .with("amount", Argument::words(&fault.amount))
        .with("limit", Argument::words(&fault.limit))
        .with("error", Argument::quoted(&fault.error));
    if artifact.function.is_some() && artifact.place.origin != fault.place.origin {
        finding = finding.related(&artifact.place.origin, "the function that runs the package");
    }
    if let Some(doubt) = guess(artifact).filter(|_| !fault.of_package) {
        finding = finding.doubt(doubt);
    }
    if let Some(why) = &fault.doubt {
        finding = finding.doubt(Doubt::OpenSet(why.clone()));
    }
    finding
}

/// Other functions that run the package, in whatever way.
fn also_run_by(finding: Finding, graph: &Graph, artifact: &Artifact) -> Finding {
    let same = graph.each::<Artifact>().filter(|(_, other)| other.place.path == artifact.place.path);
    let functions = same.flat_map(|(_, other)| other.function.iter().chain(&other.shared_with));
    let others = functions.filter(|id| Some(**id) != artifact.function).map(|id| &graph.facts[*id].place.origin);
    let others: BTreeSet<(&Source, Span)> = others.map(|origin| (&origin.source, origin.span)).collect();
    others.into_iter().take(OTHERS).fold(finding, |finding, (source, span)| {
        finding.related(&Origin::new(source.clone(), span), "also used by this function")
    })
}
