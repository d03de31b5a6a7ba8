//! `lambda/missing-platform-package`: the compiled part of a package for the function's platform is not there.

pub use super::shared::load_fault::check;
