//! Python runtimes of AWS Lambda.

use super::stdlib::{ALWAYS, BUILTIN, SOMETIMES};
use super::tables::{PERHAPS_PROVIDED, PROVIDED};
use crate::code::Environment;
use crate::code::python::Target;
use crate::runtime::{ENVIRONMENT, TASK_FOLDER};

/// The runtime that is assumed when nobody names one.
pub const ASSUMED: &str = "python3.12";

/// One runtime.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PythonVersion {
    /// Minor version of Python 3.
    pub minor: u8,
    /// It runs on arm64.
    pub arm: bool,
}

impl PythonVersion {
    /// The runtime of an identifier (`python3.12`); `None` when it is not one of Python 3.
    pub fn of(identifier: &str, architecture: Option<&str>) -> Option<Self> {
        let minor = identifier.strip_prefix("python3.")?.parse().ok()?;
        Some(Self { minor, arm: architecture == Some("arm64") })
    }

    /// The identifier of the runtime.
    pub fn identifier(self) -> String {
        format!("python3.{}", self.minor)
    }

    /// The version as one of its patch releases has it; which one AWS runs is not known.
    pub fn full(self) -> String {
        format!("3.{}.99", self.minor)
    }

    /// What constants in code are decided by.
    pub fn target(self) -> Target {
        Target {
            minor: self.minor,
            machine: self.machine(),
            working_folder: TASK_FOLDER,
            environment: Environment { platform: &[ENVIRONMENT], given: None },
        }
    }

    /// `platform.machine()`, also in the names of compiled modules.
    pub fn machine(self) -> &'static str {
        if self.arm { "aarch64" } else { "x86_64" }
    }

    /// A module of the standard library on Linux. Versions beyond the table count as the nearest one in it.
    pub fn is_stdlib(self, name: &str) -> bool {
        let minor = u32::from(self.minor).clamp(8, 14);
        ALWAYS.binary_search(&name).is_ok()
            || SOMETIMES.iter().any(|(own, first, last)| *own == name && (*first..=*last).contains(&minor))
    }

    /// The last version with a module of the standard library that this one no longer has.
    pub fn removed_after(self, name: &str) -> Option<u32> {
        let found = SOMETIMES.iter().find(|(own, ..)| *own == name)?;
        (u32::from(self.minor) > found.2 && found.2 < 14).then_some(found.2)
    }

    /// A module inside the interpreter: no file takes its place.
    pub fn is_builtin(self, name: &str) -> bool {
        BUILTIN.contains(&name)
    }

    /// A package that the runtime brings beside the standard library.
    pub fn is_provided(self, name: &str) -> bool {
        PROVIDED.iter().any(|(module, _)| *module == name)
    }

    /// A distribution, by its normalised name, that the runtime brings.
    pub fn provides_distribution(self, name: &str) -> bool {
        PROVIDED.iter().any(|(_, distribution)| *distribution == name)
    }

    /// The `__init__.py` of the packages above the handler's module runs. Before 3.9 it did not.
    ///
    /// Source: docs.aws.amazon.com/lambda/latest/dg/python-package.html, 2026-08.
    pub fn runs_packages_of_handler(self) -> bool {
        self.minor >= 9
    }

    /// A package that the runtime may bring.
    pub fn is_perhaps_provided(self, name: &str) -> bool {
        PERHAPS_PROVIDED.iter().any(|(own, last)| *own == name && self.minor <= *last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_standard_library_changes() {
        let version = |id| PythonVersion::of(id, None).unwrap();
        assert!(version("python3.11").is_stdlib("distutils"));
        assert!(!version("python3.12").is_stdlib("distutils"));
        assert_eq!(version("python3.12").removed_after("distutils"), Some(11));
        assert!(!version("python3.10").is_stdlib("tomllib"));
        assert!(version("python3.8").is_stdlib("json") && version("python3.14").is_stdlib("annotationlib"));
        assert_eq!(PythonVersion::of("python2.7", None), None);
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(ALWAYS.is_sorted());
    }
}
