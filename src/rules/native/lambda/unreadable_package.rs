//! `lambda/unreadable-package`: the platform cannot unpack the archive.

pub use super::shared::package_fault::check;
