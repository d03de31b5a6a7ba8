//! Services whose selector matches no pod of their release.

use crate::diagnostic::Doubt;
use crate::facts::{Id, Service, Workload};
use crate::graph::{CONTROLLER_LABELS, Graph, is_slip, same_namespace, selects};
use crate::rules::{Finding, RuleContext, Sink};
use crate::source::Origin;
use crate::value::{Answer, Entry, Why};

/// Workloads that end: nobody offers a Service of them.
const ENDING: &[&str] = &["Job", "CronJob"];
/// Most workloads with which one selector is compared: the work stays in proportion to a set of thousands,
/// and no set that people write comes near.
const COMPARED: usize = 400;

/// `k8s/service-selects-nothing`: judged where the set has workloads in the Service's namespace, so
/// that it is seen what the selector could have meant.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    for (_, service) in graph.each::<Service>().filter(|(_, service)| service.technology == "k8s") {
        let Some(selector) = &service.selector else { continue };
        let by_controller = |entry: &Entry| CONTROLLER_LABELS.contains(&entry.name.as_str());
        let is_external_name = service.kind.get().is_some_and(|kind| kind == "ExternalName");
        let name = service.name.get().map_or("", String::as_str);
        if is_external_name || selector.items.iter().any(by_controller) || graph.is_external(name) {
            continue;
        }
        if !graph.selected_by(service).is_empty() {
            continue;
        }
        let candidates: Vec<&Workload> = graph
            .each_in::<Workload>(service.place.set)
            .map(|(_, workload)| workload)
            .filter(|workload| same_namespace(&service.namespace, &workload.namespace) != Answer::False)
            .filter(|workload| !workload.kind.get().is_some_and(|kind| ENDING.contains(&kind.as_str())))
            .collect();
        // Without any workload the set is only a part of what is applied: the pods may come from any other.
        if !candidates.is_empty() || is_served_nowhere(graph, service) {
            sink.report(judge(graph, context, service, &selector.items, &candidates));
        }
    }
}

fn judge(
    graph: &Graph,
    context: &RuleContext<'_>,
    service: &Service,
    selector: &[Entry],
    candidates: &[&Workload],
) -> Finding {
    let closest = candidates
        .iter()
        .take(COMPARED)
        .map(|workload| Comparison::of(service, selector, workload))
        .min_by_key(|comparison| (!comparison.is_near, comparison.mismatches.len()));
    let wrong = closest.as_ref().and_then(|comparison| comparison.mismatches.first());
    let entry = wrong.map(|mismatch| mismatch.wanted).or(selector.first());
    let at = entry.map_or(&service.place.origin, |entry| &entry.value.origin);
    let finding = context
        .finding(&service.place)
        .at(at)
        .name("service", service.name.get().cloned().unwrap_or_default())
        .name("wanted", pairs(selector))
        .value(pairs(selector));
    let elsewhere = elsewhere(graph, service);
    match (closest, elsewhere) {
        (Some(near), _) if near.is_near => {
            // Somebody has exactly these labels, so it is less sure that others were meant.
            let finding = match elsewhere {
                Some(_) => finding.doubt(Doubt::OpenSet(Why::new("pods of another release have these labels"))),
                None => finding,
            };
            let actual = near.mismatches.first().map_or_else(String::new, |mismatch| mismatch.actual.clone());
            let origin = near.mismatches.first().and_then(|mismatch| mismatch.origin.as_ref());
            finding
                .case("near-miss")
                .other(&near.workload.place.path)
                .related(origin.unwrap_or(&near.workload.place.origin), "these pods have {actual}")
                .name("kind", near.workload.kind.get().cloned().unwrap_or_default())
                .name("workload", near.workload.name.get().cloned().unwrap_or_default())
                .name("actual", actual)
        }
        (_, Some(id)) => {
            let workload = &graph.facts[id];
            finding
                .case("elsewhere")
                .related(&workload.place.origin, "its pods have these labels")
                .name("kind", workload.kind.get().cloned().unwrap_or_default())
                .name("workload", workload.name.get().cloned().unwrap_or_default())
        }
        _ => finding.case("absent"),
    }
}

/// `a=1, b=2`
fn pairs(selector: &[Entry]) -> String {
    let pair = |entry: &Entry| format!("{}={}", entry.name, entry.value.get().map_or("?", String::as_str));
    selector.iter().map(pair).collect::<Vec<_>>().join(", ")
}

/// A selector beside the labels of one workload.
struct Comparison<'g> {
    workload: &'g Workload,
    mismatches: Vec<Mismatch<'g>>,
    /// These pods were meant.
    is_near: bool,
}

struct Mismatch<'g> {
    wanted: &'g Entry,
    /// What the pods have instead, in words.
    actual: String,
    origin: Option<Origin>,
}

impl<'g> Comparison<'g> {
    fn of(service: &Service, selector: &'g [Entry], workload: &'g Workload) -> Self {
        let mut out = Self { workload, mismatches: Vec::new(), is_near: true };
        for wanted in selector {
            let Some(text) = wanted.value.get() else { continue };
            let same_key = workload.labels.entry(&wanted.name);
            if same_key.is_some_and(|label| label.value.equals(text) != Answer::False) {
                continue;
            }
            // The same value under another key: `app` here, `app.kubernetes.io/name` there.
            let same_value = || workload.labels.items.iter().find(|label| label.value.equals(text) == Answer::True);
            let found = same_key.or_else(same_value);
            out.is_near &= match (same_key, found) {
                (Some(label), _) => is_meant(service, workload, text, label.value.get().map_or("", String::as_str)),
                (None, found) => found.is_some(),
            };
            out.mismatches.push(Mismatch {
                wanted,
                actual: match found {
                    Some(label) => format!("`{}`", pairs(std::slice::from_ref(label))),
                    None => format!("no label `{}`", wanted.name),
                },
                origin: found.map(|label| label.value.origin.clone()),
            });
        }
        out
    }
}

/// Were pods with this label value meant, although the selector asks for another? When one is a slip
/// of the other, or when the Service bears the name of the label or of the workload.
fn is_meant(service: &Service, workload: &Workload, wanted: &str, actual: &str) -> bool {
    let service_name = service.name.get().map_or("", String::as_str);
    let workload_name = workload.name.get().map_or("", String::as_str);
    is_slip(wanted, actual) || service_name == actual || service_name == workload_name || wanted == workload_name
}

/// True when the repository has workloads and the pods of none are selected.
fn is_served_nowhere(graph: &Graph, service: &Service) -> bool {
    let mut workloads = graph.each::<Workload>().filter(|(_, workload)| workload.technology == "k8s").peekable();
    workloads.peek().is_some() && workloads.all(|(_, workload)| selects(service, workload) == Answer::False)
}

/// A workload of another set whose pods it would select. A set with a Service of the same name is a
/// copy of this one, and its pods are its own.
fn elsewhere(graph: &Graph, service: &Service) -> Option<Id<Workload>> {
    let is_copy = |workload: &Workload| {
        graph.each_in::<Service>(workload.place.set).any(|(_, other)| {
            other.name.get() == service.name.get()
                && same_namespace(&other.namespace, &service.namespace) != Answer::False
        })
    };
    graph
        .each::<Workload>()
        .filter(|(_, workload)| workload.technology == "k8s" && workload.place.set != service.place.set)
        .find(|(_, workload)| {
            matches!(selects(service, workload), Answer::True | Answer::Sometimes(_)) && !is_copy(workload)
        })
        .map(|(id, _)| id)
}
