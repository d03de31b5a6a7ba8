//! `lambda/engine-mismatch`: an installed package is for other versions of the language.

pub use super::shared::load_fault::check;
