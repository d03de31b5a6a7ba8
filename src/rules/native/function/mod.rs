//! Functions and the code they run.

pub mod code_path_missing;
