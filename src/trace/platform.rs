//! Which platform a package is for.

use super::PackageRequest;
use crate::runtime::node::{ASSUMED, NodeVersion};
use crate::runtime::python::{self, PythonVersion};
use crate::source::TreePath;
use crate::value::Why;

/// A platform, or why nothing can be said for it.
pub(super) enum Platform {
    /// Node.js; true when the version is assumed.
    Node(NodeVersion, bool),
    /// Python; true when the version is assumed.
    Python(PythonVersion, bool),
    /// A custom runtime; true when that is assumed.
    Provided(bool),
    /// Java.
    Java,
    /// Another one.
    NotJudged {
        /// `python`, `java`, …; empty when it cannot be told.
        name: &'static str,
        /// Why it is not judged.
        why: Why,
    },
}

/// Runtime identifiers of other platforms begin with these.
const OTHERS: [&str; 6] = ["python", "java", "dotnet", "ruby", "go", "provided"];

/// The platform of a package: by its runtime, else by what lies in it.
pub(super) fn of(request: &PackageRequest) -> Platform {
    let node = |identifier: &str| {
        NodeVersion::of(identifier, request.variable("NODE_OPTIONS"), request.architecture.as_deref())
    };
    if let Some(runtime) = &request.runtime {
        if let Some(version) = node(runtime) {
            return Platform::Node(version, false);
        }
        if let Some(version) = PythonVersion::of(runtime, request.architecture.as_deref()) {
            return Platform::Python(version, false);
        }
        if matches!(&**runtime, "provided" | "provided.al2" | "provided.al2023") {
            return Platform::Provided(false);
        }
        if runtime.starts_with("java") {
            return Platform::Java;
        }
        return match OTHERS.into_iter().find(|name| runtime.starts_with(name)) {
            Some(name) => not_judged(name),
            None => Platform::NotJudged { name: "", why: Why::new("runtime is not known") },
        };
    }
    match by_content(request) {
        Some("node") => node(ASSUMED).map_or_else(|| not_judged("node"), |version| Platform::Node(version, true)),
        Some("python") => PythonVersion::of(&python_of(request), request.architecture.as_deref())
            .map_or_else(|| not_judged("python"), |version| Platform::Python(version, true)),
        Some("provided") => Platform::Provided(true),
        Some("java") => Platform::Java,
        Some(name) => not_judged(name),
        None => {
            Platform::NotJudged { name: "", why: Why::new("no runtime is named and nothing in the package tells it") }
        }
    }
}

fn not_judged(name: &'static str) -> Platform {
    Platform::NotJudged { name, why: Why::new(format!("{name} packages are not looked into yet")) }
}

/// The runtime that a Python package looks built for, else the one that is assumed.
fn python_of(request: &PackageRequest) -> String {
    let entries = request.package.tree.list().map(|(entries, _)| entries).unwrap_or_default();
    let names: Vec<_> = entries.iter().map(|entry| entry.path.file_name()).collect();
    python::built_for(names.iter().map(|name| &**name))
        .map_or_else(|| python::ASSUMED.to_owned(), |minor| format!("python3.{minor}"))
}

/// What the names at the root of a package tell.
fn by_content(request: &PackageRequest) -> Option<&'static str> {
    let names = request.package.tree.names(&TreePath::root());
    let any = |test: &dyn Fn(&[u8]) -> bool| names.iter().any(|name| test(name));
    let ends = |endings: &'static [&'static str]| {
        move |name: &[u8]| endings.iter().any(|ending| name.ends_with(ending.as_bytes()))
    };
    if any(&|name| name == b"package.json" || name == b"node_modules") || any(&ends(&[".js", ".mjs", ".cjs"])) {
        Some("node")
    } else if any(&ends(&[".py", ".dist-info"])) {
        Some("python")
    } else if any(&|name| name == b"bootstrap") {
        Some("provided")
    } else {
        let java = any(&ends(&[".class", ".jar"])) || any(&|name| name == b"META-INF");
        (java || request.handler.as_deref().is_some_and(|handler| handler.contains("::"))).then_some("java")
    }
}
