//! Names of rules and families, for checking what people write.

use std::collections::BTreeSet;

use crate::rules::Registry;
use crate::value::nearest;

/// Every rule id and every family.
#[derive(Clone, Debug, Default)]
pub struct RuleNames {
    ids: BTreeSet<String>,
    families: BTreeSet<String>,
}

impl RuleNames {
    /// From ids.
    pub fn new<'a>(ids: impl IntoIterator<Item = &'a str>) -> Self {
        let ids: BTreeSet<String> = ids.into_iter().map(str::to_owned).collect();
        let families = ids.iter().filter_map(|id| id.rsplit_once('/')).map(|(family, _)| family.to_owned()).collect();
        Self { ids, families }
    }

    /// Those of a registry.
    pub fn of(registry: &Registry) -> Self {
        Self::new(registry.rules().map(|rule| rule.id.as_str()))
    }

    /// True for the id of a rule.
    pub fn is_rule(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// True for the id of a rule or the name of a family.
    pub fn knows(&self, selector: &str) -> bool {
        self.is_rule(selector) || self.families.contains(selector)
    }

    /// The id that was probably meant; a family when what was written has no slash.
    pub fn nearest(&self, written: &str) -> Option<&str> {
        if !written.contains('/')
            && let Some(family) = nearest(written, self.families.iter().map(String::as_str))
        {
            return Some(family);
        }
        if let Some(id) = nearest(written, self.ids.iter().map(String::as_str)) {
            return Some(id);
        }
        // The right name in the wrong family, or without one.
        let name = written.rsplit('/').next().unwrap_or(written);
        self.ids.iter().map(String::as_str).find(|id| id.rsplit('/').next() == Some(name))
    }
}
