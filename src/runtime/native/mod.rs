//! Programs as the kernel of a runtime sees them: what they are, and for which machine.

mod program;

pub use program::{Elf, Machine, PROGRAM_BYTES, Program, has_loader};
