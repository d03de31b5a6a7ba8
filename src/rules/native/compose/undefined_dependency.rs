//! A service needs another that the project does not have.

use std::collections::HashSet;

use crate::facts::{Dependency, Place, Workload};
use crate::graph::{Graph, near_miss};
use crate::rules::{RuleContext, Sink};

/// Reports dependencies on services that no file of the set defines.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    // An anchor gives the same lines to several services: one place, one finding.
    let mut seen = HashSet::new();
    for (_, dependency) in graph.each::<Dependency>() {
        let Some(target) = dependency.target.get().filter(|_| dependency.resolved.is_none()) else { continue };
        // Compose goes on without a dependency that is not required.
        if dependency.optional.get() == Some(&true) {
            continue;
        }
        let origin = &dependency.target.origin;
        if !seen.insert((origin.source.clone(), origin.span)) {
            continue;
        }
        let names: Vec<&str> = graph
            .each_in::<Workload>(dependency.place.set)
            .filter_map(|(_, workload)| workload.name.get().map(String::as_str))
            .collect();
        let service = graph.facts[dependency.workload].name.get().map_or("?", String::as_str);
        let finding = context
            .finding(&dependency.place)
            .at(&dependency.target.origin)
            .value(target.as_str())
            .name("service", service)
            .name("target", target.as_str())
            .name("key", dependency.declared_as);
        let finding = if let Some(place) = elsewhere(graph, &dependency.place, target) {
            let file = place.origin.source.path().clone();
            finding
                .case("elsewhere")
                .with("file", crate::diagnostic::Argument::Path(file))
                .related(&place.origin, "`{target}` is defined here, in a file that may be merged or not")
        } else if let Some(near) = near_miss(target, names.iter().copied()) {
            let finding = finding.case("near-miss").name("near", near);
            let place = graph
                .each_in::<Workload>(dependency.place.set)
                .find(|(_, workload)| workload.name.get().is_some_and(|name| name == near))
                .map(|(_, workload)| &workload.place.origin);
            match place {
                Some(origin) => finding.related(origin, "`{near}` is defined here"),
                None => finding,
            }
        } else {
            finding.case("absent")
        };
        sink.report(finding);
    }
}

/// A set that may be merged with this one has the service.
fn elsewhere<'a>(graph: &'a Graph, place: &Place, target: &str) -> Option<&'a Place> {
    graph
        .each::<Workload>()
        .map(|(_, workload)| workload)
        .filter(|workload| workload.name.get().is_some_and(|name| name == target))
        .find(|workload| graph.may_be_merged(place.set, workload.place.set))
        .map(|workload| &workload.place)
}
