//! Terraform configuration to functions: `aws_lambda_function`, and calls of the module
//! `terraform-aws-modules/lambda`.

mod module;
#[cfg(test)]
mod tests;

use super::lambda::{
    self, DEFAULT_MEMORY, DEFAULT_STORAGE, DEFAULT_TIMEOUT, elsewhere, local_path, number, or_default, text_at,
};
use crate::diagnostic::LogicalPath;
use crate::expand::applied::AppliedEntry;
use crate::expand::terraform::section_names;
use crate::expand::{Applied, AppliedDocument};
use crate::facts::{Facts, Function, PathUse, Place, ReleaseSet, SetId};
use crate::source::TreePath;
use crate::value::{Answer, Content, Entry, Many, Value, Why};

/// Facts of the applied documents of a release set.
pub fn lower(id: SetId, set: &ReleaseSet, documents: &[AppliedDocument]) -> Facts {
    let mut facts = Facts::default();
    let Some(document) = documents.first() else { return facts };
    let root = &document.root;
    let Some(base) = root.get(section_names::BASE).and_then(Applied::known) else { return facts };
    let shared = root.get(section_names::OTHER_BASES).map(|_| set.root.clone());
    let configuration = Configuration { id, path: set.path(), base: TreePath::from(base), shared, root };
    let resources = root.path(&["resource", "aws_lambda_function"]).map(Applied::entries).unwrap_or_default();
    let modules = root.get("module").map(Applied::entries).unwrap_or_default();
    let functions = resources
        .iter()
        .filter_map(|entry| configuration.function(entry))
        .chain(modules.iter().filter_map(|entry| module::function(&configuration, entry)));
    for function in functions {
        lambda::add_with_own_environment(&mut facts, function);
    }
    facts
}

/// A folder of configuration.
struct Configuration<'a> {
    id: SetId,
    path: LogicalPath,
    /// The folder that paths start from.
    base: TreePath,
    /// The folder of the configuration, where that from which Terraform runs is not known.
    shared: Option<TreePath>,
    root: &'a Applied,
}

/// Where a package is made of what.
struct Code {
    code: PathUse,
    package: Option<TreePath>,
}

impl From<PathUse> for Code {
    fn from(code: PathUse) -> Self {
        Self { code, package: None }
    }
}

impl<'a> Configuration<'a> {
    fn place(&self, section: &str, entry: &AppliedEntry) -> Place {
        let path = section.split('.').fold(self.path.clone(), |path, name| path.child(name)).child(&entry.name);
        Place { set: self.id, path, origin: entry.name_origin.clone() }
    }

    fn function(&self, entry: &AppliedEntry) -> Option<Function> {
        let (body, origin) = (&entry.value, &entry.name_origin);
        // `count = 0` makes none.
        if !body.is_mapping() || body.get("count").and_then(Applied::known) == Some("0") {
            return None;
        }
        let text = |key: &str| text_at(body, key, origin);
        let Code { code, package } = self.code(body, entry);
        let storage = only(body, "ephemeral_storage").map(|node| number(node.text_of("size")));
        Some(Function {
            place: self.place("resource.aws_lambda_function", entry),
            technology: "terraform",
            id: entry.name.clone(),
            name: text("function_name"),
            handler: text("handler"),
            runtime: text("runtime"),
            architecture: lambda::architecture(body.get("architectures"), origin),
            package_type: or_default(text("package_type"), "Zip".to_owned()),
            code,
            built: Answer::False,
            package,
            layers: self.layers(body),
            environment: environment(body),
            timeout: or_default(number(text("timeout")), DEFAULT_TIMEOUT),
            memory_size: or_default(number(text("memory_size")), DEFAULT_MEMORY),
            ephemeral_storage: or_default(storage.unwrap_or_else(|| Value::absent(origin.clone())), DEFAULT_STORAGE),
            reserved_concurrency: number(text("reserved_concurrent_executions")),
            tags: body.get("tags").map_or_else(Many::default, Applied::map),
            artifact: None,
            source_unread: None,
        })
    }

    fn code(&self, body: &Applied, entry: &AppliedEntry) -> Code {
        let origin = &entry.name_origin;
        if is_deployed_by_another(body) {
            return elsewhere(text_at(body, "filename", origin), "code that another step deploys").into();
        }
        let image = text_at(body, "image_uri", origin);
        if !image.is_absent() || body.get("package_type").and_then(Applied::known) == Some("Image") {
            return elsewhere(image, "container image").into();
        }
        let file = text_at(body, "filename", origin);
        if !file.is_absent() {
            return self.file(file);
        }
        // The object of a bucket may be made of a file by the same configuration.
        let key = text_at(body, "s3_key", origin);
        let object = match &key.content {
            Content::Attr(name, _) => self.resource(name).map(|object| text_at(object, "source", origin)),
            _ => None,
        };
        match object {
            Some(source) if !source.is_absent() => self.file(source),
            _ => elsewhere(key, "code in a bucket").into(),
        }
    }

    /// A file that is uploaded: one of the repository, or what an archive makes.
    fn file(&self, written: Value<String>) -> Code {
        match &written.content {
            Content::Attr(name, attribute) if attribute == "output_path" => match self.archive(name) {
                Some(archive) => self.archived(archive, &written),
                None => elsewhere(written, "archive that another folder makes").into(),
            },
            // The same path may be written twice: where an archive is made, and where it is uploaded.
            _ => match written.get().and_then(|text| self.archive_at(&self.base.join(text)?)) {
                Some(archive) => self.archived(archive, &written),
                None => self.local(written).into(),
            },
        }
    }

    /// A path of the repository. One that leads out of the configuration's own folder may be meant from
    /// any of those from which Terraform runs.
    fn local(&self, written: Value<String>) -> PathUse {
        let path = written.get().and_then(|text| self.base.join(text));
        match (&self.shared, path) {
            (Some(own), Some(path)) if !path.is_under(own) => elsewhere(written, "path from the folder of the caller"),
            _ => local_path(written, &self.base),
        }
    }

    /// The archive that makes a file.
    fn archive_at(&self, path: &TreePath) -> Option<&'a Applied> {
        let sections = ["data", "resource"].iter().filter_map(|section| self.root.path(&[section, "archive_file"]));
        let callers = self.root.get(section_names::CALLERS_ARCHIVES).map(Applied::items).unwrap_or_default();
        let archives = sections.flat_map(Applied::entries).map(|entry| &entry.value).chain(callers);
        let makes = |archive: &&Applied| {
            let output = archive.get("output_path").and_then(Applied::known).and_then(|text| self.base.join(text));
            output.as_ref() == Some(path)
        };
        archives.into_iter().find(makes)
    }

    fn archived(&self, archive: &Applied, written: &Value<String>) -> Code {
        let package = archive.get(section_names::PACKAGE).and_then(Applied::known).map(TreePath::from);
        let source = ["source_dir", "source_file"].iter().find_map(|key| archive.get(key)).map(Applied::text);
        // Another step of the configuration may put the sources there first.
        let is_prepared = archive.get("depends_on").is_some();
        let code = match source {
            Some(_) if is_prepared => elsewhere(written.clone(), "source that another step makes"),
            Some(source) => self.local(source),
            None => elsewhere(written.clone(), "archive of texts"),
        };
        Code { code, package }
    }

    fn archive(&self, name: &str) -> Option<&'a Applied> {
        match name.strip_prefix("data.") {
            Some(name) => below(self.root.get("data")?, name),
            None => self.resource(name).filter(|_| name.starts_with("archive_file.")),
        }
    }

    /// A resource by `type.name`.
    fn resource(&self, name: &str) -> Option<&'a Applied> {
        below(self.root.get("resource")?, name)
    }

    /// Layers as the function will get them. Those of the same configuration stand as their packages.
    fn layers(&self, body: &Applied) -> Many<Value<String>> {
        let Some(node) = body.get("layers").filter(|node| !node.is_null()) else { return Many::default() };
        let mut layers = node.texts();
        if !node.is_sequence() {
            layers
                .open
                .get_or_insert(node.text().undecided().unwrap_or_else(|| Why::new("layers that are not a list")));
        }
        for layer in &mut layers.items {
            let Content::Attr(name, _) = &layer.content else { continue };
            let Some(body) = self.resource(name).filter(|_| name.starts_with("aws_lambda_layer_version.")) else {
                continue;
            };
            let Code { code, package } = self.file(text_at(body, "filename", &layer.origin));
            let path = package.or(code.resolved.filter(|path| path.extension().as_deref() == Some("zip")));
            if let Some(path) = path.as_ref().and_then(TreePath::as_str) {
                *layer = Value::known(path.to_owned(), layer.origin.clone());
            }
        }
        layers
    }
}

/// Attributes that say which code a function runs.
const CODE: &[&str] = &["all", "filename", "source_code_hash", "s3_key", "s3_object_version", "image_uri"];

/// Terraform makes the function with a stand-in, and leaves its code alone from then on.
fn is_deployed_by_another(body: &Applied) -> bool {
    let ignored = only(body, "lifecycle").and_then(|block| block.get("ignore_changes"));
    ignored.is_some_and(|node| {
        let items = if node.is_sequence() { node.items() } else { std::slice::from_ref(node) };
        items.iter().filter_map(Applied::known).any(|name| CODE.contains(&name))
    })
}

/// A block that stands once.
fn only<'a>(body: &'a Applied, name: &str) -> Option<&'a Applied> {
    let node = body.get(name)?;
    if node.is_sequence() { node.items().first() } else { Some(node) }
}

fn below<'a>(section: &'a Applied, name: &str) -> Option<&'a Applied> {
    let (kind, name) = name.split_once('.')?;
    section.path(&[kind, name])
}

fn environment(body: &Applied) -> Many<Entry> {
    let is_made = only(body, "dynamic").is_some_and(|dynamic| dynamic.get("environment").is_some());
    match only(body, "environment") {
        Some(block) => match (block.get("variables"), block.unknown()) {
            (Some(variables), _) => variables.map(),
            (None, Some(why)) => Many::open(Vec::new(), why.clone()),
            (None, None) => Many::default(),
        },
        None if is_made => Many::open(Vec::new(), Why::new("block that is made for some values")),
        None => Many::default(),
    }
}
