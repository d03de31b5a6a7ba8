//! Keys that the configuration knows.

pub(super) const TOP: &[&str] = &[
    "scan",
    "gate",
    "rules",
    "select",
    "ignore",
    "environments",
    "sets",
    "externals",
    "services",
    "override",
    "waiver",
    "$schema",
];
/// The key of `[rules]` that is no rule.
pub(super) const PACKS: &str = "packs";
pub(super) const SCAN: &[&str] = &["exclude", "artifacts", "max-file-size"];
pub(super) const GATE: &[&str] = &["fail-on"];
pub(super) const ENVIRONMENTS: &[&str] = &["dev", "staging", "prod"];
pub(super) const SET: &[&str] = &["files"];
pub(super) const SERVICE: &[&str] = &["path", "image", "ports"];
pub(super) const OVERRIDE: &[&str] = &["paths", "rules"];
pub(super) const WAIVER: &[&str] = &["rule", "path", "match", "reason", "owner", "until"];

/// Every key by its table.
pub(super) const KEYS: &[(&str, &[&str])] = &[
    ("", TOP),
    ("scan", SCAN),
    ("rules", &[PACKS]),
    ("gate", GATE),
    ("environments", ENVIRONMENTS),
    ("sets", SET),
    ("services", SERVICE),
    ("override", OVERRIDE),
    ("waiver", WAIVER),
];
