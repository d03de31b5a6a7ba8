//! Rules about runtimes that come to their end.

use crate::diagnostic::{Argument, Doubt};
use crate::facts::RuntimeLifecycle;
use crate::graph::Graph;
use crate::rules::{Finding, RuleContext, Sink};
use crate::value::Why;

/// Reports the runtimes for which a rule has an answer.
pub fn check(
    graph: &Graph,
    context: &RuleContext<'_>,
    sink: &mut Sink,
    answer: fn(&RuntimeLifecycle) -> Option<&'static str>,
) {
    for (_, life) in graph.each::<RuntimeLifecycle>() {
        if let Some(answer) = answer(life) {
            sink.report(finding(graph, context, life).case(answer));
        }
    }
}

fn finding(graph: &Graph, context: &RuleContext<'_>, life: &RuntimeLifecycle) -> Finding {
    let finding = context.finding(&life.place);
    let finding = match life.function.map(|id| &graph.facts[id]) {
        Some(function) => {
            let name = function.name.get().unwrap_or(&function.id);
            finding.with("what", Argument::words("function")).name("name", name)
        }
        None => {
            let path = life.place.origin.source.file().path().clone();
            finding.with("what", Argument::words("package")).with("name", Argument::Path(path))
        }
    };
    let finding = finding
        .value(life.runtime.clone())
        .name("runtime", &life.runtime)
        .name("successor", if life.successor.is_empty() { &life.runtime } else { &life.successor })
        .with("deprecated", Argument::words(&life.deprecated))
        .with("create-block", Argument::words(&life.create_block))
        .with("update-block", Argument::words(&life.update_block));
    match life.announced {
        true => finding.doubt(Doubt::Guess(Why::new("days that are announced have been moved before"))),
        false => finding,
    }
}
