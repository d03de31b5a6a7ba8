//! Services of the Serverless Framework to functions.

#[cfg(test)]
mod tests;

use super::lambda::{self, DEFAULT_STORAGE, elsewhere, implied_path, local_path, merged, number, or_default, text_at};
use crate::diagnostic::LogicalPath;
use crate::expand::applied::AppliedEntry;
use crate::expand::serverless::{logical_id, section_names};
use crate::expand::{Applied, AppliedDocument};
use crate::facts::{Facts, Function, PathUse, Place, ReleaseSet, SetId};
use crate::source::TreePath;
use crate::value::{Answer, Content, Entry, Many, Value, Why};

/// Seconds, when nothing is written (Serverless Framework, "AWS - Functions", 2026-07).
const TIMEOUT: i64 = 6;
/// MiB, when nothing is written (the same).
const MEMORY: i64 = 1024;

/// Plugins that make other files of the sources before they are packed.
const BUNDLERS: &[&str] = &["esbuild", "webpack", "typescript", "bundle", "rollup", "parcel", "rust", "go-plugin"];

/// Facts of the applied documents of a release set.
pub fn lower(id: SetId, set: &ReleaseSet, documents: &[AppliedDocument]) -> Facts {
    let mut facts = Facts::default();
    let Some(document) = documents.first() else { return facts };
    let service = Service { id, path: set.path(), folder: set.root.parent(), root: &document.root };
    for entry in document.root.get("functions").map(Applied::entries).unwrap_or_default() {
        // `name: null` and the like say nothing.
        if !entry.value.is_mapping() {
            continue;
        }
        lambda::add_with_own_environment(&mut facts, service.function(entry));
    }
    facts
}

struct Service<'a> {
    id: SetId,
    path: LogicalPath,
    folder: TreePath,
    root: &'a Applied,
}

impl<'a> Service<'a> {
    /// What the provider gives to all functions.
    fn provider(&self, key: &str) -> Option<&'a Applied> {
        self.root.get("provider")?.get(key).filter(|node| !node.is_null())
    }

    /// A key of the function, or of the provider.
    fn either(&self, entry: &'a AppliedEntry, key: &str) -> Value<String> {
        let own = entry.value.get(key).filter(|node| !node.is_null());
        let node = own.or_else(|| self.provider(key));
        node.map_or_else(|| Value::absent(entry.name_origin.clone()), Applied::text)
    }

    fn function(&self, entry: &'a AppliedEntry) -> Function {
        let origin = &entry.name_origin;
        let own = |key: &str| text_at(&entry.value, key, origin);
        let image = entry.value.get("image").filter(|node| !node.is_null());
        let kind = if image.is_some() { "Image" } else { "Zip" };
        let architecture = entry.value.get("architecture").or_else(|| self.provider("architecture"));
        let runtime = match image {
            Some(_) => Value::absent(origin.clone()),
            None => self.either(entry, "runtime"),
        };
        Function {
            place: Place {
                set: self.id,
                path: self.path.clone().child("functions").child(&entry.name),
                origin: origin.clone(),
            },
            technology: "serverless",
            id: entry.name.clone(),
            name: own("name"),
            handler: own("handler"),
            runtime,
            architecture: lambda::architecture(architecture, origin),
            package_type: Value::default(kind.to_owned(), origin.clone()),
            code: self.code(entry),
            built: self.built(),
            package: self.package(entry),
            layers: self.layers(entry),
            environment: self.environment(entry),
            timeout: or_default(number(self.either(entry, "timeout")), TIMEOUT),
            memory_size: or_default(number(self.either(entry, "memorySize")), MEMORY),
            ephemeral_storage: or_default(number(own("ephemeralStorageSize")), DEFAULT_STORAGE),
            reserved_concurrency: number(own("reservedConcurrency")),
            tags: entry.value.get("tags").map_or_else(Many::default, Applied::map),
            artifact: None,
            source_unread: None,
        }
    }

    /// A finished package that is named, else the folder of the service, which is packed.
    fn code(&self, entry: &AppliedEntry) -> PathUse {
        let image = entry.value.get("image").filter(|node| !node.is_null());
        if let Some(image) = image {
            let uri = image.get("uri").unwrap_or(image).text();
            return elsewhere(uri, "container image");
        }
        match self.artifact(entry) {
            Some(artifact) => local_path(artifact.text(), &self.folder),
            None => implied_path(self.folder.clone(), &entry.name_origin),
        }
    }

    /// `package.artifact` of the function; that of the service where the function is packed with it.
    fn artifact<'e>(&self, entry: &'e AppliedEntry) -> Option<&'e Applied>
    where
        'a: 'e,
    {
        let named = |node: &'e Applied| node.path(&["package", "artifact"]).filter(|node| !node.is_null());
        let is_alone = entry.value.path(&["package", "individually"]).and_then(Applied::known) == Some("true");
        named(&entry.value).or_else(|| if is_alone { None } else { named(self.root) })
    }

    /// What `serverless package` left. Python packages that are packed apart are no part of it: what the
    /// function unpacks when it starts is not seen.
    fn package(&self, entry: &AppliedEntry) -> Option<TreePath> {
        if self.artifact(entry).is_some() || entry.value.get("image").is_some_and(|node| !node.is_null()) {
            return None;
        }
        let is_packed_apart =
            self.root.path(&["pythonRequirements", "zip"]).is_some_and(|node| node.known() != Some("false"));
        if is_packed_apart {
            return None;
        }
        let built = self.root.path(&[section_names::BUILT, section_names::FUNCTIONS, &entry.name])?;
        built.known().map(TreePath::from)
    }

    /// True when a plugin, or the framework's own bundler, makes what is packed.
    fn built(&self) -> Answer {
        if self.root.get("build").is_some() {
            return Answer::True;
        }
        let Some(plugins) = self.root.get("plugins") else { return Answer::False };
        if let Some(why) = plugins.unknown() {
            return Answer::Unknown(why.clone());
        }
        let list = plugins.get("modules").unwrap_or(plugins);
        let is_bundler =
            |plugin: &Applied| plugin.known().is_some_and(|name| BUNDLERS.iter().any(|bundler| name.contains(bundler)));
        Answer::from(list.items().iter().any(is_bundler))
    }

    fn environment(&self, entry: &AppliedEntry) -> Many<Entry> {
        let of = |node: Option<&Applied>| node.map_or_else(Many::default, Applied::map);
        merged(of(self.provider("environment")), of(entry.value.get("environment")))
    }

    /// Layers of the service itself stand as their packages, where these are on disk.
    fn layers(&self, entry: &AppliedEntry) -> Many<Value<String>> {
        let own = entry.value.get("layers").filter(|node| !node.is_null());
        let Some(node) = own.or_else(|| self.provider("layers")) else { return Many::default() };
        let mut layers = node.texts();
        for layer in &mut layers.items {
            let Content::Ref(id) = &layer.content else { continue };
            if let Some(path) = self.layer(id) {
                *layer = Value::known(path, layer.origin.clone());
            }
        }
        if !node.is_sequence() {
            layers.open.get_or_insert(Why::new("layers that are not a list"));
        }
        layers
    }

    fn layer(&self, id: &str) -> Option<String> {
        if let Some(built) = self.root.path(&[section_names::BUILT, section_names::LAYERS, id]) {
            return built.known().map(str::to_owned);
        }
        let layers = self.root.get("layers").map(Applied::entries).unwrap_or_default();
        let layer = layers.iter().find(|layer| logical_id(&layer.name) == id)?;
        let artifact = layer.value.path(&["package", "artifact"])?.known()?;
        self.folder.join(artifact)?.as_str().map(str::to_owned)
    }
}
