//! Release sets of small trees, for the tests of expanding and lowering.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Expansion, Inputs, expand};
use crate::extract::{Extract, Wanted, extract};
use crate::facts::ReleaseSet;
use crate::sets::{Planning, plan};
use crate::source::TreePath;
use crate::text::Needles;
use crate::tree::Memory;

/// Most bytes of one file.
const CAP: u64 = 1 << 20;

/// All release sets that are planned of these files, each with what it expands to.
pub(crate) fn expanded(files: &[(&str, &str)]) -> Vec<(ReleaseSet, Expansion)> {
    let wanted = Wanted { needles: Needles::standard(), selections: Vec::new(), cap: CAP };
    let extracts: BTreeMap<TreePath, Arc<Extract>> = files
        .iter()
        .filter_map(|(path, text)| {
            Some(((*path).into(), Arc::new(extract(&(*path).into(), text.as_bytes(), &wanted)?)))
        })
        .collect();
    let tree = Memory::new(files.iter().map(|(path, text)| (*path, *text)));
    let planning = Planning {
        extracts: &extracts,
        unread: &BTreeMap::new(),
        declared: &[],
        environment: &crate::scope::environment_of,
    };
    let inputs = Inputs::new(&tree, &extracts, CAP);
    let both = |set: ReleaseSet| {
        let expansion = expand(&set, &inputs);
        (set, expansion)
    };
    plan(&planning).into_iter().map(both).collect()
}
