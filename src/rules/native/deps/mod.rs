//! Checks of what code needs to be installed.

pub mod imported_undeclared;
