//! Where the runtimes of functions stand in their lives.

use super::{Artifact, Function, Id};

fact! {
    /// The runtime of a function or package, on the day that the run is for
    "runtime-lifecycle" RuntimeLifecycle {
        /// The function, when a template names it
        function: Option<Id<Function>>,
        /// The package, when nothing but it is known
        artifact: Option<Id<Artifact>>,
        /// Runtime identifier
        runtime: String,
        /// `supported`, `deprecated`, `create-blocked` (no new functions), `update-blocked` (no changes either), `nonexistent` (no runtime is called so) or `unheard-of` (nor any like it)
        status: &'static str,
        /// True when the day that gave it this status was only announced when the table was made
        announced: bool,
        /// The day from which on it gets no patches
        deprecated: String,
        /// The day from which on no function can be created with it, empty when none is announced
        create_block: String,
        /// The day from which on no function that uses it can be changed, empty when none is announced
        update_block: String,
        /// The runtime to move to, or the one that was meant; empty for the newest
        successor: String,
    }
}
