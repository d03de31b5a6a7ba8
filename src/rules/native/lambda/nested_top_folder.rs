//! `lambda/nested-top-folder`: everything lies in one folder of the archive.

pub use super::shared::package_fault::check;
