//! Checks of compose projects.

pub(super) mod missing_bind_source;
pub(super) mod undefined_dependency;
