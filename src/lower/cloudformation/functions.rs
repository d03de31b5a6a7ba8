//! Functions: `AWS::Serverless::Function`, `AWS::Lambda::Function`.

use super::stack::{Resource, Stack};
use super::targets::render;
use crate::expand::Applied;
use crate::facts::{Facts, Function, Id, PathUse};
use crate::lower::lambda::{
    self, DEFAULT_MEMORY, DEFAULT_STORAGE, DEFAULT_TIMEOUT, architecture, elsewhere, number, or_default,
};
use crate::source::TreePath;
use crate::value::{Answer, Content, Entry, Many, Value, Why};

/// Types of functions.
pub const FUNCTIONS: &[&str] = &["AWS::Serverless::Function", "AWS::Lambda::Function"];
/// Types of layers, with the property that says where their content is.
const LAYERS: &[(&str, &str)] =
    &[("AWS::Serverless::LayerVersion", "ContentUri"), ("AWS::Lambda::LayerVersion", "Content")];

/// Lowers all functions with their environment variables, and notes their names in the stack.
pub fn lower<'a>(stack: &mut Stack<'a>, facts: &mut Facts) {
    let resources: Vec<Resource<'a>> = stack.of_kind(FUNCTIONS).copied().collect();
    for resource in resources {
        let function = function(stack, &resource);
        let id = Id::new(facts.functions.len());
        stack.functions.insert(resource.id, id);
        note_names(stack, &function.name, id);
        let id_of_resource = resource.id;
        let place =
            |entry: &Entry| stack.place(["Function", id_of_resource, "Environment", &entry.name], &entry.name_origin);
        lambda::add(facts, function, place);
    }
}

fn note_names(stack: &mut Stack<'_>, name: &Value<String>, id: Id<Function>) {
    match &name.content {
        Content::Absent => {}
        Content::OneOf(branches) => branches.iter().for_each(|(_, value)| note_names(stack, value, id)),
        Content::Unknown(_) => stack.has_unknown_function_name = true,
        _ => stack.function_names.extend(render(name).map(|text| (text, id))),
    }
}

fn function(stack: &Stack<'_>, resource: &Resource<'_>) -> Function {
    let environment = resource.properties.path(&["Environment", "Variables"]);
    let environment = match (environment, resource.get("Environment").and_then(Applied::unknown)) {
        (Some(node), _) => node.map(),
        (None, Some(why)) => Many::open(Vec::new(), why.clone()),
        (None, None) => Many::default(),
    };
    let build = resource.node.path(&["Metadata", "BuildMethod"]);
    let code = code(stack, resource);
    let package = built_folder(stack, resource, &code);
    Function {
        place: stack.place(["Function", resource.id], resource.name_origin),
        technology: stack.technology,
        id: resource.id.to_owned(),
        name: resource.text("FunctionName"),
        handler: resource.text("Handler"),
        runtime: resource.text("Runtime"),
        architecture: architecture(resource.get("Architectures"), resource.name_origin),
        package_type: or_default(resource.text("PackageType"), "Zip".to_owned()),
        code,
        built: Answer::from(build.is_some()),
        package,
        layers: layers(stack, resource),
        environment,
        timeout: or_default(number(resource.text("Timeout")), DEFAULT_TIMEOUT),
        memory_size: or_default(number(resource.text("MemorySize")), DEFAULT_MEMORY),
        ephemeral_storage: match resource.get("EphemeralStorage") {
            Some(storage) => number(storage.text_of("Size")),
            None => Value::default(DEFAULT_STORAGE, resource.name_origin.clone()),
        },
        reserved_concurrency: number(resource.text("ReservedConcurrentExecutions")),
        tags: tags(resource),
        artifact: None,
        source_unread: None,
    }
}

/// SAM writes tags as a map, CloudFormation as a list of `Key` and `Value`.
fn tags(resource: &Resource<'_>) -> Many<Entry> {
    let Some(node) = resource.get("Tags") else { return Many::default() };
    if !node.is_sequence() {
        return node.map();
    }
    let mut out = Many::default();
    for item in node.items() {
        let key = item.text_of("Key");
        match key.get() {
            Some(name) => out.items.push(Entry {
                name: name.clone(),
                name_origin: key.origin.clone(),
                value: item.text_of("Value"),
            }),
            None => out.open = Some(Why::new("tag with a name that is not known")),
        }
    }
    out
}

/// Where the code is: a path of the repository, or why there is none to look at.
fn code(stack: &Stack<'_>, resource: &Resource<'_>) -> PathUse {
    let is_serverless = resource.kind.starts_with("AWS::Serverless::");
    let absent = || Value::absent(resource.name_origin.clone());
    let key = if is_serverless { "CodeUri" } else { "Code" };
    let image = resource.get("ImageUri").or_else(|| resource.properties.path(&["Code", "ImageUri"]));
    if resource.text("PackageType").get().is_some_and(|kind| kind == "Image") || image.is_some() {
        return elsewhere(image.map_or_else(absent, Applied::text), "container image");
    }
    if is_serverless && resource.get("InlineCode").is_some() {
        return elsewhere(absent(), "inline code");
    }
    local_path(stack, resource.get(key)).unwrap_or_else(|| {
        let node = resource.get(key);
        if node.is_some_and(|node| node.get("ZipFile").is_some()) {
            return elsewhere(absent(), "inline code");
        }
        let part = |upper: &str, lower: &str| {
            node.and_then(|node| node.get(upper).or(node.get(lower))).and_then(Applied::known)
        };
        let url = match (part("Bucket", "S3Bucket"), part("Key", "S3Key")) {
            (Some(bucket), Some(key)) => Value::known(format!("s3://{bucket}/{key}"), resource.name_origin.clone()),
            _ => absent(),
        };
        elsewhere(url, "code in a bucket")
    })
}

/// The code folder, where `sam build` wrote the template: it marks each resource with its id, and calls the
/// folder of a function by the id of the first that runs it (AWS SAM CLI, `samcli/lib/providers`, 2026-07).
fn built_folder(stack: &Stack<'_>, resource: &Resource<'_>, code: &PathUse) -> Option<TreePath> {
    let mark = resource.node.path(&["Metadata", "SamResourceId"]).and_then(Applied::known);
    let id = code.written.get()?;
    let is_built = mark == Some(resource.id) && stack.resource(id).is_some_and(|first| FUNCTIONS.contains(&first.kind));
    is_built.then(|| code.resolved.clone()).flatten()
}

/// A path written as text; `None` for the shapes that name a bucket or hold the code itself.
fn local_path(stack: &Stack<'_>, node: Option<&Applied>) -> Option<PathUse> {
    let node = node?;
    if node.is_mapping() {
        return None;
    }
    Some(lambda::local_path(node.text(), &stack.folder))
}

/// Layers as the function will get them. A layer of the same template whose content lies in the
/// repository, and that no build step makes, stands as its path from the root of the repository.
fn layers(stack: &Stack<'_>, resource: &Resource<'_>) -> Many<Value<String>> {
    let Some(node) = resource.get("Layers") else { return Many::default() };
    let mut layers = node.texts();
    for layer in &mut layers.items {
        let Content::Ref(name) = &layer.content else { continue };
        let Some(found) = stack.resource(name) else { continue };
        let Some((_, key)) = LAYERS.iter().find(|(kind, _)| *kind == found.kind) else { continue };
        if found.node.path(&["Metadata", "BuildMethod"]).is_some() {
            *layer = Value::unknown("layer that a build step makes", layer.origin.clone());
            continue;
        }
        let path = local_path(stack, found.get(key)).and_then(|path| path.resolved);
        if let Some(path) = path.as_ref().and_then(|path| path.as_str()) {
            *layer = Value::known(path.to_owned(), layer.origin.clone());
        }
    }
    layers
}
