//! `lambda/too-large-for-direct-upload`: an archive that only S3 can take.

pub use super::shared::package_fault::check;
