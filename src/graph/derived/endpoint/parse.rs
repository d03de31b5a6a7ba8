//! Hosts in the value of a variable: URLs, `host:port`, lists of them, hosts alone.

use super::super::words::HOLE;

/// Schemes of network addresses and the port that each implies, 0 where it implies none
/// (IANA service names 2026-07, and the documentation of the drivers named).
const SCHEMES: &[(&str, i64)] = &[
    ("http", 80),
    ("https", 443),
    ("ws", 80),
    ("wss", 443),
    ("ftp", 21),
    ("sftp", 22),
    ("ssh", 22),
    ("amqp", 5672),
    ("amqps", 5671),
    ("redis", 6379),
    ("rediss", 6379),
    ("valkey", 6379),
    ("postgres", 5432),
    ("postgresql", 5432),
    ("postgis", 5432),
    ("mysql", 3306),
    ("mysql2", 3306),
    ("mariadb", 3306),
    ("mongodb", 27017),
    ("nats", 4222),
    ("kafka", 9092),
    ("mqtt", 1883),
    ("mqtts", 8883),
    ("ldap", 389),
    ("ldaps", 636),
    ("smtp", 25),
    ("smtps", 465),
    ("imap", 143),
    ("imaps", 993),
    ("sqlserver", 1433),
    ("mssql", 1433),
    ("oracle", 1521),
    ("clickhouse", 9000),
    ("memcached", 11211),
    ("memcache", 11211),
    ("cassandra", 9042),
    ("elasticsearch", 9200),
    ("zookeeper", 2181),
    ("neo4j", 7687),
    ("bolt", 7687),
    ("couchdb", 5984),
    ("influxdb", 8086),
    ("etcd", 2379),
    ("consul", 8500),
    ("pulsar", 6650),
    ("stomp", 61613),
    ("mongodb+srv", 0),
    ("grpc", 0),
    ("grpcs", 0),
    ("h2c", 0),
    ("tcp", 0),
    ("udp", 0),
    ("tls", 0),
    ("ssl", 0),
];

/// A host found in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    /// Scheme in lower case; empty for a host without one.
    pub scheme: String,
    /// Host in lower case.
    pub host: String,
    /// Where the host stands in the text.
    pub at: usize,
    /// The host as written.
    pub written: String,
    /// Port: written, or implied by the scheme.
    pub port: Option<i64>,
}

/// Most hosts that are taken from one value.
const HOSTS: usize = 64;

/// URLs in a text. Prose that mentions one is not a use of it.
pub(super) fn urls(text: &str) -> Vec<Found> {
    let mut out = Vec::new();
    let mut from = 0;
    while let Some(found) = text[from..].find("://") {
        let colon = from + found;
        let start = colon - text[..colon].bytes().rev().take_while(|b| is_scheme_byte(*b)).count();
        from = colon + 3;
        if out.len() >= HOSTS {
            break;
        }
        let scheme = text[start..colon].to_ascii_lowercase();
        let Some(port) = implied_port(&scheme) else { continue };
        if is_prose(text, start) {
            continue;
        }
        authority(text, from, &scheme, port, &mut out);
    }
    out
}

fn is_scheme_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'.' | b'-')
}

/// The port of a scheme, 0 for none; `None` when it names no network address. A driver may follow a
/// plus sign (`postgresql+psycopg2`).
fn implied_port(scheme: &str) -> Option<i64> {
    let of = |name: &str| SCHEMES.iter().find(|(known, _)| *known == name).map(|(_, port)| *port);
    of(scheme).or_else(|| of(scheme.split('+').next()?))
}

/// True when words stand before the URL: "open your browser at http://localhost".
fn is_prose(text: &str, start: usize) -> bool {
    let before = &text[..start];
    let trimmed = before.trim_end();
    if trimmed.len() == before.len() || trimmed.is_empty() {
        return false;
    }
    let word = trimmed.rsplit(char::is_whitespace).next().unwrap_or(trimmed);
    let is_argument = word.starts_with('-') || word.contains(['=', ':', ',', ';', '/']) || word.ends_with(['|', '"']);
    !is_argument
}

/// The hosts of the part after `://`; a list of hosts may stand there.
fn authority(text: &str, start: usize, scheme: &str, implied: i64, out: &mut Vec<Found>) {
    let is_end = |c: char| {
        c.is_whitespace() || matches!(c, '/' | '?' | '#' | '"' | '\'' | '<' | '>' | '|' | '\\' | ')' | '}' | ';' | ']')
    };
    let rest = &text[start..];
    // An IPv6 address has brackets of its own.
    let bracket = rest.find('[').filter(|open| rest[..*open].bytes().all(|b| !matches!(b, b'/' | b'?' | b'#')));
    let end = match bracket {
        Some(open) => {
            let close = rest[open..].find(']').map_or(rest.len(), |i| open + i + 1);
            close + rest[close..].find(is_end).unwrap_or(rest.len() - close)
        }
        None => rest.find(is_end).unwrap_or(rest.len()),
    };
    let whole = &rest[..end];
    let hosts_at = whole.rfind('@').map_or(0, |at| at + 1);
    let mut at = start + hosts_at;
    for part in whole[hosts_at..].split(',') {
        // After a comma another URL may begin: `http://a,http://b`.
        if part.ends_with(':') && text[at + part.len()..].starts_with("//") {
            break;
        }
        push(part, at, scheme, Some(implied), out);
        at += part.len() + 1;
    }
}

/// `host:port`, the whole value or a list of such.
pub(super) fn pairs(text: &str) -> Vec<Found> {
    let mut out = Vec::new();
    let mut at = 0;
    for item in text.split([',', ' ', ';']) {
        let trimmed = item.trim();
        let lead = item.len() - item.trim_start().len();
        if !trimmed.is_empty() {
            let before = out.len();
            let has_port = trimmed
                .rsplit_once(':')
                .is_some_and(|(_, port)| port.chars().all(|c| c.is_ascii_digit() || c == HOLE) && !port.is_empty());
            if has_port {
                push(trimmed, at + lead, "", None, &mut out);
            }
            // One item that is no address makes all of it something else.
            if out.len() == before {
                return Vec::new();
            }
        }
        at += item.len() + 1;
        if out.len() >= HOSTS {
            break;
        }
    }
    out
}

/// Words that stand where a host could and switch something.
const NO_HOSTS: &[&str] = &["true", "false", "yes", "no", "on", "off", "none", "null", "auto", "default", "host"];

/// A host alone.
pub(super) fn host(text: &str) -> Option<Found> {
    let trimmed = text.trim();
    let mut out = Vec::new();
    if NO_HOSTS.iter().any(|word| trimmed.eq_ignore_ascii_case(word)) {
        return None;
    }
    if !trimmed.contains(':') {
        push(trimmed, text.len() - text.trim_start().len(), "", None, &mut out);
    }
    out.pop()
}

fn push(part: &str, at: usize, scheme: &str, implied: Option<i64>, out: &mut Vec<Found>) {
    let (written, port_text, lead) = match part.strip_prefix('[') {
        Some(inside) => {
            let Some(close) = inside.find(']') else { return };
            (&inside[..close], inside[close + 1..].strip_prefix(':'), 1)
        }
        None => match part.split_once(':') {
            Some((host, port)) => (host, Some(port), 0),
            None => (part, None, 0),
        },
    };
    let is_address = lead == 1 && written.bytes().all(|b| b.is_ascii_hexdigit() || matches!(b, b':' | b'.'));
    if !is_address && !is_host(written) {
        return;
    }
    let port = match port_text {
        Some(text) => match text.parse::<i64>() {
            Ok(number) if (1..=65_535).contains(&number) => Some(number),
            Ok(_) => return,
            Err(_) if text.contains(HOLE) => None,
            Err(_) => return,
        },
        None => implied.filter(|port| *port > 0),
    };
    let host = written.to_ascii_lowercase();
    let host = host.trim_end_matches('.').to_owned();
    out.push(Found { scheme: scheme.to_owned(), host, at: at + lead, written: written.to_owned(), port });
}

/// Letters, digits, `-`, `_`, `.`; something before each dot; not only digits.
fn is_host(text: &str) -> bool {
    let is_name = |label: &str| !label.is_empty() && label.len() <= 63;
    !text.is_empty()
        && text.len() <= 253
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        && text.trim_end_matches('.').split('.').all(is_name)
        && (text.bytes().any(|b| b.is_ascii_alphabetic()) || text.split('.').count() == 4)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(list: &[Found]) -> Vec<String> {
        let port = |found: &Found| found.port.map_or(String::new(), |port| format!(":{port}"));
        list.iter().map(|found| format!("{}://{}{}", found.scheme, found.host, port(found))).collect()
    }

    #[test]
    fn urls_as_they_are_written() {
        for (text, expected) in [
            ("https://Api.Example.com/v1?x=http", "https://api.example.com:443"),
            ("jdbc:postgresql://db:5433/x", "postgresql://db:5433"),
            ("postgresql+psycopg2://u:p@db/x", "postgresql+psycopg2://db:5432"),
            ("amqp://guest:guest@rabbit", "amqp://rabbit:5672"),
            ("mongodb://a:1,b/x", "mongodb://a:1 mongodb://b:27017"),
            ("http://a:1,http://b:2", "http://a:1 http://b:2"),
            ("http://[::1]:80/x", "http://::1:80"),
            ("jdbc:sqlserver://db:1433;database=x", "sqlserver://db:1433"),
            ("etcd1=http://etcd1:2380,etcd2=http://etcd2:2380", "http://etcd1:2380 http://etcd2:2380"),
            ("-Da=http://x:1 -Db=http://y:2", "http://x:1 http://y:2"),
            ("tcp://web", "tcp://web"),
        ] {
            assert_eq!(shown(&urls(text)).join(" "), expected, "{text}");
        }
        for text in [
            "Open your browser at http://localhost",
            "file:///etc/x",
            "s3://bucket/x",
            "http://${HOST}/",
            "http://*.example.com",
            "http://localhost:*",
            "PLAINTEXT://kafka:9092",
            "sqlite:///x",
        ] {
            assert_eq!(shown(&urls(text)), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn hosts_with_ports() {
        assert_eq!(shown(&pairs("kafka1:9092,kafka2:9092")), ["://kafka1:9092", "://kafka2:9092"]);
        assert_eq!(shown(&pairs("db:5432")), ["://db:5432"]);
        for text in ["12:30", "1000:1000", "redis:latest", "a:b", "10.0.0.0/8", "x:70000", "say hi:80"] {
            assert_eq!(shown(&pairs(text)), Vec::<String>::new(), "{text}");
        }
    }
}
