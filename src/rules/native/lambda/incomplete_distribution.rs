//! `lambda/incomplete-distribution`: files that an installed distribution lists are gone.

pub use super::shared::load_fault::check;
