//! Checks of credentials.

pub(super) mod literal_in_compose;
