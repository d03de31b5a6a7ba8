//! What a platform does with code: where it looks for handlers and modules, what it brings along.
//! Tables of facts, each with its source and date, and the algorithms that the platform documents.

pub mod java;
mod lambda;
pub mod lifecycle;
pub mod native;
pub mod node;
pub mod python;

pub use lambda::{ENVIRONMENT, LAYER_ROOT, TASK_FOLDER, TASK_ROOT};
