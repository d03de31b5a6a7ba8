//! `lambda/commonjs-global-in-esm`: an ECMAScript module uses what only CommonJS modules have.

pub use super::shared::load_fault::check;
