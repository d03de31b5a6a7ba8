//! What rules about packages share: what a fault means for the function, and how it is reported.

mod evidence;
pub(super) mod handler_fault;
pub(super) mod import_fault;
pub(super) mod load_fault;
mod outcome;
pub(super) mod package_fault;
pub(super) mod runtime_lifecycle;

pub(super) use evidence::{from_handler, with_doubts};
pub(super) use outcome::Outcome;
