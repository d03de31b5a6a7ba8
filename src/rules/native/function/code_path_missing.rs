//! `function/code-path-missing`

use crate::diagnostic::{Argument, Doubt, LogicalPath};
use crate::facts::{Function, Lookup};
use crate::graph::Graph;
use crate::rules::{RuleContext, Sink};
use crate::source::HopKind;
use crate::value::Why;

/// Endings of finished packages.
const PACKAGES: &[&str] = &[".zip", ".jar", ".war", ".tar.gz", ".tgz"];

/// Folders that build tools write into: Maven, Gradle, webpack, tsc, .NET, Go, SAM, Serverless, CDK.
const BUILD_FOLDERS: &[&str] =
    &["target", "dist", "build", "bin", "out", "publish", ".aws-sam", ".build", ".serverless", ".webpack", "cdk.out"];

/// Technologies that pack what other steps of a pipeline often put there first, without saying so.
const PREPARED: &[&str] = &["terraform", "serverless"];

/// What the program of a custom runtime is called, which a compiler makes (AWS Lambda, "Building a custom
/// runtime", 2026-07).
const PROGRAM: &str = "bootstrap";

/// Functions whose code is not where the template says.
pub fn check(graph: &Graph, context: &RuleContext<'_>, sink: &mut Sink) {
    for (_, function) in graph.each::<Function>() {
        let (generated, near) = match &function.code.found {
            Lookup::Absent { generated, near, .. } => (*generated, near.as_deref()),
            Lookup::NotJudged(why) if function.code.written.undecided().is_some() => {
                sink.undecided(&function.place.path, why);
                continue;
            }
            _ => continue,
        };
        let Some(path) = &function.code.resolved else { continue };
        let shown = path.to_string();
        let case = match near {
            _ if is_artifact(&shown) => "artifact",
            Some(near) if differs_in_case(&shown, near) => "case-variant",
            Some(_) => "near-miss",
            None => "absent",
        };
        let mut finding = context
            .finding(&function.place)
            .case(case)
            .at(&function.code.written.origin)
            .name("function", function.id.clone())
            .with("path", Argument::Path(path.clone()))
            .name("nearest", near.unwrap_or(""))
            .value(shown)
            .root_cause(root_cause(graph, function));
        if generated {
            finding = finding.doubt(Doubt::Generated);
        } else if case == "absent" && PREPARED.contains(&function.technology) {
            finding = finding.doubt(Doubt::Guess(Why::new("another step may put it there before the deploy")));
        }
        sink.report(finding);
    }
}

/// A path that is written once for all functions is one thing to edit.
fn root_cause(graph: &Graph, function: &Function) -> LogicalPath {
    let steps = function.code.written.origin.steps();
    if !steps.iter().any(|hop| hop.kind == HopKind::Globals) {
        return graph.without_inputs(&function.place);
    }
    let set = graph.set_of(&function.place);
    LogicalPath::of_set(set.technology, &set.root, &[]).child("Globals").child("Function").child("CodeUri")
}

/// The path, or a folder on the way to it, is there in other letters alone.
fn differs_in_case(path: &str, near: &str) -> bool {
    let (path, near) = (path.to_lowercase(), near.to_lowercase());
    path.strip_prefix(&near).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// Made by a build, so that a fresh checkout does not have it.
fn is_artifact(path: &str) -> bool {
    let lower = path.to_lowercase();
    PACKAGES.iter().any(|ending| lower.ends_with(ending))
        || lower.rsplit('/').next() == Some(PROGRAM)
        || lower.split('/').any(|name| BUILD_FOLDERS.contains(&name))
}
