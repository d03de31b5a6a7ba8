//! `lambda/secret-in-package`: a secret is zipped into a package.

pub use super::shared::package_fault::check;
