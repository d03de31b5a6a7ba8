//! Release sets of CloudFormation and SAM: a template by itself, or once for each file of parameter
//! values found beside it.

use std::collections::BTreeSet;

use super::Planning;
use crate::expand::cloudformation::{Template, of_parameter_file, of_samconfig};
use crate::extract::{Extract, FileKind};
use crate::facts::{Environment, ReleaseSet};
use crate::source::TreePath;
use crate::value::Why;

/// Templates that `sam` deploys when no name is given (SAM CLI, 2026-08).
const DEFAULT_TEMPLATES: &[&str] = &["template.yaml", "template.yml", "template.json"];

/// Folders beside a template that hold its parameter files.
const PARAMETER_FOLDERS: &[&str] = &["parameters", "params", "config"];

/// Plans the release sets.
pub fn plan(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let templates = planning.extracts.iter().filter(|(_, extract)| extract.kind == FileKind::CloudFormation);
    templates.flat_map(|(path, extract)| of_template(planning, path, extract)).collect()
}

/// A file of parameter values with the label by which its set is told from the others.
struct Given {
    file: TreePath,
    label: String,
    environment: Option<(Environment, String)>,
}

fn of_template(planning: &Planning<'_>, path: &TreePath, extract: &Extract) -> Vec<ReleaseSet> {
    let Some(document) = Template::document(extract.documents()) else { return Vec::new() };
    let template = Template::of(document);
    let open = match template.has_unknown_macro() {
        true => Some(Why::new("macro that is not known")),
        false => is_fragment(planning, path, &template).then(|| Why::new("part of a service that is not read yet")),
    };
    let set = |given: Option<Given>| {
        let mut files = vec![path.clone()];
        let mut inputs = Vec::new();
        let mut environment = (planning.environment)(path);
        if let Some(given) = given {
            environment = given.environment.or(environment);
            files.push(given.file);
            inputs.push(given.label);
        }
        ReleaseSet {
            technology: if template.is_serverless() { "sam" } else { "cfn" },
            root: path.clone(),
            files,
            inputs,
            environment,
            open: open.clone(),
        }
    };
    let mut given = of_samconfigs(planning, path);
    given.extend(of_parameter_files(planning, path, &template));
    if given.is_empty() {
        return vec![set(None)];
    }
    given.into_iter().map(|given| set(Some(given))).collect()
}

/// Resources that a serverless.yml above takes in look like a template, but name things of the others.
fn is_fragment(planning: &Planning<'_>, path: &TreePath, template: &Template<'_>) -> bool {
    let is_declared =
        template.root.get("AWSTemplateFormatVersion").is_some() || template.root.get("Transform").is_some();
    let services = planning.extracts.iter().filter(|(_, extract)| extract.kind == FileKind::Skipped("serverless.yml"));
    !is_declared && services.map(|(service, _)| service.parent()).any(|folder| path.is_under(&folder))
}

fn of_samconfigs(planning: &Planning<'_>, template: &TreePath) -> Vec<Given> {
    let folder = template.parent();
    let mut out = Vec::new();
    for name in ["samconfig.toml", "samconfig.yaml", "samconfig.yml"] {
        let file = folder.child(name.as_bytes());
        let Some(root) = planning.extracts.get(&file).and_then(|extract| extract.documents().first()) else { continue };
        for environment in of_samconfig(&root.root()) {
            let is_meant = match &environment.template {
                Some(written) => folder.join(written).is_some_and(|path| path == *template),
                None => DEFAULT_TEMPLATES.contains(&&*template.file_name()),
            };
            if is_meant {
                // The environment's own name says more than the path of the file.
                let own = crate::scope::environment_of(&TreePath::from(environment.name.as_str()));
                let label = format!("{name}:{}", environment.name);
                out.push(Given { file: file.clone(), label, environment: own });
            }
        }
    }
    out
}

/// Parameter files beside the template, or in a folder for them there, whose names are all among the
/// template's parameters.
fn of_parameter_files(planning: &Planning<'_>, template_path: &TreePath, template: &Template<'_>) -> Vec<Given> {
    let folder = template_path.parent();
    let declared: BTreeSet<&str> = template.parameters.keys().copied().collect();
    let mut out = Vec::new();
    if declared.is_empty() {
        return out;
    }
    let folders = PARAMETER_FOLDERS.iter().map(|name| folder.child(name.as_bytes())).chain([folder.clone()]);
    for place in folders {
        // Everything below a folder stands together in the order of bytes, after the folder's slash.
        let first = if place.is_root() { place.clone() } else { TreePath::new([place.as_bytes(), b"/"].concat()) };
        let beside = planning.extracts.range(first..).take_while(|(path, _)| path.is_under(&place));
        for (file, extract) in beside.filter(|(path, _)| path.parent() == place && *path != template_path) {
            let is_json = file.extension().as_deref() == Some("json");
            let Some(document) = extract.documents().first().filter(|_| is_json) else { continue };
            let Some(values) = of_parameter_file(&document.root()) else { continue };
            if !values.is_empty() && values.keys().all(|name| declared.contains(name.as_str())) {
                let label = file.relative_to(&folder).unwrap_or_else(|| file.clone()).to_string();
                out.push(Given { file: file.clone(), label, environment: (planning.environment)(file) });
            }
        }
    }
    out.sort_by(|a, b| a.file.cmp(&b.file));
    out
}
