//! `rules`: the list of rules.

use std::path::PathBuf;

use serde_json::{Value, json};

use super::Outcome;
use super::table::aligned;
use crate::cli::ListForm;
use crate::render::printable;
use crate::rules::{Check, Registry, Rule};
use crate::source::Source;

/// Name of the form of the json output.
pub const SCHEMA: &str = "deploylint/rules/v1";

/// Every rule with family, severity, summary and source.
pub fn list(registry: &Registry, _folders: &[PathBuf], form: ListForm) -> Outcome {
    let rules: Vec<&Rule> = registry.rules().map(AsRef::as_ref).collect();
    Outcome::print(match form {
        ListForm::Text => listed(&rules),
        ListForm::Json => as_json(&rules),
    })
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

fn as_json(rules: &[&Rule]) -> String {
    let list = json!({
        "schema": SCHEMA,
        "tool_version": env!("CARGO_PKG_VERSION"),
        "rules": rules.iter().map(|rule| rule_as_json(rule)).collect::<Vec<_>>(),
    });
    format!("{list:#}\n")
}

fn rule_as_json(rule: &Rule) -> Value {
    let front = &rule.front;
    let case = |(name, case): (&String, &crate::rules::CaseText)| {
        (name.clone(), json!(case.severity.unwrap_or(front.severity).to_string()))
    };
    json!({
        "id": rule.id.as_str(),
        "family": rule.id.family(),
        "severity": rule.most_severe().to_string(),
        "summary": &*front.summary,
        "since": since_of(rule),
        "check": match front.check {
            None => "declarative",
            Some(Check::Native) => "native",
            Some(Check::Engine) => "engine",
        },
        "subject": front.subject.as_deref(),
        "cases": front.cases.iter().map(case).collect::<serde_json::Map<_, _>>(),
        "profile": front.profile.as_deref(),
        "source": source_of(rule),
        "file": file_of(rule),
    })
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
fn file_of(rule: &Rule) -> Option<String> {
    rule.origin.file().map(Source::display)
}
