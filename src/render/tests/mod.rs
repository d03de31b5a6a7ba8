pub(crate) mod checker;
mod github;
mod masks;
mod random;
mod schema;
mod texts;

use std::collections::{BTreeMap, HashMap};

use super::files::Files;
use super::words::{Secrets, Words};
use super::*;
use crate::diagnostic::{Argument, Diagnostic, Label, LogicalPath, Message, RuleId, Severity, identify};
use crate::policy::Verdict;
use crate::run::{Coverage, FieldTally};
use crate::source::{ContentId, Origin, Span};

/// Files by source.
#[derive(Default)]
struct Store(HashMap<Source, Arc<[u8]>>);

impl Snippets for Store {
    fn bytes(&self, source: &Source) -> Option<Arc<[u8]>> {
        self.0.get(source).cloned()
    }
}

impl Store {
    fn add(&mut self, path: &str, bytes: &[u8]) -> Source {
        let source = Source::new(path.into(), ContentId::of(bytes));
        self.0.insert(source.clone(), bytes.into());
        source
    }
}

/// A message in words, for tests of other rooms.
pub(crate) fn plain(message: &Message) -> String {
    Words { files: &Files::new(&Store::default()), secrets: &Secrets::default() }.fill(message)
}

fn label(source: &Source, span: Span) -> Label {
    Label { source: source.clone(), span, message: None }
}

/// A label at the first place of a word.
fn label_at(store: &Store, source: &Source, word: &str) -> Label {
    let bytes = store.bytes(source).unwrap();
    let start = String::from_utf8_lossy(&bytes).find(word).unwrap();
    label(source, Span::new(start, start + word.len()))
}

fn finding(rule: &str, labels: Vec<Label>) -> Diagnostic {
    Diagnostic {
        rule: RuleId::new(rule),
        case: None,
        severity: Severity::Error,
        subject: LogicalPath::of_set("k8s", &"deploy".into(), &[]).child("Deployment").child("web"),
        others: Vec::new(),
        value: None,
        root_cause: None,
        message: Message::new("container `{name}` fails", vec![("name".into(), Argument::name("web"))]),
        help: Some(Message::plain("mend it")),
        labels,
        doubts: Vec::new(),
        fix: None,
        fingerprint: String::new(),
    }
}

fn report(findings: Vec<Diagnostic>) -> Report {
    let fields = vec![FieldTally {
        field: "container.image".into(),
        known: 5,
        one_of: 1,
        unknown: BTreeMap::from([("parameter without default".into(), 2)]),
    }];
    let coverage = Coverage {
        files: 3,
        reported_files: 3,
        sets: 1,
        skipped: BTreeMap::from([("helm chart".into(), 2), ("terraform".into(), 1)]),
        fields,
        ..Coverage::default()
    };
    Report {
        header: Header {
            tool_version: "0.1.0".into(),
            root: ".".into(),
            revision: None,
            as_of: "2026-11-21".into(),
            verdict: Verdict::Fail,
            coverage,
            base: None,
        },
        findings: identify(findings),
        fail_on: Some(Severity::Error),
        ..Report::default()
    }
}

fn all_formats(report: &Report, store: &Store) -> Vec<(&'static str, String)> {
    let verbose = Style { verbosity: Verbosity::Verbose, ..Style::default() };
    vec![
        ("text", text(report, store, &verbose)),
        ("concise", concise(report, store, &verbose)),
        ("json", json(report, store)),
        ("github", github(report, store, &verbose)),
    ]
}

fn origin(source: &Source, span: Span) -> Origin {
    Origin::new(source.clone(), span)
}
