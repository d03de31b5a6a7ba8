//! `lambda/native-wrong-python-abi`: compiled code is for another version of Python.

pub use super::shared::load_fault::check;
