//! `lambda/too-large-unzipped`: code and layers are larger than the platform takes.

pub use super::shared::package_fault::check;
