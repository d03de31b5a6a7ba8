//! Runs rules over the frozen graph, side by side. A rule that panics becomes a diagnostic.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use rayon::prelude::*;

use super::registry::Method;
use super::{Finding, Registry, Rule, Sink};
use crate::diagnostic::{Diagnostic, Doubt, LogicalPath};
use crate::facts::Place;
use crate::graph::Graph;
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
        let finding = Finding::about(self.rule, place);
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

/// Runs every rule that is wanted.
pub fn run_rules(
    registry: &Registry,
    graph: &Graph,
    wanted: &(dyn Fn(&Rule) -> bool + Sync),
) -> (Vec<Diagnostic>, Vec<Undecided>) {
    let rules: Vec<&Arc<Rule>> = registry.rules().filter(|rule| wanted(rule)).collect();
    let results: Vec<(Vec<Diagnostic>, Vec<Undecided>)> = rules
        .par_iter()
        .map(|rule| {
            let result = catch_unwind(AssertUnwindSafe(|| run_one(rule, graph)));
            result.unwrap_or_else(|_| (failed(registry, rule), Vec::new()))
        })
        .collect();
    let mut diagnostics = Vec::new();
    let mut undecided = Vec::new();
    for (found, open) in results {
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
