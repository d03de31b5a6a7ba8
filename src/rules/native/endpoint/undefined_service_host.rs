//! A variable names a service that nothing defines.

use std::cell::LazyCell;

use rustc_hash::{FxHashMap, FxHashSet};

use super::{Once, given, holder, workload_of};
use crate::diagnostic::Doubt;
use crate::facts::{Endpoint, Service, SetId, Workload};
use crate::graph::derived::endpoint::is_browser_facing;
use crate::graph::host_name::{ALWAYS_THERE, ClusterName, is_loopback};
use crate::graph::{Graph, near_miss, same_namespace};
use crate::rules::{Finding, RuleContext, Sink};
use crate::value::{Answer, Condition, Value};

/// Reports hosts that resolve nowhere.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    let mut once = Once::default();
    let names = LazyCell::new(|| Names::of(graph));
    for (_, endpoint) in graph.each::<Endpoint>() {
        let is_exempt = is_loopback(&endpoint.host)
            || ALWAYS_THERE.contains(&endpoint.host.as_str())
            || graph.is_external(&endpoint.host)
            || is_browser_facing(&endpoint.key)
            // Builds run outside the project's network.
            || given(graph, endpoint) == "build";
        if is_exempt {
            continue;
        }
        let finding = match endpoint.technology {
            "compose" => compose(graph, context, endpoint, &names),
            "k8s" => kubernetes(graph, context, endpoint, &names),
            _ => None,
        };
        let Some(mut finding) = finding.filter(|_| once.is_first(endpoint)) else { continue };
        if endpoint.fallback {
            finding = finding.doubt(Doubt::Sometimes(Condition::new("the default of the variable holds")));
        }
        sink.report(finding);
    }
}

fn finding(graph: &Graph, context: &RuleContext<'_>, endpoint: &Endpoint) -> Finding {
    context
        .finding(&endpoint.place)
        .at(&endpoint.host_value.origin)
        .value(endpoint.host.as_str())
        .name("key", endpoint.key.as_str())
        .name("host", endpoint.host.as_str())
        .name("service", holder(graph, endpoint))
}

/// Compose knows every name of the project, so a single word that is none of them cannot resolve.
fn compose(graph: &Graph, context: &RuleContext<'_>, endpoint: &Endpoint, all: &Names<'_>) -> Option<Finding> {
    let host = endpoint.host.as_str();
    if host.contains('.') || host.contains(':') {
        return None;
    }
    let set = endpoint.place.set;
    let names = compose_names(graph, set);
    if names.iter().any(|name| name.eq_ignore_ascii_case(host)) || is_instance(host, &names) {
        return None;
    }
    let mut finding = finding(graph, context, endpoint);
    // A name that is not decided may be this one.
    let undecided = graph
        .each_in::<Workload>(set)
        .find_map(|(_, workload)| workload.host_names.items.iter().find_map(|name| name.undecided()));
    let own = workload_of(graph, endpoint).and_then(|(_, workload)| workload.host_names.open.clone());
    if let Some(why) = own.or(undecided) {
        finding = finding.doubt(Doubt::OpenSet(why));
    }
    if let Some(workload) = all.elsewhere(graph, set, host) {
        return Some(finding.case("elsewhere").related(&workload.place.origin, "`{host}` is defined here"));
    }
    if let Some(near) = near_miss(host, names.iter().copied()) {
        let place = graph.each_in::<Workload>(set).find(|(_, w)| w.name.get().is_some_and(|name| name == near));
        let finding = finding.case("near-miss").name("near", near);
        return Some(match place {
            Some((_, workload)) => finding.related(&workload.place.origin, "`{near}` is defined here"),
            None => finding,
        });
    }
    // A word alone, without scheme or port, may be something other than a host.
    let is_address = !endpoint.scheme.is_empty() || endpoint.port.get().is_some();
    Some(finding.case(if is_address { "absent" } else { "bare" }))
}

fn compose_names(graph: &Graph, set: SetId) -> Vec<&str> {
    let workloads = graph.each_in::<Workload>(set);
    workloads
        .flat_map(|(_, workload)| workload.host_names.items.iter().filter_map(|name| name.get()))
        .map(String::as_str)
        .collect()
}

/// `project-web-1`, the name that compose gives to a container.
fn is_instance(host: &str, names: &[&str]) -> bool {
    let Some((rest, number)) = host.rsplit_once(['-', '_']) else { return false };
    number.bytes().all(|byte| byte.is_ascii_digit())
        && names.iter().any(|name| rest.strip_suffix(name).is_some_and(|project| project.ends_with(['-', '_'])))
}

/// What stands anywhere in the repository, by name; made for the first host that needs it.
struct Names<'g> {
    /// Workloads by the names under which others reach them.
    workloads: FxHashMap<&'g str, Vec<&'g Workload>>,
    /// Services of clusters by name, in lower case.
    services: FxHashMap<String, Vec<&'g Service>>,
    namespaces: FxHashSet<&'g str>,
    /// The name of some Service is not decided.
    is_open: bool,
}

impl<'g> Names<'g> {
    fn of(graph: &'g Graph) -> Self {
        let mut names = Self {
            workloads: FxHashMap::default(),
            services: FxHashMap::default(),
            namespaces: FxHashSet::default(),
            is_open: false,
        };
        for (_, workload) in graph.each::<Workload>() {
            for name in workload.host_names.items.iter().filter_map(|name| name.get()) {
                names.workloads.entry(name.as_str()).or_default().push(workload);
            }
        }
        for (_, service) in graph.each::<Service>() {
            names.namespaces.extend(service.namespace.get().map(String::as_str));
            names.is_open |= service.name.undecided().is_some();
            if let Some(name) = service.name.get() {
                names.services.entry(name.to_ascii_lowercase()).or_default().push(service);
            }
        }
        names
    }

    /// A set that may be merged with this one has the name.
    fn elsewhere(&self, graph: &Graph, set: SetId, host: &str) -> Option<&'g Workload> {
        let named = self.workloads.get(host)?;
        named.iter().copied().find(|workload| graph.may_be_merged(set, workload.place.set))
    }
}

/// Services of the whole repository count: they are applied to the same cluster.
fn kubernetes(graph: &Graph, context: &RuleContext<'_>, endpoint: &Endpoint, all: &Names<'_>) -> Option<Finding> {
    let host = endpoint.host.as_str();
    let name = ClusterName::of(host, |name| all.namespaces.contains(name))?;
    if graph.is_external(name.service) || ALWAYS_THERE.contains(&name.service) {
        return None;
    }
    let own = workload_of(graph, endpoint).map(|(_, workload)| &workload.namespace);
    let asked = name.namespace.map(|namespace| Value::known(namespace.to_owned(), endpoint.host_value.origin.clone()));
    // A Service that names no namespace may be applied to the one that is asked for.
    let fits = |service: &Service| {
        asked.as_ref().or(own).is_none_or(|wanted| same_namespace(&service.namespace, wanted) != Answer::False)
    };
    let named = all.services.get(&name.service.to_ascii_lowercase()).map_or(&[][..], Vec::as_slice);
    // A Service whose name is not decided may be this one.
    if named.iter().any(|service| fits(service)) || all.is_open {
        return None;
    }
    let finding = finding(graph, context, endpoint);
    if let Some(service) = named.first() {
        let near = format!("{}.{}", name.service, service.namespace.get().map_or("default", String::as_str));
        return Some(
            finding.case("near-miss").name("near", near).related(&service.place.origin, "`{near}` is defined here"),
        );
    }
    let in_set: Vec<&Service> = graph.each_in::<Service>(endpoint.place.set).map(|(_, service)| service).collect();
    let names = in_set.iter().filter_map(|service| service.name.get().map(String::as_str));
    let near = near_miss(name.service, names);
    let Some(near) = near else { return Some(finding.case("unseen")) };
    let place = in_set.iter().find(|service| service.name.get().is_some_and(|own| own == near));
    let finding = finding.case("near-miss").name("near", near);
    Some(match place {
        Some(service) => finding.related(&service.place.origin, "`{near}` is defined here"),
        None => finding,
    })
}
