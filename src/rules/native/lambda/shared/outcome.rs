//! What code that cannot be loaded means for the function, by how surely it is reached.

use crate::facts::{LoadFault, ModuleImport};

/// What it means for the function, worst first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// It does not start.
    ColdStart,
    /// It starts, and the first request fails.
    Request,
    /// Its importer says that it cannot do without, and will ask for it later.
    Incomplete,
    /// It fails if the code around it runs.
    Reached,
}

/// Faults of compiled parts: they fail whoever loads them.
const COMPILED: [&str; 5] =
    ["missing-platform-package", "native-wrong-platform", "native-wrong-architecture", "native-musl", "damaged-binary"];

impl Outcome {
    /// The answer of a rule.
    pub fn case(self) -> &'static str {
        match self {
            Self::ColdStart => "cold-start",
            Self::Request => "request",
            Self::Incomplete => "incomplete",
            Self::Reached => "reached",
        }
    }

    /// Of an import that leads nowhere; `None` when the function can live with it or when nothing
    /// certain can be said.
    pub fn of_import(import: &ModuleImport) -> Option<Self> {
        match (import.strength, import.on_request) {
            ("hard", _) => Some(Self::ColdStart),
            (_, "hard") => Some(Self::Request),
            ("soft", _) => None,
            _ if import.optional => None,
            // Whoever declares a dependency gets it installed: its absence is a hole in the package.
            ("late", _) if import.declared => Some(Self::Incomplete),
            // A condition that cannot be decided may be one that never holds there: of packages from which one
            // such dependency was taken away, four in five still started.
            _ if import.declared => Some(Self::Reached),
            // A bundle holds other people's optional imports as if they were one's own.
            ("late", _) if import.first_party && !import.generated => Some(Self::Reached),
            _ => None,
        }
    }

    /// Of code that fails when it is loaded.
    pub fn of_fault(fault: &LoadFault) -> Option<Self> {
        match (fault.strength, fault.on_request) {
            ("hard", _) => Some(Self::ColdStart),
            (_, "hard") => Some(Self::Request),
            ("soft", _) => None,
            ("late" | "conditional", _) if fault.first_party && !fault.generated => Some(Self::Reached),
            // Who installs a package with a compiled part will come to need it.
            ("late" | "conditional", _) if COMPILED.contains(&fault.kind) => Some(Self::Reached),
            _ => None,
        }
    }
}
