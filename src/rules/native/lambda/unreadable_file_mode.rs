//! `lambda/unreadable-file-mode`: files that the runtime's user may not read.

pub use super::shared::package_fault::check;
