//! Routes of APIs and the functions they call.

pub mod to_undefined_function;
pub mod without_permission;
