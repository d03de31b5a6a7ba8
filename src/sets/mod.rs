//! Plans the release sets: which files are applied together, and with which inputs.

pub mod cdk;
pub mod cloudformation;
pub mod compose;
pub mod kubernetes;
pub mod npm;
pub mod serverless;
pub mod settings;
pub mod terraform;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::extract::Extract;
use crate::facts::{Environment, ReleaseSet};
use crate::source::TreePath;

/// What planning can see.
pub struct Planning<'a> {
    /// Extracts by path.
    pub extracts: &'a BTreeMap<TreePath, Arc<Extract>>,
    /// Folders that a technology not read yet renders into: sets there are open, with the reason.
    pub unread: &'a BTreeMap<TreePath, String>,
    /// Sets declared in the configuration: name → files.
    pub declared: &'a [(String, Vec<TreePath>)],
    /// Environment of a path, by the configuration's globs and the path's own words.
    pub environment: &'a (dyn Fn(&TreePath) -> Option<(Environment, String)> + Sync),
}

/// All release sets, sorted by address.
pub fn plan(planning: &Planning<'_>) -> Vec<ReleaseSet> {
    let ((compose, kubernetes), (cloudformation, single)) = rayon::join(
        || rayon::join(|| compose::plan(planning), || kubernetes::plan(planning)),
        || rayon::join(|| cloudformation::plan(planning), || [npm::plan(planning), settings::plan(planning)].concat()),
    );
    let functions = [cdk::plan(planning), serverless::plan(planning), terraform::plan(planning)].concat();
    let mut sets = [compose, kubernetes, cloudformation, single, functions].concat();
    sets.sort_by_cached_key(|set| (set.path(), set.files.clone()));
    sets
}
