//! `lambda/packages-not-at-root`: packages lie in a folder where the runtime does not look.

pub use super::shared::load_fault::check;
