//! What stands between the `---` lines of a rule file.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::diagnostic::Severity;

/// The metadata of a rule, as written. Unknown keys are refused.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FrontMatter {
    /// The fault in one line.
    pub summary: String,
    /// Highest severity it may report.
    pub severity: Severity,
    /// First version that has it.
    pub since: String,
    /// Subject: a kind of fact.
    #[serde(default)]
    pub subject: Option<String>,
    /// Which subjects are judged: field → condition.
    #[serde(default, rename = "where")]
    pub wanted: BTreeMap<String, serde_yaml::Value>,
    /// What must hold of them: field → condition.
    #[serde(default)]
    pub require: BTreeMap<String, serde_yaml::Value>,
    /// What must not hold of them: field → condition.
    #[serde(default)]
    pub forbid: BTreeMap<String, serde_yaml::Value>,
    /// `native` or `engine` instead of `require`/`forbid`.
    #[serde(default)]
    pub check: Option<Check>,
    /// The field at which it is reported.
    #[serde(default)]
    pub at: Option<String>,
    /// Link → words: other places of the evidence.
    #[serde(default)]
    pub related: BTreeMap<String, String>,
    /// What will happen; `{field}` is filled in.
    #[serde(default)]
    pub message: Option<String>,
    /// What to do.
    #[serde(default)]
    pub help: Option<String>,
    /// Answers of a rule that has several.
    #[serde(default)]
    pub cases: BTreeMap<String, CaseText>,
    /// It says that something is missing, so it reports one step lower in an open set.
    #[serde(default)]
    pub absence: bool,
    /// The field whose value is part of the identity.
    #[serde(default)]
    pub value: Option<String>,
    /// Off unless this profile is chosen.
    #[serde(default)]
    pub profile: Option<String>,
}

/// One answer of a rule.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseText {
    /// Highest severity of this answer; the rule's when not given.
    #[serde(default)]
    pub severity: Option<Severity>,
    /// What will happen.
    pub message: String,
    /// What to do.
    #[serde(default)]
    pub help: Option<String>,
    /// Of a declarative rule: for which subjects this is the answer. The first answer, by name, that
    /// may be meant is given; the rule's own message is for all others.
    #[serde(default, rename = "where")]
    pub wanted: BTreeMap<String, serde_yaml::Value>,
}

/// How a rule that is not declarative is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Check {
    /// By a function in native/.
    Native,
    /// By the pipeline itself, while it reads or judges.
    Engine,
}
