//! `lambda/unsafe-entry-name`: names that leave the package.

pub use super::shared::package_fault::check;
