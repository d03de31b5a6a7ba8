//! map
pub mod diagnostic;
pub mod expand;
pub mod extract;
pub mod facts;
pub mod graph;
pub mod lower;
pub mod rules;
pub mod run;
pub mod scope;
pub mod sets;
pub mod source;
pub mod syntax;
pub mod text;
pub mod tree;
pub mod value;
