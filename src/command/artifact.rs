//! `artifact`: what is inside a package, what its handler reaches, and how near the limits it is.

use std::path::Path;

use super::{Outcome, named, output_form};
use crate::cli::{ArtifactRequest, ListForm};
use crate::facts::{Artifact, SetId};
use crate::render::artifact::{Contents, File, Function, Group, Layer, Limit, Reach, Weight, json, text};
use crate::render::printable;
use crate::run::{in_pool, packages};
use crate::source::visible;
use crate::trace::{self, Kind, PackageRequest, PackageTrace, Part, Reached, inventory};
use crate::tree::{TreeError, system};

/// Why nothing can be shown.
#[derive(Debug, thiserror::Error)]
enum ArtifactError {
    /// The package, or a layer.
    #[error("cannot open {0} `{1}`: {2}")]
    Archive(&'static str, String, TreeError),
    /// Something else than a package.
    #[error("`{0}` is not a package: a .zip or .jar file or a folder is needed")]
    NoPackage(String),
    /// The thread pool.
    #[error("cannot start threads: {0}")]
    Threads(String),
}

/// The contents as text or json.
pub fn show(request: &ArtifactRequest) -> Outcome {
    // The walk needs a pool's stack, and no second thread.
    let shown = in_pool(1, || contents(request)).map_err(ArtifactError::Threads).and_then(|found| found);
    match shown {
        Ok(contents) => {
            let output = match request.form {
                ListForm::Text => text(&contents),
                ListForm::Json => json(&contents),
            };
            Outcome { output, file: request.output.clone(), form: output_form(request.form), ..Outcome::default() }
        }
        Err(error) => Outcome::refuse(format!("error: {}\n", printable(&error.to_string()))),
    }
}

fn contents(request: &ArtifactRequest) -> Result<Contents, ArtifactError> {
    let package = open("the package", &request.file)?;
    let layers = request.package.layers.iter().map(|file| open("the layer", file)).collect::<Result<Vec<_>, _>>()?;
    let asked = named::request(package, layers, &request.package, SetId(0));
    let trace = packages::guarded(&asked);
    Ok(shown(&asked, &trace, request))
}

/// The package or layer at a path of the command line.
fn open(what: &'static str, file: &Path) -> Result<Part, ArtifactError> {
    let shown = || visible(file.as_os_str().as_encoded_bytes());
    let failed = |error| ArtifactError::Archive(what, shown(), error);
    let place = system::locate(file).map_err(failed)?;
    if !system::is_package(&place) && !system::is_folder(&place) {
        return Err(ArtifactError::NoPackage(shown()));
    }
    named::open(file).map_err(failed)
}

fn shown(asked: &PackageRequest, trace: &PackageTrace, request: &ArtifactRequest) -> Contents {
    let found = inventory(&asked.package, trace);
    let layers: Vec<Layer> = asked
        .layers
        .iter()
        .zip(&request.package.layers)
        .map(|(layer, file)| Layer {
            file: visible(file.as_os_str().as_encoded_bytes()),
            weight: weight(inventory(layer, &PackageTrace::default()).whole),
        })
        .collect();
    let unzipped = layers.iter().fold(found.whole.bytes, |sum, layer| sum.saturating_add(layer.weight.bytes));
    let artifact = trace.facts.artifacts.first();
    let is_jar = request.file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("jar"));
    let with_layers = if layers.is_empty() { "unzipped" } else { "unzipped, with layers" };
    // How large a folder will be as an archive is not known.
    let direct_upload = asked.package.archive.as_ref().map(|archive| Limit {
        kind: "direct-upload",
        meaning: "archive, for direct upload",
        bytes: archive.length(),
        limit: trace::DIRECT,
    });
    let reached = found.loaded.unwrap_or_default();
    let rest = trace::Weight {
        members: found.whole.members.saturating_sub(reached.members),
        bytes: found.whole.bytes.saturating_sub(reached.bytes),
        compressed: found.whole.compressed.zip(reached.compressed).map(|(all, some)| all.saturating_sub(some)),
    };
    Contents {
        tool_version: env!("CARGO_PKG_VERSION"),
        file: visible(request.file.as_os_str().as_encoded_bytes()),
        format: match &asked.package.archive {
            None => "folder",
            Some(_) if is_jar => "jar",
            Some(_) => "zip",
        },
        function: function(asked, artifact),
        weight: weight(found.whole),
        layers,
        limits: direct_upload
            .into_iter()
            .chain([Limit {
                kind: "unzipped-with-layers",
                meaning: with_layers,
                bytes: unzipped,
                limit: trace::UNZIPPED,
            }])
            .collect(),
        reach: Reach {
            unknown: found.loaded.is_none().then(|| why_unknown(artifact)),
            reached: weight(reached),
            rest: weight(rest),
            computed: trace.computed,
            guarded: trace.guarded.len(),
            unread: trace.problems.len(),
            in_layers: trace.in_layers(),
        },
        groups: found.groups.into_iter().map(group).collect(),
        files: found.files.into_iter().map(file).collect(),
    }
}

/// How it runs, in the words of the trace.
fn function(asked: &PackageRequest, artifact: Option<&Artifact>) -> Function {
    let text = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
    let platform = artifact.map_or("", |artifact| artifact.platform);
    let runtime = artifact.and_then(|artifact| artifact.runtime.get().cloned()).or_else(|| asked.runtime.clone());
    // Only these platforms look for a handler that nobody names.
    let handler = artifact.and_then(|artifact| artifact.handler.get().cloned()).or_else(|| asked.handler.clone());
    Function {
        platform: platform.to_owned(),
        is_runtime_assumed: runtime.is_some() && asked.runtime.is_none(),
        runtime,
        architecture: asked.architecture.clone(),
        is_handler_guessed: handler.is_some() && asked.handler.is_none(),
        handler,
        handler_file: artifact.and_then(|artifact| text(&artifact.handler_file)),
        handler_problem: artifact.and_then(handler_problem),
    }
}

/// What is wrong with the handler, or why it is not known.
fn handler_problem(artifact: &Artifact) -> Option<String> {
    if !artifact.handler_error.is_empty() {
        return Some(artifact.handler_error.clone());
    }
    if let Some(why) = &artifact.not_judged {
        return Some(why.to_string());
    }
    match artifact.platform {
        "node" | "python" if artifact.handler_file.is_empty() => {
            let near = match artifact.handler_near.as_str() {
                "" => String::new(),
                near => format!(", but {near} is"),
            };
            Some(format!("{} is not in the package{near}", artifact.handler_candidates.replace(", ", " or ")))
        }
        _ => None,
    }
}

/// Why nothing is known of what is loaded.
fn why_unknown(artifact: Option<&Artifact>) -> String {
    match artifact {
        Some(artifact) => match artifact.platform {
            "java" => "classes of Java are not followed".to_owned(),
            "provided" => "a program that runs by itself is not followed".to_owned(),
            _ => handler_problem(artifact).unwrap_or_else(|| "nothing could be followed".to_owned()),
        },
        None => "nothing could be followed".to_owned(),
    }
}

fn weight(weight: trace::Weight) -> Weight {
    let trace::Weight { members, bytes, compressed } = weight;
    Weight { members, bytes, compressed }
}

fn group(group: trace::Group) -> Group {
    Group {
        kind: match group.kind {
            Kind::Npm => "npm",
            Kind::Python => "python",
            Kind::Jar => "jar",
            Kind::Own => "own",
        },
        name: group.name,
        version: Some(group.version).filter(|version| !version.is_empty()),
        places: group.places.iter().map(|place| visible(place.as_bytes())).collect(),
        weight: weight(group.weight),
        reached_weight: weight(group.loaded),
        reached: word(group.reached),
    }
}

fn file(member: trace::Member) -> File {
    File {
        path: visible(member.path.as_bytes()),
        bytes: member.bytes,
        compressed: member.compressed,
        reached: word(member.reached),
    }
}

fn word(reached: Reached) -> &'static str {
    match reached {
        Reached::Yes => "yes",
        Reached::No => "no",
        Reached::Unknown => "unknown",
    }
}
