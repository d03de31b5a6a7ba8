//! `lambda/unsupported-syntax`: a reachable file is written for a newer version of the language.

pub use super::shared::load_fault::check;
