//! Runs rules over the frozen graph, side by side. A rule that panics becomes a diagnostic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use rayon::prelude::*;

use super::registry::Method;
use super::{Finding, Registry, Rule, Sink};
use crate::diagnostic::{Diagnostic, Doubt, LogicalPath};
use crate::facts::Place;
use crate::graph::Graph;
use crate::measure::{Stopwatch, Timings};
use crate::value::Why;

/// What a check gets beside the graph.
pub struct RuleContext<'a> {
    /// The rule.
    pub rule: &'a Arc<Rule>,
    /// The graph.
    pub graph: &'a Graph,
}

impl RuleContext<'_> {
    /// A finding about a fact. When the rule speaks of something missing and the fact's set is open,
    /// the finding says so, and policy lowers it.
    pub fn finding(&self, place: &Place) -> Finding {
        let mut finding = Finding::about(self.rule, place);
        if self.graph.hidden.contains(&place.set) {
            let why = "the file lies on disk here but git does not have it: what is deployed may be made anew";
            finding = finding.doubt(Doubt::StaleArtifact(Why::new(why)));
        }
        match (&self.graph.set_of(place).open, self.rule.front.absence) {
            (Some(why), true) => finding.doubt(Doubt::OpenSet(why.clone())),
            _ => finding,
        }
    }
}

/// A subject that a rule could not judge.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Undecided {
    /// The rule.
    pub rule: Arc<str>,
    /// What could not be judged.
    pub subject: LogicalPath,
    /// Why.
    pub why: Why,
}

/// What one rule found, and could not judge.
type Answer = (Vec<Diagnostic>, Vec<Undecided>);

/// Runs every rule that is wanted.
pub fn run_rules(
    registry: &Registry,
    graph: &Graph,
    wanted: &(dyn Fn(&Rule) -> bool + Sync),
    timings: &mut Timings,
) -> (Vec<Diagnostic>, Vec<Undecided>) {
    let rules: Vec<&Arc<Rule>> = registry.rules().filter(|rule| wanted(rule)).collect();
    let results: Vec<(Answer, Duration)> = rules
        .par_iter()
        .map(|rule| {
            let watch = Stopwatch::start();
            let result = catch_unwind(AssertUnwindSafe(|| run_one(rule, graph)));
            (result.unwrap_or_else(|_| (failed(registry, rule), Vec::new())), watch.elapsed())
        })
        .collect();
    let mut diagnostics = Vec::new();
    let mut undecided = Vec::new();
    for (rule, ((found, open), time)) in rules.iter().zip(results) {
        timings.note_rule(rule.id.as_str(), time);
        diagnostics.extend(found);
        undecided.extend(open);
    }
    (diagnostics, undecided)
}

fn run_one(rule: &Arc<Rule>, graph: &Graph) -> (Vec<Diagnostic>, Vec<Undecided>) {
    let mut sink = Sink::default();
    let mut undecided = Vec::new();
    let context = RuleContext { rule, graph };
    match &rule.method {
        Method::Declarative(compiled) => compiled.evaluate(&context, &mut sink, &mut undecided),
        Method::Native(check) => {
            check(graph, &context, &mut sink);
            let id: Arc<str> = rule.id.as_str().into();
            let of = |(subject, why)| Undecided { rule: Arc::clone(&id), subject, why };
            undecided.extend(sink.undecided.drain(..).map(of));
        }
        Method::Engine => {}
    }
    (sink.diagnostics, undecided)
}

/// The panic's own words are left out: they may quote input.
fn failed(registry: &Registry, rule: &Rule) -> Vec<Diagnostic> {
    let Some(meta) = registry.get("rule/failed") else { return Vec::new() };
    let subject = LogicalPath::of_set("rule", &rule.id.as_str().into(), &[]);
    vec![Finding::of(meta, subject).name("rule", rule.id.as_str()).build()]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaks(_: &Graph, _: &RuleContext<'_>, _: &mut Sink) {
        panic!("a check that breaks off");
    }

    fn reports(_: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
        sink.report(Finding::of(context.rule, LogicalPath::of_file(&"x".into())));
    }

    #[test]
    fn a_rule_that_panics_is_a_finding_and_the_others_go_on() {
        const TEXT: &str = "---\nsummary: s\nseverity: error\nsince: 0.1.0\ncheck: engine\n---\n";
        let files = ["a/breaks", "a/reports", "rule/failed"].map(|id| (id.to_owned(), TEXT));
        let (mut registry, problems) = Registry::of(files);
        assert_eq!(problems, vec![]);
        registry.replace_method("a/breaks", Method::Native(breaks));
        registry.replace_method("a/reports", Method::Native(reports));
        let (found, _) = run_rules(&registry, &Graph::default(), &|_| true, &mut Timings::default());
        let ids: Vec<&str> = found.iter().map(|diagnostic| diagnostic.rule.as_str()).collect();
        assert_eq!(ids, ["rule/failed", "a/reports"]);
    }

    #[test]
    fn a_rule_file_that_cannot_be_read_leaves_the_others() {
        let good = "---\nsummary: s\nseverity: error\nsince: 0.1.0\ncheck: engine\n---\n";
        let bad = "---\nsumary: s\nseverity: error\nsince: 0.1.0\ncheck: engine\n---\n";
        let (registry, problems) = Registry::of([("a/good".to_owned(), good), ("a/bad".to_owned(), bad)]);
        assert_eq!(registry.rules().count(), 1);
        assert_eq!(problems.len(), 1);
        assert!(problems[0].message.contains("sumary"), "{}", problems[0].message);
        assert_eq!(&bad[problems[0].span.range()], "sumary");
    }
}
