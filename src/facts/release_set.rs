//! Release sets: the objects that are applied together.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::diagnostic::LogicalPath;
use crate::source::TreePath;
use crate::value::Why;

/// An environment that a path or a set belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// A developer's machine, tests, samples.
    Dev,
    /// Everything between dev and prod.
    Staging,
    /// What users see.
    Prod,
}

impl Environment {
    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Staging => "staging",
            Self::Prod => "prod",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// The objects applied together: a root and the inputs that make it this release.
#[derive(Clone, Debug)]
pub struct ReleaseSet {
    /// Which technology applies it: `compose`, `k8s`, `sam`, `cfn`, `cdk`, `serverless`, `terraform`, `settings`, `artifact`.
    pub technology: &'static str,
    /// The file or folder it starts from.
    pub root: TreePath,
    /// The files that are merged, root file included, in order; folders are not among them.
    pub files: Vec<TreePath>,
    /// What tells it from sets of the same root: override files, values files, parameter files.
    pub inputs: Vec<String>,
    /// Where it is released to, if anything says so, with the words for why we think so.
    pub environment: Option<(Environment, String)>,
    /// Why something in it could not be seen; `None` means it is closed.
    pub open: Option<Why>,
}

impl ReleaseSet {
    /// Its address.
    pub fn path(&self) -> LogicalPath {
        LogicalPath::of_set(self.technology, &self.root, &self.inputs)
    }

    /// True when it is released to this environment.
    pub fn is_for(&self, environment: Environment) -> bool {
        self.environment.as_ref().is_some_and(|(own, _)| *own == environment)
    }
}
