//! `lambda/too-many-layers`: a function has more layers than the platform takes.

use super::finding_about;
use crate::diagnostic::Argument;
use crate::facts::{Function, PackageFault};
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};
use crate::value::Content;

/// Most layers of a function (AWS Lambda quotas, 2026-07).
const LAYERS: usize = 5;

/// Reports functions of templates, and packages with the layers that the command line gives them.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    for (_, function) in graph.each::<Function>() {
        // A list that is not seen whole has these at least; one that may be none counts for nothing.
        let surely = function
            .layers
            .items
            .iter()
            .filter(|layer| layer.get().is_some() || matches!(layer.content, Content::Ref(_)));
        let (count, all) = (surely.count(), function.layers.items.len());
        if count > LAYERS {
            let name = function.name.get().unwrap_or(&function.id);
            let finding = context.finding(&function.place).with("what", Argument::words("function")).name("name", name);
            sink.report(finding.with("count", Argument::words(count.to_string())));
        } else if all > LAYERS {
            sink.undecided(&function.place.path, "layers that may be none");
        }
    }
    let kind = context.rule.id.name();
    for (_, fault) in graph.each::<PackageFault>().filter(|(_, fault)| fault.kind == kind) {
        let finding = finding_about(graph, context, &graph.facts[fault.artifact]);
        sink.report(finding.at(&fault.place.origin).with("count", Argument::words(&fault.count)));
    }
}
