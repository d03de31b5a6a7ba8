//! `lambda/native-musl`: compiled code is for musl, the runtime has glibc.

pub use super::shared::load_fault::check;
