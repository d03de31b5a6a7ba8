//! Compiled code as a runtime's system sees it: programs that it starts, libraries that it loads.

mod library;
mod program;
mod system;

pub use library::{LIBRARY_BYTES, Library, Loaded};
pub use program::{Elf, Machine, PROGRAM_BYTES, Program, has_loader};
pub use system::{Brought, System, brings};
