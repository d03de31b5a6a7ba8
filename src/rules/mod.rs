//! Rules: what is a fault. They query the graph; they read nothing and know no format.
//!
//! `rules/<family>/<name>.md` is the registry: metadata, prose and examples of one rule. Simple ones
//! say their check there (declarative/); joins are one function in native/.

pub mod declarative;
pub mod examples;
mod finding;
mod front_matter;
pub mod native;
mod problem;
mod registry;
mod run;
mod written;

pub use finding::{Finding, Sink};
pub use front_matter::{CaseText, Check, FrontMatter};
pub use problem::{ProblemOf, RuleProblem};
pub use registry::{BuiltinSource, Registry, Rule, RuleOrigin, compile, split};
pub use run::{RuleContext, Undecided, run_rules};
pub use written::{Text, What, Written};
