//! What a source file of a programming language says: imports, exports. Text in, facts out.
//!
//! One room per language; third-party parsers stop inside it. Nothing here reads a file or knows
//! how a name is resolved: that is what `runtime/` knows, and `trace/` joins the two.

mod calls;
mod environment;
pub mod javascript;
pub mod python;
mod strength;

pub use environment::{Environment, Preset, Variable};
pub use strength::Strength;
