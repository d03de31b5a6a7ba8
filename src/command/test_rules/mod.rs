//! `rules test`: runs the examples of rule files.

mod run;

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

pub use run::{Difference, run};

use super::Outcome;
use super::here::RulesHere;
use super::own_rules::OWN_FOLDER;
use crate::render::printable;
use crate::rules::examples::{Example, Expected, examples};
use crate::rules::{Registry, Rule};
use crate::run::in_pool;
use crate::source::{Source, visible};

/// Runs the examples of the rule files of a folder.
pub fn test(builtin: &Registry, folder: Option<&Path>) -> Outcome {
    let RulesHere { registry, notes } = RulesHere::of_folder(builtin, folder.map(Path::to_path_buf));
    let own: Vec<&Arc<Rule>> = registry.rules().filter(|rule| rule.origin.file().is_some()).collect();
    if own.is_empty() && notes.is_empty() {
        let shown = folder.map_or(OWN_FOLDER.to_owned(), |folder| visible(folder.as_os_str().as_encoded_bytes()));
        return Outcome::refuse(format!("error: nothing to test: no rule file `<family>/<name>.md` is in `{shown}`\n"));
    }
    match in_pool(0, || own.par_iter().map(|rule| Tested::of(rule, &registry)).collect::<Vec<_>>()) {
        Ok(tested) => outcome(&tested, notes),
        Err(error) => Outcome::refuse(format!("error: cannot start threads: {error}\n")),
    }
}

/// What the examples of one rule showed.
#[derive(Debug, Default)]
struct Tested {
    passed: usize,
    /// Examples that show something else than they say, in words.
    failures: Vec<String>,
    /// Why the examples cannot be run, in words.
    broken: Option<String>,
    /// What is missing, in words.
    warnings: Vec<String>,
}

impl Tested {
    fn of(rule: &Arc<Rule>, registry: &Registry) -> Self {
        let mut tested = Self::default();
        let file = rule.origin.file().map(Source::display).unwrap_or_default();
        let place = |line: usize| format!("{file}:{}", rule.body_line + line - 1);
        let examples = match examples(&rule.body) {
            Ok(examples) => examples,
            Err(problem) => {
                tested.broken = Some(format!("error: {}: {problem}\n", place(problem.line)));
                return tested;
            }
        };
        for example in &examples {
            match run(rule, registry, example) {
                Ok(difference) if difference.is_empty() => tested.passed += 1,
                Ok(difference) => tested.failures.push(failure(rule, &place(example.line), &difference)),
                Err(error) => tested.broken = Some(format!("error: {}: {error}\n", place(example.line))),
            }
        }
        let mut needs = |has: bool, what: &str| {
            if !has {
                tested.warnings.push(format!("warning: {file}: `{}` has no example {what}\n", rule.id));
            }
        };
        needs(examples.iter().any(Example::is_flagged), "in which it reports something");
        needs(examples.iter().any(|example| !example.is_flagged()), "in which it reports nothing");
        tested
    }
}

/// An example that shows something else than it says, place by place.
fn failure(rule: &Rule, place: &str, difference: &Difference) -> String {
    let mut lines: Vec<String> = difference.trouble.iter().map(|trouble| format!("not judged: {trouble}")).collect();
    let same = |a: &Expected, b: &Expected| a.path == b.path && a.line == b.line;
    for missing in &difference.missing {
        let Expected { path, line, severity } = missing;
        let instead = difference.unexpected.iter().find(|other| same(other, missing));
        let found = instead.map_or("nothing".to_owned(), |other| other.severity.to_string());
        lines.push(format!("{path}:{line}: expected {severity}, reported {found}"));
    }
    let alone = difference.unexpected.iter().filter(|one| !difference.missing.iter().any(|other| same(one, other)));
    lines.extend(alone.map(|one| format!("{}:{}: expected nothing, reported {}", one.path, one.line, one.severity)));
    let lines: String = lines.iter().map(|line| format!("  {line}\n")).collect();
    format!("{}: the example at {place} shows something else:\n{lines}\n", rule.id)
}

fn outcome(tested: &[Tested], mut notes: String) -> Outcome {
    let is_incomplete = !notes.is_empty() || tested.iter().any(|one| one.broken.is_some());
    for text in tested.iter().flat_map(|one| one.broken.iter().chain(&one.warnings)) {
        notes.push_str(&printable(text));
    }
    let mut output: String = tested.iter().flat_map(|one| &one.failures).map(|text| printable(text)).collect();
    let passed: usize = tested.iter().map(|one| one.passed).sum();
    let failed: usize = tested.iter().map(|one| one.failures.len()).sum();
    let (verdict, exit_code) = match (failed, passed) {
        (1.., _) => ("fail", 1),
        (0, 0) => ("incomplete", 2),
        (0, _) if is_incomplete => ("incomplete", 2),
        (0, _) => ("pass", 0),
    };
    let rules = if tested.len() == 1 { "rule" } else { "rules" };
    output.push_str(&format!("{verdict}: {} {rules}; examples: {passed} passed, {failed} failed\n", tested.len()));
    Outcome { output, notes, exit_code, ..Outcome::default() }
}
