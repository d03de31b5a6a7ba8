//! Names of rules and families, for checking what people write.

use std::collections::BTreeSet;

use crate::rules::Registry;
use crate::source::visible;
use crate::value::{meant, nearest};

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
        // `local/team/owner` is of `local/team` and of `local`.
        let above = |id: &String| id.match_indices('/').map(|(at, _)| id[..at].to_owned()).collect::<Vec<_>>();
        let families = ids.iter().flat_map(above).collect();
        Self { ids, families }
    }

    /// Those of a registry; a rule whose file cannot be used has its name all the same.
    pub fn of(registry: &Registry) -> Self {
        Self::new(registry.rules().map(|rule| rule.id.as_str()).chain(registry.broken()))
    }

    /// True for the id of a rule.
    pub fn is_rule(&self, id: &str) -> bool {
        self.ids.contains(id)
    }

    /// True for the id of a rule or the name of a family.
    pub fn knows(&self, selector: &str) -> bool {
        self.is_rule(selector) || self.families.contains(selector)
    }

    /// Why a selector of the command line cannot be used; nothing when it can.
    pub fn refusal(&self, flag: &str, selector: &str) -> Option<String> {
        if self.knows(selector) {
            return None;
        }
        let hint = self.nearest(selector).map_or(String::new(), |near| format!("; did you mean `{near}`?"));
        Some(format!("{flag}: `{}` is no rule and no family of rules{hint}", visible(selector.as_bytes())))
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
        let same = self.ids.iter().map(String::as_str).find(|id| id.rsplit('/').next() == Some(name));
        same.or_else(|| meant(written, self.ids.iter().map(String::as_str)))
    }
}
