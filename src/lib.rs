//! map
pub mod diagnostic;
pub mod facts;
pub mod source;
pub mod syntax;
pub mod tree;
pub mod value;
