//! Node.js runtimes of AWS Lambda and what their flags change.

use crate::code::Environment;
use crate::code::javascript::{Goal, Target};

use super::libraries;
use super::tables::ENVIRONMENT;

/// The runtime that is assumed when nobody names one.
pub const ASSUMED: &str = "nodejs22.x";

/// One runtime with the flags it passes to Node.js.
///
/// Source: docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html, 2026-08: nodejs20.x and
/// nodejs22.x pass `--no-experimental-require-module`, nodejs22.x also
/// `--no-experimental-detect-module`, unless `NODE_OPTIONS` turns them on; nodejs24.x passes neither.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NodeVersion {
    /// Major version of Node.js.
    pub major: u32,
    /// `require` takes ECMAScript modules.
    pub require_module: bool,
    /// A `.js` file without a declared type may be either kind, by its syntax.
    pub detect_module: bool,
    /// `process.arch`.
    pub arch: &'static str,
}

impl NodeVersion {
    /// The runtime of an identifier (`nodejs22.x`); `None` when it is not one of Node.js.
    pub fn of(identifier: &str, node_options: Option<&str>, architecture: Option<&str>) -> Option<Self> {
        let major: u32 = match identifier.strip_prefix("nodejs")? {
            // `nodejs`, `nodejs4.3`, … are long gone; what they lacked is not worth a table.
            "" => 10,
            rest => rest.split('.').next()?.parse().ok()?,
        };
        let flag = |name: &str, normally: bool| {
            node_options.unwrap_or("").split_whitespace().fold(normally, |on, option| match option.strip_prefix("--") {
                Some(option) if option == name => true,
                Some(option) if option.strip_prefix("no-") == Some(name) => false,
                _ => on,
            })
        };
        Some(Self {
            major,
            require_module: flag("experimental-require-module", major >= 24) && major >= 20,
            detect_module: flag("experimental-detect-module", major >= 24) && major >= 20,
            arch: if architecture == Some("arm64") { "arm64" } else { "x64" },
        })
    }

    /// Conditions of `exports` and `imports` in package.json, for `import` or `require`.
    pub fn conditions(&self, import: bool) -> Vec<String> {
        let mut names = vec!["node-addons", "node", if import { "import" } else { "require" }, "default"];
        if self.require_module {
            names.push("module-sync");
        }
        names.into_iter().map(str::to_string).collect()
    }

    /// What constants in code are decided by, and what libraries load.
    pub fn target(&self, goal: Goal) -> Target {
        Target {
            goal,
            arch: self.arch,
            environment: Environment { platform: ENVIRONMENT, given: None },
            library_calls: libraries::CALLS,
            getters: libraries::GETTERS,
            exports_matter: false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_those_of_the_runtime_unless_turned_on() {
        let version = |id: &str, options: Option<&str>| NodeVersion::of(id, options, None).unwrap();
        assert!(!version("nodejs22.x", None).require_module);
        assert!(version("nodejs22.x", Some("--enable-source-maps --experimental-require-module")).require_module);
        assert!(version("nodejs24.x", None).require_module);
        assert!(!version("nodejs24.x", Some("--no-experimental-require-module")).require_module);
        assert_eq!(NodeVersion::of("python3.12", None, None), None);
        assert_eq!(NodeVersion::of("nodejs20.x", None, Some("arm64")).unwrap().arch, "arm64");
    }
}
