//! What kind of file it is: by name where the name tells, by content where it does not.

use crate::source::TreePath;
use crate::syntax::{Format, Node, Parsed};

/// Kinds of files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileKind {
    /// A compose file.
    Compose,
    /// Kubernetes manifests.
    Kubernetes,
    /// A CloudFormation template, SAM included.
    CloudFormation,
    /// A `.env` file.
    Dotenv,
    /// A plain configuration file.
    Settings,
    /// A service of the Serverless Framework on AWS.
    Serverless,
    /// The manifest of a CDK cloud assembly: what `cdk synth` makes.
    CdkAssembly,
    /// Terraform configuration in which functions are, or that calls modules of the repository.
    Terraform,
    /// Values for the parameters of templates: `samconfig.toml`, parameter files.
    Parameters,
    /// `package.json`.
    PackageJson,
    /// A Dockerfile.
    Dockerfile,
    /// Recognised, but not read yet, or never read; the reason is counted.
    Skipped(&'static str),
    /// Nothing that concerns a deploy.
    Other,
}

impl FileKind {
    /// The word for it, as `files:` of a rule names it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Compose => "compose",
            Self::Kubernetes => "kubernetes",
            Self::CloudFormation => "cloudformation",
            Self::Dotenv => "dotenv",
            Self::Settings => "settings",
            Self::PackageJson => "package-json",
            Self::Dockerfile => "dockerfile",
            Self::Serverless | Self::CdkAssembly | Self::Terraform => "other",
            Self::Parameters | Self::Skipped(_) | Self::Other => "other",
        }
    }
}

/// Why the settings of a CDK app are not judged: what it deploys stands in its cloud assembly.
pub const CDK_APP: &str = "cdk app";

/// Why Terraform configuration without functions is not judged.
const TERRAFORM: &str = "terraform";

/// Names of files that hold a service of the Serverless Framework (its documentation, 2026-07).
const SERVERLESS_NAMES: &[&str] = &["serverless.yml", "serverless.yaml", "serverless.json"];
/// Names of files whose code makes one.
const SERVERLESS_CODE: &[&str] = &["serverless.ts", "serverless.js", "serverless.cjs", "serverless.mjs"];

/// Technologies that are recognised by name and read by a later version.
const UNREAD_NAMES: &[(&str, &str)] = &[
    ("Chart.yaml", "helm chart"),
    ("kustomization.yaml", "kustomization"),
    ("kustomization.yml", "kustomization"),
    ("Kustomization", "kustomization"),
    ("cdk.json", CDK_APP),
    ("skaffold.yaml", "skaffold"),
    ("helmfile.yaml", "helmfile"),
];

/// Endings of files that are about a `.env` file and are none: patches of it, programs that write it.
const NOT_DOTENV: &[&str] =
    &[".patch", ".diff", ".md", ".sh", ".js", ".mjs", ".cjs", ".ts", ".py", ".rb", ".go", ".php"];

/// Kind by name alone, where the name tells.
pub fn by_name(path: &TreePath) -> Option<FileKind> {
    let name = path.file_name();
    let lower = name.to_ascii_lowercase();
    if let Some((_, reason)) = UNREAD_NAMES.iter().find(|(known, _)| **known == *name) {
        return Some(FileKind::Skipped(reason));
    }
    if SERVERLESS_NAMES.contains(&&*name) {
        return Some(FileKind::Serverless);
    }
    if lower.ends_with(".tf") || lower.ends_with(".tf.json") || lower.ends_with(".tfvars") {
        return Some(FileKind::Skipped(TERRAFORM));
    }
    if lower == "package.json" {
        return Some(FileKind::PackageJson);
    }
    if is_dockerfile(&name) {
        return Some(FileKind::Dockerfile);
    }
    let is_dotenv = lower == ".env" || lower.starts_with(".env.") || lower.ends_with(".env");
    if is_dotenv && !NOT_DOTENV.iter().any(|ending| lower.ends_with(ending)) {
        return Some(FileKind::Dotenv);
    }
    let stem = lower.strip_suffix(".yml").or(lower.strip_suffix(".yaml"));
    if let Some(stem) = stem {
        let compose = |prefix: &str| {
            stem.strip_prefix(prefix).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '-', '_']))
        };
        if compose("docker-compose") || compose("compose") {
            return Some(FileKind::Compose);
        }
    }
    None
}

/// What follows the dot in files about Dockerfiles: code, prose, and templates that a build fills in.
const ABOUT_DOCKERFILES: &[&str] = &[
    "rs",
    "go",
    "py",
    "js",
    "ts",
    "tsx",
    "java",
    "kt",
    "rb",
    "php",
    "c",
    "h",
    "cpp",
    "cs",
    "sh",
    "md",
    "txt",
    "html",
    "json",
    "yml",
    "yaml",
    "toml",
    "lock",
    "vim",
    "snap",
    "j2",
    "tmpl",
    "tpl",
    "template",
    "erb",
    "in",
    "dockerignore",
];

/// `Dockerfile`, `Dockerfile.dev`, `api.Dockerfile`.
fn is_dockerfile(name: &str) -> bool {
    let lower = name.to_ascii_lowercase();
    let variant = lower.strip_prefix("dockerfile.").is_some_and(|rest| {
        let last = rest.rsplit('.').next().unwrap_or(rest);
        !ABOUT_DOCKERFILES.contains(&last)
    });
    lower == "dockerfile" || variant || lower.ends_with(".dockerfile")
}

/// The format that a file is read in.
pub fn format(path: &TreePath, named: Option<FileKind>) -> Format {
    match named {
        Some(FileKind::Dotenv) => return Format::Dotenv,
        Some(FileKind::Dockerfile) => return Format::Dockerfile,
        _ => {}
    }
    if named == Some(FileKind::Skipped("kustomization")) {
        return Format::Yaml;
    }
    match path.extension().as_deref() {
        Some("tf") => Format::Hcl,
        Some("yml" | "yaml") => Format::Yaml,
        Some("json" | "template") => Format::Json,
        Some("toml") => Format::Toml,
        _ => Format::Text,
    }
}

/// The format once the text is known: CloudFormation's `.template` files are JSON or YAML.
pub fn format_of_text(path: &TreePath, named: Option<FileKind>, text: &str) -> Format {
    match format(path, named) {
        Format::Json if is_template(path) && !text.trim_start_matches('\u{feff}').trim_start().starts_with('{') => {
            Format::Yaml
        }
        other => other,
    }
}

fn is_template(path: &TreePath) -> bool {
    path.extension().as_deref() == Some("template")
}

/// Cheap look before parsing: is there anything in it that could concern a deploy?
pub fn worth_parsing(path: &TreePath, named: Option<FileKind>, bytes: &[u8]) -> bool {
    // What a kustomization takes and changes says which manifests around it are complete.
    if named == Some(FileKind::Skipped("kustomization")) {
        return true;
    }
    if named == Some(FileKind::Skipped(TERRAFORM)) {
        return concerns_functions(path, bytes);
    }
    // It may say where the cloud assembly lies.
    if named == Some(FileKind::Skipped(CDK_APP)) {
        return memchr::memmem::find(bytes, b"\"output\"").is_some();
    }
    if matches!(named, Some(FileKind::Skipped(_))) {
        return false;
    }
    if named.is_some() {
        return true;
    }
    let name = path.file_name();
    if matches!(&*name, "package-lock.json" | "pnpm-lock.yaml" | "tsconfig.json" | "yarn.lock") {
        return false;
    }
    match format(path, named) {
        Format::Yaml => true,
        Format::Json => {
            let has = |needle: &str| memchr::memmem::find(bytes, needle.as_bytes()).is_some();
            (is_settings_path(path) && !is_template(path))
                || (has("\"Resources\"") && has("AWS::"))
                || (is_template(path) && has("\nResources:") && has("AWS::"))
                || (has("\"apiVersion\"") && has("\"kind\""))
                || (*name == *CDK_MANIFEST && CDK_ARTIFACTS.iter().any(|kind| has(kind)))
                || has("\"ParameterKey\"")
                || (name.contains("param") && has("\"Parameters\""))
        }
        Format::Toml => is_settings_path(path) || &*name == "samconfig.toml",
        Format::Dotenv | Format::Dockerfile => true,
        Format::Hcl | Format::Text => false,
    }
}

/// The manifest of a cloud assembly, and what it calls a stack and the assembly of a stage (cloud assembly
/// schema 48, 2026-07).
pub const CDK_MANIFEST: &str = "manifest.json";
const CDK_ARTIFACTS: [&str; 2] = ["aws:cloudformation:stack", "cdk:cloud-assembly"];

/// What stands in Terraform configuration that makes functions, their layers or their packages, and in
/// a call of a module that does.
const TERRAFORM_NEEDLES: &[&str] = &["aws_lambda_function", "aws_lambda_layer_version", "archive_file", "/lambda/aws"];

/// Most Terraform configuration is about other things. A call of a module of the repository is read,
/// because it may give a function's module its values.
fn concerns_functions(path: &TreePath, bytes: &[u8]) -> bool {
    if path.extension().as_deref() == Some("tfvars") {
        return false;
    }
    let has = |needle: &str| memchr::memmem::find(bytes, needle.as_bytes()).is_some();
    TERRAFORM_NEEDLES.iter().any(|needle| has(needle))
        || (has("terraform-aws-lambda") && has("source"))
        || (has("module") && has("source") && (has("\"./") || has("\"../")))
}

/// What a file is by what its first look shows, where its name promises nothing: code that makes a
/// service of the Serverless Framework.
pub fn by_bytes(path: &TreePath, bytes: &[u8]) -> Option<FileKind> {
    let has = |needle: &str| memchr::memmem::find(bytes, needle.as_bytes()).is_some();
    let is_service = SERVERLESS_CODE.contains(&&*path.file_name()) && has("provider") && has("functions");
    is_service.then_some(FileKind::Skipped("serverless service written as code"))
}

/// True for plain configuration files: their path names an environment. Files that show how others
/// look are no configuration of anything.
pub fn is_settings_path(path: &TreePath) -> bool {
    let name = path.file_name().to_ascii_lowercase();
    let is_shown =
        name.split(['.', '-', '_']).any(|word| matches!(word, "example" | "examples" | "sample" | "samples"));
    !is_shown && crate::scope::environment_of(path).is_some()
}

/// Kind by name and content.
pub fn classify(path: &TreePath, named: Option<FileKind>, parsed: &Parsed) -> FileKind {
    let roots: Vec<Node<'_>> = parsed.documents.iter().map(|document| document.root()).collect();
    if let Some(kind) = named {
        if kind == FileKind::Compose && !roots.is_empty() && !roots.iter().any(is_compose) {
            return content_kind(path, &roots);
        }
        return match kind {
            FileKind::Serverless => roots.first().map_or(kind, of_service),
            FileKind::Skipped(TERRAFORM) if !roots.is_empty() => FileKind::Terraform,
            _ => kind,
        };
    }
    content_kind(path, &roots)
}

fn content_kind(path: &TreePath, roots: &[Node<'_>]) -> FileKind {
    // Workflows and settings of GitHub; some keep manifests beside them.
    if path.names().any(|name| name == b".github") {
        return if roots.iter().any(is_kubernetes) { FileKind::Kubernetes } else { FileKind::Other };
    }
    if *path.file_name() == *CDK_MANIFEST && roots.iter().any(|root| root.get("artifacts").is_some()) {
        return FileKind::CdkAssembly;
    }
    if roots.iter().any(is_cloudformation) {
        return FileKind::CloudFormation;
    }
    if roots.iter().any(is_kubernetes) {
        return FileKind::Kubernetes;
    }
    if roots.iter().any(|root| root.get("openapi").is_some() || root.get("swagger").is_some()) {
        return FileKind::Skipped("openapi");
    }
    if roots.iter().any(is_compose) {
        return FileKind::Compose;
    }
    if !roots.is_empty() && is_settings_path(path) {
        return FileKind::Settings;
    }
    if path.file_name().starts_with("samconfig.") || roots.iter().any(is_parameters) {
        return FileKind::Parameters;
    }
    FileKind::Other
}

/// A service runs on the provider that it names.
fn of_service(root: &Node<'_>) -> FileKind {
    let Some(provider) = root.get("provider") else { return FileKind::Skipped("serverless component") };
    let name = provider.get("name").unwrap_or(provider);
    match name.text() {
        Some(name) if name != "aws" && !name.contains("${") => FileKind::Skipped("serverless.yml of another provider"),
        _ => FileKind::Serverless,
    }
}

/// The two forms of a parameter file (AWS CLI `--parameters file://`, CodePipeline's template configuration).
fn is_parameters(root: &Node<'_>) -> bool {
    let is_pair = |item: &Node<'_>| item.get("ParameterKey").is_some();
    root.items().first().is_some_and(is_pair)
        || (root.get("Parameters").is_some_and(|node| node.is_mapping()) && root.get("Resources").is_none())
}

fn is_compose(root: &Node<'_>) -> bool {
    let services = root.get("services").filter(Node::is_mapping);
    services.is_some_and(|services| {
        services.entries().iter().any(|(_, service)| {
            ["image", "build", "extends", "depends_on", "environment", "ports", "volumes", "profiles"]
                .iter()
                .any(|key| service.get(key).is_some())
        })
    }) || (root.get("include").is_some_and(|node| node.is_sequence()) && root.entries().len() <= 3)
}

fn is_kubernetes(root: &Node<'_>) -> bool {
    let is_text = |key: &str| root.get(key).is_some_and(|node| node.text().is_some());
    is_text("apiVersion") && is_text("kind")
}

fn is_cloudformation(root: &Node<'_>) -> bool {
    if root.get("AWSTemplateFormatVersion").is_some() {
        return true;
    }
    let is_amazon = |node: &Node<'_>| node.text().is_some_and(|text| text.starts_with("AWS::"));
    let transform = root.get("Transform").filter(|_| root.get("Resources").is_some());
    if transform.is_some_and(|node| is_amazon(&node) || node.items().iter().any(is_amazon)) {
        return true;
    }
    root.get("Resources").filter(Node::is_mapping).is_some_and(|resources| {
        resources.entries().iter().any(|(_, resource)| {
            resource.get("Type").and_then(|kind| kind.text()).is_some_and(|kind| kind.contains("::"))
        })
    })
}
