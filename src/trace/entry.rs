//! The artifact as a fact: platform, handler, the file that holds it.

use super::{PackageRequest, PackageTrace};
use crate::facts::{Artifact, Facts, Place};
use crate::source::{Origin, Span};
use crate::value::{Content, Value, Why};

/// The artifact of a request, nothing found out about its handler yet.
pub(super) fn artifact(request: &PackageRequest, platform: &'static str) -> Artifact {
    let whole = Origin::new(request.package.source.clone(), Span::default());
    let origin = request.handler_origin.clone().unwrap_or_else(|| whole.clone());
    let text = |value: &Option<String>, origin: &Origin| match value {
        Some(text) => Value::known(text.clone(), origin.clone()),
        None => Value::absent(origin.clone()),
    };
    Artifact {
        place: Place { set: request.set, path: request.path.clone(), origin: origin.clone() },
        function: request.function,
        shared_with: Vec::new(),
        limited: limits(request),
        platform,
        handler: text(&request.handler, &origin),
        runtime: text(&request.runtime, &whole),
        guessed: request.handler.is_none(),
        handler_file: String::new(),
        handler_candidates: String::new(),
        handler_near: String::new(),
        handler_fault: "",
        handler_exported: Value::absent(whole.clone()),
        imports_followed: Value::absent(whole.clone()),
        handler_exports: String::new(),
        handler_error: String::new(),
        not_judged: None,
    }
}

/// Why what is found is no promise: the package may be another one once it is deployed, or is not seen whole.
fn limits(request: &PackageRequest) -> Option<Why> {
    let parts = std::iter::once(&request.package).chain(&request.layers);
    request.limited.clone().or_else(|| parts.filter_map(|part| part.unseen.clone()).next())
}

/// A trace that says only why there is none.
pub(super) fn not_judged(request: &PackageRequest, platform: &'static str, why: Why) -> PackageTrace {
    let mut artifact = artifact(request, platform);
    artifact.not_judged = Some(why);
    of(artifact)
}

/// What was not followed is not decided, and is counted so.
pub(super) fn count(artifact: &mut Artifact) {
    let why = match &artifact.not_judged {
        Some(why) => why.clone(),
        None if artifact.platform == "java" => Why::new("what Java classes load is not followed"),
        None => return,
    };
    artifact.imports_followed = Value::new(Content::Unknown(why), artifact.handler.origin.clone());
}

/// A trace of a package for a custom runtime, which has no handler to look for: the platform starts
/// `bootstrap`, and that one may make of the handler what it likes.
pub(super) fn provided(request: &PackageRequest, assumed: bool) -> PackageTrace {
    of(Artifact { guessed: assumed, ..artifact(request, "provided") })
}

/// A trace that holds an artifact and nothing else.
pub(super) fn of(artifact: Artifact) -> PackageTrace {
    PackageTrace { facts: Facts { artifacts: vec![artifact], ..Facts::default() }, ..PackageTrace::default() }
}
