//! Java: class files, and which of them a runtime loads.

mod class_file;
mod handler;

pub use class_file::{CLASS_BYTES, ClassFile};
pub use handler::{HandlerName, newest_class_version};
