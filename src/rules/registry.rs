//! All rules. The folder `rules/` is the list; nothing else names them all.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use super::RuleProblem;
use super::declarative::{Compiled, Documents};
use super::front_matter::{Check, FrontMatter};
use super::native::{self, NativeCheck};
use super::written::{self, Complaints};
use crate::diagnostic::{RuleId, Severity};
use crate::source::{Source, Span};

static BUILTIN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/rules");

/// Longest metadata of a rule, bytes.
const LONGEST_METADATA: usize = 64 << 10;
/// Most complaints about one rule file.
const MOST_COMPLAINTS: usize = 10;

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// `family/name`, from its path; `local/family/name` of a rule of one's own.
    pub id: RuleId,
    /// Metadata.
    pub front: FrontMatter,
    /// The prose after the metadata, with its examples.
    pub body: Arc<str>,
    /// Line of its file on which the prose starts, from 1.
    pub body_line: usize,
    /// How it is checked.
    pub method: Method,
    /// Where it comes from.
    pub origin: RuleOrigin,
}

/// Where a rule comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum RuleOrigin {
    /// It is part of this program.
    #[default]
    Builtin,
    /// It is somebody's own: the file, as seen from the root of the judged tree.
    File(Source),
}

impl RuleOrigin {
    /// The file of a rule of somebody's own.
    pub fn file(&self) -> Option<&Source> {
        match self {
            Self::Builtin => None,
            Self::File(source) => Some(source),
        }
    }
}

/// How a rule is checked.
#[derive(Debug)]
pub enum Method {
    /// Conditions over the fields of a subject.
    Declarative(Box<Compiled>),
    /// A function over the graph.
    Native(NativeCheck),
    /// The pipeline itself reports it.
    Engine,
}

impl Rule {
    /// The raw documents that it asks for.
    pub fn documents(&self) -> Option<&Documents> {
        match &self.method {
            Method::Declarative(compiled) => compiled.documents.as_ref(),
            Method::Native(_) | Method::Engine => None,
        }
    }

    /// The highest severity that any of its answers may have.
    pub fn most_severe(&self) -> Severity {
        self.front.cases.values().filter_map(|case| case.severity).fold(self.front.severity, Ord::max)
    }

    /// Message, help and severity of an answer.
    pub fn text_of(&self, case: Option<&str>) -> (&str, Option<&str>, Severity) {
        if let Some(text) = case.and_then(|case| self.front.cases.get(case)) {
            let help = text.help.as_deref().or(self.front.help.as_deref());
            return (&text.message, help, text.severity.unwrap_or(self.front.severity));
        }
        let message = self.front.message.as_deref().unwrap_or(&self.front.summary);
        (message, self.front.help.as_deref(), self.front.severity)
    }
}

/// Where built-in rule files come from.
pub struct BuiltinSource;

impl BuiltinSource {
    /// Every `rules/<family>/<name>.md`, by id.
    pub fn files() -> BTreeMap<String, &'static str> {
        let mut out = BTreeMap::new();
        for family in BUILTIN.dirs() {
            for file in family.files() {
                let id = file.path().with_extension("").to_string_lossy().replace('\\', "/");
                if file.path().extension().is_some_and(|e| e == "md") {
                    out.insert(id, file.contents_utf8().unwrap_or(""));
                }
            }
        }
        out
    }
}

/// The rules of a run, by id.
#[derive(Clone, Debug, Default)]
pub struct Registry {
    rules: BTreeMap<RuleId, Arc<Rule>>,
    /// Ids whose files cannot be used: they exist, so naming them is no mistake.
    broken: BTreeSet<String>,
}

impl Registry {
    /// The built-in rules, and what is wrong with them (nothing, which a test makes sure of).
    pub fn builtin() -> (Self, Vec<RuleProblem>) {
        Self::of(BuiltinSource::files())
    }

    /// The rules of these files (id, text) as built-in ones, and what is wrong with them.
    pub fn of<'t>(files: impl IntoIterator<Item = (String, &'t str)>) -> (Self, Vec<RuleProblem>) {
        let mut registry = Self::default();
        let mut problems = Vec::new();
        for (id, text) in files {
            problems.extend(registry.add(&id, text, RuleOrigin::Builtin));
        }
        (registry, problems)
    }

    /// One more rule file; what is wrong with it. A rule that is there already stays.
    pub fn add(&mut self, id: &str, text: &str, origin: RuleOrigin) -> Vec<RuleProblem> {
        if let Some(known) = self.get(id) {
            let message = "another file has this name already";
            let other = known.origin.file().cloned();
            return vec![RuleProblem {
                help: Some("rename one of them: its file's name is the rule's".to_owned()),
                other,
                ..RuleProblem::about(id, origin, message, opening(text))
            }];
        }
        match compile(id, text, origin) {
            Ok(rule) => {
                self.rules.insert(rule.id.clone(), Arc::new(rule));
                self.broken.remove(id);
                Vec::new()
            }
            Err(problems) => {
                self.broken.insert(id.to_owned());
                problems
            }
        }
    }

    /// Remembers an id whose file cannot be used.
    pub fn add_broken(&mut self, id: &str) {
        if self.get(id).is_none() {
            self.broken.insert(id.to_owned());
        }
    }

    /// Ids whose files cannot be used.
    pub fn broken(&self) -> impl Iterator<Item = &str> {
        self.broken.iter().map(String::as_str)
    }

    /// Puts another check behind a rule, to see what becomes of one that breaks off.
    #[cfg(test)]
    pub(super) fn replace_method(&mut self, id: &str, method: Method) {
        let old = self.rules.remove(&RuleId::new(id)).and_then(Arc::into_inner);
        if let Some(rule) = old {
            self.rules.insert(rule.id.clone(), Arc::new(Rule { method, ..rule }));
        }
    }

    /// A rule by id.
    pub fn get(&self, id: &str) -> Option<&Arc<Rule>> {
        self.rules.get(&RuleId::new(id))
    }

    /// All rules, by id.
    pub fn rules(&self) -> impl Iterator<Item = &Arc<Rule>> {
        self.rules.values()
    }

    /// True for the id of a rule, whether or not its file can be used.
    pub fn has(&self, id: &str) -> bool {
        self.get(id).is_some() || self.broken.contains(id)
    }
}

/// Reads a rule file: the rule, or all that is wrong with it.
///
/// Rules of one's own may not use `check`, and need not say `since`.
pub fn compile(id: &str, text: &str, origin: RuleOrigin) -> Result<Rule, Vec<RuleProblem>> {
    let mut complaints = Complaints::default();
    let read = read(id, text, &origin, &mut complaints);
    if let (Some((front, body, method)), true) = (read, complaints.0.is_empty()) {
        let before = text.len().saturating_sub(body.len());
        let body_line = 1 + text[..before].bytes().filter(|byte| *byte == b'\n').count();
        return Ok(Rule { id: RuleId::new(id), front, body: Arc::from(body), body_line, method, origin });
    }
    complaints.0.sort_by_key(|complaint| complaint.span);
    complaints.0.truncate(MOST_COMPLAINTS);
    let problem = |complaint: written::Complaint| RuleProblem {
        help: complaint.help,
        ..RuleProblem::about(id, origin.clone(), complaint.message, complaint.span)
    };
    Err(complaints.0.into_iter().map(problem).collect())
}

fn read<'t>(
    id: &str,
    text: &'t str,
    origin: &RuleOrigin,
    complaints: &mut Complaints,
) -> Option<(FrontMatter, &'t str, Method)> {
    let start = opening(text);
    let Some((metadata, offset, body)) = split(text) else {
        let is_open = text[start.range()].trim_end() == "---";
        complaints.add_with(
            start,
            if is_open { "the metadata has no end" } else { "the file does not start with metadata" },
            "metadata stands between two lines `---`, the first of which is the first line of the file",
        );
        return None;
    };
    if metadata.len() > LONGEST_METADATA {
        complaints.add(start, format!("the metadata is longer than {} KiB", LONGEST_METADATA >> 10));
        return None;
    }
    let root = written::read(metadata, offset, start, complaints)?;
    let is_builtin = *origin == RuleOrigin::Builtin;
    let front = FrontMatter::read(&root, start, is_builtin, complaints);
    let method = match front.check {
        Some(Check::Engine) => Method::Engine,
        Some(Check::Native) => match native::find(id) {
            Some(check) => Method::Native(check),
            None => {
                complaints.add(start, "no native check has this name");
                return None;
            }
        },
        None => Method::Declarative(Box::new(Compiled::new(&front, text, start, complaints))),
    };
    Some((front, body, method))
}

/// The first line of a rule file, after a byte order mark.
fn opening(text: &str) -> Span {
    let start = if text.starts_with('\u{feff}') { 3 } else { 0 };
    let length = text[start..].find(['\n', '\r']).unwrap_or(text.len() - start);
    Span::new(start, start + length)
}

/// Front matter, its byte offset in the file, and the body. Lines may end as they do on Windows.
pub fn split(text: &str) -> Option<(&str, usize, &str)> {
    let opening = opening(text);
    if text[opening.range()].trim_end() != "---" {
        return None;
    }
    let rest = opening.end as usize;
    let start = rest + text[rest..].find('\n')? + 1;
    let mut line = start;
    loop {
        let end = text[line..].find('\n').map_or(text.len(), |at| line + at + 1);
        if text[line..end].trim_end() == "---" {
            return Some((&text[start..line], start, &text[end..]));
        }
        if end == text.len() {
            return None;
        }
        line = end;
    }
}
