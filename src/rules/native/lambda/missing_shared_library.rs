//! `lambda/missing-shared-library`: compiled code needs a library that is not there.

pub use super::shared::load_fault::check;
