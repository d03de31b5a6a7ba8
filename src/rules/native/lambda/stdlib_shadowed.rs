//! `lambda/stdlib-shadowed`: a file of the package takes the place of a standard module.

pub use super::shared::load_fault::check;
