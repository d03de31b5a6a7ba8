//! Build artifacts: what is uploaded.

use super::{Function, Id};
use crate::value::{Value, Why};

fact! {
    /// A package that a function runs: a zip, or a folder that is one once built
    "artifact" Artifact {
        /// The function that runs it, when a template names it
        function: Option<Id<Function>>,
        /// Other functions that run it in just the same way
        shared_with: Vec<Id<Function>>,
        /// Why it may not be what is deployed, or is not seen whole: what is found in it is a warning at most
        limited: Option<Why>,
        /// `node`, `python`, `java`, `provided`, …
        platform: &'static str,
        /// Handler
        handler: Value<String>,
        /// Runtime identifier
        runtime: Value<String>,
        /// The handler was guessed, because nobody named one
        guessed: bool,
        /// The file that holds the handler inside the package, empty when there is none
        handler_file: String,
        /// Where the handler's file was looked for, comma-separated
        handler_candidates: String,
        /// A file of the package whose name is close to the handler's, empty when there is none
        handler_near: String,
        /// What is wrong with the handler beyond its file, named as the rule is that speaks of it: `malformed-handler`, `handler-not-exported`, `handler-not-a-function`, `handler-shadowed-by-builtin`; empty when nothing is known to be
        handler_fault: &'static str,
        /// The handler's file offers the function that the handler names; absent where nothing was looked into
        handler_exported: Value<bool>,
        /// Every import that may run was followed; absent where there is no handler to start from
        imports_followed: Value<bool>,
        /// What the handler's file offers instead, comma-separated
        handler_exports: String,
        /// What the runtime says of the handler's fault
        handler_error: String,
        /// Why it could not be judged
        not_judged: Option<Why>,
    }
}

super::field::hidden_field!(Option<Why>);
super::field::hidden_field!(Vec<Id<Function>>);
