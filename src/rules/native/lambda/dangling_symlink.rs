//! `lambda/dangling-symlink`: links that lead nowhere.

pub use super::shared::package_fault::check;
