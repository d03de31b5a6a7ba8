//! `lambda/version-mismatch`: an installed version is not the one that is asked for.

pub use super::shared::load_fault::check;
