//! Production configuration names a host of another environment, or the machine it runs on.

use super::{Once, container_of, given, holder, workload_of};
use crate::diagnostic::{Argument, Doubt};
use crate::facts::{Container, ContainerPort, Endpoint, Environment, Service, Workload};
use crate::graph::Graph;
use crate::graph::derived::endpoint::{is_browser_facing, name_words};
use crate::graph::host_name::{is_ipv4, is_loopback};
use crate::rules::{RuleContext, Sink};
use crate::value::Condition;

/// Words in host names that tell an environment other than production.
const OTHER_ENVIRONMENTS: &[&str] =
    &["staging", "stg", "stage", "dev", "development", "qa", "uat", "test", "testing", "preprod", "nonprod", "sandbox"];

/// Hosts of others that carry such a word and are what production uses: tools named so, and vendors
/// whose sandbox is a mode of theirs, not an environment of ours (class 10), 2026-07.
const OTHERS: &[&str] = &[
    "dev.azure.com",
    "dev.mysql.com",
    "test.pypi.org",
    "dev.w3.org",
    "paypal.com",
    "braintreegateway.com",
    "docusign.com",
    "docusign.net",
    "plaid.com",
    "ebay.com",
    "salesforce.com",
    "apple.com",
    "adyen.com",
    "authorize.net",
    "stripe.com",
    "squareupsandbox.com",
    "itunes.com",
    "klarna.com",
    "twilio.com",
];

/// Domains reserved for documentation and tests (RFC 2606, RFC 6761).
const RESERVED: &[&str] = &["example.com", "example.org", "example.net", "example", "invalid", "test", "localhost"];

/// Second-level domains under which names are registered.
const REGISTRIES: &[&str] = &["co", "com", "org", "net", "ac", "gov", "edu", "or", "ne", "go"];

/// Loopback ports of sidecars that a cluster puts into pods by itself (Dapr, Istio, Linkerd, 2026-07).
const INJECTED_PORTS: &[i64] = &[3500, 50001, 15000, 15001, 15006, 15020, 15021, 15090, 4140, 4143, 4191];

/// Reports hosts of other environments in production.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    let mut once = Once::default();
    for (_, endpoint) in graph.each::<Endpoint>() {
        let set = graph.set_of(&endpoint.place);
        let Some((Environment::Prod, why)) = &set.environment else { continue };
        if graph.is_external(&endpoint.host) || is_own_name(graph, endpoint) {
            continue;
        }
        // A table of environments names each of them: `STAGING_URL` beside `PROD_URL`.
        if name_words(&endpoint.key).iter().any(|word| environment_word(word).is_some()) {
            continue;
        }
        let Some((case, word)) = verdict(graph, endpoint) else { continue };
        if !once.is_first(endpoint) {
            continue;
        }
        let mut finding = context
            .finding(&endpoint.place)
            .at(&endpoint.host_value.origin)
            .case(case)
            .value(endpoint.host.as_str())
            .name("key", endpoint.key.as_str())
            .name("holder", holder(graph, endpoint))
            .with("host", Argument::quoted(endpoint.host.as_str()))
            .name("word", word)
            .with("why", Argument::words(why.as_str()));
        if endpoint.fallback {
            finding = finding.doubt(Doubt::Sometimes(Condition::new("the default of the variable holds")));
        }
        sink.report(finding);
    }
}

/// Which of the rule's answers, and the word that tells.
fn verdict(graph: &Graph, endpoint: &Endpoint) -> Option<(&'static str, String)> {
    let host = endpoint.host.as_str();
    let is_for_browser = is_browser_facing(&endpoint.key);
    if is_loopback(host) {
        let is_wrong = !is_for_browser && given(graph, endpoint) != "build" && !is_own_loopback(graph, endpoint);
        return is_wrong.then(|| ("loopback", host.to_owned()));
    }
    if host == "host.docker.internal" {
        return (!is_for_browser).then(|| ("loopback", host.to_owned()));
    }
    if let Some(word) = other_environment(host) {
        return Some(("other-environment", word));
    }
    let is_local = host.ends_with(".local") && !host.ends_with(".cluster.local");
    (is_local && !is_for_browser).then(|| ("local-name", ".local".to_owned()))
}

/// The name is one of the set itself: whatever it says, it is what production runs.
fn is_own_name(graph: &Graph, endpoint: &Endpoint) -> bool {
    let host = endpoint.host.as_str();
    let is_workload = |workload: &Workload| {
        workload.host_names.items.iter().any(|name| name.get().is_some_and(|name| name.eq_ignore_ascii_case(host)))
    };
    let is_service = |service: &Service| service.name.get().is_some_and(|name| name.eq_ignore_ascii_case(host));
    graph.each_in::<Workload>(endpoint.place.set).any(|(_, workload)| is_workload(workload))
        || graph.each_in::<Service>(endpoint.place.set).any(|(_, service)| is_service(service))
}

/// The container itself, or a neighbour in its pod, listens there.
fn is_own_loopback(graph: &Graph, endpoint: &Endpoint) -> bool {
    let (Some(container), Some((id, workload))) = (container_of(graph, endpoint), workload_of(graph, endpoint)) else {
        return false;
    };
    if !workload.network_mode.is_absent() {
        return true;
    }
    let set = endpoint.place.set;
    let neighbours = graph.each_in::<Container>(set).filter(|(_, c)| c.workload == id && c.role != "init").count();
    if neighbours > 1 {
        return true;
    }
    let Some(port) = endpoint.port.get() else { return false };
    INJECTED_PORTS.contains(port)
        || graph
            .each_in::<ContainerPort>(set)
            .any(|(_, own)| own.container == container && own.number.get() == Some(port))
}

/// The word of a host that tells another environment; the registered domain itself is a name, not a word.
fn other_environment(host: &str) -> Option<String> {
    let is_below = |domain: &&&str| host == **domain || host.ends_with(&format!(".{domain}"));
    if is_ipv4(host)
        || host.contains(':')
        || OTHERS.iter().any(|d| is_below(&d))
        || RESERVED.iter().any(|d| is_below(&d))
    {
        return None;
    }
    let cluster = host.strip_suffix(".svc.cluster.local").or_else(|| host.strip_suffix(".svc"));
    let labels: Vec<&str> = cluster.unwrap_or(host).split('.').collect();
    let last = labels.last().copied().unwrap_or("");
    let is_public = cluster.is_none() && labels.len() > 1 && (last == "dev" || environment_word(last).is_none());
    let registered = match labels.as_slice() {
        _ if !is_public => 0,
        [.., second, top] if top.len() == 2 && REGISTRIES.contains(second) => 3,
        _ => 2,
    };
    let own = &labels[..labels.len().saturating_sub(registered)];
    own.iter().flat_map(|label| label.split('-')).find_map(environment_word)
}

/// `staging`, `qa2`: the word, when it tells an environment other than production.
fn environment_word(word: &str) -> Option<String> {
    let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
    OTHER_ENVIRONMENTS.contains(&stem).then(|| word.to_owned())
}

#[cfg(test)]
mod tests {
    use super::other_environment;

    #[test]
    fn words_in_hosts() {
        for host in [
            "accounts.staging.shop-example.net",
            "billing-qa.shop.net",
            "api.uat.shop.co.uk",
            "accounts.staging.svc.cluster.local",
            "accounts.staging",
            "accounts-staging",
            "db-dev2.abc.eu-west-1.rds.amazonaws.com",
        ] {
            assert!(other_environment(host).is_some(), "{host}");
        }
        for host in [
            "dev.to",
            "app.dev",
            "devopsco.com",
            "staging.com",
            "staging.co.uk",
            "latest.shop.com",
            "dev.azure.com",
            "api.sandbox.paypal.com",
            "api.staging.example.com",
            "contest.shop.com",
            "10.0.0.1",
            "x.app.dev",
        ] {
            assert!(other_environment(host).is_none(), "{host}");
        }
    }
}
