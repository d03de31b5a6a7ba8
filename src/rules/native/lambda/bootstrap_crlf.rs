//! `lambda/bootstrap-crlf`: the first line of the script ends as on Windows.

pub use super::shared::package_fault::check;
