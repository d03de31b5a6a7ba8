//! `lambda/missing-distribution-metadata`: code asks for metadata of a distribution that is not packaged.

pub use super::shared::load_fault::check;
