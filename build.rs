#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]
//! Rule files are embedded; a new one must cause a rebuild.

fn main() {
    println!("cargo:rerun-if-changed=rules");
}
