//! Sources to what will really be applied, every node still knowing where it is written.
//!
//! One room per technology. An expansion reads only through [`Inputs`].

pub mod applied;
mod budget;
pub mod cdk;
pub mod cloudformation;
pub mod compose;
pub mod kubernetes;
pub mod npm;
pub mod serverless;
pub mod settings;
pub mod terraform;
#[cfg(test)]
pub(crate) mod testing;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

pub use applied::{Applied, AppliedKind};

use crate::extract::Extract;
use crate::facts::{Environment, ReleaseSet};
use crate::source::{ContentId, Origin, Source, TreePath};
use crate::syntax::{Parsed, Problem};
use crate::tree::Tree;
use crate::value::Why;

/// One applied document.
#[derive(Clone, Debug)]
pub struct AppliedDocument {
    /// The file it comes from.
    pub source: Source,
    /// Its content.
    pub root: Applied,
}

/// What the expansion of a release set gives.
#[derive(Debug, Default)]
pub struct Expansion {
    /// The applied documents.
    pub documents: Vec<AppliedDocument>,
    /// Why something in the set could not be seen, if so.
    pub open: Option<Why>,
    /// The environment, where the content of the set says it.
    pub environment: Option<(Environment, String)>,
    /// Trouble met on the way, each in its file.
    pub problems: Vec<(Source, Problem)>,
    /// Credentials and other values that must be masked wherever their bytes are shown.
    pub secrets: Vec<Origin>,
}

/// The files that an expansion may read: those extracted already, and the tree for the rest.
pub struct Inputs<'a> {
    /// The judged tree.
    pub tree: &'a dyn Tree,
    /// Extracts by path.
    pub extracts: &'a BTreeMap<TreePath, Arc<Extract>>,
    /// Largest structured file, bytes.
    pub cap: u64,
    module_calls: OnceLock<terraform::Calls>,
}

impl<'a> Inputs<'a> {
    /// Inputs over a tree.
    pub fn new(tree: &'a dyn Tree, extracts: &'a BTreeMap<TreePath, Arc<Extract>>, cap: u64) -> Self {
        Self { tree, extracts, cap, module_calls: OnceLock::new() }
    }

    /// Which folders of Terraform configuration call which others, found when the first set asks.
    fn module_calls(&self) -> &terraform::Calls {
        self.module_calls.get_or_init(|| terraform::Calls::of(self.extracts))
    }

    /// A file that was extracted.
    pub fn extract(&self, path: &TreePath) -> Option<&'a Arc<Extract>> {
        self.extracts.get(path)
    }

    /// The text of any file of the tree; `None` when it is not there or cannot be read as text.
    pub fn text(&self, path: &TreePath) -> Option<(Source, String)> {
        let bytes = self.tree.read(path, self.cap).ok()?;
        let source = Source::new(path.clone(), ContentId::of(&bytes));
        String::from_utf8(bytes).ok().map(|text| (source, text))
    }

    /// The text of a file that places are looked for in: kept from its extract, or read now.
    pub fn shared_text(&self, path: &TreePath) -> Option<Arc<str>> {
        let kept = self.extract(path).and_then(|extract| extract.text.clone());
        kept.or_else(|| self.text(path).map(|(_, text)| text.into()))
    }

    /// A YAML file, from its extract or read now.
    pub fn yaml(&self, path: &TreePath) -> Option<Arc<Parsed>> {
        if let Some(extract) = self.extract(path) {
            return Some(Arc::clone(&extract.parsed));
        }
        let (source, text) = self.text(path)?;
        Some(Arc::new(crate::syntax::yaml::read(&source, &text)))
    }

    /// True when something is there.
    pub fn exists(&self, path: &TreePath) -> bool {
        self.extracts.contains_key(path) || self.tree.resolve(path).is_some()
    }
}

/// Expands a release set.
pub fn expand(set: &ReleaseSet, inputs: &Inputs<'_>) -> Expansion {
    match set.technology {
        "compose" => compose::expand(set, inputs),
        "k8s" => kubernetes::expand(set, inputs),
        "sam" | "cfn" => cloudformation::expand(set, inputs),
        "cdk" => cdk::expand(set, inputs),
        "serverless" => serverless::expand(set, inputs),
        "terraform" => terraform::expand(set, inputs),
        "npm" => npm::expand(set, inputs),
        "settings" => settings::expand(set, inputs),
        _ => Expansion::default(),
    }
}
