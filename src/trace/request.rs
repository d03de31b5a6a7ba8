//! What is asked of a trace, and what comes back.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::code::{Environment, Preset, Strength};
use crate::diagnostic::LogicalPath;
use crate::facts::{Facts, Function, Id, SetId};
use crate::runtime::{LAYER_ROOT, TASK_ROOT};
use crate::source::{Origin, Source, Span, TreePath};
use crate::tree::{Archive, Tree};
use crate::value::Why;

/// A package or layer: an archive, or a folder that is one once built.
#[derive(Clone)]
pub struct Part {
    /// Its files.
    pub tree: Arc<dyn Tree>,
    /// The same as an archive, unless it is a folder.
    pub archive: Option<Arc<Archive>>,
    /// The archive or folder.
    pub source: Source,
    /// Why some of its content cannot be seen.
    pub unseen: Option<Why>,
}

impl Part {
    /// What its address begins with: `zip` or `folder`.
    pub fn technology(&self) -> &'static str {
        technology(&self.source)
    }
}

/// What the address of a package begins with.
pub(super) fn technology(package: &Source) -> &'static str {
    if package.is_folder() { "folder" } else { "zip" }
}

/// A package to look into, and what is known of how it will run.
#[derive(Clone)]
pub struct PackageRequest {
    /// The package.
    pub package: Part,
    /// Its layers, in the order in which they are unpacked.
    pub layers: Vec<Part>,
    /// Why there may be more layers than these.
    pub more_layers: Option<Why>,
    /// The handler string.
    pub handler: Option<String>,
    /// Where the handler is named; the package itself when nobody names one.
    pub handler_origin: Option<Origin>,
    /// Runtime identifier.
    pub runtime: Option<String>,
    /// `x86_64` or `arm64`.
    pub architecture: Option<String>,
    /// Variables that the function is given, or why their values are not known.
    pub environment: BTreeMap<String, Result<String, Why>>,
    /// Those of them that its code gives another value: what it finds in them is not known.
    pub changed_variables: BTreeSet<String>,
    /// Why the package may not be the one that is deployed.
    pub limited: Option<Why>,
    /// The function that runs it.
    pub function: Option<Id<Function>>,
    /// The release set.
    pub set: SetId,
    /// Address of the package.
    pub path: LogicalPath,
}

/// What was found in a package.
#[derive(Clone, Debug, Default)]
pub struct PackageTrace {
    /// One artifact and its imports that do not resolve; ids are local to these facts.
    pub facts: Facts,
    /// Files that could not be taken into account.
    pub problems: Vec<Problem>,
    /// Files that were read.
    pub files: usize,
    /// Bytes of these files.
    pub bytes: u64,
    /// Environment variables that its code gives another value.
    pub sets_variables: BTreeSet<String>,
    /// Imports whose target is worked out at run time.
    pub computed: usize,
    /// Compiled modules that are loaded.
    pub natives: Vec<Native>,
    /// Files of code that are loaded, and how surely, strongest first.
    pub reached: Vec<(TreePath, Strength)>,
    /// Compiled files that are loaded, with the libraries that they need. Sorted.
    pub compiled: Vec<TreePath>,
    /// Files of code that only guarded imports lead to; they were not looked into. Sorted.
    pub guarded: Vec<TreePath>,
}

impl PackageRequest {
    /// The package or layer that has a file of the mounted tree, and the file's path in it.
    pub(super) fn part_of(&self, path: &TreePath) -> (&Part, TreePath) {
        if let Some(inside) = path.relative_to(&TASK_ROOT.into()) {
            return (&self.package, inside);
        }
        let inside = path.relative_to(&LAYER_ROOT.into()).unwrap_or_else(|| path.clone());
        // Of layers the last one's files lie on top.
        let layer = self.layers.iter().rev().find(|layer| layer.tree.resolve(&inside).is_some());
        (layer.unwrap_or(&self.package), inside)
    }

    /// The value of a variable, when it is given and known.
    pub fn variable(&self, name: &str) -> Option<&str> {
        self.environment.get(name)?.as_deref().ok()
    }

    /// What code finds in environment variables, with those that the platform sets.
    pub(super) fn environment_of_code(&self, platform: &'static [&'static [Preset]]) -> Environment {
        let of_code = self.environment.iter().filter(|(name, _)| !self.changed_variables.contains(*name));
        let known = of_code.filter_map(|(name, value)| Some((name.clone(), value.clone().ok()?)));
        let given: BTreeMap<String, String> = known.collect();
        Environment { platform, given: (!given.is_empty()).then(|| Arc::new(given)) }
    }
}

impl PackageTrace {
    /// Files of layers that are loaded.
    pub fn in_layers(&self) -> usize {
        let all = self.reached.iter().map(|(path, _)| path).chain(&self.compiled);
        all.filter(|path| path.is_under(&LAYER_ROOT.into())).count()
    }
}

/// A compiled module that is reached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Native {
    /// Its path in the mounted tree.
    pub path: TreePath,
    /// How surely it is loaded.
    pub strength: Strength,
    /// The chain of files from the handler to the file that loads it, ` → ` between them.
    pub chain: String,
}

/// A file of a package that could not be taken into account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The file.
    pub source: Source,
    /// Bytes in it.
    pub span: Span,
    /// What kind of trouble.
    pub kind: ProblemKind,
    /// In the words of the parser or the tree.
    pub message: String,
}

/// Kinds of trouble with a file of a package.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProblemKind {
    /// The parser could make nothing of it.
    Syntax,
    /// Beyond a limit: size, nesting, number of modules.
    Limit,
    /// It could not be read.
    Unreadable,
    /// The archive's bytes for it are damaged.
    Damaged,
    /// This program failed on the package.
    Failure,
}
