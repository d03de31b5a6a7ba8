//! Terraform configuration: functions, their layers and packages, with the variables and locals put in
//! that the repository gives values.
//!
//! Both notations have one shape here, that of the JSON notation. The applied document has the sections
//! `resource`, `data` and `module` as far as they concern functions, and the folder that paths start from
//! (see [`section_names`]).

mod calls;
mod evaluate;
mod text;

use std::collections::BTreeSet;
use std::sync::Arc;

pub use self::calls::{Call, Calls};
use self::evaluate::Evaluator;
use super::{Applied, AppliedDocument, AppliedKind, Expansion, Inputs};
use crate::facts::ReleaseSet;
use crate::source::{Origin, Source, TreePath};
use crate::syntax::{Node, Parsed, Problem};
use crate::tree::EntryKind;
use crate::value::Why;

/// Keys of the applied document that no configuration has.
pub mod section_names {
    /// The folder from which Terraform runs, as a path from the root of the tree.
    pub const BASE: &str = "Base";
    /// There when Terraform runs from several folders, of which `Base` is one.
    pub const OTHER_BASES: &str = "OtherBases";
    /// Archives that the caller of the folder makes, a list.
    pub const CALLERS_ARCHIVES: &str = "CallersArchives";
    /// In an archive: the file that it makes, from the root of the tree, where it is on disk.
    pub const PACKAGE: &str = "Package";
}

/// The type of archives that Terraform makes.
const ARCHIVE: &str = "archive_file";
/// Types of resources that are read.
const RESOURCES: &[&str] =
    &["aws_lambda_function", "aws_lambda_layer_version", ARCHIVE, "aws_s3_object", "aws_s3_bucket_object"];

/// Modules that make a function: the one of the registry, and where it comes from
/// (terraform-aws-modules/lambda 8, 2026-07).
const MODULES: &[&str] = &["terraform-aws-modules/lambda/aws", "terraform-aws-modules/terraform-aws-lambda"];

/// True when configuration makes a function, or calls the module that does.
pub fn has_functions(root: &Node<'_>) -> bool {
    let is_made = bodies_of(root, "resource").iter().any(|types| types.get("aws_lambda_function").is_some());
    is_made || calls(root).iter().any(|(_, node)| bodies(node).iter().any(is_function_module))
}

/// True for a call of the module that makes a function, not of one of its parts.
fn is_function_module(body: &Node<'_>) -> bool {
    let source = body.get("source").and_then(|node| node.text()).unwrap_or("");
    MODULES.iter().any(|module| source.split_once(module).is_some_and(|(_, rest)| !rest.contains("//modules/")))
}

/// Calls of modules: name and what stands under it.
pub fn calls<'d>(root: &Node<'d>) -> Vec<(Node<'d>, Node<'d>)> {
    bodies_of(root, "module").iter().flat_map(|node| node.entries()).collect()
}

/// The bodies under a name: one, or a list of them.
pub fn bodies<'d>(node: &Node<'d>) -> Vec<Node<'d>> {
    if node.is_sequence() { node.items() } else { vec![node.clone()] }
}

fn bodies_of<'d>(root: &Node<'d>, section: &str) -> Vec<Node<'d>> {
    root.get(section).map(|node| bodies(&node)).unwrap_or_default()
}

/// Expands a release set.
pub fn expand(set: &ReleaseSet, inputs: &Inputs<'_>) -> Expansion {
    let mut out = Expansion::default();
    let files = Files::read(set, inputs, &mut out);
    let own: Vec<Node<'_>> =
        files.own.iter().flat_map(|file| &file.documents).map(|document| document.root()).collect();
    let Some(first) = files.own.iter().find_map(|file| file.documents.first()) else { return out };
    let calls = inputs.module_calls();
    let callers = calls.of_module(&set.root);
    let only = callers.iter().find(|call| set.inputs.contains(&call.label()));
    let roots = match only {
        Some(call) => BTreeSet::from([call.folder()]),
        None => calls.roots_of(&set.root),
    };
    // Folders that call each other in a circle are never run.
    let base = roots.first().unwrap_or(&set.root).clone();
    let mut evaluator = Evaluator::new(relative(&base, &set.root));
    match only {
        Some(call) => {
            if let Some(body) = body(call, inputs) {
                evaluator.add_call(files.caller(&call.folder()), &body);
            }
        }
        None if !callers.is_empty() => {
            evaluator.add_callers(&callers.iter().filter_map(|call| body(call, inputs)).collect::<Vec<_>>());
        }
        None => evaluator.add_values(&set.root, &files.values),
    }
    for root in &own {
        evaluator.add_configuration(root);
    }
    let origin = Origin::new(first.source.clone(), crate::source::Span::default());
    let mut root = Applied::mapping(origin.clone());
    if let Some(base) = base.as_str() {
        root.add(section_names::BASE, Applied::text_node(base, origin.clone()));
    }
    if roots.len() > 1 {
        root.add(section_names::OTHER_BASES, Applied::text_node("true", origin.clone()));
    }
    for section in ["resource", "data"] {
        let mut types = Applied::mapping(origin.clone());
        for kind in RESOURCES {
            let mut found = Applied::mapping(origin.clone());
            for node in own.iter().flat_map(|root| bodies_of(root, section)).flat_map(|types| bodies_of(&types, kind)) {
                for (name, node) in node.entries() {
                    add(&mut found, &evaluator, &name, &node);
                }
            }
            if *kind == ARCHIVE {
                let AppliedKind::Mapping(entries) = &mut found.kind else { continue };
                entries.iter_mut().for_each(|entry| note_package(&mut entry.value, &base, inputs));
            }
            if !found.entries().is_empty() {
                types.add(kind, found);
            }
        }
        root.add(section, types);
    }
    let mut archives = evaluator.archives_of_caller();
    archives.iter_mut().for_each(|archive| note_package(archive, &base, inputs));
    root.add(
        section_names::CALLERS_ARCHIVES,
        Applied { origin: origin.clone(), kind: AppliedKind::Sequence(archives) },
    );
    let mut modules = Applied::mapping(origin.clone());
    for (name, node) in own.iter().flat_map(self::calls) {
        if bodies(&node).iter().any(is_function_module) {
            add(&mut modules, &evaluator, &name, &node);
        }
    }
    root.add("module", modules);
    out.documents.push(AppliedDocument { source: first.source.clone(), root });
    out
}

/// What stands in a call.
fn body<'a>(call: &Call, inputs: &Inputs<'a>) -> Option<Node<'a>> {
    Some(inputs.extract(&call.file)?.documents().first()?.node(call.body))
}

/// Adds the first body of a name, evaluated.
fn add(to: &mut Applied, evaluator: &Evaluator<'_>, name: &Node<'_>, node: &Node<'_>) {
    if let (Some(text), Some(body)) = (name.text(), bodies(node).first()) {
        to.push(text, name.origin(), evaluator.node(body));
    }
}

/// Says of an archive whether the file that it makes is there.
fn note_package(archive: &mut Applied, base: &TreePath, inputs: &Inputs<'_>) {
    let path = archive.get("output_path").and_then(Applied::known).and_then(|text| base.join(text));
    let is_file = |path: &TreePath| inputs.tree.resolve(path).is_some_and(|stat| stat.kind == EntryKind::File);
    if let Some(path) = path.filter(is_file).as_ref().and_then(TreePath::as_str) {
        archive.add(section_names::PACKAGE, Applied::text_node(path, archive.origin.clone()));
    }
}

/// The files of a set, read.
#[derive(Default)]
struct Files {
    /// Configuration of the folder itself.
    own: Vec<Arc<Parsed>>,
    /// Configuration that calls it as a module, with its folders.
    callers: Vec<(TreePath, Arc<Parsed>)>,
    /// Files of variable values.
    values: Vec<(TreePath, Arc<Parsed>)>,
}

impl Files {
    fn read(set: &ReleaseSet, inputs: &Inputs<'_>, out: &mut Expansion) -> Self {
        let mut files = Self::default();
        for path in &set.files {
            let Some(parsed) = parsed(path, inputs, &mut out.problems) else {
                out.open.get_or_insert(Why::new("a file of the configuration cannot be read"));
                continue;
            };
            let name = path.file_name();
            if path.extension().as_deref() == Some("tfvars") || name.ends_with(".tfvars.json") {
                files.values.push((path.clone(), parsed));
            } else if path.is_directly_in(&set.root) {
                files.own.push(parsed);
            } else {
                files.callers.push((path.parent(), parsed));
            }
        }
        files
    }

    /// What a folder that calls says itself.
    fn caller(&self, folder: &TreePath) -> Evaluator<'_> {
        let mut evaluator = Evaluator::new(".".to_owned());
        evaluator.add_values(folder, &self.values);
        let own = self.callers.iter().filter(|(other, _)| other == folder);
        for document in own.flat_map(|(_, file)| &file.documents) {
            evaluator.add_configuration(&document.root());
        }
        evaluator
    }
}

/// A file from its extract, or read now: most configuration is not read until a folder with functions
/// asks for it.
fn parsed(path: &TreePath, inputs: &Inputs<'_>, problems: &mut Vec<(Source, Problem)>) -> Option<Arc<Parsed>> {
    if let Some(extract) = inputs.extract(path)
        && !(extract.parsed.documents.is_empty() && extract.parsed.problems.is_empty())
    {
        return (!extract.parsed.documents.is_empty()).then(|| Arc::clone(&extract.parsed));
    }
    let (source, text) = inputs.text(path)?;
    let is_json = path.extension().as_deref() == Some("json");
    let read = if is_json { crate::syntax::json::read } else { crate::syntax::hcl::read };
    let parsed = read(&source, &text);
    if parsed.documents.is_empty() && !crate::syntax::template::has_opening(&text) {
        problems.extend(parsed.problems.iter().map(|problem| (source.clone(), problem.clone())));
    }
    (!parsed.documents.is_empty()).then(|| Arc::new(parsed))
}

/// `to` as a path is written in `from`.
fn relative(from: &TreePath, to: &TreePath) -> String {
    let (from, to): (Vec<&[u8]>, Vec<&[u8]>) = (from.names().collect(), to.names().collect());
    let shared = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let up = from[shared..].iter().map(|_| "..".to_owned());
    let down = to[shared..].iter().map(|name| String::from_utf8_lossy(name).into_owned());
    let names: Vec<String> = up.chain(down).collect();
    if names.is_empty() { ".".to_owned() } else { names.join("/") }
}
