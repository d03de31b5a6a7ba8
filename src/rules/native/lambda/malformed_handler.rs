//! `lambda/malformed-handler`: the handler string is none.

pub use super::shared::handler_fault::check;
