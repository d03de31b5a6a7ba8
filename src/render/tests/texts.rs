use super::*;
use crate::diagnostic::Doubt;
use crate::value::{Condition, Why};

const DEPLOYMENT: &str = "kind: Deployment\nspec:\n  containers:\n    - name: web\n      image: nginx\n";
const SERVICE: &str = "kind: Service\nmetadata:\n  name: web\n";

fn normal(report: &Report, store: &Store) -> String {
    text(report, store, &Style::default())
}

#[test]
fn a_finding_with_evidence_in_two_files() {
    let mut store = Store::default();
    let (deployment, service) = (store.add("a.yml", DEPLOYMENT.as_bytes()), store.add("b.yml", SERVICE.as_bytes()));
    let primary = label_at(&store, &deployment, "web");
    let beside = label_at(&store, &deployment, "nginx").saying(Message::plain("runs this"));
    let related = label_at(&store, &service, "web").saying(Message::plain("traffic arrives here"));
    let shown = normal(&report(vec![finding("probe/missing", vec![primary, beside, related])]), &store);
    let expected = "\
error[probe/missing]

  × container `web` fails
   ╭─[a.yml:4:13]
 3 │   containers:
 4 │     - name: web
   ·             ───
 5 │       image: nginx
   ·              ──┬──
   ·                ╰── runs this
 6 │ 
   ╰────
  ☞ traffic arrives here
   ╭─[b.yml:3:9]
 2 │ metadata:
 3 │   name: web
   ·         ───
 4 │ 
   ╰────
  help: mend it

fail: 1 error, 0 warnings, 0 info
checked 3 files, 1 release set; skipped 3 files (helm chart 2, terraform 1); undecided 2 values (parameter without default 2)
";
    assert_eq!(shown, expected, "\n{shown}");
}

#[test]
fn colour_is_asked_for_and_only_then_there() {
    let mut store = Store::default();
    let source = store.add("a.yml", DEPLOYMENT.as_bytes());
    let report = report(vec![finding("a/b", vec![label_at(&store, &source, "web")])]);
    let colored = text(&report, &store, &Style { color: true, ..Style::default() });
    assert!(colored.contains("\u{1b}[") && !normal(&report, &store).contains('\u{1b}'));
}

#[test]
fn findings_of_one_cause_are_drawn_once() {
    let mut store = Store::default();
    let source = store.add("a.yml", DEPLOYMENT.as_bytes());
    let of = |name: &str| {
        let mut finding = finding("a/b", vec![label_at(&store, &source, "web")]);
        finding.root_cause = Some(LogicalPath::of_file(&"a.yml".into()));
        finding.subject = finding.subject.child(name);
        finding
    };
    let report = report(vec![of("one"), of("two"), of("three")]);
    let shown = normal(&report, &store);
    assert_eq!(shown.matches("error[a/b]").count(), 1);
    assert_eq!(shown.matches("  also: k8s:deploy#Deployment/web/t").count(), 2, "{shown}");
    assert_eq!(concise(&report, &store, &Style::default()).matches("error[a/b]").count(), 3);
    assert_eq!(json(&report, &store).matches("\"rule\": \"a/b\"").count(), 3);
}

#[test]
fn fifty_of_a_rule_and_the_count_of_the_rest() {
    let mut store = Store::default();
    let source = store.add("a.yml", DEPLOYMENT.as_bytes());
    let many = (0..60).map(|at| finding("a/b", vec![label(&source, Span::new(at, at + 1))]));
    let shown = normal(&report(many.collect()), &store);
    assert_eq!(shown.matches("error[a/b]").count(), 50);
    assert!(shown.contains("a/b: 10 findings more are not shown here; --format json has all\n"), "{shown}");
    assert!(shown.contains("fail: 60 errors"));
}

#[test]
fn quiet_says_what_fails_and_the_last_line() {
    let store = Store::default();
    let mut mild = finding("a/mild", Vec::new());
    mild.severity = Severity::Warning;
    let report = report(vec![mild, finding("a/bad", Vec::new())]);
    for shown in [text, concise]
        .map(|format| format(&report, &store, &Style { verbosity: Verbosity::Quiet, ..Style::default() }))
    {
        assert!(shown.contains("a/bad") && !shown.contains("a/mild"), "{shown}");
        assert!(shown.lines().last().unwrap().starts_with("checked 3 files"));
    }
}

#[test]
fn verbose_says_every_reason() {
    let mut report = report(Vec::new());
    report.suppressed.insert("a/b".into(), 2);
    let shown = text(&report, &Store::default(), &Style { verbosity: Verbosity::Verbose, ..Style::default() });
    for line in [
        "skipped: helm chart, 2 files\n",
        "accepted: a/b, 2 findings\n",
        "decided: container.image, 5 known, 1 one of several, 2 not\n",
        "undecided: container.image, 2: parameter without default\n",
        "; 2 findings accepted by comments and waivers\n",
    ] {
        assert!(shown.contains(line), "{line}{shown}");
    }
}

#[test]
fn a_file_that_changed_or_went_is_said_to_have() {
    let mut store = Store::default();
    let source = store.add("a.yml", DEPLOYMENT.as_bytes());
    let report = report(vec![finding("a/b", vec![label(&source, Span::new(5, 9))])]);
    let other: &[u8] = b"other";
    store.0.insert(source.clone(), other.into());
    let shown = normal(&report, &store);
    assert!(shown.contains("a.yml (the file changed after it was read, so its lines are not shown)"), "{shown}");
    assert!(!shown.contains("other"));
    store.0.clear();
    assert!(normal(&report, &store).contains("cannot be read any more"));
    assert!(concise(&report, &store, &Style::default()).starts_with("a.yml: error[a/b]"));
    let value: serde_json::Value = serde_json::from_str(&json(&report, &store)).unwrap();
    assert!(value["findings"][0]["location"]["start"].is_null());
}

#[test]
fn labels_that_mean_the_file_show_no_line() {
    let mut store = Store::default();
    let source = store.add("a.yml", DEPLOYMENT.as_bytes());
    let shown = normal(&report(vec![finding("a/b", vec![label(&source, Span::default())])]), &store);
    assert!(shown.contains("a.yml:1:1\n") && !shown.contains("Deployment\n"), "{shown}");
    let binary = store.add("x.zip", b"PK\x03\x04\0\0\0more");
    let shown = normal(&report(vec![finding("a/b", vec![label(&binary, Span::new(4, 6))])]), &store);
    assert!(shown.contains("x.zip:1:5\n") && !shown.contains("PK"), "{shown}");
}

#[test]
fn doubts_are_part_of_the_message_in_every_format() {
    let mut doubtful = finding("a/b", Vec::new());
    doubtful.doubts =
        vec![Doubt::Sometimes(Condition::new("parameter `Stage` is `prod`")), Doubt::OpenSet(Why::new("helm chart"))];
    let report = report(vec![doubtful]);
    for (format, shown) in all_formats(&report, &Store::default()) {
        let words = "container `web` fails (when parameter `Stage` is `prod`; not everything that is applied with it can be seen: helm chart)";
        assert!(shown.contains(words), "{format}: {shown}");
    }
}

#[test]
fn long_lines_are_clipped_around_the_mark() {
    let mut store = Store::default();
    let text = format!("{}NEEDLE{}", "é".repeat(70_000), "x".repeat(2_000_000));
    let source = store.add("a.json", text.as_bytes());
    let shown = normal(&report(vec![finding("a/b", vec![label_at(&store, &source, "NEEDLE")])]), &store);
    assert!(shown.contains("[a.json:1:70001]"), "{}", &shown[..400]);
    assert!(shown.contains(&format!("…{}NEEDLE{}…", "é".repeat(100), "x".repeat(100))));
    assert!(shown.len() < 4_000);
}

#[test]
fn two_marks_in_one_long_line_are_two_pictures() {
    let mut store = Store::default();
    let text = format!("FIRST{}SECOND", "x".repeat(500));
    let source = store.add("a.json", text.as_bytes());
    let second = label_at(&store, &source, "SECOND").saying(Message::plain("and here"));
    let shown = normal(&report(vec![finding("a/b", vec![label_at(&store, &source, "FIRST"), second])]), &store);
    assert_eq!(shown.matches("╭─[").count(), 2);
    assert!(shown.contains("☞ and here") && shown.contains("[a.json:1:506]"), "{shown}");
}

#[test]
fn a_mark_without_length_at_the_end_is_drawn_before_it() {
    let mut store = Store::default();
    for text in ["a: 1", "a: 1\n", "a: 1\n\n\n"] {
        let source = store.add("a.yml", text.as_bytes());
        let end = label(&source, Span::new(text.len(), text.len()));
        let shown = normal(&report(vec![finding("a/b", vec![end])]), &store);
        assert!(shown.contains(" 1 │ a: 1\n   ·    ─\n"), "{shown}");
    }
    let nothing = store.add("empty.yml", b"");
    let shown = normal(&report(vec![finding("a/b", vec![label(&nothing, Span::new(0, 0))])]), &store);
    assert!(shown.contains("empty.yml:1:1"));
}

#[test]
fn names_that_a_build_server_would_obey_are_not_at_a_line_start() {
    let mut store = Store::default();
    let source = store.add("::error::x.yml", DEPLOYMENT.as_bytes());
    let report = report(vec![finding("a/b", vec![label(&source, Span::new(5, 9))])]);
    assert!(concise(&report, &store, &Style::default()).starts_with("./::error::x.yml:1:6: error[a/b]"));
    // The lines of the format `github` are commands, and tested as such.
    for (format, shown) in all_formats(&report, &store).into_iter().filter(|(format, _)| *format != "github") {
        assert!(!shown.lines().any(|line| line.trim_start().starts_with("::")), "{format}: {shown}");
    }
}
