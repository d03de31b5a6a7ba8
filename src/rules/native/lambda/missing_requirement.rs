//! `lambda/missing-requirement`: a requirement of an installed distribution is not there.

pub use super::shared::load_fault::check;
