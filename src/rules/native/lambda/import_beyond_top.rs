//! `lambda/import-beyond-top`: a relative import leaves the top-level package.

pub use super::shared::load_fault::check;
