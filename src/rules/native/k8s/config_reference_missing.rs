//! ConfigMaps and Secrets that pods ask for and nothing makes.

use std::collections::BTreeMap;

use crate::diagnostic::{Argument, LogicalPath};
use crate::facts::{ConfigObject, ConfigReference, Place, SetId, Workload};
use crate::graph::{Graph, is_slip, near_miss, same_namespace};
use crate::rules::{Finding, RuleContext, Sink};
use crate::value::Answer;

/// Objects that every cluster has (`kube-root-ca.crt` in each namespace since Kubernetes 1.20; the
/// trust bundles of OpenShift; 2026-07), and the tokens that clusters before 1.24 made.
const ALWAYS_THERE: &[(&str, &str)] = &[
    ("ConfigMap", "kube-root-ca.crt"),
    ("ConfigMap", "openshift-service-ca.crt"),
    ("ConfigMap", "extension-apiserver-authentication"),
];
const DEFAULT_TOKEN: &str = "default-token";

/// `k8s/config-reference-missing`: one finding for each object that is missing, at the first place
/// that asks for it.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    let mut missing: BTreeMap<(SetId, &str, String, &str), Vec<&ConfigReference>> = BTreeMap::new();
    let objects = Objects::of(graph);
    for (_, reference) in graph.each::<ConfigReference>() {
        let Some(name) = reference.name.get() else { continue };
        let is_needed = reference.optional.get() == Some(&false);
        if !is_needed || is_always_there(reference.kind, name) || objects.have(reference, name) {
            continue;
        }
        let namespace = reference.namespace.get().map_or("", String::as_str).to_owned();
        missing.entry((reference.place.set, reference.kind, namespace, name)).or_default().push(reference);
    }
    for ((set, kind, namespace, name), mut references) in missing {
        if graph.is_external(name) {
            continue;
        }
        // Places where the pod cannot start come before those where only a pull may fail.
        references.sort_by_key(|reference| {
            let origin = &reference.name.origin;
            (reference.used_as == "pull-secret", origin.source.clone(), origin.span)
        });
        let subject = graph.set(set).path().child(kind).child(&namespace).child(name);
        sink.report(judge(graph, &objects, context, subject, name, &references));
    }
}

fn is_always_there(kind: &str, name: &str) -> bool {
    ALWAYS_THERE.contains(&(kind, name)) || (kind == "Secret" && name.starts_with(DEFAULT_TOKEN))
}

/// Config objects of each set by name, and who asks for them; a name that is not known may be any.
#[derive(Default)]
struct Objects<'g> {
    by_name: BTreeMap<(SetId, &'g str), Vec<&'g ConfigObject>>,
    unnamed: BTreeMap<SetId, Vec<&'g ConfigObject>>,
    asked_for: BTreeMap<(SetId, &'static str, &'g str), Vec<&'g ConfigReference>>,
}

impl<'g> Objects<'g> {
    fn of(graph: &'g Graph) -> Self {
        let mut out = Self::default();
        for (_, object) in graph.each::<ConfigObject>() {
            match object.name.get() {
                Some(name) => out.by_name.entry((object.place.set, name)).or_default().push(object),
                None => out.unnamed.entry(object.place.set).or_default().push(object),
            }
        }
        for (_, reference) in graph.each::<ConfigReference>() {
            let Some(name) = reference.name.get() else { continue };
            out.asked_for.entry((reference.place.set, reference.kind, name)).or_default().push(reference);
        }
        out
    }

    fn is_asked_for(&self, object: &ConfigObject) -> bool {
        let Some(name) = object.name.get() else { return true };
        self.asked_for
            .get(&(object.place.set, object.kind, name))
            .into_iter()
            .flatten()
            .any(|reference| same_namespace(&reference.namespace, &object.namespace) != Answer::False)
    }

    fn have(&self, reference: &ConfigReference, name: &str) -> bool {
        let named = self.by_name.get(&(reference.place.set, name));
        let unnamed = self.unnamed.get(&reference.place.set);
        named.into_iter().chain(unnamed).flatten().any(|object| {
            object.kind == reference.kind
                && object.name.equals(name) != Answer::False
                && same_namespace(&object.namespace, &reference.namespace) != Answer::False
        })
    }
}

fn judge(
    graph: &Graph,
    known: &Objects<'_>,
    context: &RuleContext<'_>,
    subject: LogicalPath,
    name: &str,
    references: &[&ConfigReference],
) -> Finding {
    let first = references[0];
    let workload = &graph.facts[first.workload];
    let is_pull = first.used_as == "pull-secret";
    let mut finding = context
        .finding(&first.place)
        .about_subject(subject)
        .name("object", first.kind)
        .name("name", name)
        .name("kind", workload.kind.get().cloned().unwrap_or_default())
        .name("workload", workload.name.get().cloned().unwrap_or_default())
        .with("outcome", Argument::words(outcome(first)))
        .value(name);
    for other in references.iter().skip(1).filter(|other| other.name.origin != first.name.origin) {
        finding = finding.related(&other.name.origin, "asked for here too");
    }
    // Where the very name exists, it is right, whatever else looks like it.
    let elsewhere = elsewhere(graph, first, name);
    let near = if elsewhere.is_none() { meant(graph, known, first, name) } else { None };
    match (elsewhere, near) {
        (Some(object), _) => finding
            .case("elsewhere")
            .related(&object.place.origin, "it is made here")
            .with("path", Argument::Path(object.place.origin.source.path().clone())),
        (None, Some((object, words))) => finding
            .case(if is_pull { "pull-secret-near-miss" } else { "near-miss" })
            .other(&object.place.path)
            .related(&object.place.origin, "{near}")
            .name("near", words),
        (None, None) if is_pull => finding.case("pull-secret"),
        (None, None) => finding.case("absent"),
    }
}

/// What the kubelet will say (kubelet of Kubernetes 1.34: pkg/kubelet/kuberuntime, volume/configmap).
fn outcome(reference: &ConfigReference) -> String {
    let name = reference.name.get().map_or("", String::as_str);
    let kind = reference.kind.to_lowercase();
    match reference.used_as {
        "volume" => format!("stay in ContainerCreating: MountVolume.SetUp failed: {kind} \"{name}\" not found"),
        "pull-secret" => {
            format!("may fail to pull their images: FailedToRetrieveImagePullSecret: \"{name}\" not found")
        }
        _ => format!("fail with CreateContainerConfigError: {kind} \"{name}\" not found"),
    }
}

/// The object of the set that was meant, with what it has instead.
fn meant<'g>(
    graph: &'g Graph,
    known: &Objects<'g>,
    reference: &ConfigReference,
    name: &str,
) -> Option<(&'g ConfigObject, String)> {
    let objects: Vec<&ConfigObject> =
        graph.each_in::<ConfigObject>(reference.place.set).map(|(_, object)| object).collect();
    let same_place = |object: &ConfigObject| same_namespace(&object.namespace, &reference.namespace) != Answer::False;
    let named = |object: &ConfigObject| object.name.get().is_some_and(|own| own == name);
    // An object that nothing asks for beside a name that nothing has: one of the two is wrong. One that
    // is in use stands for itself: a ConfigMap and a Secret often bear the name of their program.
    let is_unused = |object: &ConfigObject| !known.is_asked_for(object);
    let is_free = |object: &&&ConfigObject| named(object) && object.made_by == "manifest" && is_unused(object);
    if let Some(object) = objects.iter().filter(is_free).find(|object| object.kind == reference.kind) {
        let namespace = object.namespace.get().map_or("?", String::as_str);
        return Some((object, format!("the {} of this name is in namespace `{namespace}`", object.kind)));
    }
    if let Some(object) = objects.iter().filter(is_free).find(|object| same_place(object)) {
        return Some((object, format!("a {} has this name, not a {}", object.kind, reference.kind)));
    }
    let of_kind = objects.iter().filter(|object| object.kind == reference.kind && same_place(object));
    let candidates = of_kind.filter(|object| {
        let Some(own) = object.name.get() else { return false };
        let may_be_meant = || near_miss(name, [own.as_str()]).is_some() && differs_in_letters(name, own);
        is_slip(name, own) || (may_be_meant() && is_unused(object))
    });
    let closest = candidates.min_by_key(|object| object.name.get())?;
    let own = closest.name.get().map_or("", String::as_str);
    Some((closest, format!("the set has {} `{own}`", closest.kind)))
}

fn differs_in_letters(a: &str, b: &str) -> bool {
    let letters = |text: &str| text.chars().filter(|c| !c.is_numeric()).collect::<String>();
    letters(a) != letters(b)
}

/// The object in another set. A set with the same workload is a copy of this one, and what it has is
/// its own.
fn elsewhere<'g>(graph: &'g Graph, reference: &ConfigReference, name: &str) -> Option<&'g ConfigObject> {
    let asking = &graph.facts[reference.workload];
    let is_copy = |set: SetId| {
        graph
            .each_in::<Workload>(set)
            .any(|(_, other)| other.name.get() == asking.name.get() && other.kind.get() == asking.kind.get())
    };
    let makers = graph.each::<ConfigObject>().map(|(_, object)| object).filter(|object| {
        object.place.set != reference.place.set
            && object.kind == reference.kind
            && object.name.get().is_some_and(|own| own == name)
            && same_namespace(&object.namespace, &reference.namespace) != Answer::False
            && !is_copy(object.place.set)
    });
    // The nearest one is meant most probably.
    let near_to = |object: &&ConfigObject| {
        let path = |place: &Place| place.origin.source.path().clone();
        let (own, other) = (path(&reference.place), path(&object.place));
        own.as_bytes().iter().zip(other.as_bytes()).take_while(|(a, b)| a == b).count()
    };
    makers.max_by_key(|object| (near_to(object), std::cmp::Reverse(object.place.path.clone())))
}
