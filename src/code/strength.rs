//! How surely an import is evaluated.

/// How surely an import is evaluated once its module is, weakest first.
///
/// A module reached through several imports has the strength of the strongest; along a chain of
/// modules the weakest link decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Strength {
    /// Guarded: its failure is caught and life goes on.
    Soft,
    /// Under a condition that cannot be decided.
    Conditional,
    /// Inside a function that may be called later.
    Late,
    /// When the module is loaded.
    Hard,
}

impl Strength {
    /// The word for it in facts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Soft => "soft",
            Self::Conditional => "conditional",
            Self::Late => "late",
            Self::Hard => "hard",
        }
    }

    /// All, strongest first.
    pub const STRONGEST_FIRST: [Self; 4] = [Self::Hard, Self::Late, Self::Conditional, Self::Soft];
}
