//! `lambda/bundled-dynamic-require`: a bundle calls a `require` that is not there.

pub use super::shared::load_fault::check;
