//! `lambda/esm-syntax-in-commonjs`: `import` and `export` in a file that is loaded as CommonJS.

pub use super::shared::load_fault::check;
