//! Node.js on AWS Lambda: its versions, what they bring, how they find handlers and modules.

mod file_system;
mod handler;
mod libraries;
mod manifest;
mod prebuilt;
mod range;
mod resolve;
mod tables;
mod version;

pub use handler::{HandlerFile, HandlerName, MalformedHandler, find as find_handler, near as near_handler};
pub use manifest::{MANIFEST_BYTES, Manifest, Need, package_of};
pub use prebuilt::{Family, Fit, families, fit_of_prebuild, fits_folder, platform_package, query_engine};
pub use resolve::{Missing, MissingKind, Resolved, Resolver, is_path};
pub use tables::{Builtin, ENVIRONMENT, Provided, builtin, is_sdk, provided};
pub use version::{ASSUMED, NodeVersion};
