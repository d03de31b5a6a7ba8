//! `rules`: the list of rules.

use std::collections::BTreeMap;
use std::path::PathBuf;

use serde::Serialize;

use super::here::RulesHere;
use super::table::aligned;
use super::{Outcome, output_form};
use crate::cli::ListForm;
use crate::render::printable;
use crate::rules::{CaseText, Check, Registry, Rule};
use crate::source::Source;

/// Name of the form of the json output.
pub const SCHEMA: &str = "deploylint/rules/v1";

/// Every rule with family, severity, summary and source; files that cannot be used are said beside.
pub fn list(builtin: &Registry, folders: &[PathBuf], form: ListForm) -> Outcome {
    let RulesHere { registry, notes } = RulesHere::new(builtin, folders);
    let exit_code = if notes.is_empty() { 0 } else { 2 };
    Outcome { output: text_of(&registry, form), notes, exit_code, form: output_form(form), ..Outcome::default() }
}

fn text_of(registry: &Registry, form: ListForm) -> String {
    let rules: Vec<&Rule> = registry.rules().map(AsRef::as_ref).collect();
    match form {
        ListForm::Text => listed(&rules),
        ListForm::Json => as_json(&rules),
    }
}

/// A table by family, and how to go on.
pub(super) fn listed(rules: &[&Rule]) -> String {
    let row = |rule: &&Rule| {
        let mut summary = rule.front.summary.to_string();
        if let Some(profile) = &rule.front.profile {
            summary.push_str(&format!(" (off unless the profile `{profile}` is chosen)"));
        }
        if let Some(file) = file_of(rule) {
            summary.push_str(&format!(" [{file}]"));
        }
        vec![rule.id.to_string(), rule.most_severe().to_string(), summary]
    };
    let table = aligned(&rules.iter().map(row).collect::<Vec<_>>(), "");
    let mut out = String::new();
    let mut family = "";
    let mut families = 0;
    for (rule, line) in rules.iter().zip(table.lines()) {
        if rule.id.family() != family {
            if !family.is_empty() {
                out.push('\n');
            }
            family = rule.id.family();
            families += 1;
        }
        out.push_str(line);
        out.push('\n');
    }
    let (rule_word, family_word) =
        (if rules.len() == 1 { "rule" } else { "rules" }, if families == 1 { "family" } else { "families" });
    out.push_str(&format!(
        "\n{} {rule_word} in {families} {family_word}; `deploylint explain RULE` prints the page of one\n",
        rules.len()
    ));
    printable(&out)
}

/// The list as printed in json; schemas/rules.v1.json.
#[derive(Serialize)]
struct RuleList<'a> {
    schema: &'static str,
    tool_version: &'static str,
    rules: Vec<RuleEntry<'a>>,
}

#[derive(Serialize)]
struct RuleEntry<'a> {
    id: &'a str,
    family: &'a str,
    severity: String,
    summary: &'a str,
    since: Option<&'a str>,
    check: &'static str,
    subject: Option<&'a str>,
    cases: BTreeMap<&'a str, String>,
    profile: Option<&'a str>,
    source: &'static str,
    file: Option<String>,
}

fn as_json(rules: &[&Rule]) -> String {
    let rules = rules.iter().map(|rule| entry(rule)).collect();
    let list = RuleList { schema: SCHEMA, tool_version: env!("CARGO_PKG_VERSION"), rules };
    super::json_text(&list)
}

fn entry(rule: &Rule) -> RuleEntry<'_> {
    let front = &rule.front;
    let severity = |case: &CaseText| case.severity.unwrap_or(front.severity).to_string();
    RuleEntry {
        id: rule.id.as_str(),
        family: rule.id.family(),
        severity: rule.most_severe().to_string(),
        summary: &front.summary,
        since: since_of(rule),
        check: match front.check {
            None => "declarative",
            Some(Check::Native) => "native",
            Some(Check::Engine) => "engine",
        },
        subject: front.subject.as_deref(),
        cases: front.cases.iter().map(|(name, case)| (name.as_str(), severity(case))).collect(),
        profile: front.profile.as_deref(),
        source: source_of(rule),
        file: file_of(rule),
    }
}

/// Where a rule comes from, in a word.
pub(super) fn source_of(rule: &Rule) -> &'static str {
    if file_of(rule).is_some() { "own" } else { "built-in" }
}

/// The first version that has it, if its file says so.
pub(super) fn since_of(rule: &Rule) -> Option<&str> {
    Some(&*rule.front.since).filter(|since| !since.is_empty())
}

/// The file of a rule that is not built in.
pub(super) fn file_of(rule: &Rule) -> Option<String> {
    rule.origin.file().map(Source::display)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::render::tests::checker::assert_schema;
    use crate::rules::RuleOrigin;
    use crate::source::ContentId;

    #[test]
    fn the_list_is_what_the_schema_says() {
        let mut registry = Registry::builtin().0;
        let own = "---\nsummary: a\nseverity: info\nprofile: production-readiness\nsubject: container\nrequire: { image: present }\n\
                   message: b\n---\n";
        let origin = RuleOrigin::File(Source::new("rules/a/b.md".into(), ContentId::of(b"")));
        assert_eq!(registry.add("local/a/b", own, origin), []);
        let text = text_of(&registry, ListForm::Json);
        assert_schema(include_str!("../../schemas/rules.v1.json"), SCHEMA, std::slice::from_ref(&text));
        assert!(text.contains("\"file\": \"rules/a/b.md\""));
        assert!(
            text_of(&registry, ListForm::Text)
                .contains("a (off unless the profile `production-readiness` is chosen) [rules/a/b.md]")
        );
    }
}
