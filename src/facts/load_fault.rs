//! Code in packages that fails when it is loaded.

use super::{Artifact, Id};
use crate::value::Why;

fact! {
    /// Code, reachable from a handler, that fails when it is loaded although the modules it imports are there
    "load-fault" LoadFault {
        /// The package
        artifact: Id<Artifact>,
        /// What is wrong, named as the rule is that speaks of it: `syntax-error`, `missing-named-export`
        kind: &'static str,
        /// The file that fails, inside the package
        file: String,
        /// The name that it is about: an import, a variable, a syntax; empty when there is none
        name: String,
        /// The module that it is about, as written; empty when there is none
        module: String,
        /// What the runtime says
        error: String,
        /// The chain of files from the handler to the file, ` → ` between them
        chain: String,
        /// `hard` (fails at start), `late` (in a function), `conditional` (under a condition that cannot be decided), `soft` (guarded)
        strength: &'static str,
        /// The same once the handler is called; empty when the handler does not reach it
        on_request: &'static str,
        /// The file is not part of an installed package
        first_party: bool,
        /// A tool wrote the file: a bundle, minified code
        generated: bool,
        /// A path or name that was probably meant, empty when there is none
        near: String,
        /// Why it may be right after all
        doubt: Option<Why>,
        /// What it takes for granted beyond what the files show
        guess: Option<Why>,
    }
}
