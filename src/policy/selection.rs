//! Which rules run.

use super::PolicyInputs;
use crate::config::{Config, Level, is_selected};
use crate::diagnostic::Diagnostic;
use crate::rules::Rule;

/// Families of findings about the run itself. They cannot be selected away by naming other rules, and
/// no waiver or comment silences them.
const META_FAMILIES: &[&str] = &["input", "rule", "waiver", "baseline"];

/// True for the id of a finding about the run itself.
pub fn is_meta(id: &str) -> bool {
    id.split_once('/').is_some_and(|(family, _)| META_FAMILIES.contains(&family))
}

/// What was asked for by id or family.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    /// Only these; empty means all.
    pub select: Vec<String>,
    /// Not these.
    pub ignore: Vec<String>,
}

impl Selection {
    /// The command line over the configuration: its `select` replaces, its `ignore` adds.
    pub fn new(config: &Config, select: &[String], ignore: &[String]) -> Self {
        let select = if select.is_empty() { &config.select } else { select };
        Self { select: select.to_vec(), ignore: config.ignore.iter().chain(ignore).cloned().collect() }
    }

    /// True when a rule may report anything.
    pub fn wants(&self, rule: &Rule, config: &Config) -> bool {
        let id = rule.id.as_str();
        let is_named = self.select.iter().any(|selector| is_selected(id, selector));
        let level = config.rules.of(id);
        let is_turned_on = is_named || matches!(level, Some(Level::Severity(_)));
        self.takes(id)
            && (rule.front.profile.is_none() || is_turned_on)
            && (level != Some(Level::Off) || is_on_somewhere(id, config))
    }

    fn takes(&self, id: &str) -> bool {
        let names = |list: &[String]| list.iter().any(|selector| is_selected(id, selector));
        (self.select.is_empty() || is_meta(id) || names(&self.select)) && !names(&self.ignore)
    }
}

fn is_on_somewhere(id: &str, config: &Config) -> bool {
    config.overrides.iter().any(|part| matches!(part.rules.of(id), Some(Level::Severity(_))))
}

/// Drops findings of rules that were not asked for.
pub(super) fn keep_selected(mut diagnostics: Vec<Diagnostic>, inputs: &PolicyInputs<'_>) -> Vec<Diagnostic> {
    diagnostics.retain(|diagnostic| {
        let is_wanted_emptiness = inputs.allow_empty && diagnostic.rule.as_str() == "input/nothing-checked";
        !is_wanted_emptiness && inputs.selection.takes(diagnostic.rule.as_str())
    });
    diagnostics
}
