//! How much is evaluated of a release set in which references multiply: those that lead to one another,
//! and a long text that is named many times.

use std::cell::Cell;

/// Deepest nesting that is followed, of nodes and of references.
pub const DEPTH: usize = 64;
/// Longest text that is put together, bytes.
pub const LONGEST: usize = 64 << 10;
/// Most nodes and references.
const STEPS: usize = 200_000;
/// Most bytes of texts, each counted as often as it is put somewhere.
const BYTES: usize = 64 << 20;

/// What is left for one release set.
#[derive(Debug)]
pub struct Budget {
    steps: Cell<usize>,
    bytes: Cell<usize>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::new()
    }
}

impl Budget {
    /// A whole one.
    pub fn new() -> Self {
        Self { steps: Cell::new(STEPS), bytes: Cell::new(BYTES) }
    }

    /// Takes a node or a reference; false when it lies too deep or nothing is left.
    pub fn step(&self, depth: usize) -> bool {
        take(&self.steps, 1) && depth < DEPTH
    }

    /// Takes a text that is put somewhere; false when nothing is left.
    pub fn text(&self, text: &str) -> bool {
        self.take(text.len())
    }

    /// The same for texts of so many bytes.
    pub fn take(&self, bytes: usize) -> bool {
        take(&self.bytes, bytes)
    }
}

fn take(left: &Cell<usize>, wanted: usize) -> bool {
    let rest = left.get().checked_sub(wanted);
    left.set(rest.unwrap_or(0));
    rest.is_some()
}
