//! `lambda/dead-weight`: a package carries what its function does not load.

pub use super::shared::package_fault::check;
