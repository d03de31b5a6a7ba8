//! Functions.

use super::{Artifact, Id, PathUse};
use crate::source::TreePath;
use crate::value::{Answer, Entry, Many, Value, Why};

fact! {
    /// A function that a platform runs (AWS Lambda)
    "function" Function {
        /// `sam`, `cfn`, `cdk`, `serverless`, `terraform`
        technology: &'static str,
        /// Name in the template
        id: String,
        /// Name on the platform
        name: Value<String>,
        /// Handler
        handler: Value<String>,
        /// Runtime identifier
        runtime: Value<String>,
        /// `x86_64` or `arm64`
        architecture: Value<String>,
        /// `Zip` or `Image`
        package_type: Value<String>,
        /// Where its code is, as written
        code: PathUse,
        /// True when a build step puts the code there or changes it (SAM `Metadata.BuildMethod`, …)
        built: Answer,
        /// The finished package that a build step leaves for it, from the root of the tree: a zip, or a folder that is zipped as it is (`.aws-sam/build/Name`, `cdk.out/asset.HASH`, `.serverless/name.zip`). Who sets it says that this is what runs: where it exists it is opened and proved, and `code` counts as source. Without it only a `code` that is a zip or jar is opened
        package: Option<TreePath>,
        /// Layers
        layers: Many<Value<String>>,
        /// Environment variables by name
        environment: Many<Entry>,
        /// Time after which it is stopped, seconds
        timeout: Value<i64>,
        /// Memory that it may use, MiB
        memory_size: Value<i64>,
        /// Space in `/tmp`, MiB
        ephemeral_storage: Value<i64>,
        /// Most copies that run at once; absent when only the account limits them
        reserved_concurrency: Value<i64>,
        /// Tags by name
        tags: Many<Entry>,
        /// The package that was opened for it
        artifact: Option<Id<Artifact>>,
        /// Why its source could not be followed from the handler
        source_unread: Option<Why>,
    }
}
