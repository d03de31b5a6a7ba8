//! `lambda/bootstrap-missing`: a custom runtime has no program to start.

pub use super::shared::package_fault::check;
