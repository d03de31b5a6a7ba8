//! Declarative rules: a closed set of operators over the fields of a subject.

mod compile;
mod documents;
mod evaluate;
mod fields;
mod model;
mod operators;
mod pattern;

pub use compile::Compiled;
use compile::written_part;
pub use documents::Documents;
pub use model::{Condition, FieldPath};
pub use operators::{OPERATORS, Operator};
