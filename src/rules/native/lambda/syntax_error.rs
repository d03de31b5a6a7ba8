//! `lambda/syntax-error`: a reachable file is no valid code.

pub use super::shared::load_fault::check;
