//! Environment variables of the process that runs the code.

use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known of them; of all others nothing is. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// Set by the platform, in tables.
    pub platform: &'static [&'static [Preset]],
    /// Given to the function, with their values.
    pub given: Option<Arc<BTreeMap<String, String>>>,
}

/// A variable that the platform sets, and its value where that is the same for all functions.
pub type Preset = (&'static str, Option<&'static str>);

/// What is known of one variable that is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Variable<'e> {
    /// Its value.
    Is(&'e str),
    /// It has a value that is not empty.
    Set,
}

impl Environment {
    /// What is known of a variable.
    pub fn get(&self, name: &str) -> Option<Variable<'_>> {
        let given = self.given.as_ref().and_then(|given| given.get(name));
        let preset = || self.platform.iter().copied().flatten().find(|(own, _)| *own == name);
        let known = given.map(String::as_str).map(Some).or_else(|| preset().map(|(_, value)| *value));
        known.map(|value| value.map_or(Variable::Set, Variable::Is))
    }
}
