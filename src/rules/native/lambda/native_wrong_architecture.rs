//! `lambda/native-wrong-architecture`: compiled code is for another processor.

pub use super::shared::load_fault::check;
