//! Runs one example: its files in memory, one rule over them, and what is reported where.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::{Config, Date};
use crate::diagnostic::Diagnostic;
use crate::policy::{self, PolicyInputs, Selection};
use crate::rules::examples::{ARTIFACTS, Example, Expected, PACKED, fill_tokens};
use crate::rules::{Registry, Rule};
use crate::run::{Settings, judge};
use crate::scope::{Globs, PathClass};
use crate::source::{LineIndex, Source};
use crate::tree::{Archive, Memory, Tree, TreeError, pack};

/// Largest file of an example, bytes.
const CAP: u64 = 10 << 20;

/// What an example showed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Difference {
    /// Lines that must be reported and are not.
    pub missing: Vec<Expected>,
    /// Lines that are reported and must not be.
    pub unexpected: Vec<Expected>,
    /// What kept the example from being judged: a file that cannot be read, a rule that broke off.
    pub trouble: Vec<String>,
}

impl Difference {
    /// True when the example shows what it says.
    pub fn is_empty(&self) -> bool {
        self.missing.is_empty() && self.unexpected.is_empty() && self.trouble.is_empty()
    }
}

/// Judges an example with one rule. Call it inside [`in_pool`](crate::run::in_pool).
pub fn run(rule: &Arc<Rule>, registry: &Registry, example: &Example) -> Result<Difference, TreeError> {
    let tree = Memory::new(contents(example)?);
    let wanted = |own: &Rule| own.id == rule.id;
    let artifacts = Globs::new(&[ARTIFACTS]).unwrap_or_default();
    let judgement = judge(&tree, &Settings { wanted: &wanted, artifacts, ..Settings::new(registry) })?;
    let inputs = PolicyInputs {
        registry,
        config: &Config::default(),
        selection: &Selection::default(),
        // An example is about the rule, wherever its files lie.
        class_of: &|_| PathClass::Deploy,
        full_severity: true,
        paths: &[],
        remarks: &judgement.remarks,
        bytes_of: &|source| tree.read(source.path(), CAP).ok().map(Arc::from),
        as_of: Date::of_unix_seconds(0),
        fail_on: None,
        allow_empty: true,
        is_whole: false,
    };
    let judged = policy::judge(judgement.diagnostics, &inputs);
    let (own, others): (Vec<_>, Vec<_>) = judged.reported.into_iter().partition(|finding| finding.rule == rule.id);
    let mut found: Vec<Expected> = own.iter().filter_map(|finding| place(&tree, finding)).collect();
    found.sort();
    Ok(Difference {
        missing: without(&example.expected, &found),
        unexpected: without(&found, &example.expected),
        trouble: others.iter().map(|finding| trouble(&tree, finding)).collect(),
    })
}

/// The files of an example as a deployment has them: folders `name.zip.d/` packed, tokens made.
fn contents(example: &Example) -> Result<Vec<(String, Vec<u8>)>, TreeError> {
    let mut files = Vec::new();
    let mut packed: BTreeMap<&str, Vec<(&str, Vec<u8>)>> = BTreeMap::new();
    for file in &example.files {
        let bytes = fill_tokens(&file.text).into_bytes();
        match file.path.split_once(PACKED) {
            Some((archive, inner)) => packed.entry(archive).or_default().push((inner, bytes)),
            None => files.push((file.path.clone(), bytes)),
        }
    }
    for (archive, mut members) in packed {
        members.sort();
        let members = members.iter().map(|(path, bytes)| (*path, bytes.as_slice()));
        files.push((format!("{archive}.zip"), pack(members)?));
    }
    Ok(files)
}

/// Where a finding is reported, in the example's own words.
fn place(tree: &Memory, finding: &Diagnostic) -> Option<Expected> {
    let label = finding.primary()?;
    let text = bytes(tree, &label.source).unwrap_or_default();
    let line = LineIndex::new(&text).position(label.span.start as usize, &text).line as usize;
    Some(Expected { path: label.source.display().replace(".zip!", PACKED), line, severity: finding.severity })
}

fn bytes(tree: &Memory, source: &Source) -> Result<Vec<u8>, TreeError> {
    match source.container() {
        Some(outer) => Archive::of_bytes(bytes(tree, outer)?)?.read(source.path(), CAP),
        None => tree.read(source.path(), CAP),
    }
}

/// Findings about reading and silence: an example that cannot be read proves nothing.
fn trouble(tree: &Memory, finding: &Diagnostic) -> String {
    match place(tree, finding) {
        Some(at) => format!("{}:{} {} {}", at.path, at.line, finding.severity, finding.rule),
        None => format!("{} {}", finding.severity, finding.rule),
    }
}

/// What is in one sorted list and not in the other, each as often as it is.
fn without(all: &[Expected], other: &[Expected]) -> Vec<Expected> {
    let mut rest: Vec<&Expected> = other.iter().collect();
    let mut out = Vec::new();
    for one in all {
        match rest.iter().position(|own| *own == one) {
            Some(at) => drop(rest.remove(at)),
            None => out.push(one.clone()),
        }
    }
    out
}
