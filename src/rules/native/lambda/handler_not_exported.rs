//! `lambda/handler-not-exported`: the handler's file does not have the function.

pub use super::shared::handler_fault::check;
