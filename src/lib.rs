//! Says which deploys will fail, and why, before they do.
//!
//! deploylint reads a repository and its build artifacts, joins them into one deployment graph, and
//! asks that graph questions. This is the map of the house; every folder is a room with one job.
//!
//! # The way of a run ([`run`])
//!
//! ```text
//! list      tree + scope     which paths are judged
//! extract   extract          per file, pure: kind, documents, text hits, problems
//! sets      sets             which files are applied together: release sets
//! expand    expand           what will really be applied; every node knows where it is written
//! lower     lower            applied documents -> typed facts
//! link      graph            joins facts by id, name, ARN, path
//! demand    graph -> run     what must be looked up: paths, packages
//! trace     trace            walks packages from their handlers, with code and runtime
//! link      graph            again, with those
//! rules     rules            query the frozen graph, side by side
//! policy    policy           severity, silence, waivers, the gate
//! render    render           words, masks, formats
//! ```
//!
//! # What must never happen
//!
//! - A file, a rule or a panic ends the run: each becomes a diagnostic and the rest goes on.
//! - An `error` that is not true. What cannot be decided is [`value::Content::Unknown`], never a guess,
//!   and it is counted.
//! - A rule reads a file, or a reader knows a rule. `tests/architecture.rs` holds the walls.
//! - A string from input reaches an output but through a message's arguments, where it is made
//!   printable and masked.
//! - A third-party type leaves the room that uses it.
//! - Output that depends on the number of threads, the order of files or the place of the checkout.

#![forbid(unsafe_code)]

// vocabulary: no I/O, no formats
pub mod diagnostic;
pub mod facts;
pub mod measure;
pub mod source;
pub mod value;

// getting in
pub mod cli;
pub mod config;
pub mod scope;
pub mod tree;

// one file at a time
pub mod extract;
pub mod syntax;
pub mod text;

// many files at a time
pub mod expand;
pub mod graph;
pub mod lower;
pub mod sets;

// code and artifacts, on demand
pub mod code;
pub mod runtime;
pub mod trace;

// judging and saying
pub mod policy;
pub mod render;
pub mod rules;

// the pipeline, and the commands around it
pub mod command;
pub mod run;
