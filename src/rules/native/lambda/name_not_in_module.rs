//! `lambda/name-not-in-module`: code imports a name that the module does not define.

pub use super::shared::load_fault::check;
