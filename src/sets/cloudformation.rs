//! Release sets of CloudFormation and SAM: a template by itself, or once for each file of parameter
//! values found beside it.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use rayon::prelude::*;

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

/// Where the Serverless Framework writes the templates that it makes of a service (version 4, 2026-07).
const OUTPUT: &str = ".serverless";

/// Plans the release sets.
pub fn plan(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let around = Around::of(planning);
    // What CDK wrote is a set of CDK, and what the Serverless Framework wrote says the same as its service.
    let assemblies = super::cdk::folders(planning.extracts);
    let is_output = |folder: &TreePath| folder.file_name() == OUTPUT && around.services.contains(&folder.parent());
    let is_own = |path: &TreePath| !assemblies.contains(&path.parent()) && !is_output(&path.parent());
    let templates: Vec<(&TreePath, &Arc<Extract>)> = planning
        .extracts
        .iter()
        .filter(|(path, extract)| extract.kind == FileKind::CloudFormation && is_own(path))
        .collect();
    let sets: Vec<Vec<ReleaseSet>> =
        templates.par_iter().map(|(path, extract)| of_template(planning, &around, path, extract)).collect();
    sets.into_iter().flatten().collect()
}

/// What stands around templates, looked up once for all of them.
struct Around<'a> {
    /// Files of parameter values with the names of the parameters, by folder.
    parameter_files: BTreeMap<TreePath, Vec<(&'a TreePath, Vec<String>)>>,
    /// Folders of a serverless.yml.
    services: BTreeSet<TreePath>,
}

impl<'a> Around<'a> {
    fn of(planning: &Planning<'a>) -> Self {
        let mut parameter_files: BTreeMap<TreePath, Vec<_>> = BTreeMap::new();
        let mut services = BTreeSet::new();
        for (path, extract) in planning.extracts {
            if is_service(path) {
                services.insert(path.parent());
            }
            let is_json = path.as_bytes().to_ascii_lowercase().ends_with(b".json");
            let Some(document) = extract.documents().first().filter(|_| is_json) else { continue };
            let Some(values) = of_parameter_file(&document.root()).filter(|values| !values.is_empty()) else {
                continue;
            };
            parameter_files.entry(path.parent()).or_default().push((path, values.into_keys().collect()));
        }
        Self { parameter_files, services }
    }
}

/// A service of the Serverless Framework, whatever notation it is written in.
fn is_service(path: &TreePath) -> bool {
    path.file_name()
        .strip_prefix("serverless.")
        .is_some_and(|ending| ["yml", "yaml", "json", "ts", "js"].contains(&ending))
}

/// A file of parameter values with the label by which its set is told from the others.
struct Given {
    file: TreePath,
    label: String,
    environment: Option<(Environment, String)>,
}

fn of_template(planning: &Planning<'_>, around: &Around<'_>, path: &TreePath, extract: &Extract) -> Vec<ReleaseSet> {
    let Some(document) = Template::document(extract.documents()) else { return Vec::new() };
    let template = Template::of(document);
    let open = match template.has_unknown_macro() {
        true => Some(Why::new("macro that is not known")),
        false => is_fragment(around, path, &template).then(|| Why::new("part of a service that is not read yet")),
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
    given.extend(of_parameter_files(planning, around, path, &template));
    if given.is_empty() {
        return vec![set(None)];
    }
    given.into_iter().map(|given| set(Some(given))).collect()
}

/// Resources that a serverless.yml above takes in look like a template, but name things of the others.
fn is_fragment(around: &Around<'_>, path: &TreePath, template: &Template<'_>) -> bool {
    let is_declared =
        template.root.get("AWSTemplateFormatVersion").is_some() || template.root.get("Transform").is_some();
    !is_declared && path.ancestors().any(|folder| around.services.contains(&folder))
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
fn of_parameter_files(
    planning: &Planning<'_>,
    around: &Around<'_>,
    template_path: &TreePath,
    template: &Template<'_>,
) -> Vec<Given> {
    let folder = template_path.parent();
    let declared: BTreeSet<&str> = template.parameters.keys().copied().collect();
    let mut out = Vec::new();
    if declared.is_empty() {
        return out;
    }
    let folders = PARAMETER_FOLDERS.iter().map(|name| folder.child(name.as_bytes())).chain([folder.clone()]);
    for place in folders {
        for (file, names) in around.parameter_files.get(&place).into_iter().flatten() {
            if *file != template_path && names.iter().all(|name| declared.contains(name.as_str())) {
                let label = file.relative_to(&folder).unwrap_or_else(|| (*file).clone()).to_string();
                out.push(Given { file: (*file).clone(), label, environment: (planning.environment)(file) });
            }
        }
    }
    out.sort_by(|a, b| a.file.cmp(&b.file));
    out
}
