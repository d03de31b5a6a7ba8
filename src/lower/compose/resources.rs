//! What a service may use, and when it is started again.

use crate::expand::{Applied, AppliedKind};
use crate::lower::quantity::{compose_bytes, processors_thousandths};
use crate::source::Origin;
use crate::value::{Content, Value};

/// Limits and reservations. `deploy.resources` and the keys of version 2 mean the same; compose refuses
/// a service in which they differ (compose-spec, 05-services, `mem_limit`, 2026-07).
pub(super) struct Resources {
    /// Bytes.
    pub memory_limit: Value<i64>,
    /// Bytes.
    pub memory_request: Value<i64>,
    /// Thousandths of a processor.
    pub cpu_limit: Value<i64>,
    /// Thousandths of a processor.
    pub cpu_request: Value<i64>,
}

impl Resources {
    /// Of a service.
    pub fn of(node: &Applied, at: &Origin) -> Self {
        let of = |kind: &str, name: &str, key: Option<&str>| {
            let path = ["deploy", "resources", kind, name];
            let long = node.path(&path).map(Applied::text).filter(|value| !value.is_absent());
            let short = key.and_then(|key| node.get(key)).map(Applied::text).filter(|value| !value.is_absent());
            long.or(short).unwrap_or_else(|| unseen(node, &path, at))
        };
        Self {
            // Zero is no limit.
            memory_limit: above_zero(compose_bytes(&of("limits", "memory", Some("mem_limit")))),
            memory_request: compose_bytes(&of("reservations", "memory", Some("mem_reservation"))),
            cpu_limit: above_zero(processors_thousandths(&of("limits", "cpus", Some("cpus")))),
            cpu_request: processors_thousandths(&of("reservations", "cpus", None)),
        }
    }
}

/// Absent, unless something on the way down cannot be seen.
fn unseen(node: &Applied, path: &[&str], at: &Origin) -> Value<String> {
    let why = (1..path.len()).find_map(|end| node.path(&path[..end]).and_then(Applied::unknown));
    match why {
        Some(why) => Value::new(Content::Unknown(why.clone()), at.clone()),
        None => Value::absent(at.clone()),
    }
}

fn above_zero(value: Value<i64>) -> Value<i64> {
    if value.get() == Some(&0) { Value::absent(value.origin) } else { value }
}

/// When its container is started again; never, when nothing says so.
pub(super) fn restart(node: &Applied, at: &Origin) -> Value<String> {
    let of_deploy = node.path(&["deploy", "restart_policy", "condition"]).map(Applied::text);
    let value = node.text_of("restart");
    match of_deploy {
        _ if !value.is_absent() => value,
        Some(condition) if !condition.is_absent() => condition,
        _ => Value::default("no".to_owned(), at.clone()),
    }
}

/// The test of the health check, its words joined.
pub(super) fn healthcheck(node: &Applied, at: &Origin) -> Value<String> {
    let Some(check) = node.get("healthcheck") else { return Value::absent(at.clone()) };
    let is_off = check.yes_no_of("disable").get() == Some(&true);
    let test = check.get("test").filter(|_| !is_off);
    let Some(test) = test else {
        return check
            .unknown()
            .map_or_else(|| Value::absent(at.clone()), |why| Value::new(Content::Unknown(why.clone()), at.clone()));
    };
    match &test.kind {
        AppliedKind::Sequence(words) => {
            let words: Option<Vec<&str>> = words.iter().map(Applied::known).collect();
            match words {
                Some(words) if words.first() == Some(&"NONE") => Value::absent(test.origin.clone()),
                Some(words) => Value::known(words.join(" "), test.origin.clone()),
                None => Value::unknown("command with parts that are not known", test.origin.clone()),
            }
        }
        _ => test.text(),
    }
}
