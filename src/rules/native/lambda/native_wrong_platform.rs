//! `lambda/native-wrong-platform`: compiled code is for another operating system.

pub use super::shared::load_fault::check;
