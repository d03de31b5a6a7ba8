//! What `sam build` left beside a template: a folder for each function, and a template that names them.
//!
//! Source: AWS SAM CLI, `samcli/commands/build` (`.aws-sam/build`, one folder for all functions with the same
//! code and runtime, paths relative to the built template), 2026-07.

use std::collections::BTreeMap;

use crate::facts::{Function, Id, Lookup};
use crate::graph::Graph;
use crate::source::{ContentId, Source, TreePath};
use crate::syntax::{Node, yaml};
use crate::tree::{EntryKind, Tree};
use crate::value::{Content, Value, Why};

/// Where `sam build` writes when nobody says otherwise.
const BUILD: &str = ".aws-sam/build";
/// Largest built template, bytes.
const TEMPLATE: u64 = 4 << 20;
/// Most templates of one build: nested applications are built with the template that names them.
const TEMPLATES: usize = 100;
/// Properties that name the template of a nested application.
const NESTED: [&str; 2] = ["Location", "TemplateURL"];

/// Functions of one template that a build may have made.
type Templates = BTreeMap<TreePath, Vec<Id<Function>>>;

/// Notes the built folders of functions and layers.
pub(super) fn note(graph: &mut Graph, tree: &dyn Tree) {
    let mut templates = Templates::new();
    for (id, function) in graph.each::<Function>() {
        if function.technology == "sam" && function.package.is_none() && is_built_from_source(function) {
            templates.entry(graph.set_of(&function.place).root.clone()).or_default().push(id);
        }
    }
    for (template, functions) in templates {
        let Some(build) = Build::find(tree, &template, functions.iter().map(|id| &*graph.facts[*id].id)) else {
            continue;
        };
        for id in functions {
            build.note(&mut graph.facts[id], tree);
        }
    }
}

/// Its code is a folder or a path that a build turns into one: neither a finished archive nor an image.
fn is_built_from_source(function: &Function) -> bool {
    match (&function.code.found, &function.code.resolved) {
        (Lookup::NotJudged(why), _) => !matches!(&*why.0, "container image" | "inline code" | "code in a bucket"),
        (_, Some(path)) => !super::open::is_archive(path),
        (_, None) => true,
    }
}

/// What `sam build` made of one template.
struct Build {
    /// The folder of the built template, from which it names its code.
    folder: TreePath,
    /// Code of functions, from the root of the tree.
    code: BTreeMap<String, TreePath>,
    /// Layers of functions in order, from the root of the tree; `None` for those that lie elsewhere.
    layers: BTreeMap<String, Vec<Option<TreePath>>>,
    /// Built templates of nested applications.
    nested: Vec<TreePath>,
}

impl Build {
    /// The output beside a template, or beside a folder above it, that has the same functions.
    fn find<'f>(tree: &dyn Tree, template: &TreePath, functions: impl Iterator<Item = &'f str>) -> Option<Self> {
        let functions: Vec<&str> = functions.collect();
        let own = template.parent();
        let (mut builds, above) = own.ancestors().find_map(|above| Some((Self::all(tree, &above)?, above)))?;
        let is_beside = above == own;
        let has_all = |index: &usize| {
            let build = &builds[*index];
            let has = |name: &&str| {
                build.code.contains_key(*name) || *index == 0 && is_beside && build.has_folder(tree, name)
            };
            functions.iter().all(has)
        };
        // Of nested applications with the same functions none can be told from the others.
        let mut nested = (1..builds.len()).filter(has_all);
        let fitting = match (has_all(&0), nested.next(), nested.next()) {
            (false, Some(only), None) => only,
            (is_first, ..) if is_first || is_beside => 0,
            _ => return None,
        };
        Some(builds.swap_remove(fitting))
    }

    /// The output for a template in a folder, and after it that for the applications nested in it.
    fn all(tree: &dyn Tree, above: &TreePath) -> Option<Vec<Self>> {
        let folder = above.join(BUILD)?;
        if !is_folder(tree, &folder) {
            return None;
        }
        let mut templates = vec![folder.child(b"template.yaml")];
        let mut builds = Vec::new();
        while let Some(template) = templates.get(builds.len()).cloned() {
            let build = Self::read(tree, &template);
            for nested in &build.nested {
                if nested.is_under(&folder) && templates.len() < TEMPLATES && !templates.contains(nested) {
                    templates.push(nested.clone());
                }
            }
            builds.push(build);
        }
        Some(builds)
    }

    fn read(tree: &dyn Tree, template: &TreePath) -> Self {
        let folder = template.parent();
        let (code, layers) = (BTreeMap::new(), BTreeMap::new());
        let mut build = Self { folder: folder.clone(), code, layers, nested: Vec::new() };
        let text = tree.read(template, TEMPLATE).unwrap_or_default();
        let source = Source::new(template.clone(), ContentId::of(&text));
        let parsed = yaml::read_without_schemas(&source, &String::from_utf8_lossy(&text));
        let resources = parsed.documents.first().and_then(|document| document.root().get("Resources"));
        for (name, resource) in resources.iter().flat_map(Node::entries) {
            let Some(name) = name.text().map(str::to_owned) else { continue };
            let Some(properties) = resource.get("Properties") else { continue };
            let path = |node: Node<'_>| folder.join(node.text()?);
            build.nested.extend(NESTED.iter().filter_map(|key| path(properties.get(key)?)));
            let code = properties.get("CodeUri").or_else(|| properties.get("Code"));
            if let Some(path) = code.and_then(path) {
                build.code.insert(name.clone(), path);
            }
            if let Some(list) = properties.get("Layers") {
                let path = |node: Node<'_>| {
                    let resource = resources.as_ref()?.get(reference(&node)?)?;
                    let properties = resource.get("Properties")?;
                    path(properties.get("ContentUri").or_else(|| properties.get("Content"))?)
                };
                build.layers.insert(name, list.items().into_iter().map(path).collect());
            }
        }
        build
    }

    fn has_folder(&self, tree: &dyn Tree, name: &str) -> bool {
        is_folder(tree, &self.folder.child(name.as_bytes()))
    }

    fn note(&self, function: &mut Function, tree: &dyn Tree) {
        let by_name = self.folder.child(function.id.as_bytes());
        let path = self.code.get(&function.id).cloned().unwrap_or(by_name);
        // What a build left where it was is source still.
        if !path.is_under(&self.folder) || path == self.folder || tree.resolve(&path).is_none() {
            return;
        }
        function.package = Some(path);
        let Some(layers) = self.layers.get(&function.id) else { return };
        if layers.len() != function.layers.items.len() {
            return;
        }
        for (layer, built) in function.layers.items.iter_mut().zip(layers) {
            let path = built.as_ref().filter(|path| path.is_under(&self.folder) && tree.resolve(path).is_some());
            if let Some(path) = path.and_then(|path| path.as_str()) {
                *layer = Value::known(path.to_owned(), layer.origin.clone());
            } else if matches!(layer.content, Content::Ref(_)) {
                let why = Why::new("layer that a build step makes");
                layer.content = Content::Unknown(why);
            }
        }
    }
}

fn is_folder(tree: &dyn Tree, path: &TreePath) -> bool {
    tree.resolve(path).is_some_and(|stat| stat.kind == EntryKind::Folder)
}

/// The resource that `!Ref X` or `Ref: X` names.
fn reference<'n>(node: &Node<'n>) -> Option<&'n str> {
    if node.tag() == Some("!Ref") { node.text() } else { node.get("Ref")?.text() }
}
