//! package.json, as far as it decides how a file is loaded and what a package says it needs.

use std::collections::BTreeMap;

use serde_json::Value;

/// Largest package.json that is read, bytes.
pub const MANIFEST_BYTES: u64 = 2 << 20;

/// What a package.json says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Manifest {
    /// `name`.
    pub name: Option<String>,
    /// `version`.
    pub version: Option<String>,
    /// `type` is `module`.
    pub module: bool,
    /// It has `exports`, so its own code may ask for it by name.
    pub has_exports: bool,
    /// How many names `exports` and `imports` have, conditions left out.
    pub names_offered: usize,
    /// `engines.node`.
    pub node: Option<String>,
    /// `optionalDependencies`.
    pub optional_dependencies: Vec<String>,
    needs: BTreeMap<String, Need>,
}

/// How a package says that it needs another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// Under `dependencies`.
    Required,
    /// Under `peerDependencies`, and not optional there.
    Peer,
    /// Under `optionalDependencies`, or as an optional peer.
    Optional,
    /// Not at all.
    Undeclared,
}

impl Manifest {
    /// Reads a package.json; `None` when it is not JSON (or nests deeper than anyone would).
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let value: Value = serde_json::from_slice(bytes).ok()?;
        let keys = |name: &str| -> Vec<String> {
            value.get(name).and_then(Value::as_object).map(|map| map.keys().cloned().collect()).unwrap_or_default()
        };
        let optional_peer = |name: &String| {
            value
                .pointer(&format!("/peerDependenciesMeta/{}/optional", name.replace('~', "~0").replace('/', "~1")))
                .and_then(Value::as_bool)
                == Some(true)
        };
        let optional_dependencies = keys("optionalDependencies");
        let optional_peers = keys("peerDependenciesMeta").into_iter().filter(optional_peer);
        let mut needs: BTreeMap<String, Need> = BTreeMap::new();
        // What is said later counts.
        needs.extend(keys("peerDependencies").into_iter().map(|name| (name, Need::Peer)));
        needs.extend(keys("dependencies").into_iter().map(|name| (name, Need::Required)));
        needs.extend(optional_dependencies.iter().cloned().chain(optional_peers).map(|name| (name, Need::Optional)));
        Some(Self {
            name: value.get("name").and_then(Value::as_str).map(str::to_string),
            version: value.get("version").and_then(Value::as_str).map(str::to_string),
            module: value.get("type").and_then(Value::as_str) == Some("module"),
            has_exports: value.get("exports").is_some_and(|exports| !exports.is_null()),
            names_offered: keys("exports").len() + keys("imports").len(),
            node: value.pointer("/engines/node").and_then(Value::as_str).map(str::to_string),
            optional_dependencies,
            needs,
        })
    }

    /// Whether `engines.node` allows any release of a major version; `None` when it says nothing that is understood.
    pub fn runs_on(&self, major: u32) -> Option<bool> {
        super::range::allows_major(self.node.as_deref()?, major)
    }

    /// Names of all packages that it says it needs to run, in whatever way, sorted.
    pub fn all_needs(&self) -> impl Iterator<Item = &String> {
        self.needs.keys()
    }

    /// How this package says that it needs another.
    pub fn needs(&self, package: &str) -> Need {
        self.needs.get(package).copied().unwrap_or(Need::Undeclared)
    }
}

/// The package that a bare specifier names: `@scope/name/sub` → `@scope/name`.
pub fn package_of(specifier: &str) -> &str {
    let names = if specifier.starts_with('@') { 2 } else { 1 };
    match specifier.match_indices('/').nth(names - 1) {
        Some((at, _)) => &specifier[..at],
        None => specifier,
    }
}

/// True when brackets of a JSON text nest deeper than `limit`; brackets inside strings do not count.
pub fn nests_deeper_than(text: &[u8], limit: usize) -> bool {
    let (mut depth, mut quoted, mut escaped) = (0_usize, false, false);
    for byte in text {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quoted => escaped = true,
            b'"' => quoted = !quoted,
            _ if quoted => {}
            b'[' | b'{' => {
                depth += 1;
                if depth > limit {
                    return true;
                }
            }
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn optional_wins_over_required() {
        let manifest = Manifest::parse(
            br#"{"name":"x","type":"module","dependencies":{"a":"1"},"optionalDependencies":{"b":"1"},
                "peerDependencies":{"c":"1","d":"1"},"peerDependenciesMeta":{"d":{"optional":true}}}"#,
        )
        .unwrap();
        assert!(manifest.module);
        let needs = ["a", "b", "c", "d", "e"].map(|name| manifest.needs(name));
        assert_eq!(needs, [Need::Required, Need::Optional, Need::Peer, Need::Optional, Need::Undeclared]);
    }

    #[test]
    fn package_names_end_before_the_path() {
        assert_eq!(package_of("express"), "express");
        assert_eq!(package_of("uuid/v4"), "uuid");
        assert_eq!(package_of("@aws-sdk/client-s3/dist/x"), "@aws-sdk/client-s3");
    }

    #[test]
    fn depth_counts_brackets_outside_strings() {
        assert!(nests_deeper_than("[".repeat(300).as_bytes(), 256));
        assert!(!nests_deeper_than(format!("[\"{}\"]", "[".repeat(300)).as_bytes(), 256));
    }
}
