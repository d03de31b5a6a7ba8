//! `route/to-undefined-function`

use crate::diagnostic::Argument;
use crate::facts::{Function, Route, Target};
use crate::graph::{Graph, near_miss};
use crate::rules::{Finding, RuleContext, Sink};
use crate::value::Value;

/// Routes whose target no template defines.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    for (_, route) in graph.each::<Route>() {
        let finding = match &route.target {
            Target::Undefined { name } => undefined(graph, context, route, name),
            Target::External { name, has_account } => match external(graph, context, route, name, *has_account) {
                Some(finding) => finding,
                None => continue,
            },
            Target::Unknown(why) => {
                sink.undecided(&route.place.path, why);
                continue;
            }
            _ => continue,
        };
        sink.report(finding);
    }
}

/// A logical id that the template does not define: the platform refuses the template.
fn undefined(graph: &Graph, context: &RuleContext<'_>, route: &Route, name: &str) -> Finding {
    let own = || graph.each_in::<Function>(route.place.set).map(|(_, function)| function);
    let near = near_miss(name, own().map(|function| function.id.as_str()));
    let finding = about(graph, context, route, name)
        .at(&route.integration.place_of(name))
        .case(if near.is_some() { "near-miss" } else { "undefined" })
        .name("nearest", near.unwrap_or(""));
    match own().find(|function| Some(function.id.as_str()) == near) {
        Some(function) => finding.related(&function.place.origin, "this function is probably meant"),
        None => finding,
    }
}

/// A function that the route names as the platform does. Nothing is wrong when any template of the
/// repository gives a function that name.
fn external(graph: &Graph, context: &RuleContext<'_>, route: &Route, name: &str, has_account: bool) -> Option<Finding> {
    let functions: Vec<&Function> = graph.each::<Function>().map(|(_, function)| function).collect();
    let names = || functions.iter().flat_map(|function| names_of(&function.name).map(move |name| (name, *function)));
    if names().any(|(own, _)| own == name) || graph.is_external(name) {
        return None;
    }
    let finding = about(graph, context, route, name).at(&route.integration.origin);
    if has_account {
        return Some(finding.case("other-account"));
    }
    let Some(near) = near_miss(name, names().map(|(own, _)| own)) else { return Some(finding.case("absent")) };
    let finding = finding.case("similar").name("nearest", near);
    Some(match names().find(|(own, _)| *own == near) {
        Some((_, function)) => finding.related(&function.place.origin, "this function has almost that name"),
        None => finding,
    })
}

fn names_of(name: &Value<String>) -> impl Iterator<Item = &str> {
    name.possible().into_iter().map(|(_, text, _)| text.as_str())
}

fn about(graph: &Graph, context: &RuleContext<'_>, route: &Route, name: &str) -> Finding {
    context
        .finding(&route.place)
        .with("route", Argument::name(route.title()))
        .name("target", name)
        .value(name)
        .root_cause(graph.without_inputs(&route.place))
}
