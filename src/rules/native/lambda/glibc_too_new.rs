//! `lambda/glibc-too-new`: compiled code needs a newer C library than the runtime has.

pub use super::shared::load_fault::check;
