//! Checks of credentials.

pub mod literal_in_compose;
