//! For machines: the form that `schemas/artifact.v1.json` describes.

use serde::Serialize;

use super::Contents;
use crate::render::words::name;

/// Name and version of the form. Within a version, fields are only added.
pub const SCHEMA: &str = "deploylint/artifact/v1";

#[derive(Serialize)]
struct Whole<'a> {
    schema: &'static str,
    tool_version: &'a str,
    file: String,
    format: &'static str,
    function: Function,
    size: Weight,
    layers: Vec<Layer>,
    limits: Vec<Limit>,
    reach: Reach,
    packages: Vec<Package>,
    largest_files: Vec<File>,
}

#[derive(Serialize)]
struct File {
    path: String,
    bytes: u64,
    compressed: Option<u64>,
    reached: &'static str,
}

#[derive(Serialize)]
struct Function {
    platform: Option<String>,
    runtime: Option<String>,
    runtime_assumed: bool,
    architecture: Option<String>,
    handler: Option<String>,
    handler_guessed: bool,
    handler_file: Option<String>,
    handler_problem: Option<String>,
}

#[derive(Serialize)]
struct Weight {
    members: usize,
    bytes: u64,
    compressed: Option<u64>,
}

#[derive(Serialize)]
struct Layer {
    file: String,
    size: Weight,
}

#[derive(Serialize)]
struct Limit {
    kind: &'static str,
    bytes: u64,
    limit: u64,
    percent: f64,
}

#[derive(Serialize)]
struct Reach {
    known: bool,
    why: Option<String>,
    reached: Option<Weight>,
    not_reached: Option<Weight>,
    in_layers: usize,
    not_followed: NotFollowed,
}

#[derive(Serialize)]
struct NotFollowed {
    computed: usize,
    guarded: usize,
    unread: usize,
}

#[derive(Serialize)]
struct Package {
    kind: &'static str,
    name: String,
    version: Option<String>,
    places: Vec<String>,
    size: Weight,
    reached: &'static str,
    reached_size: Option<Weight>,
}

impl From<super::Weight> for Weight {
    fn from(weight: super::Weight) -> Self {
        let super::Weight { members, bytes, compressed } = weight;
        Self { members, bytes, compressed }
    }
}

/// The contents as JSON, with a line break at its end. Nothing is left out, however much there is.
pub fn render(contents: &Contents) -> String {
    let text = |text: &Option<String>| text.as_deref().map(name);
    let Contents { function, reach, .. } = contents;
    let is_known = reach.unknown.is_none();
    let whole = Whole {
        schema: SCHEMA,
        tool_version: contents.tool_version,
        file: name(&contents.file),
        format: contents.format,
        function: Function {
            platform: Some(name(&function.platform)).filter(|platform| !platform.is_empty()),
            runtime: text(&function.runtime),
            runtime_assumed: function.is_runtime_assumed,
            architecture: text(&function.architecture),
            handler: text(&function.handler),
            handler_guessed: function.is_handler_guessed,
            handler_file: text(&function.handler_file),
            handler_problem: text(&function.handler_problem),
        },
        size: contents.weight.into(),
        layers: contents
            .layers
            .iter()
            .map(|layer| Layer { file: name(&layer.file), size: layer.weight.into() })
            .collect(),
        limits: contents
            .limits
            .iter()
            .map(|limit| Limit {
                kind: limit.kind,
                bytes: limit.bytes,
                limit: limit.limit,
                percent: limit.per_mille() as f64 / 10.0,
            })
            .collect(),
        reach: Reach {
            known: is_known,
            why: text(&reach.unknown),
            reached: is_known.then(|| reach.reached.into()),
            not_reached: is_known.then(|| reach.rest.into()),
            in_layers: reach.in_layers,
            not_followed: NotFollowed { computed: reach.computed, guarded: reach.guarded, unread: reach.unread },
        },
        packages: contents.groups.iter().map(|group| package(group, is_known)).collect(),
        largest_files: contents.files.iter().map(file).collect(),
    };
    // Strings, numbers and lists always serialise.
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

fn file(file: &super::File) -> File {
    File { path: name(&file.path), bytes: file.bytes, compressed: file.compressed, reached: file.reached }
}

fn package(group: &super::Group, is_known: bool) -> Package {
    Package {
        kind: group.kind,
        name: name(&group.name),
        version: group.version.as_deref().map(name),
        places: group.places.iter().map(|place| name(place)).collect(),
        size: group.weight.into(),
        reached: group.reached,
        reached_size: is_known.then(|| group.reached_weight.into()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::{File, Function, Group, Layer, Limit, Reach};
    use super::*;
    use crate::render::tests::checker::assert_schema;

    #[test]
    fn contents_are_what_the_schema_says() {
        let weight = super::super::Weight { members: 1, bytes: 2, compressed: Some(1) };
        let known = Contents {
            format: "zip",
            function: Function { runtime: Some("nodejs22.x".to_owned()), ..Function::default() },
            weight,
            layers: vec![Layer { file: "l.zip".to_owned(), weight }],
            limits: vec![Limit { kind: "direct-upload", meaning: "", bytes: 1, limit: 3 }],
            groups: vec![Group {
                kind: "npm",
                name: "a".to_owned(),
                version: None,
                places: vec!["node_modules/a".to_owned()],
                weight,
                reached_weight: weight,
                reached: "yes",
            }],
            files: vec![File { path: "index.js".to_owned(), bytes: 2, compressed: Some(1), reached: "yes" }],
            ..Contents::default()
        };
        let reach = Reach { unknown: Some("not followed".to_owned()), ..Reach::default() };
        let unknown = Contents { format: "jar", reach, ..Contents::default() };
        let outputs = [render(&known), render(&unknown)];
        assert!(outputs[0].contains("\"percent\": 33.3"));
        assert_schema(include_str!("../../../schemas/artifact.v1.json"), SCHEMA, &outputs);
    }
}
