//! Imports of source code that no manifest knows.

use super::{Function, Id};
use crate::source::Origin;
use crate::value::Why;

fact! {
    /// An import, reachable from the handler of a function whose code folder is source, of a package that the folder's manifests do not name
    "undeclared-import" UndeclaredImport {
        /// A function that comes to it
        function: Id<Function>,
        /// `node` or `python`
        platform: &'static str,
        /// The package
        module: String,
        /// As written: `express/lib/router`
        specifier: String,
        /// The file that imports it
        importer: String,
        /// The chain of files from the handler to the importer, ` → ` between them
        chain: String,
        /// `nowhere` (neither a manifest nor its lockfile names it), `unlocked` (no manifest names it, and no lockfile says what else is installed), `transitive` (only the lockfile names it), `dev-only` (only among what is for development)
        answer: &'static str,
        /// `cold-start`, `request` (fails when the handler is called) or `reached` (fails when the code around it runs)
        outcome: &'static str,
        /// The nearest manifest
        manifest: String,
        /// Where that is
        manifest_origin: Origin,
        /// Other files that import it
        also: Vec<Origin>,
        /// Why it may be there after all
        doubt: Option<Why>,
    }
}

super::field::hidden_field!(Origin);
super::field::hidden_field!(Vec<Origin>);
