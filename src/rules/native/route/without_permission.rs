//! `route/without-permission`

use std::collections::BTreeMap;

use crate::diagnostic::Argument;
use crate::facts::{Function, Id, Permission, Route, Target};
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};
use crate::value::{Answer, Content, Why};

/// Most other routes that are shown.
const MOST_LABELS: usize = 5;

/// The principal of API Gateway, HTTP and WebSocket APIs included.
const PRINCIPAL: &str = "apigateway.amazonaws.com";

/// Routes to functions of the same template that nothing lets API Gateway call; one finding for all
/// routes of an API to one function, because one permission mends them.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    let mut refused: BTreeMap<(Id<Function>, &str), Vec<&Route>> = BTreeMap::new();
    for (_, route) in graph.each::<Route>() {
        let id = match &route.target {
            Target::Function(id) => *id,
            Target::Unknown(why) => {
                sink.undecided(&route.place.path, why);
                continue;
            }
            _ => continue,
        };
        if route.has_credentials || route.permission_implied {
            continue;
        }
        match is_allowed(graph, route, id) {
            Answer::True | Answer::Sometimes(_) => {}
            Answer::Unknown(why) => sink.undecided(&route.place.path, &why),
            Answer::False => refused.entry((id, &route.api)).or_default().push(route),
        }
    }
    for ((id, api), routes) in refused {
        let function = &graph.facts[id];
        let Some((first, others)) = routes.split_first() else { continue };
        let mut place = first.place.clone();
        place.path = function.place.path.child("permission").child(api);
        let more = if others.is_empty() { String::new() } else { format!(" and {} more", others.len()) };
        let mut finding = context
            .finding(&place)
            .with("route", Argument::name(first.title()))
            .with("more", Argument::words(more))
            .name("function", function.id.clone())
            .related(&function.place.origin, "nothing lets API Gateway call this function")
            .root_cause(graph.without_inputs(&place));
        for route in others.iter().take(MOST_LABELS) {
            finding = finding.related(&route.place.origin, "this route fails too");
        }
        sink.report(finding);
    }
}

/// Does a permission of the template let the route's API call the function?
fn is_allowed(graph: &Graph, route: &Route, function: Id<Function>) -> Answer {
    if route.api.is_empty() {
        return Answer::Unknown(Why::new("API that is not in the template"));
    }
    let permissions = graph.each_in::<Permission>(route.place.set);
    permissions.map(|(_, permission)| allows(permission, route, function)).fold(Answer::False, Answer::or)
}

fn allows(permission: &Permission, route: &Route, function: Id<Function>) -> Answer {
    let named = match &permission.target {
        Target::Function(id) => Answer::from(*id == function),
        // A template with an undefined name is refused before any permission matters.
        Target::Undefined { .. } => Answer::Unknown(Why::new("permission for a name that is not defined")),
        Target::Unknown(why) => Answer::Unknown(why.clone()),
        _ => Answer::False,
    };
    named.and(of_gateway(permission)).and(of_api(permission, route))
}

fn of_gateway(permission: &Permission) -> Answer {
    permission.principal.ask(Answer::True, &|text| (text == PRINCIPAL || text == "*").into())
}

/// A source that names another API of the template does not let this one in; any other does.
fn of_api(permission: &Permission, route: &Route) -> Answer {
    match &permission.source_api.content {
        Content::Known(api) => (*api == route.api).into(),
        _ => Answer::True,
    }
}
