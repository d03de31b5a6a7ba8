//! Declarative rules: a closed set of operators over the fields of a subject.

mod compile;
mod evaluate;
mod model;
mod operators;

pub use compile::Compiled;
pub use model::{Condition, FieldPath};
pub use operators::{OPERATORS, Operator};
