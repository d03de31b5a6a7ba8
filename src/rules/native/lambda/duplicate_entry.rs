//! `lambda/duplicate-entry`: a file that stands in the archive twice.

pub use super::shared::package_fault::check;
