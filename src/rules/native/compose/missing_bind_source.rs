//! A host path that is mounted is not there.

use std::collections::HashSet;

use crate::diagnostic::{Argument, Doubt};
use crate::facts::{Lookup, Mount};
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// Extensions of files that programs are given by mounts.
const FILE_EXTENSIONS: &[&str] = &[
    "conf",
    "config",
    "cfg",
    "cnf",
    "ini",
    "json",
    "yml",
    "yaml",
    "toml",
    "xml",
    "properties",
    "env",
    "sh",
    "bash",
    "sql",
    "pem",
    "crt",
    "cer",
    "cert",
    "key",
    "pub",
    "txt",
    "js",
    "mjs",
    "cjs",
    "ts",
    "py",
    "rb",
    "php",
    "html",
    "htm",
    "lua",
    "rules",
    "list",
    "repo",
    "template",
    "tmpl",
    "tpl",
    "csv",
    "md",
    "jar",
    "war",
    "so",
    "acl",
    "vcl",
    "hcl",
    "pl",
    "p12",
    "jks",
    "keytab",
    "license",
    "lic",
    "cql",
    "graphql",
    "prisma",
    "lock",
    "service",
    "htpasswd",
    "log",
];

/// Files without an extension.
const FILE_NAMES: &[&str] = &[
    "Caddyfile",
    "Dockerfile",
    "Makefile",
    "Procfile",
    "Gemfile",
    "Rakefile",
    "Pipfile",
    "hosts",
    "passwd",
    "crontab",
    "Corefile",
    ".env",
    ".npmrc",
    ".htpasswd",
    ".bashrc",
    ".gitconfig",
    ".pgpass",
    ".my.cnf",
];

/// Reports bind mounts whose source is absent.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    // An anchor gives the same lines to several services: one place, one finding.
    let mut seen = HashSet::new();
    for (_, mount) in graph.each::<Mount>() {
        let Lookup::Absent { generated, near, above } = &mount.source.found else { continue };
        let (Some(source), Some(path)) = (mount.source.written.get(), &mount.source.resolved) else { continue };
        let origin = &mount.source.written.origin;
        if !seen.insert((origin.source.clone(), origin.span)) {
            continue;
        }
        let target = mount.target.get().map_or("", String::as_str);
        let case = if above.is_some() {
            // `--project-directory` moves the folder that paths start from.
            "project-directory"
        } else if mount.required {
            "refused"
        } else if is_file(source) || (!source.ends_with('/') && is_file(target)) {
            "file"
        } else {
            "folder"
        };
        let service = graph.facts[mount.container].name.get().map_or("?", String::as_str);
        let mut finding = context
            .finding(&mount.place)
            .at(&mount.source.written.origin)
            .case(case)
            .value(path.to_string())
            .name("service", service)
            .with("path", Argument::Path(path.clone()))
            .with("target", Argument::quoted(target))
            .with(
                "near",
                Argument::words(near.as_ref().map_or(String::new(), |near| format!(" (did you mean {near}?)"))),
            );
        if let Some(above) = above {
            finding = finding.with("above", Argument::Path(above.clone()));
        }
        if *generated {
            finding = finding.doubt(Doubt::Generated);
        }
        sink.report(finding);
    }
}

/// Does the path look like that of a file?
fn is_file(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let extension = name.rsplit_once('.').filter(|(stem, _)| !stem.is_empty()).map(|(_, extension)| extension);
    FILE_NAMES.contains(&name)
        || extension.is_some_and(|extension| FILE_EXTENSIONS.contains(&extension.to_ascii_lowercase().as_str()))
}
