//! `lambda/missing-named-export`: a module is asked for a name that it does not export.

pub use super::shared::load_fault::check;
