//! Where variables take their values from.

use std::sync::Arc;

use super::variables::{Found, Resolver, TOO_DEEP};
use crate::expand::{Applied, AppliedKind};
use crate::source::Origin;
use crate::syntax::{Node, Parsed};
use crate::value::Why;

/// The stage when nobody names one (Serverless Framework, "Stages", 2026-07).
const STAGE: &str = "dev";
/// The region when nobody names one (the same, "AWS provider").
const REGION: &str = "us-east-1";

/// Sources whose values stand outside the repository (Serverless Framework 4, "Variables", 2026-07, and
/// its plugins), with the reason that is counted.
const OUTSIDE: &[(&str, &str)] = &[
    ("env", "variable that the repository does not set"),
    ("ssm", "value from the parameter store"),
    ("cf", "output of another stack"),
    ("s3", "object of a bucket"),
    ("aws", "account or region of the deploy"),
    ("AWS", "pseudo parameter"),
    ("git", "state of the checkout"),
    ("vault", "value from a vault"),
    ("secrets", "secret of the framework"),
    ("terraform", "output of Terraform"),
    ("output", "output of another service"),
    ("state", "state of another service"),
    ("construct", "construct of a plugin"),
    ("doppler", "value from a vault"),
];

/// Why a source gave nothing.
pub(super) fn nothing(written: &str) -> &'static str {
    match written.split_once(':').map(|(source, _)| source) {
        Some("opt") => "option of the command line",
        Some("param") => "parameter that the deploy gives",
        Some(source) if source.starts_with("file(") => "file that is not there",
        _ => "variable that nothing defines",
    }
}

impl Resolver<'_> {
    /// The value of `source(parameters):address`.
    pub(super) fn source(&self, written: &str, origin: &Origin, depth: usize) -> Found {
        let (source, address) = split(written);
        let (name, argument) = match source.split_once('(') {
            Some((name, rest)) => (name, rest.trim_end().strip_suffix(')')),
            None => (source, None),
        };
        match name.trim() {
            "self" => self.own(address, depth),
            "opt" => Found::Nothing,
            "sls" if address == "stage" => Found::Is(self.stage(origin, depth)),
            "sls" => Found::Unknown(Why::new("value of one run of the framework")),
            "param" => self.parameter(address, origin, depth),
            "file" => self.file(argument.unwrap_or(""), address, depth),
            other => {
                let known = OUTSIDE.iter().find(|(source, _)| *source == other);
                Found::Unknown(Why::new(known.map_or("variable source that is not known", |(_, why)| why)))
            }
        }
    }

    /// What an option of the command line is when nobody gives it and the text names no other value.
    pub(super) fn implied(&self, variable: &str, origin: &Origin, depth: usize) -> Option<Applied> {
        match variable {
            "opt:stage" => Some(self.stage(origin, depth)),
            "opt:region" => Some(Applied::text_node(REGION, origin.clone())),
            _ => None,
        }
    }

    fn stage(&self, origin: &Origin, depth: usize) -> Applied {
        let written = self.root.path(&["provider", "stage"]);
        match written {
            Some(node) if !self.in_stage.replace(true) => {
                let stage = self.at(&node, depth + 1);
                self.in_stage.set(false);
                stage
            }
            _ => Applied::text_node(STAGE, origin.clone()),
        }
    }

    /// An address in the service.
    fn own(&self, address: &str, depth: usize) -> Found {
        self.below(&self.root, address, depth)
    }

    /// Follows names down; what stands on the way may be a variable itself.
    fn below(&self, root: &Node<'_>, address: &str, depth: usize) -> Found {
        let mut at = root.clone();
        let mut names = address.split('.').filter(|name| !name.is_empty());
        while let Some(name) = names.next() {
            if at.text().is_some_and(|text| text.contains("${")) {
                let applied = self.at(&at, depth + 1);
                return follow(applied, std::iter::once(name).chain(names));
            }
            let next = match name.parse::<usize>() {
                Ok(index) if at.is_sequence() => at.items().into_iter().nth(index),
                _ => at.get(name),
            };
            match next {
                Some(next) => at = next,
                None => return Found::Nothing,
            }
        }
        Found::Is(self.at(&at, depth + 1))
    }

    /// `params: {default: …, <stage>: …}`, or `stages: {<stage>: {params: …}}`.
    fn parameter(&self, name: &str, origin: &Origin, depth: usize) -> Found {
        let stage = self.stage(origin, depth);
        let Some(stage) = stage.known() else { return Found::Unknown(Why::new("stage that is not known")) };
        for stage in [stage, "default"] {
            for path in [&["params", stage][..], &["stages", stage, "params"][..]] {
                if let Some(node) = self.root.path(path).and_then(|node| node.get(name)) {
                    return Found::Is(self.at(&node, depth + 1));
                }
            }
        }
        Found::Nothing
    }

    /// A file of the repository, or a part of it.
    fn file(&self, written: &str, address: &str, depth: usize) -> Found {
        let written = written.trim().trim_matches(['\'', '"']);
        let Some(path) = self.folder.join(written) else {
            return Found::Unknown(Why::new("file outside the repository"));
        };
        let format = path.extension().unwrap_or_default();
        let parsed: Arc<Parsed> = match (self.inputs.extract(&path), format.as_str()) {
            (Some(extract), "yml" | "yaml" | "json") if !extract.parsed.documents.is_empty() => {
                Arc::clone(&extract.parsed)
            }
            (_, "yml" | "yaml" | "json") => {
                let parse = if format == "json" { crate::syntax::json::read } else { crate::syntax::yaml::read };
                let read = || self.inputs.text(&path).map(|(source, text)| Arc::new(parse(&source, &text)));
                let known = self.read.borrow_mut().entry(path.clone()).or_insert_with(read).clone();
                let Some(parsed) = known else { return Found::Nothing };
                parsed
            }
            (_, "js" | "cjs" | "mjs" | "ts") => {
                return Found::Unknown(Why::new("value that code makes"));
            }
            _ => return Found::Unknown(Why::new("file of a kind that is not read")),
        };
        let Some(document) = parsed.documents.first() else {
            return Found::Unknown(Why::new("file that cannot be read"));
        };
        self.below(&document.root(), address, depth)
    }
}

/// `source` and `address` of `source:address`; the colon stands behind the parameters.
fn split(written: &str) -> (&str, &str) {
    let from = match written.find('(') {
        Some(open) if !written[..open].contains(':') => written.rfind(')').unwrap_or(open),
        _ => 0,
    };
    match written[from..].find(':') {
        Some(colon) => (&written[..from + colon], written[from + colon + 1..].trim()),
        None => (written, ""),
    }
}

fn follow<'n>(applied: Applied, names: impl Iterator<Item = &'n str>) -> Found {
    let mut at = &applied;
    for name in names {
        if let AppliedKind::Unknown(why) = &at.kind {
            return Found::Unknown(why.clone());
        }
        let next = match name.parse::<usize>() {
            Ok(index) if at.is_sequence() => at.items().get(index),
            _ => at.get(name),
        };
        match next {
            Some(next) => at = next,
            None => return Found::Nothing,
        }
    }
    match &at.kind {
        AppliedKind::Unknown(why) if *why.0 == *TOO_DEEP => Found::Unknown(why.clone()),
        _ => Found::Is(at.clone()),
    }
}
