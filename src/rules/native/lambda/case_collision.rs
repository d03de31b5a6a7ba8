//! `lambda/case-collision`: names that differ by case alone.

pub use super::shared::package_fault::check;
