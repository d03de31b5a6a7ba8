//! Packages that the command line names.

use std::path::Path;
use std::sync::Arc;

use super::repository::configuration;
use super::snippets::Mounted;
use super::{CheckError, Part};
use crate::cli::{Options, PackageOptions};
use crate::config::FailOn;
use crate::diagnostic::{LogicalPath, Severity};
use crate::policy::{self, PolicyInputs, Selection};
use crate::render::{Header, Report};
use crate::rules::{Registry, Rule};
use crate::run::{self, Judgement, Settings};
use crate::scope::PathClass;
use crate::source::TreePath;
use crate::trace::PackageRequest;
use crate::tree::{Archive, Disk, system};

/// Judges a package by itself.
pub fn judge(package: &Path, path: &TreePath, options: &Options, registry: &Registry) -> Result<Part, CheckError> {
    let folder = package.parent().unwrap_or(Path::new("/"));
    let prefix = path.parent();
    let disk = Arc::new(Disk::new(folder).map_err(|error| CheckError::Tree(prefix.clone(), error))?);
    let config = match Disk::find_repository(folder).and_then(|top| Disk::new(&top).ok()) {
        Some(repository) => configuration(&repository, options, registry)?,
        None => configuration(disk.as_ref(), options, registry)?,
    };
    let selection = Selection::new(&config, &options.select, &options.ignore);
    let settings = Settings { wanted: &|rule: &Rule| selection.wants(rule, &config), ..Settings::new(registry) };
    let name: TreePath = TreePath::new(path.file_name().as_bytes());
    let said = options.package.clone().unwrap_or_default();
    let judgement = judge_archive(package, &name, &said, &settings)?;
    let fail_on = options.fail_on.or(config.fail_on).unwrap_or(FailOn::Severity(Severity::Error)).severity();
    let inputs = PolicyInputs {
        registry,
        config: &config,
        selection: &selection,
        // Who names a package wants it judged, wherever it lies.
        class_of: &|_| PathClass::Deploy,
        full_severity: options.full_severity,
        paths: &[],
        remarks: &[],
        bytes_of: &|_| None,
        as_of: options.as_of,
        fail_on,
        allow_empty: true,
        is_whole: false,
    };
    let judged = policy::judge(judgement.diagnostics.clone(), &inputs);
    let report = Report {
        header: Header { verdict: judged.verdict, coverage: judgement.coverage.clone(), ..Header::default() },
        findings: judged.reported,
        secrets: judgement.secrets,
        suppressed: judged.suppressed,
        fail_on,
    };
    Ok(Part { report, tree: Mounted { prefix, tree: disk } })
}

fn judge_archive(
    package: &Path,
    name: &TreePath,
    said: &PackageOptions,
    settings: &Settings<'_>,
) -> Result<Judgement, CheckError> {
    let mut layers = Vec::new();
    for layer in &said.layers {
        let shown = crate::source::visible(layer.as_os_str().as_encoded_bytes());
        let opened = system::locate(layer).and_then(|place| Archive::of_file(&place));
        let archive = opened.map_err(|error| CheckError::Layer(shown.clone(), error))?;
        layers.push(run::packages::part(archive, &TreePath::new(shown.as_bytes())));
    }
    Ok(run::judge_package(Archive::of_file(package), name, settings, |part, set| PackageRequest {
        layers,
        handler: said.handler.clone(),
        runtime: said.runtime.clone(),
        architecture: said.arch.map(str::to_owned),
        ..run::packages::bare_request(part, set, LogicalPath::of_set("zip", name, &[]))
    }))
}
