//! `lambda/relies-on-runtime-sdk`: a package comes from the runtime, in a version that AWS chooses.

pub use super::shared::load_fault::check;
