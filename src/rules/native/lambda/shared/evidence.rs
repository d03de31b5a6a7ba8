//! What every finding about something that the handler leads to says beside its fault.

use super::super::guess;
use crate::diagnostic::Doubt;
use crate::facts::Artifact;
use crate::rules::Finding;
use crate::value::Why;

/// The place that names the handler, where it is another than that of the fault.
pub(in super::super) fn from_handler(finding: Finding, artifact: &Artifact, note: &'static str) -> Finding {
    let is_named_elsewhere =
        artifact.function.is_some() || artifact.place.origin.source != *artifact.place.origin.source.file();
    if is_named_elsewhere { finding.related(&artifact.place.origin, note) } else { finding }
}

/// Why it may be otherwise: the handler is a guess, something is not seen, or a part of the judgement is one.
pub(in super::super) fn with_doubts(
    finding: Finding,
    artifact: &Artifact,
    unseen: Option<&Why>,
    guessed: Option<&Why>,
) -> Finding {
    let unseen = unseen.map(|why| Doubt::OpenSet(why.clone()));
    let guessed = guessed.map(|why| Doubt::Guess(why.clone()));
    guess(artifact).into_iter().chain(unseen).chain(guessed).fold(finding, Finding::doubt)
}
