//! `lambda/java-class-missing`: the class that a Java handler names cannot be loaded.

pub use super::shared::package_fault::check;
