//! `lambda/handler-shadowed-by-builtin`: the handler's module has the name of a built-in one.

pub use super::shared::handler_fault::check;
