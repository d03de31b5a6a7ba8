//! Imports of code in packages that do not resolve.

use super::{Artifact, Id};
use crate::value::Why;

fact! {
    /// An import, reachable from a handler, that does not resolve in the package, its layers or the runtime
    "module-import" ModuleImport {
        /// The package
        artifact: Id<Artifact>,
        /// As written: `express`, `./lib/x`
        specifier: String,
        /// `require`, `require.resolve`, `import`, `import()`, `export from`, `from` or `import_module`
        form: &'static str,
        /// Name of the package that is missing; empty for a file of the same package
        module: String,
        /// The file that imports it, inside the package
        importer: String,
        /// The chain of files from the handler to the importer, ` → ` between them
        chain: String,
        /// `hard` (fails at start), `late` (in a function), `conditional` (under a condition that cannot be decided), `soft` (guarded)
        strength: &'static str,
        /// The same once the handler is called; empty when the handler does not reach it
        on_request: &'static str,
        /// `module` (package), `file`, `not-exported`, `builtin`, `case`, `unspecified` (`import` wants the whole file name), `require-of-esm`, `sdk` (an AWS SDK that this runtime does not bring); a fault of the package that explains it: `backslash-entry-name`, `dangling-symlink`, `layer-layout`
        missing: &'static str,
        /// The importing package declares it among its dependencies
        declared: bool,
        /// The importing package declares it as optional
        optional: bool,
        /// The importing file is not part of an installed package
        first_party: bool,
        /// A tool wrote the importing file: a bundle, minified code
        generated: bool,
        /// A path of the package that was probably meant, empty when there is none
        near: String,
        /// What the runtime says; empty where it follows from the other fields
        error: String,
        /// Why it may be found after all
        doubt: Option<Why>,
        /// What it takes for granted beyond what the files show
        guess: Option<Why>,
    }
}
