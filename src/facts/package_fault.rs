//! Faults of packages as such: what is wrong with them before any code is read.

use super::{Artifact, Id};
use crate::value::Why;

fact! {
    /// A fault of a package or a layer that shows without reading code: a damaged archive, a name, a mode, a size
    "package-fault" PackageFault {
        /// The package
        artifact: Id<Artifact>,
        /// What is wrong, named as the rule is that speaks of it: `unreadable-package`, `bootstrap-missing`
        kind: &'static str,
        /// Which answer of that rule it is; empty when it has one
        answer: &'static str,
        /// True when it is a fault of the package whoever runs it, false when it is one for this function
        of_package: bool,
        /// The member that it is about; empty for the whole package
        entry: String,
        /// Another name: where a link points, which name collides, which folder is meant
        other: String,
        /// How many members have it
        count: String,
        /// How much there is
        amount: String,
        /// How much there may be
        limit: String,
        /// What the platform says
        error: String,
        /// Why it may be right after all
        doubt: Option<Why>,
    }
}
