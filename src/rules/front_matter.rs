//! What stands between the `---` lines of a rule file.

use std::collections::BTreeMap;

use super::written::{Complaints, Text, What, Written, shown};
use crate::diagnostic::Severity;
use crate::facts::{Fact, Match};
use crate::source::Span;
use crate::value::nearest;

/// Written conditions: field → condition.
pub type Conditions = Vec<(Text, Written)>;

/// The metadata of a rule, as written. Unknown keys are refused.
#[derive(Clone, Debug)]
pub struct FrontMatter {
    /// The fault in one line.
    pub summary: Text,
    /// Highest severity it may report.
    pub severity: Severity,
    /// First version that has it; empty when a rule of one's own does not say.
    pub since: Text,
    /// Subject: a kind of fact.
    pub subject: Option<Text>,
    /// Of subject `document`: which files, as globs or kinds of files.
    pub files: Option<Vec<Text>>,
    /// Of subject `document`: what is picked of their documents, as JSONPath (RFC 9535).
    pub select: Option<Text>,
    /// Which subjects are judged.
    pub wanted: Conditions,
    /// What must hold of them.
    pub require: Conditions,
    /// What must not hold of them.
    pub forbid: Conditions,
    /// `native` or `engine` instead of `require`/`forbid`.
    pub check: Option<Check>,
    /// The field at which it is reported.
    pub at: Option<Text>,
    /// Link → words: other places of the evidence.
    pub related: Vec<(Text, Text)>,
    /// What will happen; `{field}` is filled in.
    pub message: Option<Text>,
    /// What to do.
    pub help: Option<Text>,
    /// Answers of a rule that has several.
    pub cases: BTreeMap<String, CaseText>,
    /// It says that something is missing, so it reports one step lower in an open set.
    pub absence: bool,
    /// The field whose value is part of the identity.
    pub value: Option<Text>,
    /// Off unless this profile is chosen.
    pub profile: Option<Text>,
}

/// One answer of a rule.
#[derive(Clone, Debug)]
pub struct CaseText {
    /// Where its name is written.
    pub span: Span,
    /// Highest severity of this answer; the rule's when not given.
    pub severity: Option<Severity>,
    /// What will happen.
    pub message: Text,
    /// What to do.
    pub help: Option<Text>,
    /// Of a declarative rule: for which subjects this is the answer. The first answer, by name, that
    /// may be meant is given; the rule's own message is for all others.
    pub wanted: Conditions,
}

/// How a rule that is not declarative is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Check {
    /// By a function in native/.
    Native,
    /// By the pipeline itself, while it reads or judges.
    Engine,
}

/// Keys of the metadata.
pub const KEYS: &[&str] = &[
    "summary", "severity", "subject", "where", "require", "forbid", "at", "message", "help", "files", "select",
    "cases", "related", "since", "absence", "value", "profile", "check",
];
/// Keys of an answer.
pub const CASE_KEYS: &[&str] = &["severity", "message", "help", "where"];
/// Profiles that a rule may wait for.
const PROFILES: &[&str] = &["production-readiness"];
const SEVERITIES: &[&str] = &["error", "warning", "info"];
const CHECKS: &[&str] = &["native", "engine"];

impl FrontMatter {
    /// Reads metadata; what cannot be used is complained of and left out. `start` is where a key that is
    /// missing would stand.
    pub fn read(root: &Written, start: Span, is_builtin: bool, complaints: &mut Complaints) -> Self {
        let mut reader = Reader { complaints };
        let mut front = Self {
            summary: Text::default(),
            severity: Severity::Error,
            since: Text::default(),
            subject: None,
            files: None,
            select: None,
            wanted: Vec::new(),
            require: Vec::new(),
            forbid: Vec::new(),
            check: None,
            at: None,
            related: Vec::new(),
            message: None,
            help: None,
            cases: BTreeMap::new(),
            absence: false,
            value: None,
            profile: None,
        };
        let mut written = Vec::new();
        for (key, value) in root.entries() {
            // A key that is written wrongly is not missing too.
            written.extend(if KEYS.contains(&&**key) { Some(&**key) } else { nearest(key, KEYS.iter().copied()) });
            match &**key {
                "summary" => front.summary = reader.text(key, value).unwrap_or_default(),
                "severity" => front.severity = reader.severity(key, value).unwrap_or(Severity::Error),
                "since" => front.since = reader.version(key, value).unwrap_or_default(),
                "subject" => front.subject = reader.text(key, value),
                "files" => front.files = Some(reader.texts(key, value)),
                "select" => front.select = reader.text(key, value),
                "where" => front.wanted = reader.conditions(key, value),
                "require" => front.require = reader.conditions(key, value),
                "forbid" => front.forbid = reader.conditions(key, value),
                "check" => front.check = reader.check(key, value, is_builtin),
                "at" => front.at = reader.text(key, value),
                "related" => front.related = reader.related(key, value),
                "message" => front.message = reader.text(key, value),
                "help" => front.help = reader.text(key, value),
                "cases" => front.cases = reader.cases(key, value),
                "absence" => front.absence = reader.yes_or_no(key, value),
                "value" => front.value = reader.text(key, value),
                "profile" => front.profile = reader.word(key, value, "profile", PROFILES),
                _ => reader.complaints.unknown("key", key, KEYS),
            }
        }
        if front.subject.as_deref() == Some(Match::KIND) {
            // What is selected of a document may be the fault.
            written.push("require");
        }
        missing(&written, is_builtin, start, reader.complaints);
        front
    }
}

/// Says which keys are missing, all at once.
fn missing(written: &[&str], is_builtin: bool, start: Span, complaints: &mut Complaints) {
    let has = |key: &&str| written.contains(key);
    let needed: &[&str] = match (is_builtin, has(&"check")) {
        (true, true) => &["summary", "severity", "since"],
        (true, false) => &["summary", "severity", "since", "subject", "message"],
        // Of `check` in a rule of one's own something is said already.
        (false, true) => &["summary", "severity"],
        (false, false) => &["summary", "severity", "subject", "message"],
    };
    let mut names: Vec<String> = needed.iter().filter(|key| !has(key)).map(|key| format!("`{key}`")).collect();
    let demands = ["check", "require", "forbid"];
    if !demands.iter().any(has) {
        names.push("`require` or `forbid`".to_owned());
    }
    let last = names.pop();
    let message = match (last, names.as_slice()) {
        (None, _) => return,
        (Some(last), []) if last.contains(" or ") => format!("nothing is demanded: {last} is missing"),
        (Some(last), []) => format!("the key {last} is missing"),
        (Some(last), before) => format!("the keys {} and {last} are missing", before.join(", ")),
    };
    match message.contains("`subject`") {
        true => complaints.add_with(start, message, "`deploylint facts` lists the subjects"),
        false => complaints.add(start, message),
    }
}

struct Reader<'a> {
    complaints: &'a mut Complaints,
}

impl Reader<'_> {
    fn wrong_type(&mut self, key: &Text, value: &Written, wanted: &str) {
        // Nothing has no bytes to point at.
        let span = if value.what == What::Nothing { key.span } else { value.span };
        self.complaints.add(span, format!("`{}` must be {wanted}, not {}", shown(key), value.kind()));
    }

    fn text(&mut self, key: &Text, value: &Written) -> Option<Text> {
        match &value.what {
            What::Scalar(text) if text.trim().is_empty() => {
                self.complaints.add(value.span, format!("`{}` is empty", shown(key)));
                None
            }
            What::Scalar(text) => Some(Text::new(text, value.span)),
            _ => {
                self.wrong_type(key, value, "text");
                None
            }
        }
    }

    /// A list of texts, or one alone.
    fn texts(&mut self, key: &Text, value: &Written) -> Vec<Text> {
        match &value.what {
            What::List(items) if items.is_empty() => {
                self.complaints.add(value.span, format!("`{}` is empty", shown(key)));
                Vec::new()
            }
            What::List(items) => items.iter().filter_map(|item| self.text(key, item)).collect(),
            _ => self.text(key, value).into_iter().collect(),
        }
    }

    fn word(&mut self, key: &Text, value: &Written, what: &str, known: &[&str]) -> Option<Text> {
        let text = self.text(key, value)?;
        if known.contains(&&*text) {
            return Some(text);
        }
        self.complaints.unknown(what, &text, known);
        None
    }

    fn severity(&mut self, key: &Text, value: &Written) -> Option<Severity> {
        Some(match &*self.word(key, value, "severity", SEVERITIES)? {
            "error" => Severity::Error,
            "warning" => Severity::Warning,
            _ => Severity::Info,
        })
    }

    fn check(&mut self, key: &Text, value: &Written, is_builtin: bool) -> Option<Check> {
        if !is_builtin {
            let help = "say what must hold with `subject` and `require` or `forbid`";
            self.complaints.add_with(key.span, "only built-in rules can be checked by code", help);
            return None;
        }
        Some(if &*self.word(key, value, "check", CHECKS)? == "native" { Check::Native } else { Check::Engine })
    }

    /// Three numbers with dots between.
    fn version(&mut self, key: &Text, value: &Written) -> Option<Text> {
        let text = self.text(key, value)?;
        let is_version = text.split('.').count() == 3 && text.split('.').all(|part| part.parse::<u32>().is_ok());
        if !is_version {
            self.complaints.add(text.span, format!("`{}` is no version such as 0.1.0", shown(&text)));
        }
        is_version.then_some(text)
    }

    fn yes_or_no(&mut self, key: &Text, value: &Written) -> bool {
        match &value.what {
            What::Scalar(text) if text == "true" => return true,
            What::Scalar(text) if text == "false" => {}
            What::Scalar(text) => {
                let message = format!("`{}` must be true or false, not `{}`", shown(key), shown(text));
                self.complaints.add(value.span, message);
            }
            _ => self.wrong_type(key, value, "true or false"),
        }
        false
    }

    fn conditions(&mut self, key: &Text, value: &Written) -> Conditions {
        if !matches!(value.what, What::Map(_)) {
            self.wrong_type(key, value, "a mapping of fields to conditions");
        } else if value.entries().is_empty() {
            self.complaints.add(value.span, format!("`{}` is empty: no field is named", shown(key)));
        }
        value.entries().to_vec()
    }

    fn related(&mut self, key: &Text, value: &Written) -> Vec<(Text, Text)> {
        if !matches!(value.what, What::Map(_)) {
            self.wrong_type(key, value, "a mapping of links to words");
        }
        let entries = value.entries().iter();
        entries.filter_map(|(link, words)| Some((link.clone(), self.text(link, words)?))).collect()
    }

    fn cases(&mut self, key: &Text, value: &Written) -> BTreeMap<String, CaseText> {
        if !matches!(value.what, What::Map(_)) {
            self.wrong_type(key, value, "a mapping of names to answers");
        }
        let mut cases = BTreeMap::new();
        for (name, written) in value.entries() {
            let is_plain = name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-');
            if !is_plain || name.is_empty() {
                let message = format!("`{}` cannot name an answer", shown(name));
                self.complaints.add_with(name.span, message, "use lower-case letters, digits and dashes");
            }
            if let Some(case) = self.case(name, written) {
                cases.insert(name.to_string(), case);
            }
        }
        cases
    }

    fn case(&mut self, name: &Text, written: &Written) -> Option<CaseText> {
        if !matches!(written.what, What::Map(_)) {
            self.wrong_type(name, written, "a mapping with a `message`");
            return None;
        }
        let mut message = None;
        let mut case =
            CaseText { span: name.span, severity: None, message: Text::default(), help: None, wanted: Vec::new() };
        for (key, value) in written.entries() {
            match &**key {
                "severity" => case.severity = self.severity(key, value),
                "message" => message = self.text(key, value),
                "help" => case.help = self.text(key, value),
                "where" => case.wanted = self.conditions(key, value),
                _ => self.complaints.unknown("key", key, CASE_KEYS),
            }
        }
        if !written.entries().iter().any(|(key, _)| &**key == "message") {
            self.complaints.add(name.span, format!("the answer `{}` has no `message`", shown(name)));
        }
        case.message = message?;
        Some(case)
    }
}
