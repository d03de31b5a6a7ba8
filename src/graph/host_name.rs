//! What a host's name says by itself: an address, the asker, a name in a cluster.

/// Names that resolve without being defined (Docker, Kubernetes, cloud metadata), 2026-07.
pub const ALWAYS_THERE: &[&str] = &["kubernetes", "metadata", "gateway", "host-gateway", "buildkitd", "dockerhost"];

/// Four numbers.
pub fn is_ipv4(host: &str) -> bool {
    host.split('.').count() == 4 && host.split('.').all(|part| part.parse::<u8>().is_ok())
}

/// `localhost`, `127.0.0.0/8`, `::1` and names below `.localhost` (RFC 6761).
pub fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost") || host == "::1" || (host.starts_with("127.") && is_ipv4(host))
}

/// A name in a cluster: service, and namespace where one is written ("DNS for Services and Pods", Kubernetes 1.34).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClusterName<'h> {
    /// The Service.
    pub service: &'h str,
    /// Its namespace.
    pub namespace: Option<&'h str>,
}

impl<'h> ClusterName<'h> {
    /// `web`, `web.shop.svc`, `web-0.web.shop.svc.cluster.local`; `web.shop` only where `shop` is a namespace.
    pub fn of(host: &'h str, is_namespace: impl Fn(&str) -> bool) -> Option<Self> {
        if host.contains(':') || is_ipv4(host) {
            return None;
        }
        let short = host.strip_suffix(".cluster.local").unwrap_or(host);
        let (short, is_cluster) = match short.strip_suffix(".svc") {
            Some(short) => (short, true),
            None => (short, short.len() != host.len()),
        };
        let labels: Vec<&str> = short.split('.').collect();
        match *labels.as_slice() {
            [service] => Some(Self { service, namespace: None }),
            [service, namespace] if is_cluster || is_namespace(namespace) => {
                Some(Self { service, namespace: Some(namespace) })
            }
            [_, service, namespace] if is_cluster => Some(Self { service, namespace: Some(namespace) }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_clusters() {
        let of = |host| ClusterName::of(host, |name| name == "shop").map(|name| (name.service, name.namespace));
        assert_eq!(of("web"), Some(("web", None)));
        assert_eq!(of("web.shop"), Some(("web", Some("shop"))));
        assert_eq!(of("web.example"), None);
        assert_eq!(of("web.other.svc"), Some(("web", Some("other"))));
        assert_eq!(of("web-0.web.other.svc.cluster.local"), Some(("web", Some("other"))));
        assert_eq!(of("10.0.0.1"), None);
    }
}
