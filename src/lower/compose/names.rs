//! Host names in a compose project.

use crate::expand::Applied;
use crate::expand::applied::AppliedEntry;
use crate::value::{Many, Value, Why};

/// Names by which a service is reached, or that it can itself reach by `links` and `extra_hosts`.
/// Open where names resolve that no file of the project gives.
pub(super) fn of(project: &Applied, entry: &AppliedEntry) -> Many<Value<String>> {
    let node = &entry.value;
    let mut items = vec![Value::known(entry.name.clone(), entry.name_origin.clone())];
    for key in ["container_name", "hostname"] {
        items.extend(node.get(key).map(Applied::text));
    }
    for network in node.get("networks").map_or(&[][..], Applied::entries) {
        items.extend(network.value.get("aliases").map_or(&[][..], Applied::items).iter().map(Applied::text));
    }
    for key in ["links", "external_links"] {
        for link in node.get(key).map_or(&[][..], Applied::items) {
            let Some(text) = link.known() else { continue };
            // `service:alias`; an external link without alias is reached by its own name.
            let alias = text.rsplit(':').next().unwrap_or(text);
            items.push(Value::known(alias.to_owned(), link.origin.clone()));
        }
    }
    for host in node.get("extra_hosts").map_or(&[][..], Applied::entries) {
        items.push(Value::known(host.name.clone(), host.name_origin.clone()));
    }
    Many { items, open: open(project, node) }
}

fn open(project: &Applied, node: &Applied) -> Option<Why> {
    let mode = node.get("network_mode");
    if mode.is_some_and(|mode| mode.known().is_none_or(|mode| !mode.starts_with("service:") && mode != "none")) {
        return Some(Why::new("network outside the project"));
    }
    if node.get("dns").is_some() || node.get("dns_search").is_some() {
        return Some(Why::new("own name servers"));
    }
    let networks: Vec<&str> = match node.get("networks") {
        Some(networks) if !networks.entries().is_empty() => {
            networks.entries().iter().map(|entry| entry.name.as_str()).collect()
        }
        _ => vec!["default"],
    };
    let is_external = |name: &&str| {
        let declared = project.path(&["networks", name, "external"]);
        declared.is_some_and(|external| external.known().is_none_or(|text| text != "false"))
    };
    networks.iter().any(is_external).then(|| Why::new("network shared with other projects"))
}
