//! Where a host leads, as the network of a compose project and the names of a cluster resolve it.

use std::collections::HashMap;

use crate::facts::{Endpoint, Id, Service, SetId, Workload};
use crate::graph::Graph;
use crate::graph::derived::endpoint::is_browser_facing;
use crate::graph::host_name::{ALWAYS_THERE, ClusterName, is_loopback};
use crate::value::{Why, near_miss};

/// What a host is.
pub(super) enum Answerer {
    /// A workload of a compose project.
    Workload(Id<Workload>),
    /// A Kubernetes Service.
    Service(Id<Service>),
    /// Perhaps one of these, because somebody may merge or read the files so.
    PerhapsWorkload(Id<Workload>, Why),
    /// The same of a Service.
    PerhapsService(Id<Service>, Why),
    /// Something that the repository does not deploy.
    Outside,
    /// A name that must be defined and is not.
    Missing(Why),
    /// A name that is not defined here and may be elsewhere.
    Unseen(Why),
    /// The asker itself, or what every network has.
    Nobody,
}

/// Names under which workloads and Services are reached.
pub(super) struct Hosts<'g> {
    graph: &'g Graph,
    workloads: HashMap<String, Vec<Id<Workload>>>,
    services: HashMap<String, Vec<Id<Service>>>,
    namespaces: Vec<&'g str>,
    has_unnamed_service: bool,
}

impl<'g> Hosts<'g> {
    /// Of all sets.
    pub fn of(graph: &'g Graph) -> Self {
        let mut workloads: HashMap<String, Vec<Id<Workload>>> = HashMap::new();
        for (id, workload) in graph.each::<Workload>().filter(|(_, workload)| workload.technology == "compose") {
            for name in workload.host_names.items.iter().filter_map(|name| name.get()) {
                workloads.entry(name.to_lowercase()).or_default().push(id);
            }
        }
        let mut services: HashMap<String, Vec<Id<Service>>> = HashMap::new();
        for (id, service) in graph.each::<Service>() {
            if let Some(name) = service.name.get() {
                services.entry(name.to_lowercase()).or_default().push(id);
            }
        }
        let mut namespaces: Vec<&str> =
            graph.each::<Service>().filter_map(|(_, service)| service.namespace.get()).map(String::as_str).collect();
        namespaces.sort_unstable();
        namespaces.dedup();
        let has_unnamed_service = graph.each::<Service>().any(|(_, service)| service.name.undecided().is_some());
        Self { graph, workloads, services, namespaces, has_unnamed_service }
    }

    /// Who answers under the host of an endpoint; `namespace` is that of the asker.
    pub fn answerer(&self, endpoint: &Endpoint, namespace: Option<&str>) -> Answerer {
        let host = endpoint.host.as_str();
        if is_own(host) || ALWAYS_THERE.contains(&host) {
            return Answerer::Nobody;
        }
        match endpoint.technology {
            _ if self.graph.is_external(host) => Answerer::Outside,
            "compose" => self.in_project(endpoint),
            "k8s" => self.in_cluster(endpoint, namespace),
            _ if endpoint.setting.is_some() => self.in_file(endpoint),
            _ => Answerer::Outside,
        }
    }

    /// Names of the compose project; the network has no other single words.
    fn in_project(&self, endpoint: &Endpoint) -> Answerer {
        let (host, set) = (endpoint.host.as_str(), endpoint.place.set);
        if let Some(id) = self.workload_of(set, host).or_else(|| self.instance(set, host)) {
            return Answerer::Workload(id);
        }
        let is_build = endpoint.variable.is_some_and(|id| self.graph.facts[id].given == "build");
        if host.contains(['.', ':']) || is_build || is_browser_facing(&endpoint.key) {
            return Answerer::Outside;
        }
        let may_be_merged = |id: &&Id<Workload>| {
            let other = self.graph.facts[**id].place.set;
            other != set && self.graph.may_be_merged(set, other)
        };
        if let Some(id) = self.workloads.get(host).into_iter().flatten().find(may_be_merged) {
            return Answerer::PerhapsWorkload(*id, Why::new("defined in a file that may be merged"));
        }
        // A word alone, without scheme or port, may be something other than a host.
        match endpoint.scheme.is_empty() && endpoint.port.get().is_none() {
            true => Answerer::Unseen(Why::new("a word that may be no host")),
            false => Answerer::Missing(Why::new("no service of the project has this name")),
        }
    }

    fn workload_of(&self, set: SetId, host: &str) -> Option<Id<Workload>> {
        let named = self.workloads.get(&host.to_lowercase())?;
        named.iter().find(|id| self.graph.facts[**id].place.set == set).copied()
    }

    /// `project-web-1`, the name that compose gives to a container.
    fn instance(&self, set: SetId, host: &str) -> Option<Id<Workload>> {
        let (rest, number) = host.rsplit_once(['-', '_'])?;
        if !number.bytes().all(|byte| byte.is_ascii_digit()) {
            return None;
        }
        rest.match_indices(['-', '_']).find_map(|(at, _)| self.workload_of(set, &rest[at + 1..]))
    }

    /// Services of the whole repository count: they are applied to the same cluster.
    fn in_cluster(&self, endpoint: &Endpoint, namespace: Option<&str>) -> Answerer {
        let Some(ClusterName { service: name, namespace: written }) = self.cluster_name(&endpoint.host) else {
            return Answerer::Outside;
        };
        let wanted = written.or(namespace);
        let fits = |id: &&Id<Service>| match (self.graph.facts[**id].namespace.get(), wanted) {
            (Some(own), Some(wanted)) => own == wanted,
            _ => true,
        };
        let named = self.services.get(&name.to_lowercase()).map_or(&[][..], Vec::as_slice);
        let fitting: Vec<Id<Service>> = named.iter().filter(fits).copied().collect();
        if let Some(id) = self.nearest(endpoint.place.set, &fitting, |id| self.graph.facts[id].place.set) {
            return Answerer::Service(id);
        }
        if is_browser_facing(&endpoint.key) {
            return Answerer::Outside;
        }
        let in_set = self.graph.each_in::<Service>(endpoint.place.set);
        let near = near_miss(name, in_set.filter_map(|(_, service)| service.name.get()).map(String::as_str));
        match () {
            () if self.graph.is_external(name) => Answerer::Outside,
            () if self.has_unnamed_service => {
                Answerer::Unseen(Why::new("a Service whose name is not decided may be this one"))
            }
            () if !named.is_empty() => Answerer::Missing(Why::new("the Service of this name is in another namespace")),
            () if near.is_some() => Answerer::Missing(Why::new("no Service has this name, one has almost it")),
            () => Answerer::Unseen(Why::new("no Service of the repository has this name")),
        }
    }

    fn cluster_name<'h>(&self, host: &'h str) -> Option<ClusterName<'h>> {
        ClusterName::of(host, |name| self.namespaces.binary_search(&name).is_ok())
    }

    /// Who reads a file of settings is not known, so a name in it only may be a service of the repository.
    fn in_file(&self, endpoint: &Endpoint) -> Answerer {
        let why = || Why::new("who reads the file is not known");
        let set = endpoint.place.set;
        let host = endpoint.host.to_lowercase();
        let name = self.cluster_name(&host).map_or(host.as_str(), |name| name.service);
        let services = self.services.get(name).map_or(&[][..], Vec::as_slice);
        if let Some(id) = self.nearest(set, services, |id| self.graph.facts[id].place.set) {
            return Answerer::PerhapsService(id, why());
        }
        let workloads = self.workloads.get(host.as_str()).map_or(&[][..], Vec::as_slice);
        match self.nearest(set, workloads, |id| self.graph.facts[id].place.set) {
            Some(id) => Answerer::PerhapsWorkload(id, why()),
            None => Answerer::Outside,
        }
    }

    /// The one of the same set, else the one whose set lies nearest.
    fn nearest<T>(&self, set: SetId, all: &[Id<T>], set_of: impl Fn(Id<T>) -> SetId) -> Option<Id<T>> {
        let root = self.graph.set(set).root.as_bytes();
        let shared = |other: SetId| {
            let other = self.graph.set(other).root.as_bytes();
            root.iter().zip(other).take_while(|(a, b)| a == b).count()
        };
        let rank = |id: &Id<T>| (set_of(*id) == set, shared(set_of(*id)), std::cmp::Reverse(id.index()));
        all.iter().max_by_key(|id| rank(id)).copied()
    }
}

/// The asker itself, or every address.
fn is_own(host: &str) -> bool {
    is_loopback(host) || matches!(host, "0.0.0.0" | "::")
}
