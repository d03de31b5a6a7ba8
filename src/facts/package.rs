//! Packages of source code: what a manifest declares.

use crate::value::{Entry, Many, Value};

fact! {
    /// A package of source code with a manifest (`package.json`)
    "package" Package {
        /// `npm`
        technology: &'static str,
        /// Name
        name: Value<String>,
        /// Version
        version: Value<String>,
        /// The module that others get
        main: Value<String>,
        /// `module` or `commonjs`
        module_type: Value<String>,
        /// Packages that it needs to run, by name
        dependencies: Many<Entry>,
        /// Packages that it can run without, by name
        optional_dependencies: Many<Entry>,
        /// Packages that whoever uses it must bring, by name
        peer_dependencies: Many<Entry>,
        /// Packages that it needs only while it is developed, by name
        development_dependencies: Many<Entry>,
        /// Folders of further packages of the same workspace
        workspaces: Many<Value<String>>,
    }
}
