//! `lambda/bootstrap-not-executable`: the program of a custom runtime may not be started.

pub use super::shared::package_fault::check;
