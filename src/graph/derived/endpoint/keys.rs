//! What the name of a variable says about the address in it
//! (as found in public repositories, read 2026-07).

use super::super::words::words;

/// Words of names whose value is compared with, allowed or shown, not called (classes 1, 3, 4, 13).
const NOT_CALLED: &[&str] = &[
    "cors",
    "origin",
    "origins",
    "csp",
    "allowed",
    "allow",
    "allowlist",
    "whitelist",
    "trusted",
    "referer",
    "referrer",
    "xmlns",
    "description",
    "example",
    "examples",
    "comment",
    "license",
    "homepage",
    "documentation",
    "docs",
    "help",
    "message",
    "image",
    "tag",
    "version",
    "pattern",
    "regex",
    "charset",
    "collation",
    "character",
];

/// Words of names whose value is an address of its own process (classes 5, 8).
const OWN: &[&str] = &[
    "listen",
    "listener",
    "listeners",
    "bind",
    "binding",
    "advertised",
    "advertise",
    "quorum",
    "voters",
    "announce",
    "interface",
];

/// Words of names that a browser or a person outside uses (class 9).
const BROWSER: &[&str] = &[
    "nextauth",
    "external",
    "public",
    "frontend",
    "redirect",
    "callback",
    "site",
    "domain",
    "website",
    "browser",
    "vite",
    "canonical",
    "publicurl",
    "letsencrypt",
    "virtual",
];

/// The same, as pairs of words.
const BROWSER_PAIRS: &[(&str, &str)] = &[
    ("base", "url"),
    ("root", "url"),
    ("app", "url"),
    ("web", "url"),
    ("host", "url"),
    ("client", "url"),
    ("react", "app"),
    ("vue", "app"),
    ("ng", "app"),
    ("next", "public"),
    ("nuxt", "public"),
    ("expo", "public"),
];

/// Words of names that hold `host:port`.
const ADDRESS: &[&str] = &[
    "host",
    "hosts",
    "hostname",
    "addr",
    "address",
    "addresses",
    "url",
    "urls",
    "uri",
    "uris",
    "endpoint",
    "endpoints",
    "server",
    "servers",
    "broker",
    "brokers",
    "bootstrap",
    "service",
    "services",
    "node",
    "nodes",
    "dsn",
    "connect",
    "connection",
    "target",
    "targets",
    "upstream",
    "upstreams",
    "backend",
    "backends",
    "proxy",
    "redis",
    "database",
    "db",
    "kafka",
    "zookeeper",
    "api",
    "peer",
    "peers",
    "seed",
    "seeds",
    "cluster",
    "amqp",
    "rabbitmq",
    "mongo",
    "mongodb",
    "postgres",
    "mysql",
    "memcached",
    "elasticsearch",
    "opensearch",
    "nats",
    "etcd",
    "consul",
    "vault",
    "statsd",
    "graphite",
    "influxdb",
    "collector",
    "otlp",
    "jaeger",
    "zipkin",
    "smtp",
];

/// Words that, right before `host`, make it the process's own (class 5).
const OWN_HOST: &[&str] = &[
    "server",
    "app",
    "http",
    "https",
    "web",
    "listen",
    "bind",
    "admin",
    "management",
    "metrics",
    "grpc",
    "virtual",
    "letsencrypt",
    "allowed",
    "public",
    "external",
    "docker",
    "kc",
    "keycloak",
    "vhost",
    "my",
    "own",
    "self",
    "node",
];

/// How a name's value is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Use {
    /// Nobody calls it.
    None,
    /// URLs only.
    Urls,
    /// `host:port` as well.
    Pairs,
    /// A host alone as well.
    Host,
}

/// How the value of a name is used.
pub(super) fn use_of(name: &str) -> Use {
    if name.eq_ignore_ascii_case("no_proxy") || name.ends_with("$schema") {
        return Use::None;
    }
    let words = words(name);
    let has = |list: &[&str]| words.iter().any(|word| list.contains(&word.as_str()));
    if has(NOT_CALLED) || has(OWN) {
        return Use::None;
    }
    let last = words.last().map_or("", String::as_str);
    if matches!(last, "host" | "hostname") || (last == "name" && words.iter().rev().nth(1).is_some_and(|w| w == "host"))
    {
        let before = words.iter().rev().nth(1).map_or("", String::as_str);
        return if before.is_empty() || OWN_HOST.contains(&before) { Use::Pairs } else { Use::Host };
    }
    if matches!(last, "server" | "addr" | "address") && words.len() > 1 {
        let before = words.iter().rev().nth(1).map_or("", String::as_str);
        return if OWN_HOST.contains(&before) || before == "mail" { Use::Pairs } else { Use::Host };
    }
    // `FORGEJO__database__HOST`, `dbhost`: the word is part of another.
    // A virtual host is a name inside a broker or a server.
    if last.ends_with("host") && last.len() > 4 && !matches!(last, "localhost" | "vhost" | "virtualhost") {
        return Use::Host;
    }
    if has(ADDRESS) { Use::Pairs } else { Use::Urls }
}

/// A browser, or a person outside, uses the address in it.
pub(crate) fn is_browser_facing(name: &str) -> bool {
    let words = words(name);
    let is_pair = |pair: &(&str, &str)| words.windows(2).any(|two| two[0] == pair.0 && two[1] == pair.1);
    words.iter().any(|word| BROWSER.contains(&word.as_str())) || BROWSER_PAIRS.iter().any(is_pair)
}

/// Words of the name that tell which environment its value is of (class 10: tables of environments).
pub(crate) fn name_words(name: &str) -> Vec<String> {
    words(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_how_an_address_is_used() {
        assert_eq!(use_of("CORS_ALLOWED_ORIGINS"), Use::None);
        assert_eq!(use_of("KAFKA_ADVERTISED_LISTENERS"), Use::None);
        assert_eq!(use_of("LISTEN_ADDR"), Use::None);
        assert_eq!(use_of("NO_PROXY"), Use::None);
        assert_eq!(use_of("--character-set-server"), Use::None);
        assert_eq!(use_of("DB_HOST"), Use::Host);
        assert_eq!(use_of("PMA_HOST"), Use::Host);
        assert_eq!(use_of("HOST"), Use::Pairs);
        assert_ne!(use_of("RABBITMQ_DEFAULT_VHOST"), Use::Host);
        assert_eq!(use_of("VIRTUAL_HOST"), Use::Pairs);
        assert_eq!(use_of("PRODUCT_CATALOG_SERVICE_ADDR"), Use::Host);
        assert_eq!(use_of("KAFKA_BROKERS"), Use::Pairs);
        assert_eq!(use_of("GREETING"), Use::Urls);
        assert!(is_browser_facing("NEXT_PUBLIC_API_URL"));
        assert!(is_browser_facing("REACT_APP_API"));
        assert!(!is_browser_facing("API_URL"));
    }
}
