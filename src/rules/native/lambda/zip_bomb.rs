//! `lambda/zip-bomb`: an archive that unpacks to far more than it holds.

pub use super::shared::package_fault::check;
