//! Python on AWS Lambda: its versions, what they bring, how they find handlers, modules and metadata.

mod dependencies;
mod distribution;
mod finder;
mod handler;
mod keywords;
mod marker;
mod specifier;
mod stdlib;
mod tables;
mod tags;
mod version;

pub use dependencies::is_brought;
pub use distribution::{Distribution, Requirement, normalised, read_all as distributions, requirement};
pub use finder::{Finder, Found};
pub use handler::{HandlerName, MalformedHandler, near as near_handler};
pub use specifier::{Version, allows};
pub use tables::{distributions_for, hint_for_removed, is_meant, is_required_for_little, modules_for, package_for};
pub use tags::{Misfit, Tag, built_for};
pub use version::{ASSUMED, PythonVersion};
