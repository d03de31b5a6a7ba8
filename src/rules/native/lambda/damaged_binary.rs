//! `lambda/damaged-binary`: compiled code is no library, or is cut off.

pub use super::shared::load_fault::check;
