//! What the Node.js runtimes of AWS Lambda are and bring along, as tables.

use crate::code::Preset;
use crate::runtime::{self, TASK_FOLDER};

/// Modules that every supported Node.js has, with or without the prefix `node:`.
///
/// Source: `module.builtinModules` of Node.js 20.20.2, 2026-08; the same in 22 and 24.
const BUILTINS: &[&str] = &[
    "_http_agent",
    "_http_client",
    "_http_common",
    "_http_incoming",
    "_http_outgoing",
    "_http_server",
    "_stream_duplex",
    "_stream_passthrough",
    "_stream_readable",
    "_stream_transform",
    "_stream_wrap",
    "_stream_writable",
    "_tls_common",
    "_tls_wrap",
    "assert",
    "async_hooks",
    "buffer",
    "child_process",
    "cluster",
    "console",
    "constants",
    "crypto",
    "dgram",
    "diagnostics_channel",
    "dns",
    "domain",
    "events",
    "fs",
    "fs/promises",
    "http",
    "http2",
    "https",
    "inspector",
    "module",
    "net",
    "os",
    "path",
    "perf_hooks",
    "process",
    "punycode",
    "querystring",
    "readline",
    "repl",
    "stream",
    "string_decoder",
    "sys",
    "timers",
    "tls",
    "trace_events",
    "tty",
    "url",
    "util",
    "v8",
    "vm",
    "wasi",
    "worker_threads",
    "zlib",
];

/// Modules that came later: (name, first major version of a Lambda runtime that has it).
///
/// Source: the "Added in" notes of nodejs.org/api, 2026-08.
const LATER_BUILTINS: &[(&str, u32)] = &[
    ("assert/strict", 16),
    ("dns/promises", 16),
    ("inspector/promises", 20),
    ("path/posix", 16),
    ("path/win32", 16),
    ("readline/promises", 18),
    ("stream/consumers", 18),
    ("stream/promises", 16),
    ("stream/web", 18),
    ("timers/promises", 16),
    ("util/types", 16),
];

/// Modules that exist with the prefix `node:` only: (name, first major version).
///
/// Source: nodejs.org/api/modules.html#built-in-modules-with-mandatory-node-prefix, 2026-08.
const PREFIX_ONLY_BUILTINS: &[(&str, u32)] = &[("sea", 20), ("sqlite", 22), ("test", 18), ("test/reporters", 20)];

/// First major version that knows the prefix `node:` in `require` (14.18, 16.0).
const PREFIX_SINCE: u32 = 14;

/// What a name means as a built-in module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Builtin {
    /// The runtime has it.
    Present,
    /// A later Node.js has it, from this major version on.
    Later(u32),
    /// No Node.js has a module of this name behind the prefix `node:`.
    Unknown,
}

/// Looks a specifier up among the built-in modules; `None` when it can only be a package or a file.
pub fn builtin(specifier: &str, major: u32) -> Option<Builtin> {
    let since = |version: u32| if version <= major { Builtin::Present } else { Builtin::Later(version) };
    let plain = |name: &str| {
        if BUILTINS.contains(&name) {
            return Some(0);
        }
        LATER_BUILTINS.iter().find(|(own, _)| *own == name).map(|(_, version)| *version)
    };
    match specifier.strip_prefix("node:") {
        Some(name) => Some(
            plain(name)
                .map(|version| version.max(PREFIX_SINCE))
                .or_else(|| PREFIX_ONLY_BUILTINS.iter().find(|(own, _)| *own == name).map(|(_, version)| *version))
                .map_or(Builtin::Unknown, since),
        ),
        // Before it became a built-in the name could be a package.
        None => plain(specifier).map(since).filter(|found| *found == Builtin::Present),
    }
}

/// How surely the runtime brings a package itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Provided {
    /// It does.
    Yes,
    /// It lies among the dependencies of the SDK there; nobody promises that it stays.
    Perhaps,
    /// It does not.
    No,
}

/// Last major version whose runtime brings `aws-sdk` (version 2).
///
/// Source: docs.aws.amazon.com/lambda/latest/dg/lambda-nodejs.html, 2026-08.
const SDK_V2_UNTIL: u32 = 16;
/// First major version whose runtime brings `@aws-sdk/*` and `@smithy/*`.
const SDK_V3_SINCE: u32 = 18;
/// Scopes of the SDK's version 3.
const SDK_V3_SCOPES: &[&str] = &["@aws-sdk/", "@smithy/"];
/// Packages that the SDK's version 3 depends on and that lie beside it (not documented).
const BESIDE_SDK_V3: &[&str] = &["tslib", "bowser", "fast-xml-parser", "strnum", "uuid", "mnemonist", "obliterator"];
/// Scopes of such packages.
const SCOPES_BESIDE_SDK_V3: &[&str] = &["@aws-crypto/", "@aws/"];
/// Packages that version 2 depends on and that lie beside it (not documented).
const BESIDE_SDK_V2: &[&str] = &[
    "buffer",
    "events",
    "ieee754",
    "jmespath",
    "querystring",
    "sax",
    "url",
    "util",
    "uuid",
    "xml2js",
    "xmlbuilder",
    "base64-js",
    "punycode",
    "isarray",
];

/// Does the runtime bring this package?
pub fn provided(package: &str, major: u32) -> Provided {
    let scoped = |scopes: &[&str]| scopes.iter().any(|scope| package.starts_with(scope));
    if major <= SDK_V2_UNTIL {
        return match package {
            "aws-sdk" => Provided::Yes,
            name if BESIDE_SDK_V2.contains(&name) => Provided::Perhaps,
            _ => Provided::No,
        };
    }
    if major >= SDK_V3_SINCE && scoped(SDK_V3_SCOPES) {
        Provided::Yes
    } else if major >= SDK_V3_SINCE && (scoped(SCOPES_BESIDE_SDK_V3) || BESIDE_SDK_V3.contains(&package)) {
        Provided::Perhaps
    } else {
        Provided::No
    }
}

/// True for the packages of the AWS SDK, of either version.
pub fn is_sdk(package: &str) -> bool {
    package == "aws-sdk" || SDK_V3_SCOPES.iter().any(|scope| package.starts_with(scope))
}

/// Environment variables that are set in every function with Node.js.
///
/// Source: docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, 2026-08.
pub const ENVIRONMENT: &[&[Preset]] = &[runtime::ENVIRONMENT, &[("NODE_PATH", None)]];

/// Folders that are searched for bare names after every `node_modules` on the way up (`NODE_PATH`).
///
/// Source: bootstrap script of public.ecr.aws/lambda/nodejs, 2026-08.
pub fn node_path(major: u32) -> Vec<String> {
    vec![
        format!("/opt/nodejs/node{major}/node_modules"),
        "/opt/nodejs/node_modules".to_string(),
        "/var/runtime/node_modules".to_string(),
        "/var/runtime".to_string(),
        TASK_FOLDER.to_string(),
    ]
}

/// First major version whose runtime honours `NODE_PATH` for `import` too.
pub const NODE_PATH_FOR_IMPORT_SINCE: u32 = 18;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn builtins_depend_on_the_runtime() {
        assert_eq!(builtin("fs", 20), Some(Builtin::Present));
        assert_eq!(builtin("node:fs/promises", 20), Some(Builtin::Present));
        assert_eq!(builtin("node:sqlite", 20), Some(Builtin::Later(22)));
        assert_eq!(builtin("node:sqlite", 22), Some(Builtin::Present));
        assert_eq!(builtin("node:express", 22), Some(Builtin::Unknown));
        assert_eq!(builtin("test", 22), None);
        assert_eq!(builtin("express", 22), None);
    }

    #[test]
    fn the_sdk_comes_with_the_runtime() {
        assert_eq!(provided("aws-sdk", 16), Provided::Yes);
        assert_eq!(provided("aws-sdk", 20), Provided::No);
        assert_eq!(provided("@aws-sdk/client-s3", 16), Provided::No);
        assert_eq!(provided("@aws-sdk/client-s3", 22), Provided::Yes);
        assert_eq!(provided("tslib", 22), Provided::Perhaps);
        assert_eq!(provided("express", 22), Provided::No);
    }
}
