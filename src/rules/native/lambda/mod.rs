//! Checks of packages that functions run.

pub mod backslash_entry_name;
pub mod bootstrap_crlf;
pub mod bootstrap_missing;
pub mod bootstrap_not_executable;
pub mod bootstrap_wrong_architecture;
pub mod bundled_dynamic_require;
pub mod case_collision;
pub mod case_mismatch;
pub mod commonjs_global_in_esm;
pub mod damaged_binary;
pub mod dangling_symlink;
pub mod dead_weight;
pub mod duplicate_entry;
pub mod engine_mismatch;
pub mod esm_syntax_in_commonjs;
pub mod glibc_too_new;
pub mod handler_file_missing;
pub mod handler_not_a_function;
pub mod handler_not_exported;
pub mod handler_shadowed_by_builtin;
pub mod import_beyond_top;
pub mod incomplete_distribution;
pub mod java_class_missing;
pub mod layer_layout;
pub mod malformed_handler;
pub mod missing_distribution_metadata;
pub mod missing_module;
pub mod missing_named_export;
pub mod missing_package_file;
pub mod missing_platform_package;
pub mod missing_requirement;
pub mod missing_shared_library;
pub mod name_not_in_module;
pub mod native_musl;
pub mod native_wrong_architecture;
pub mod native_wrong_platform;
pub mod native_wrong_python_abi;
pub mod nested_top_folder;
pub mod packages_not_at_root;
pub mod path_not_exported;
pub mod relies_on_runtime_sdk;
pub mod removed_stdlib_module;
pub mod require_of_esm;
pub mod runtime_blocked;
pub mod runtime_deprecated;
pub mod sdk_not_in_runtime;
pub mod secret_in_package;
mod shared;
pub mod stdlib_shadowed;
pub mod syntax_error;
pub mod too_large_for_direct_upload;
pub mod too_large_unzipped;
pub mod too_many_layers;
pub mod unknown_runtime;
pub mod unreadable_file_mode;
pub mod unreadable_package;
pub mod unsafe_entry_name;
pub mod unspecified_esm_import;
pub mod unsupported_syntax;
pub mod version_mismatch;
pub mod zip_bomb;

use std::collections::BTreeSet;

use crate::diagnostic::{Argument, Doubt};
use crate::facts::Artifact;
use crate::graph::Graph;
use crate::rules::{Finding, RuleContext};
use crate::source::Origin;
use crate::value::Why;

/// Most other functions that are labelled.
const OTHERS: usize = 3;

/// A finding about a package, with the arguments `what` and `name`: the function that runs it, or
/// the package itself when no template names one.
fn finding_about(graph: &Graph, context: &RuleContext<'_>, artifact: &Artifact) -> Finding {
    let finding = context.finding(&artifact.place);
    let finding = match artifact.function.map(|id| &graph.facts[id]) {
        Some(function) => {
            let name = function.name.get().unwrap_or(&function.id);
            finding.with("what", Argument::words("function")).name("name", name).other(&function.place.path)
        }
        None => {
            let source = &artifact.place.origin.source;
            finding.with("what", Argument::words("package")).with("name", Argument::Path(source.file().path().clone()))
        }
    };
    let others = artifact.shared_with.iter().map(|id| &graph.facts[*id].place.origin);
    let others: BTreeSet<_> =
        others.filter(|origin| is_elsewhere(origin, artifact)).map(|o| (&o.source, o.span)).collect();
    let finding = others.into_iter().take(OTHERS).fold(finding, |finding, (source, span)| {
        finding.related(&Origin::new(source.clone(), span), "this function runs the same package in the same way")
    });
    limited(finding, artifact)
}

/// A package may not be the one that is deployed.
fn limited(finding: Finding, artifact: &Artifact) -> Finding {
    match &artifact.limited {
        Some(why) => finding.doubt(Doubt::StaleArtifact(why.clone())),
        None => finding,
    }
}

/// Another place than that which the finding names; a template that is applied several times has one.
fn is_elsewhere(origin: &Origin, artifact: &Artifact) -> bool {
    origin.source != artifact.place.origin.source || origin.span != artifact.place.origin.span
}

/// The doubt that comes with a handler that nobody named.
fn guess(artifact: &Artifact) -> Option<Doubt> {
    artifact.guessed.then(|| Doubt::Guess(Why::new("nobody names the handler")))
}
