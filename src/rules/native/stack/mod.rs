//! Stacks: templates as a whole.

pub mod undefined_reference;
