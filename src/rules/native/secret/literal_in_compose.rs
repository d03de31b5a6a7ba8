//! A compose file carries a credential in clear text.

use std::collections::BTreeMap;

use crate::diagnostic::Argument;
use crate::facts::{Credential, Environment};
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};
use crate::scope::{environment_of, is_dev_like};
use crate::source::{Source, TreePath};

/// Reports literal credentials; the same one under the same name in one file is one finding.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    let mut groups: BTreeMap<(&Source, &str, &str), Vec<&Credential>> = BTreeMap::new();
    for (_, credential) in graph.each::<Credential>().filter(|(_, credential)| is_literal(credential)) {
        let key = (&credential.place.origin.source, credential.key.as_str(), credential.secret.expose());
        groups.entry(key).or_default().push(credential);
    }
    for ((source, key, secret), mut places) in groups {
        places.sort_by_key(|credential| credential.place.origin.span);
        let Some(first) = places.first() else { continue };
        let case = if is_for_development(graph, source.path()) { "dev" } else { "literal" };
        let kind = if first.strength == "weak" { "a well-known or short password" } else { "a literal credential" };
        let service = first.variable.and_then(|id| graph.facts[id].container);
        let service = service.and_then(|id| graph.facts[id].name.get()).map_or("?", String::as_str);
        let mut finding = context
            .finding(&first.place)
            .case(case)
            .name("key", key)
            .name("service", service)
            .with("kind", Argument::words(kind))
            .with("secret", Argument::secret(secret));
        for other in &places[1..] {
            finding = finding.related(&other.place.origin, "the same value stands here");
        }
        sink.report(finding);
    }
}

fn is_literal(credential: &Credential) -> bool {
    credential.technology == "compose"
        && credential.given != "file"
        && matches!(credential.form, "literal" | "url")
        && matches!(credential.strength, "weak" | "strong")
}

/// Made for a developer's machine: its path says so, or a file beside it is the one for production.
fn is_for_development(graph: &Graph, path: &TreePath) -> bool {
    let is_prod =
        |path: &TreePath| environment_of(path).is_some_and(|(environment, _)| environment == Environment::Prod);
    let names_prod = |path: &TreePath| is_prod(&TreePath::new(path.file_name().as_bytes()));
    let has_prod_sibling = || {
        let files = graph.sets.iter().filter(|set| set.technology == "compose").flat_map(|set| &set.files);
        files.filter(|file| *file != path && file.parent() == path.parent()).any(names_prod)
    };
    is_dev_like(path) || (!names_prod(path) && has_prod_sibling())
}
