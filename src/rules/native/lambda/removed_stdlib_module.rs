//! `lambda/removed-stdlib-module`: code imports a module that the runtime's version no longer has.

pub use super::shared::load_fault::check;
