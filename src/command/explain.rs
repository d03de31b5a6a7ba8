//! `explain`: the page of a rule, or the rules of a family.

use std::path::PathBuf;

use super::Outcome;
use super::here::RulesHere;
use super::rules::{file_of, listed, since_of, source_of};
use crate::config::RuleNames;
use crate::render::{page, printable};
use crate::rules::{Registry, Rule};
use crate::source::visible;

/// The page of a rule; a wrong id names the nearest.
pub fn explain(builtin: &Registry, id: &str, folders: &[PathBuf], color: bool) -> Outcome {
    let RulesHere { registry, notes } = RulesHere::new(builtin, folders);
    if let Some(rule) = registry.get(id) {
        return Outcome::print(page(&printable(&as_markdown(rule)), color));
    }
    let family: Vec<&Rule> = registry.rules().map(AsRef::as_ref).filter(|rule| rule.id.family() == id).collect();
    if !family.is_empty() {
        return Outcome::print(listed(&family));
    }
    if registry.has(id) {
        return Outcome::refuse(notes);
    }
    let names = RuleNames::of(&registry);
    let hint = match names.nearest(id) {
        Some(near) => format!("; did you mean `{near}`?"),
        None => "; `deploylint rules` lists them".to_owned(),
    };
    Outcome::refuse(format!("error: `{}` is no rule and no family of rules{hint}\n", visible(id.as_bytes())))
}

fn as_markdown(rule: &Rule) -> String {
    let mut out = format!("# {} ({})\n{}\n\n", rule.id, rule.most_severe(), rule.front.summary);
    let mut facts = vec![format!("{} rule", source_of(rule))];
    facts.extend(file_of(rule));
    facts.extend(since_of(rule).map(|since| format!("since {since}")));
    facts.extend(rule.front.profile.as_ref().map(|profile| format!("off unless the profile `{profile}` is chosen")));
    facts.extend(rule.front.cases.iter().filter_map(|(name, case)| {
        let severity = case.severity.unwrap_or(rule.front.severity);
        (severity != rule.most_severe()).then(|| format!("{severity} when the case is `{name}`"))
    }));
    out.push_str(&format!("{}\n\n{}", facts.join("; "), rule.body.trim_start()));
    out
}
