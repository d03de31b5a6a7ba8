use super::*;
use crate::diagnostic::Doubt;
use crate::value::Condition;

/// Everything that must not be seen is made here, so that it stands nowhere in this repository.
struct Planted {
    known: String,
    token: String,
    beside: String,
    armour: String,
    user: String,
}

impl Planted {
    fn new() -> Self {
        let body = "q7Zw3Xk9Rt2Lm5Pv8Bn1Yc4D";
        Self {
            known: "correct horse".into(),
            token: format!("gh{}_{body}", "p"),
            beside: "tr0ub4dor".into(),
            armour: "MIIEvQIBADANBgkq".into(),
            user: "scott:t1ger".into(),
        }
    }

    fn all(&self) -> [&str; 6] {
        [&self.known, &self.token, &self.beside, &self.armour, &self.user, "t1ger"]
    }

    fn file(&self) -> String {
        let dashes = "-".repeat(5);
        format!(
            "plain: {}\nx: {}\nDB_PASSWORD: {}\nurl: postgres://{}@db/x\nkey: |\n  {dashes}BEGIN PRIVATE KEY{dashes}\n  {}\n  {dashes}END PRIVATE KEY{dashes}\n",
            self.known, self.token, self.beside, self.user, self.armour
        )
    }
}

#[test]
fn nothing_planted_is_seen_in_any_format() {
    let planted = Planted::new();
    let mut store = Store::default();
    let file = planted.file();
    let source = store.add("a.yml", file.as_bytes());
    let known = label_at(&store, &source, &planted.known).span;
    let url = format!("postgres://{}@db/x", planted.user);
    let mut findings: Vec<Diagnostic> = file
        .lines()
        .scan(0, |start, line| {
            let span = Span::new(*start, *start + line.len());
            *start += line.len() + 1;
            Some(finding("a/b", vec![label(&source, span)]))
        })
        .collect();
    let quoted = |value: &str, span: Span| Argument::Quoted {
        value: value.to_owned(),
        origin: Some(origin(&source, span)),
        secret: false,
    };
    let arguments = vec![
        Argument::secret(&planted.known),
        Argument::secret(&planted.token[..15]),
        quoted(&planted.known, known),
        quoted(&format!("plain: {}", planted.known), Span::new(0, known.end as usize)),
        Argument::quoted(&url),
        Argument::name(&planted.token),
        Argument::words(format!("DB_PASSWORD={}", planted.beside)),
        Argument::List(vec![Argument::quoted(&url), Argument::secret(&planted.beside)]),
        Argument::Path(url.as_str().into()),
    ];
    for argument in arguments {
        let mut said = finding("a/c", Vec::new());
        said.message = Message::new("it is {it}", vec![("it".into(), argument.clone())]);
        said.help = Some(said.message.clone());
        said.labels =
            vec![label(&source, Span::default()), label(&source, Span::new(0, 5)).saying(said.message.clone())];
        said.subject = LogicalPath::of_file(&"a.yml".into()).child(format!("{url}/{}", planted.token));
        said.root_cause = Some(said.subject.child("x"));
        said.doubts = vec![Doubt::Sometimes(Condition::new(format!("variable `URL` is `{url}`")))];
        findings.push(said);
    }
    let mut report = report(findings);
    report.secrets = vec![origin(&source, known)];
    for (format, shown) in all_formats(&report, &store) {
        for secret in planted.all() {
            assert!(!shown.contains(secret), "{format} shows {secret}:\n{shown}");
        }
        assert!(shown.contains("13 characters") && shown.contains("postgres://***@db"), "{format}: {shown}");
    }
    let shown = text(&report, &store, &Style::default());
    assert!(shown.contains("plain: ******* *****") && shown.contains("url: postgres://***********@db/x"), "{shown}");
}

#[test]
fn nothing_that_a_terminal_obeys_is_in_any_format() {
    let mut store = Store::default();
    let hostile = "a\u{1b}[31m\u{202e}\u{7}\r\u{85}\0b";
    let source =
        store.add("na\u{1b}me\n\u{202e}.yml", "k: \u{1b}[31m\u{202e}\u{9b}x\ty\u{7f}\rz\n".to_string().as_bytes());
    let mut bad = finding("a/b", vec![label(&source, Span::new(3, 9)).saying(Message::plain(hostile))]);
    bad.message = Message::new(
        "{a} {b} {c}",
        vec![
            ("a".into(), Argument::name(hostile)),
            ("b".into(), Argument::quoted(hostile)),
            ("c".into(), Argument::Path(hostile.into())),
        ],
    );
    bad.subject = LogicalPath::of_file(&hostile.into()).child(hostile);
    bad.doubts = vec![Doubt::Sometimes(Condition::new(hostile))];
    let mut report = report(vec![bad]);
    report.header.coverage.skipped.insert(hostile.into(), 1);
    for (format, shown) in all_formats(&report, &store) {
        let found = shown.chars().find(|c| crate::source::is_unprintable(*c) && *c != '\n');
        assert_eq!(found, None, "{format}:\n{shown}");
    }
    let shown = text(&report, &store, &Style::default());
    assert!(shown.contains("\u{241b}[31m"), "{shown}");
}
