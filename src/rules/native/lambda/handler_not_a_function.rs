//! `lambda/handler-not-a-function`: what the handler names is no function.

pub use super::shared::handler_fault::check;
