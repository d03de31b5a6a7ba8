//! All rules. The folder `rules/` is the list; nothing else names them all.

use std::collections::BTreeMap;
use std::sync::Arc;

use include_dir::{Dir, include_dir};

use super::declarative::Compiled;
use super::front_matter::{Check, FrontMatter};
use super::native::{self, NativeCheck};
use crate::diagnostic::{RuleId, Severity};
use crate::source::Span;

static BUILTIN: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/rules");

/// One rule.
#[derive(Debug)]
pub struct Rule {
    /// `family/name`, from its path.
    pub id: RuleId,
    /// Metadata.
    pub front: FrontMatter,
    /// The prose after the metadata, with its examples.
    pub body: Arc<str>,
    /// How it is checked.
    pub method: Method,
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

/// A rule file that cannot be used, and where the trouble is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RuleProblem {
    /// Which file, `family/name`.
    pub id: String,
    /// What is wrong.
    pub message: String,
    /// Bytes in the rule file.
    pub span: Span,
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
#[derive(Clone, Debug)]
pub struct Registry {
    rules: BTreeMap<RuleId, Arc<Rule>>,
}

impl Registry {
    /// The built-in rules, and what is wrong with them (nothing, which a test makes sure of).
    pub fn builtin() -> (Self, Vec<RuleProblem>) {
        Self::of(BuiltinSource::files())
    }

    /// The rules of these files (id, text), and what is wrong with them.
    pub fn of<'t>(files: impl IntoIterator<Item = (String, &'t str)>) -> (Self, Vec<RuleProblem>) {
        let mut rules = BTreeMap::new();
        let mut problems = Vec::new();
        for (id, text) in files {
            match compile(&id, text) {
                Ok(rule) => {
                    rules.insert(rule.id.clone(), Arc::new(rule));
                }
                Err(problem) => problems.push(problem),
            }
        }
        (Self { rules }, problems)
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

    /// True for the id of a rule or the name of a family.
    pub fn knows(&self, selector: &str) -> bool {
        self.rules.keys().any(|id| id.as_str() == selector || id.family() == selector)
    }
}

/// Reads a rule file.
pub fn compile(id: &str, text: &str) -> Result<Rule, RuleProblem> {
    let problem = |message: String, span: Span| RuleProblem { id: id.to_owned(), message, span };
    let Some((front_text, offset, body)) = split(text) else {
        return Err(problem("no front matter between `---` lines".into(), Span::default()));
    };
    let front: FrontMatter = serde_yaml::from_str(front_text).map_err(|error| {
        let at = error.location().map_or(0, |location| location.index()) + offset;
        problem(error.to_string(), Span::new(at, at))
    })?;
    let method = match front.check {
        Some(Check::Engine) => Method::Engine,
        Some(Check::Native) => match native::find(id) {
            Some(check) => Method::Native(check),
            None => return Err(problem("no native check of this name".into(), Span::new(offset, offset))),
        },
        None => Method::Declarative(Box::new(
            Compiled::new(&front).map_err(|message| problem(message, Span::new(offset, offset)))?,
        )),
    };
    Ok(Rule { id: RuleId::new(id), front, body: Arc::from(body), method })
}

/// Front matter, its byte offset in the file, and the body.
pub fn split(text: &str) -> Option<(&str, usize, &str)> {
    let start = text.strip_prefix("---\n").map(|_| 4)?;
    let end = text[start..].find("\n---\n").map(|i| start + i)?;
    Some((&text[start..=end], start, &text[end + 5..]))
}
