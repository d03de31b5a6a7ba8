//! `lambda/backslash-entry-name`: names whose folders are parted by backslashes.

pub use super::shared::package_fault::check;
