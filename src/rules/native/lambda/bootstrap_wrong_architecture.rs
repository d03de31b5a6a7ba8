//! `lambda/bootstrap-wrong-architecture`: the program is for another machine or system.

pub use super::shared::package_fault::check;
