use super::*;
use crate::config::{FailOn, RuleNames};
use crate::diagnostic::{Doubt, LogicalPath, Message, RuleId, identify};
use crate::rules::{BuiltinSource, Rule};
use crate::source::{ContentId, Span};
use crate::value::{Condition, Why};

/// A rule that exists only here, and one about the run itself.
const RULE: &str = "shop/open-door";
const META: &str = "input/unparsable";

fn registry() -> Registry {
    let own = "---\nsummary: x\nseverity: error\nsince: 0.1.0\ncheck: engine\n---\n";
    let (registry, problems) = Registry::of(BuiltinSource::files().into_iter().chain([(RULE.to_owned(), own)]));
    assert_eq!(problems, vec![]);
    registry
}

fn source(path: &str) -> Source {
    Source::new(path.into(), ContentId::of(b""))
}

fn finding(rule: &str, path: &str, at: usize) -> Diagnostic {
    Diagnostic {
        rule: RuleId::new(rule),
        case: None,
        severity: Severity::Error,
        subject: LogicalPath::of_file(&path.into()).child(format!("at/{at}")),
        others: Vec::new(),
        value: None,
        root_cause: None,
        message: Message::plain("x"),
        help: None,
        labels: vec![crate::diagnostic::Label { source: source(path), span: Span::new(at, at + 1), message: None }],
        doubts: Vec::new(),
        fix: None,
        fingerprint: String::new(),
    }
}

/// A run over some files with some settings.
struct Case {
    registry: Registry,
    config: Config,
    selection: Selection,
    class: PathClass,
    full_severity: bool,
    paths: Vec<TreePath>,
    files: Vec<(&'static str, &'static str)>,
    fail_on: FailOn,
    allow_empty: bool,
}

impl Case {
    fn new() -> Self {
        Self {
            registry: registry(),
            config: Config::default(),
            selection: Selection::default(),
            class: PathClass::Deploy,
            full_severity: false,
            paths: Vec::new(),
            files: Vec::new(),
            fail_on: FailOn::Severity(Severity::Error),
            allow_empty: false,
        }
    }

    fn configured(text: &str) -> Self {
        let mut case = Self::new();
        let names = RuleNames::of(&case.registry);
        case.config = Config::parse(text, &source("deploylint.toml"), &names).unwrap();
        case.selection = Selection::new(&case.config, &[], &[]);
        case
    }

    fn judge(&self, findings: Vec<Diagnostic>) -> Judged {
        let comments = |text: &str| {
            let parsed = crate::syntax::yaml::read(&source("x"), text);
            parsed.comments.into_iter().filter(|comment| comment.text.contains("deploylint")).collect()
        };
        let remarks: Vec<(Source, Vec<Comment>)> =
            self.files.iter().map(|(path, text)| (source(path), comments(text))).collect();
        let bytes = |wanted: &Source| {
            let file = self.files.iter().find(|(path, _)| source(path) == *wanted);
            file.map(|(_, text)| Arc::from(text.as_bytes()))
        };
        let inputs = PolicyInputs {
            registry: &self.registry,
            config: &self.config,
            selection: &self.selection,
            class_of: &|_| self.class,
            full_severity: self.full_severity,
            paths: &self.paths,
            remarks: &remarks,
            bytes_of: &bytes,
            as_of: "2026-11-21".parse().unwrap(),
            fail_on: self.fail_on.severity(),
            allow_empty: self.allow_empty,
            is_whole: true,
        };
        judge(identify(findings), &inputs)
    }

    /// Severity of a single finding with these doubts; `None` when it is not reported.
    fn severity(&self, doubts: Vec<Doubt>) -> Option<Severity> {
        let judged = self.judge(vec![Diagnostic { doubts, ..finding(RULE, "a/x.yml", 0) }]);
        judged.reported.first().map(|diagnostic| diagnostic.severity)
    }

    /// Ids that are reported for a text in which the finding is at the word `HERE`.
    fn reported(mut self, text: &'static str) -> Vec<String> {
        self.files = vec![("a.yml", text)];
        let judged = self.judge(vec![finding(RULE, "a.yml", text.find("HERE").unwrap())]);
        judged.reported.iter().map(|diagnostic| diagnostic.rule.to_string()).collect()
    }
}

#[test]
fn the_rules_that_these_tests_speak_of_exist() {
    let registry = registry();
    for id in [META, "waiver/unused", "waiver/expired", "waiver/malformed", "waiver/without-reason"] {
        assert!(registry.get(id).is_some(), "{id}");
    }
}

#[test]
fn doubts_lower_and_bound() {
    let case = Case::new();
    let open = || Doubt::OpenSet(Why::new("helm chart"));
    let guess = || Doubt::Guess(Why::new("no handler was named"));
    assert_eq!(case.severity(vec![]), Some(Severity::Error));
    assert_eq!(case.severity(vec![open()]), Some(Severity::Warning));
    assert_eq!(case.severity(vec![guess()]), Some(Severity::Warning));
    assert_eq!(case.severity(vec![open(), guess()]), Some(Severity::Warning), "one step together");
    assert_eq!(case.severity(vec![Doubt::Sometimes(Condition::new("x"))]), Some(Severity::Warning));
    assert_eq!(case.severity(vec![Doubt::StaleArtifact(Why::new("x"))]), Some(Severity::Warning));
    assert_eq!(case.severity(vec![Doubt::Generated]), Some(Severity::Info));
    let warning = Case::configured(&format!("[rules]\n\"{RULE}\" = \"warning\"\n"));
    assert_eq!(warning.severity(vec![open()]), Some(Severity::Info));
    assert_eq!(warning.severity(vec![Doubt::Sometimes(Condition::new("x"))]), Some(Severity::Warning));
}

#[test]
fn levels_replace_ceilings_and_paths_come_before_the_whole() {
    let level = |text: &str| Case::configured(text).severity(vec![]);
    assert_eq!(level("[rules]\nshop = \"info\"\n"), Some(Severity::Info));
    assert_eq!(level(&format!("[rules]\n\"{RULE}\" = \"warning\"\nshop = \"info\"\n")), Some(Severity::Warning));
    assert_eq!(level("[rules]\nshop = \"off\"\n"), None);
    let text = "[rules]\nshop = \"off\"\n[[override]]\npaths = [\"a/**\"]\nrules = { shop = \"warning\" }\n";
    assert_eq!(level(text), Some(Severity::Warning));
    assert_eq!(level("[[override]]\npaths = [\"b/**\"]\nrules = { shop = \"off\" }\n"), Some(Severity::Error));
}

#[test]
fn classes_lower_what_no_override_speaks_of() {
    let mut case = Case { class: PathClass::Test, ..Case::new() };
    assert_eq!(case.severity(vec![]), Some(Severity::Info));
    case.full_severity = true;
    assert_eq!(case.severity(vec![]), Some(Severity::Error));
    let text = "[[override]]\npaths = [\"a/**\"]\nrules = { shop = \"error\" }\n";
    let case = Case { class: PathClass::Example, ..Case::configured(text) };
    assert_eq!(case.severity(vec![]), Some(Severity::Error));
}

#[test]
fn selection_by_id_and_family_leaves_findings_about_the_run() {
    let ids = |select: &[&str], ignore: &[&str]| {
        let owned = |list: &[&str]| list.iter().map(|id| (*id).to_owned()).collect();
        let selection = Selection { select: owned(select), ignore: owned(ignore) };
        let case = Case { selection, ..Case::new() };
        let judged = case.judge(vec![finding(RULE, "a", 0), finding(META, "b", 0), finding("probe/x", "c", 0)]);
        judged.reported.iter().map(|diagnostic| diagnostic.rule.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&[], &[]), [RULE, META, "probe/x"]);
    assert_eq!(ids(&["shop"], &[]), [RULE, META]);
    assert_eq!(ids(&["probe/x"], &[]), [META, "probe/x"]);
    assert_eq!(ids(&[], &["shop", "probe/x"]), [META]);
    assert_eq!(ids(&[], &["input"]), [RULE, "probe/x"]);
}

#[test]
fn what_is_turned_off_does_not_run_unless_a_path_turns_it_on() {
    let wants = |case: &Case| {
        let rule: &Rule = case.registry.get(META).unwrap();
        case.selection.wants(rule, &case.config)
    };
    assert!(wants(&Case::new()));
    assert!(!wants(&Case::configured("[rules]\ninput = \"off\"\n")));
    assert!(wants(&Case::configured(
        "[rules]\ninput = \"off\"\n[[override]]\npaths = [\"a\"]\nrules = { input = \"info\" }\n"
    )));
    assert!(!wants(&Case::configured("ignore = [\"input\"]\n")));
}

#[test]
fn findings_are_reported_under_the_paths() {
    let case = Case { paths: vec!["a".into(), "c/x.yml".into()], ..Case::new() };
    let mut placeless = finding("rule/failed", "z", 0);
    placeless.labels.clear();
    let all = ["a/b.yml", "ab.yml", "c/x.yml", "c/y.yml"].map(|path| finding(RULE, path, 0));
    let judged = case.judge(all.into_iter().chain([placeless]).collect());
    let places: Vec<String> =
        judged.reported.iter().map(|d| d.primary().map_or_else(String::new, |l| l.source.display())).collect();
    assert_eq!(places, ["", "a/b.yml", "c/x.yml"]);
}

#[test]
fn the_verdict_and_its_code() {
    let verdict = |case: &Case, rules: &[&str]| {
        let findings = rules.iter().enumerate().map(|(at, rule)| finding(rule, "a", at)).collect();
        let verdict = case.judge(findings).verdict;
        (verdict, verdict.exit_code())
    };
    let case = Case::new();
    assert_eq!(verdict(&case, &[]), (Verdict::Pass, 0));
    assert_eq!(verdict(&case, &[RULE]), (Verdict::Fail, 1));
    assert_eq!(verdict(&case, &["rule/failed"]), (Verdict::Incomplete, 2));
    assert_eq!(verdict(&case, &["rule/invalid", RULE]), (Verdict::Fail, 1));
    let never = Case { fail_on: FailOn::Never, ..Case::new() };
    assert_eq!(verdict(&never, &[RULE]), (Verdict::Pass, 0));
    assert_eq!(verdict(&never, &["input/nothing-checked"]), (Verdict::Incomplete, 2));
    let empty = Case { allow_empty: true, ..never };
    assert_eq!(verdict(&empty, &["input/nothing-checked"]), (Verdict::Pass, 0));
    let ignored = Case { selection: Selection { ignore: vec!["rule".into()], ..Selection::default() }, ..Case::new() };
    assert_eq!(verdict(&ignored, &["rule/failed"]), (Verdict::Incomplete, 2), "silence does not complete a run");
}

#[test]
fn a_comment_on_the_line_or_the_line_above() {
    let silent: Vec<String> = Vec::new();
    let reported = |text| Case::new().reported(text);
    assert_eq!(reported("a: HERE # deploylint: ignore[shop/open-door] reason=\"x\"\n"), silent);
    assert_eq!(reported("# deploylint: ignore[shop/open-door] reason=\"x\"\na: HERE\n"), silent);
    let two = "# deploylint: ignore[shop/open-door] reason=\"x\"\n# deploylint: ignore[input/x] reason=y\na: HERE\n";
    assert_eq!(reported(two), ["waiver/malformed"], "remarks stack");
    let trailing = "b: 1 # deploylint: ignore[shop/open-door] reason=\"x\"\na: HERE\n";
    assert_eq!(reported(trailing), ["waiver/unused", RULE], "a trailing comment speaks of its own line");
    let far = "# deploylint: ignore[shop/open-door] reason=\"x\"\nb: 1\na: HERE\n";
    assert_eq!(reported(far), ["waiver/unused", RULE]);
}

#[test]
fn silence_that_does_not_hold_is_a_finding_and_silences_nothing() {
    let reported = |text| Case::new().reported(text);
    let at = |remark: &str, id: &str| (remark.to_owned(), id.to_owned());
    for (remark, id) in [
        at("ignore[shop/open-door]", "waiver/without-reason"),
        at("ignore[shop/open-door] reason=\"\"", "waiver/without-reason"),
        at("ignore[shop/open-door] reason=x until=2026-11-20", "waiver/expired"),
        at("ignore[shop/open-dor] reason=x", "waiver/malformed"),
        at("ignore[shop] reason=x", "waiver/malformed"),
        at("ignore reason=x", "waiver/malformed"),
    ] {
        let text: &'static str = Box::leak(format!("# deploylint: {remark}\na: HERE\n").into_boxed_str());
        assert_eq!(reported(text), [id, RULE.to_owned()], "{text}");
    }
    let today = "# deploylint: ignore[shop/open-door] reason=x until=2026-11-21\na: HERE\n";
    assert_eq!(reported(today), Vec::<String>::new(), "the last day counts");
}

#[test]
fn waivers_of_the_configuration() {
    let case = |rest: &str| Case::configured(&format!("[[waiver]]\nrule = \"{RULE}\"\n{rest}"));
    let run = |case: Case| {
        let judged = case.judge(vec![finding(RULE, "a/x.yml", 7)]);
        let ids: Vec<String> = judged.reported.iter().map(|diagnostic| diagnostic.rule.to_string()).collect();
        (ids, judged.suppressed_count())
    };
    let silent = (Vec::new(), 1);
    assert_eq!(run(case("path = \"a/*\"\nreason = \"x\"\n")), silent);
    assert_eq!(run(case("match = \"file:a/x.yml#at/*\"\nreason = \"x\"\n")), silent);
    assert_eq!(run(case("path = \"b\"\nreason = \"x\"\n")), (vec![RULE.to_owned(), "waiver/unused".to_owned()], 0));
    assert_eq!(run(case("path = \"a\"\n")), (vec![RULE.to_owned(), "waiver/without-reason".to_owned()], 0));
    let expired = case("path = \"a\"\nreason = \"x\"\nuntil = 2026-11-20\n");
    assert_eq!(run(expired), (vec![RULE.to_owned(), "waiver/expired".to_owned()], 0));
}

#[test]
fn prose_quotes_comments_and_does_not_mean_them() {
    let mut case = Case::new();
    case.files = vec![("README.md", "# deploylint: ignore[nothing/there]\n")];
    assert_eq!(case.judge(Vec::new()).reported.len(), 0);
}

#[test]
fn findings_about_silence_have_fingerprints_and_keep_those_of_others() {
    let mut case = Case::new();
    case.files = vec![("a.yml", "# deploylint: ignore[shop/open-door]\na: 1\n")];
    let before = identify(vec![finding(RULE, "b.yml", 0), finding(RULE, "b.yml", 0), finding(RULE, "c.yml", 0)]);
    let judged = case.judge(before.clone());
    assert!(judged.reported.iter().all(|diagnostic| diagnostic.fingerprint.starts_with("v1:")));
    assert_eq!(judged.reported.len(), before.len() + 1);
}

#[test]
fn what_stands_in_a_string_of_code_is_no_comment() {
    let run = |path: &'static str, text: &'static str| {
        let mut case = Case::new();
        case.files = vec![(path, text)];
        case.judge(Vec::new()).reported.len()
    };
    assert_eq!(run("a.rs", "# deploylint: ignore[nothing/there]\n"), 0);
    assert_eq!(run("a.yml", "# deploylint: ignore[nothing/there]\n"), 1);
    assert_eq!(run("a.yml", "\u{feff}# deploylint: ignore[nothing/there]\n"), 1);
}
