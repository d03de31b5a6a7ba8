//! Mounts of host paths.

use super::{Container, Id, PathUse};
use crate::value::Value;

fact! {
    /// A host path that is mounted into a container (compose)
    "mount" Mount {
        /// The container
        container: Id<Container>,
        /// Path on the host
        source: PathUse,
        /// Path in the container
        target: Value<String>,
        /// Refuses to start when the path is missing (long syntax with `create_host_path: false`)
        required: bool,
    }
}
