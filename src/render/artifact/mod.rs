//! What is inside a package: a table for people, JSON for machines.

mod json;
mod text;

pub use json::{SCHEMA, render as json};
pub use text::render as text;

/// What is shown of a package. Names come from the input and are made safe to print here.
#[derive(Clone, Debug, Default)]
pub struct Contents {
    /// Version of this program.
    pub tool_version: &'static str,
    /// The package, as it was named.
    pub file: String,
    /// `zip`, `jar` or `folder`.
    pub format: &'static str,
    /// What runs it.
    pub function: Function,
    /// The package's own size.
    pub weight: Weight,
    /// Its layers, in order.
    pub layers: Vec<Layer>,
    /// The sizes that the platform limits.
    pub limits: Vec<Limit>,
    /// What the handler loads.
    pub reach: Reach,
    /// Packages and one's own code, largest first.
    pub groups: Vec<Group>,
    /// The largest files, largest first.
    pub files: Vec<File>,
}

/// A file by itself.
#[derive(Clone, Debug)]
pub struct File {
    /// Its path in the package.
    pub path: String,
    /// Bytes unpacked.
    pub bytes: u64,
    /// Bytes in the archive; `None` for a folder.
    pub compressed: Option<u64>,
    /// `yes`, `no` or `unknown`.
    pub reached: &'static str,
}

/// How the package runs.
#[derive(Clone, Debug, Default)]
pub struct Function {
    /// `node`, `python`, …; empty when it cannot be told.
    pub platform: String,
    /// Runtime identifier.
    pub runtime: Option<String>,
    /// Nobody names the runtime.
    pub is_runtime_assumed: bool,
    /// `x86_64` or `arm64`, when it was said.
    pub architecture: Option<String>,
    /// The handler.
    pub handler: Option<String>,
    /// Nobody names the handler.
    pub is_handler_guessed: bool,
    /// The file that holds it.
    pub handler_file: Option<String>,
    /// Why the handler is not known, or what is wrong with it.
    pub handler_problem: Option<String>,
}

/// Members together.
#[derive(Clone, Copy, Debug, Default)]
pub struct Weight {
    /// Files and links.
    pub members: usize,
    /// Bytes unpacked.
    pub bytes: u64,
    /// Bytes in the archive; `None` for a folder.
    pub compressed: Option<u64>,
}

/// A layer below the package.
#[derive(Clone, Debug)]
pub struct Layer {
    /// The file, as it was named.
    pub file: String,
    /// Its size.
    pub weight: Weight,
}

/// A size against what the platform takes.
#[derive(Clone, Copy, Debug)]
pub struct Limit {
    /// `direct-upload` or `unzipped-with-layers`.
    pub kind: &'static str,
    /// What it means, for people.
    pub meaning: &'static str,
    /// Bytes.
    pub bytes: u64,
    /// Most bytes that the platform takes.
    pub limit: u64,
}

/// What the handler loads.
#[derive(Clone, Debug, Default)]
pub struct Reach {
    /// Why nothing is known of it.
    pub unknown: Option<String>,
    /// Files that it loads.
    pub reached: Weight,
    /// All others.
    pub rest: Weight,
    /// Imports whose target is worked out at run time: they may load more.
    pub computed: usize,
    /// Files that only guarded imports lead to: they may be loaded, with what they need.
    pub guarded: usize,
    /// Files that could not be taken into account.
    pub unread: usize,
    /// Files of layers that it loads.
    pub in_layers: usize,
}

/// A package, or one's own code.
#[derive(Clone, Debug)]
pub struct Group {
    /// `npm`, `python`, `jar` or `own`.
    pub kind: &'static str,
    /// Its name; empty for one's own code.
    pub name: String,
    /// Its version.
    pub version: Option<String>,
    /// Where it is installed.
    pub places: Vec<String>,
    /// All of it.
    pub weight: Weight,
    /// What of it the handler loads.
    pub reached_weight: Weight,
    /// `yes`, `no` or `unknown`.
    pub reached: &'static str,
}

impl Limit {
    /// Tenths of a percent of the limit that are used.
    fn per_mille(&self) -> u64 {
        let share = u128::from(self.bytes) * 1000 / u128::from(self.limit.max(1));
        u64::try_from(share).unwrap_or(u64::MAX)
    }
}
