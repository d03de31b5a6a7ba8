//! Imports of code in packages that do not resolve.

use super::{Artifact, Id};

fact! {
    /// An import, reachable from a handler, that does not resolve in the package, its layers or the runtime
    "module-import" ModuleImport {
        /// The package
        artifact: Id<Artifact>,
        /// As written: `express`, `./lib/x`
        specifier: String,
        /// Name of the package that is missing; empty for a file of the same package
        module: String,
        /// The file that imports it, inside the package
        importer: String,
        /// The chain of files from the handler to the importer, ` → ` between them
        chain: String,
        /// `hard` (fails at start), `late` (fails when reached), `soft` (guarded)
        strength: &'static str,
        /// `module` (package), `file`, `not-exported`, `builtin`
        missing: &'static str,
        /// The importing package declares it among its dependencies
        declared: bool,
    }
}
