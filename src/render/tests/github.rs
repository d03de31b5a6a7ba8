use super::*;

/// A command as GitHub's runner reads it (actions/runner, `ActionCommand.cs`).
#[derive(Debug, PartialEq)]
pub(super) struct Command {
    name: String,
    properties: BTreeMap<String, String>,
    data: String,
}

/// Commands that the runner knows (actions/runner, `ActionCommandManager.cs`, 2026-07).
const KNOWN: &[&str] = &[
    "add-mask",
    "add-matcher",
    "add-path",
    "debug",
    "echo",
    "endgroup",
    "error",
    "group",
    "notice",
    "remove-matcher",
    "save-state",
    "set-env",
    "set-output",
    "stop-commands",
    "warning",
];

fn unescaped(text: &str, table: &[(&str, &str)]) -> String {
    table.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
}

/// What the runner makes of a line: the form of today, and the old one with brackets.
fn obeyed(line: &str) -> Option<Command> {
    const DATA: &[(&str, &str)] = &[("%0D", "\r"), ("%0A", "\n"), ("%25", "%")];
    const PROPERTY: &[(&str, &str)] = &[("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")];
    let (words, data) = match line.trim_start().strip_prefix("::").and_then(|rest| rest.split_once("::")) {
        Some(found) => found,
        None => line.split_once("##[")?.1.split_once(']')?,
    };
    let (name, properties) = words.split_once(' ').unwrap_or((words, ""));
    if !KNOWN.contains(&name) {
        return None;
    }
    let pairs = properties.trim().split(',').filter_map(|pair| pair.split_once('='));
    Some(Command {
        name: name.to_owned(),
        properties: pairs.map(|(key, value)| (key.to_owned(), unescaped(value, PROPERTY))).collect(),
        data: unescaped(data, DATA),
    })
}

pub(super) fn commands(shown: &str) -> Vec<Command> {
    shown.split(['\n', '\r']).filter_map(obeyed).collect()
}

fn normal(report: &Report, store: &Store) -> String {
    github(report, store, &Style::default())
}

#[test]
fn a_finding_is_one_annotation_with_all_that_is_to_be_said() {
    let mut store = Store::default();
    let source = store.add("deploy/a.yml", b"kind: Deployment\nname: web\n");
    let related = store.add("b.yml", b"kind: Service\n");
    let mut bad = finding("probe/missing", vec![label_at(&store, &source, "web"), label_at(&store, &related, "Serv")]);
    bad.labels[1].message = Some(Message::plain("traffic, 100%: arrives here"));
    let shown = normal(&report(vec![bad]), &store);
    let expected = "\
::error file=deploy/a.yml,line=2,endLine=2,col=7,endColumn=10,title=probe/missing::deploy/a.yml:2:7: container `web` fails%0Ab.yml:1:7: traffic, 100%25: arrives here%0Ahelp: mend it
fail: 1 error, 0 warnings, 0 info
checked 3 files, 1 release set; skipped 3 files (helm chart 2, terraform 1); undecided 2 values (parameter without default 2)
";
    assert_eq!(shown, expected, "\n{shown}");
}

#[test]
fn columns_stand_only_within_one_line() {
    let mut store = Store::default();
    let source = store.add("a.yml", b"one: 1\ntwo: 2\nthree: 3\n");
    let of = |from, to| {
        commands(&normal(&report(vec![finding("a/b", vec![label(&source, Span::new(from, to))])]), &store)).remove(0)
    };
    let lines = |command: &Command| {
        let of = |key: &str| command.properties.get(key).map(String::as_str).unwrap_or("-").to_owned();
        [of("line"), of("endLine"), of("col"), of("endColumn")].join(" ")
    };
    assert_eq!(lines(&of(0, 3)), "1 1 1 4");
    assert_eq!(lines(&of(0, 9)), "1 2 - -");
    assert_eq!(lines(&of(0, 7)), "1 1 - -");
    assert_eq!(lines(&of(3, 0)), "1 1 4 4");
}

#[test]
fn a_finding_inside_a_package_is_shown_at_the_package() {
    let zip = Source::new("dist/api.zip".into(), ContentId::of(b"zip"));
    let mut store = Store::default();
    let bytes = b"\n\nrequire('express')\n";
    let inside = Source::inside(zip, "src/index.js".into(), ContentId::of(bytes));
    store.0.insert(inside.clone(), bytes[..].into());
    let found = commands(&normal(&report(vec![finding("lambda/x", vec![label(&inside, Span::new(11, 18))])]), &store));
    assert_eq!(found[0].properties["file"], "dist/api.zip");
    assert_eq!((found[0].properties["line"].as_str(), found[0].properties.get("col")), ("1", None));
    assert!(found[0].data.starts_with("dist/api.zip!src/index.js:3:10: "), "{:?}", found[0]);
}

#[test]
fn the_worst_stand_first_and_no_place_is_no_property() {
    let severities = [Severity::Info, Severity::Error, Severity::Warning];
    let findings = severities.into_iter().enumerate().map(|(place, severity)| {
        let mut one = finding(&format!("a/{place}"), Vec::new());
        one.severity = severity;
        one
    });
    let shown = normal(&report(findings.collect()), &Store::default());
    let names: Vec<String> = commands(&shown).into_iter().map(|command| command.name).collect();
    assert_eq!(names, ["error", "warning", "notice"]);
    assert!(shown.starts_with("::error title=a/1::container `web` fails%0A"), "{shown}");
    let quiet = Style { verbosity: Verbosity::Quiet, ..Style::default() };
    let mut warned = finding("a/b", Vec::new());
    warned.severity = Severity::Warning;
    assert_eq!(commands(&github(&report(vec![warned]), &Store::default(), &quiet)), []);
    let many = (0..11).map(|n| finding(&format!("a/{n}"), Vec::new())).collect();
    assert!(normal(&report(many), &Store::default()).contains("\nGitHub shows 10 annotations of each severity;"));
}

/// Names that end a command, begin one, or hide what they are.
const HOSTILE: &[&str] = &[
    "nl\n::error::forged.yml",
    "::error::forged",
    "::stop-commands::x",
    " \t::warning file=a::forged",
    "##[error]forged",
    "a ##[group]forged",
    "%0A::error::forged",
    "%250A%0D%0A::error::forged",
    "a,line=7,title=forged",
    "a::forged",
    "a=b,file=c",
    "esc\u{1b}[31m\u{1b}]8;;http://x\u{7}",
    "rtl\u{202e}fdp",
    "nul\0x",
    "cr\r::error::forged",
    "ls\u{2028}::error::forged",
    "\u{ad}:\u{200b}:error::forged",
    "#\u{ad}#[error]forged",
];

#[test]
fn nothing_can_forge_an_annotation_in_any_format() {
    for hostile in HOSTILE {
        let mut store = Store::default();
        let source = store.add(hostile, format!("k: {hostile}\n").as_bytes());
        let arguments = || {
            vec![
                ("a".into(), Argument::name(*hostile)),
                ("b".into(), Argument::quoted(*hostile)),
                ("c".into(), Argument::Path((*hostile).into())),
                ("d".into(), Argument::words(*hostile)),
            ]
        };
        let mut bad = finding("a/b", vec![label(&source, Span::new(0, 2)), label(&source, Span::new(2, 4))]);
        bad.message = Message::new("{a} {b} {c} {d}", arguments());
        bad.help = Some(Message::new("{d} {c} {b} {a}", arguments()));
        bad.labels[1].message = Some(bad.message.clone());
        bad.subject = LogicalPath::of_file(&(*hostile).into()).child(hostile);
        bad.doubts = vec![crate::diagnostic::Doubt::Sometimes(crate::value::Condition::new(hostile))];
        let mut placeless = bad.clone();
        placeless.labels.clear();
        let mut report = report(vec![bad, placeless]);
        report.header.coverage.skipped.insert((*hostile).to_owned(), 1);
        let shown = normal(&report, &store);
        let found = commands(&shown);
        assert_eq!(found.len(), report.findings.len(), "{hostile:?}:\n{shown}");
        let with_place = found.iter().find(|command| command.properties.contains_key("file")).unwrap();
        let keys: Vec<&str> = with_place.properties.keys().map(String::as_str).collect();
        assert_eq!(keys, ["col", "endColumn", "endLine", "file", "line", "title"], "{hostile:?}");
        assert_eq!(with_place.properties["file"], visible(hostile.as_bytes()));
        assert!(found.iter().all(|c| c.name == "error" && c.properties["title"] == "a/b"), "{hostile:?}:\n{shown}");
        assert!(found.iter().all(|c| c.data.split('\n').all(|line| obeyed(line).is_none())), "{hostile:?}:\n{shown}");
        for (format, shown) in all_formats(&report, &store) {
            let guarded = match format {
                "github" => continue,
                "json" => json_without_commands(&shown),
                _ => without_commands(&shown).into_owned(),
            };
            assert_eq!(commands(&guarded), [], "{format}, {hostile:?}:\n{guarded}");
        }
    }
}
