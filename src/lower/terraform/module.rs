//! Calls of `terraform-aws-modules/lambda` (version 8, 2026-07), which packs the sources that it is given.

use super::{Code, Configuration, lambda};
use crate::expand::Applied;
use crate::expand::applied::AppliedEntry;
use crate::facts::Function;
use crate::lower::lambda::{DEFAULT_MEMORY, DEFAULT_STORAGE, DEFAULT_TIMEOUT, elsewhere, number, or_default, text_at};
use crate::value::{Answer, Many, Value};

/// Inputs that say whether there is a function at all.
const SWITCHES: &[&str] = &["create", "create_function"];

/// Keys of a source that make the package other than its folder.
const CHANGES: &[&str] = &["commands", "patterns", "prefix_in_zip"];

/// The function that a call makes.
pub(super) fn function(configuration: &Configuration<'_>, entry: &AppliedEntry) -> Option<Function> {
    let (body, origin) = (&entry.value, &entry.name_origin);
    let is = |key: &str, word: &str| body.get(key).and_then(Applied::known) == Some(word);
    // Who makes a layer of it gets no function.
    let is_none = SWITCHES.iter().any(|key| is(key, "false")) || is("create_layer", "true");
    if !body.is_mapping() || is("count", "0") || is_none {
        return None;
    }
    let text = |key: &str| text_at(body, key, origin);
    let Code { code, package } = code(configuration, body, entry);
    let is_packed = !is("create_package", "false") && body.get("local_existing_package").is_none();
    Some(Function {
        place: configuration.place("module", entry),
        technology: "terraform",
        id: entry.name.clone(),
        name: text("function_name"),
        handler: text("handler"),
        runtime: text("runtime"),
        architecture: lambda::architecture(body.get("architectures"), origin),
        package_type: or_default(text("package_type"), "Zip".to_owned()),
        code,
        built: Answer::from(is_packed),
        package,
        layers: configuration.layers(body),
        environment: body.get("environment_variables").map_or_else(Many::default, Applied::map),
        timeout: or_default(number(text("timeout")), DEFAULT_TIMEOUT),
        memory_size: or_default(number(text("memory_size")), DEFAULT_MEMORY),
        ephemeral_storage: or_default(number(text("ephemeral_storage_size")), DEFAULT_STORAGE),
        reserved_concurrency: number(text("reserved_concurrent_executions")),
        tags: body.get("tags").map_or_else(Many::default, Applied::map),
        artifact: None,
        source_unread: None,
    })
}

/// What it uploads: a package that is there, or one that it packs of sources. What it packs lies under a
/// name that is a hash, so it is not looked for.
fn code(configuration: &Configuration<'_>, body: &Applied, entry: &AppliedEntry) -> Code {
    let origin = &entry.name_origin;
    let image = text_at(body, "image_uri", origin);
    if !image.is_absent() || body.get("package_type").and_then(Applied::known) == Some("Image") {
        return elsewhere(image, "container image").into();
    }
    let existing = text_at(body, "local_existing_package", origin);
    if !existing.is_absent() {
        return configuration.file(existing);
    }
    let nothing = || Value::absent(origin.clone());
    if body.get("s3_existing_package").is_some_and(|node| !node.is_null()) {
        return elsewhere(nothing(), "code in a bucket").into();
    }
    let Some(source) = body.get("source_path") else { return elsewhere(nothing(), "code that nobody names").into() };
    let alone = match source.items() {
        [only] => only,
        _ => source,
    };
    if alone.is_sequence() {
        return elsewhere(nothing(), "several sources that a module packs").into();
    }
    if !alone.is_mapping() {
        return configuration.local(alone.text()).into();
    }
    match alone.get("path").filter(|_| CHANGES.iter().all(|key| alone.get(key).is_none_or(Applied::is_null))) {
        Some(path) => configuration.local(path.text()).into(),
        None => elsewhere(nothing(), "sources that a module changes while it packs").into(),
    }
}
