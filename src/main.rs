//! Arguments to options, options to a run, a run to an exit code.

#![forbid(unsafe_code)]

fn main() {}
