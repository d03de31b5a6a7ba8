//! Rules about code that fails when it is loaded although its imports are there.

use std::collections::BTreeMap;

use super::super::finding_about;
use super::{Outcome, from_handler, with_doubts};
use crate::diagnostic::Argument;
use crate::facts::{Artifact, Id, LoadFault};
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};

/// What finds faults of syntax before anything is packed: on Python, on other platforms.
const CHECKERS: [&str; 2] = ["python -m compileall", "node --check"];
/// The same for JSON.
const JSON_CHECKER: &str = "node -p 'JSON.parse(fs.readFileSync(0))'";
/// How packages are installed for the platform that they will run on: on Python, on other platforms.
const INSTALLERS: [&str; 2] = [
    "pip install --platform manylinux2014_x86_64 --only-binary=:all: --target (aarch64 for arm64)",
    "npm install --os=linux --cpu=x64 --libc=glibc (--cpu=arm64 for arm64)",
];

fn tool(artifact: &Artifact, tools: [&'static str; 2]) -> &'static str {
    let [python, other] = tools;
    if artifact.platform == "python" { python } else { other }
}

fn checker(artifact: &Artifact, fault: &LoadFault) -> &'static str {
    if fault.file.ends_with(".json") { JSON_CHECKER } else { tool(artifact, CHECKERS) }
}

/// Package, file, name and module.
type Key<'g> = (Id<Artifact>, &'g str, &'g str, &'g str);

/// Reports the faults that bear the rule's own name ([`LoadFault::kind`]), one finding for each package, file and name.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    let kind = context.rule.id.name();
    let mut faults: BTreeMap<Key<'_>, (Outcome, &LoadFault)> = BTreeMap::new();
    for (_, fault) in graph.each::<LoadFault>().filter(|(_, fault)| fault.kind == kind) {
        let Some(outcome) = Outcome::of_fault(fault) else { continue };
        let worst = faults.entry((fault.artifact, &fault.file, &fault.name, &fault.module)).or_insert((outcome, fault));
        if outcome < worst.0 {
            *worst = (outcome, fault);
        }
    }
    for ((artifact, ..), (outcome, fault)) in faults {
        let artifact = &graph.facts[artifact];
        let mut finding = finding_about(graph, context, artifact)
            .case(outcome.case())
            .at(&fault.place.origin)
            .value(format!("{} {}", fault.file, fault.name))
            .name("file", &fault.file)
            .name("import", &fault.name)
            .name("module", &fault.module)
            .name("near", &fault.near)
            .with("error", Argument::quoted(&fault.error))
            .with("checker", Argument::words(checker(artifact, fault)))
            .with("install", Argument::words(tool(artifact, INSTALLERS)))
            .with("chain", Argument::quoted(&fault.chain));
        finding = from_handler(finding, artifact, "the handler is named here; it leads there by {chain}");
        sink.report(with_doubts(finding, artifact, fault.doubt.as_ref(), fault.guess.as_ref()));
    }
}
