//! Packages that the command line names.

use std::sync::Arc;

use super::snippets::Mounted;
use super::{CheckError, Part};
use crate::cli::{Options, PackageOptions};
use crate::command::named;
use crate::command::setup::Setup;
use crate::config::FailOn;
use crate::diagnostic::Severity;
use crate::policy::{self, PolicyInputs};
use crate::render::{Header, Report};
use crate::rules::{Registry, Rule};
use crate::run::{self, Judgement, Settings};
use crate::scope::PathClass;
use crate::source::TreePath;
use crate::tree::Tree;

/// Judges a package of a tree by itself.
pub fn judge(
    tree: Arc<dyn Tree>,
    package: &TreePath,
    prefix: TreePath,
    options: &Options,
    registry: &Registry,
) -> Result<Part, CheckError> {
    let setup = Setup::of_several(tree.as_ref(), options, registry)?;
    let wanted = |rule: &Rule| setup.wants(rule);
    let new = Settings::new(&setup.registry);
    let settings = Settings { wanted: &wanted, found: setup.found.clone(), as_of: options.as_of, ..new };
    let said = options.package.clone().unwrap_or_default();
    let judgement = judge_part(tree.as_ref(), package, &said, &settings)?;
    let fail_on = options.fail_on.or(setup.config.fail_on).unwrap_or(FailOn::Severity(Severity::Error)).severity();
    let inputs = PolicyInputs {
        registry: &setup.registry,
        config: &setup.config,
        selection: &setup.selection,
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
        ..Report::default()
    };
    Ok(Part {
        report,
        cost: judgement.cost,
        unknown: setup.unknown.clone(),
        tree: Mounted { prefix, tree, beside: setup.outside.clone() },
    })
}

fn judge_part(
    tree: &dyn Tree,
    path: &TreePath,
    said: &PackageOptions,
    settings: &Settings<'_>,
) -> Result<Judgement, CheckError> {
    let open = |layer: &std::path::PathBuf| {
        let shown = crate::source::visible(layer.as_os_str().as_encoded_bytes());
        named::open(layer).map_err(|error| CheckError::Layer(shown, error))
    };
    let layers = said.layers.iter().map(open).collect::<Result<Vec<_>, _>>()?;
    Ok(run::judge_package(run::packages::part(tree, path), path, settings, |part, set| {
        named::request(part, layers, said, set)
    }))
}
