//! Environment variables of the process that runs the code.

use std::collections::BTreeMap;
use std::sync::Arc;

/// What is known of them; of all others nothing is. Cheap to clone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Environment {
    /// Set by the platform, whatever their values are.
    pub platform: &'static [&'static str],
    /// Given to the function, with their values.
    pub given: Option<Arc<BTreeMap<String, String>>>,
}

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
        given.map(|value| Variable::Is(value)).or_else(|| self.platform.contains(&name).then_some(Variable::Set))
    }
}
