//! Functions whose code folder is source: what of their imports the manifests of the repository know.

use super::Settings;
use crate::facts::{Fact, Function, Id, Lookup, UndeclaredImport};
use crate::graph::Graph;
use crate::source::TreePath;
use crate::trace::{SourceRequest, is_judged, undeclared};
use crate::tree::Tree;
use crate::value::{Answer, Value};

/// Looks into the source of functions, where a rule asks for it; what is found joins the graph.
pub fn look(graph: &mut Graph, tree: &dyn Tree, paths: &[TreePath], settings: &Settings<'_>) {
    let mut rules = settings.registry.rules().filter(|rule| (settings.wanted)(rule));
    if !rules.any(|rule| rule.front.subject.as_ref().is_some_and(|subject| **subject == *UndeclaredImport::KIND)) {
        return;
    }
    let requests: Vec<SourceRequest> =
        graph.each::<Function>().filter_map(|(id, function)| request(graph, id, function)).collect();
    let found = undeclared(tree, paths, &requests);
    for (id, why) in found.undecided {
        graph.facts[id].source_unread = Some(why);
    }
    graph.facts.undeclared_imports.extend(found.imports);
}

fn request(graph: &Graph, id: Id<Function>, function: &Function) -> Option<SourceRequest> {
    let folder = function.code.resolved.as_ref().filter(|_| function.code.found == Lookup::Folder)?;
    // What a build left is no source.
    if function.package.as_ref() == Some(folder) {
        return None;
    }
    let known = |value: &Value<String>| value.get().cloned();
    let environment = &function.environment;
    let python_path = match environment.entry("PYTHONPATH") {
        Some(entry) => known(&entry.value).map(|folders| folders.split(':').map(str::to_owned).collect()),
        None => Some(Vec::new()),
    };
    Some(SourceRequest {
        function: id,
        set: function.place.set,
        folder: folder.clone(),
        project: graph.set_of(&function.place).root.parent(),
        handler: known(&function.handler)?,
        runtime: known(&function.runtime).filter(|runtime| is_judged(runtime))?,
        python_path,
        has_layers: !function.layers.items.is_empty() || function.layers.open.is_some(),
        is_built: function.built != Answer::False,
    })
}
