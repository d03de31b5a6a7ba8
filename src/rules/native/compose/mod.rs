//! Checks of compose projects.

pub mod missing_bind_source;
pub mod undefined_dependency;
