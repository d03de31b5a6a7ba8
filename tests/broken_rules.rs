//! Rules of one's own that cannot be used, as people write them: each is one finding at its line and
//! column, in words that say what to write, and everything else is judged all the same.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use support::Scratch;
use support::git::Ended;
use support::process::{Broken, run_in};

/// Where a rule lies when nothing else is said.
const FILE: &str = ".deploylint/rules/team/x.md";
const HEAD: &str = "---\nsummary: s\nseverity: warning\n";
const TAIL: &str = "---\n## What it does\n## Why deployments fail\n## How to fix\n## Examples\n## References\n";

/// A rule about containers with other lines: those start at line 4.
fn rule(lines: &str) -> String {
    format!("{HEAD}{lines}\n{TAIL}")
}

/// A rule about containers of which only the condition is wrong: it starts at 5:10.
fn requiring(condition: &str) -> String {
    rule(&format!("subject: container\nrequire: {condition}\nmessage: m"))
}

/// A rule about documents with other lines: those start at line 6.
fn selecting(lines: &str) -> String {
    rule(&format!("subject: document\nmessage: m\n{lines}"))
}

fn run(scratch: &Scratch, arguments: &[&str]) -> Ended {
    let ended = run_in(scratch, &[&["--fail-on", "never"], arguments].concat());
    assert_eq!(ended.code, Some(2), "{}", ended.stdout);
    ended
}

/// One finding `path:line:column`, what its message and its help say; a fault of another file is found too.
fn expect_in(scratch: &Scratch, arguments: &[&str], at: &str, message: &str, help: &str) {
    scratch.write("witness/compose.yml", "services:\n  web:\n    image: nginx:1.27\n    depends_on: [gone]\n");
    let report = run(scratch, &[arguments, &["--format", "json"]].concat()).report();
    let findings = report["findings"].as_array().unwrap();
    let of = |rule: &str| findings.iter().filter(|f| f["rule"] == rule).collect::<Vec<_>>();
    assert_eq!(of("compose/undefined-dependency").len(), 1, "{at} {message}: the witness was not judged");
    let [finding] = of("rule/invalid")[..] else { panic!("{at} {message}: {:#?}", of("rule/invalid")) };
    let place = &finding["location"];
    let written = match place["path"].as_str() {
        Some(path) => format!("{path}:{}:{}", place["start"]["line"], place["start"]["column"]),
        None => String::new(),
    };
    let text = |key: &str| finding[key].as_str().unwrap_or_default().to_owned();
    assert!(text("message").contains(message), "{at}: not `{message}`: {}", text("message"));
    assert!(text("help").contains(help), "{at}: not `{help}`: {}", text("help"));
    assert_eq!(written, at, "{}", text("message"));
    let shown = run(scratch, arguments).stdout;
    let of_rule = shown.split("error[").find(|part| part.starts_with("rule/invalid]")).unwrap();
    assert!(of_rule.contains(at) && of_rule.len() < 2_500, "{of_rule}");
}

fn expect(text: impl AsRef<[u8]>, at: &str, message: &str, help: &str) {
    let scratch = Scratch::new();
    scratch.write(FILE, text);
    expect_in(&scratch, &[], &format!("{FILE}:{at}"), message, help);
}

fn expect_all(of: impl Fn(&str) -> String, broken: Broken<'_>) {
    for (text, at, message, help) in broken {
        expect(of(text), at, message, help);
    }
}

/// What is said where nothing better is known.
const MEND: &str = "mend the rule file; the other rules were checked";

#[test]
fn metadata_that_is_none() {
    let between = "metadata stands between two lines `---`";
    expect_all(
        str::to_owned,
        &[
            ("", "1:1", "the file does not start with metadata", between),
            ("# A rule\n", "1:1", "the file does not start with metadata", between),
            ("\n---\nsummary: s\n---\n", "1:1", "the file does not start with metadata", between),
            ("---\nsummary: s\n", "1:1", "the metadata has no end", between),
            ("---\n# nothing\n---\n", "1:1", "the metadata is empty", MEND),
            ("---\n- a\n---\n", "2:1", "the metadata must be a mapping of keys and values", MEND),
            ("---\nhello\n---\n", "2:1", "the metadata must be a mapping of keys and values", MEND),
            ("---\nsummary: s\n...\nseverity: x\n---\n", "4:1", "the metadata must be one document", MEND),
        ],
    );
}

#[test]
fn metadata_that_is_no_yaml() {
    let quotes = "put the text in quotes";
    expect_all(
        |lines| requiring("{ name: present }").replace("message: m", &format!("message: m\n{lines}")),
        &[
            ("help: [a", "7:7", "not valid YAML: unclosed bracket", MEND),
            ("help: \"a", "7:7", "not valid YAML: unclosed quote", MEND),
            ("cases:\n\ta: b", "8:1", "not valid YAML: tabs disallowed", MEND),
            ("message: container `{name}`: no image", "7:28", "not valid YAML: mapping values are not allowed", quotes),
            ("help: *nope", "7:7", "found unknown anchor", quotes),
            ("help: &a [*a]", "7:11", "alias inside its own anchor never ends", MEND),
            ("severity: error", "7:1", "the key `severity` is written twice", MEND),
            ("help: \"a\u{1b}[31mb\"", "7:9", "unexpected character", MEND),
            ("help: `a` is bad", "7:7", "unexpected character", "put the text in quotes"),
            ("help: @a", "7:7", "unexpected character", "put the text in quotes"),
        ],
    );
}

#[test]
fn keys_that_are_missing_or_unknown() {
    let all = "the keys `summary`, `severity`, `subject`, `message` and `require` or `forbid` are missing";
    expect("---\nhelp: h\n---\n", "1:1", all, "`deploylint facts` lists the subjects");
    let no_summary = requiring("{ name: present }").replace("summary: s\n", "");
    expect(no_summary, "1:1", "the key `summary` is missing", MEND);
    expect_all(
        |lines| rule(&format!("subject: container\n{lines}")),
        &[
            ("message: m", "1:1", "nothing is demanded: `require` or `forbid` is missing", MEND),
            ("require: { name: present }", "1:1", "the key `message` is missing", MEND),
            ("message: m\nforbid: {}", "6:9", "`forbid` is empty: no field is named", MEND),
            ("message: m\nforbids: { name: absent }", "6:1", "unknown key `forbids`", "did you mean `forbid`?"),
            (
                "message: m\nrequire: { name: present }\nwhen: x",
                "7:1",
                "unknown key `when`",
                "known: summary, severity",
            ),
            ("message: m\ncheck: native", "6:1", "only built-in rules can be checked by code", "say what must hold"),
        ],
    );
}

#[test]
fn values_of_another_type() {
    expect_all(
        |lines| rule(&format!("subject: container\nforbid: {{ name: present }}\n{lines}")),
        &[
            ("message:", "6:1", "`message` must be text, not nothing", MEND),
            ("message: \"\"", "6:10", "`message` is empty", MEND),
            ("message: [a]", "6:10", "`message` must be text, not a list", MEND),
            ("message: m\nrequire: present", "7:10", "`require` must be a mapping of fields to conditions", MEND),
            ("message: m\nabsence: maybe", "7:10", "`absence` must be true or false, not `maybe`", MEND),
            ("message: m\nsince: soon", "7:8", "`soon` is no version such as 0.1.0", MEND),
            ("message: m\nprofile: readiness", "7:10", "unknown profile `readiness`", "known: production-readiness"),
            (
                "message: m\ncases: { A b: { message: m, where: { name: x } } }",
                "7:10",
                "`A b` cannot name an answer",
                "use lower-case",
            ),
        ],
    );
    let severity =
        |word: &str| requiring("{ name: present }").replace("severity: warning", &format!("severity: {word}"));
    expect(severity("high"), "3:11", "unknown severity `high`", "known: error, warning, info");
    expect(severity("warn"), "3:11", "unknown severity `warn`", "did you mean `warning`?");
    expect(severity("3"), "3:11", "unknown severity `3`", "known: error, warning, info");
}

#[test]
fn subjects_and_fields_that_do_not_exist() {
    let of = |subject: &str| requiring("{ name: present }").replace("container", subject);
    expect(of("containr"), "4:10", "unknown subject `containr`", "did you mean `container`?");
    expect(of("pod"), "4:10", "unknown subject `pod`", "`deploylint facts` lists all 2");
    expect_all(
        requiring,
        &[
            ("{ imgae: present }", "5:12", "`container` has no field `imgae`", "did you mean `image`?"),
            ("{ colour: present }", "5:12", "`container` has no field `colour`", "`deploylint facts container` lists"),
            ("{ workload.knd: Job }", "5:21", "`workload` has no field `knd`", "did you mean `kind`?"),
            ("{ image.tag: present }", "5:18", "nothing can follow `image`, which is text", MEND),
            ("{ environment.: present }", "5:12", "no key of `environment` is named after the dot", MEND),
        ],
    );
    expect_all(
        |line| format!("{}{TAIL}", requiring("{ name: present }").replace(TAIL, &format!("{line}\n"))),
        &[
            ("at: imag", "7:5", "`container` has no field `imag`", "did you mean `image`?"),
            ("at: ports", "7:5", "`at` needs something with a place of its own", "places have workload, name, image"),
            ("related: { exposedby: x }", "7:12", "`container` has no field `exposedby`", "did you mean `exposed-by`?"),
            ("cases: { a: { message: m } }", "7:10", "the answer `a` is never given: it has no `where`", MEND),
            ("cases: { a: { where: { name: x } } }", "7:10", "the answer `a` has no `message`", MEND),
        ],
    );
}

#[test]
fn placeholders_of_messages() {
    expect_all(
        |message| rule(&format!("subject: container\nrequire: {{ name: present }}\nmessage: {message}")),
        &[
            ("\"no {nmae}\"", "6:15", "`container` has no field `nmae`", "did you mean `name`?"),
            ("\"no {name\"", "6:14", "this `{` has no `}`", MEND),
            ("\"no {}\"", "6:14", "no field is named between `{` and `}`", MEND),
            ("\"no {ports}\"", "6:15", "cannot stand in a sentence", MEND),
            ("|\n  no\n  {nmae}", "8:4", "`container` has no field `nmae`", "did you mean `name`?"),
        ],
    );
}

#[test]
fn conditions_that_cannot_hold() {
    expect_all(
        requiring,
        &[
            ("{ image: { contains: x } }", "5:21", "unknown operator `contains`", "did you mean `matches`?"),
            ("{ image: { greater: 5 } }", "5:21", "`greater` does not work on `image`, which is text", "what works: "),
            ("{ ports: { matches: x } }", "5:21", "`matches` does not work on `ports`", "{ any: { matches: … } }"),
            ("{ image: { in: a, not: b } }", "5:28", "a condition has one operator; this is a second one", MEND),
            ("{ image: { in: a } }", "5:25", "`in` takes a list, not a single value", MEND),
            ("{ image: { in: [] } }", "5:25", "nothing is in an empty list", MEND),
            ("{ image: [a] }", "5:19", "a list is no condition", "one of several: `{ in: […] }`"),
            ("{ image: }", "5:12", "`image` has no condition", "write `present`, `absent`, a value"),
            ("{ image: presnt }", "5:19", "`presnt` is no operator", "did you mean `present`?"),
            ("{ exposed: maybe }", "5:21", "`exposed` is never `maybe`", "write `true` or `false`"),
            ("{ memory-limit: { less: 512Mi } }", "5:34", "expected a whole number, not `512Mi`", "may use, bytes"),
            ("{ memory-limit: { less: 99999999999999999999 } }", "5:34", "expected a whole number", "may use, bytes"),
            ("{ readiness: { linked-to: service } }", "5:36", "`readiness` never leads to `service`", "it leads to"),
        ],
    );
}

#[test]
fn expressions_that_cannot_be_read() {
    expect_all(
        |expression| requiring(&format!("{{ image: {{ matches: '{expression}' }} }}")),
        &[
            ("a(b", "5:32", "not a regular expression: unclosed group", MEND),
            ("^(?!latest)", "5:32", "look-around", "say the opposite with `{ not: { matches: … } }`"),
            (r"\w{1000}{1000}", "5:30", "too large once its repetitions are written out", "write `+` or `*`"),
            (&"a".repeat(1_001), "5:30", "a regular expression longer than 1000 bytes", MEND),
            (
                &format!("{}{}", "(".repeat(300), ")".repeat(300)),
                "5:81",
                "exceed the maximum number of nested parentheses",
                MEND,
            ),
        ],
    );
    expect_all(
        |query| selecting(&format!("files: compose\nselect: {query}")),
        &[
            ("$.a[?@.b = 1]", "7:18", "`=` alone compares nothing; write `==`", MEND),
            ("services.*", "7:9", "a JSONPath starts with `$`, the document", MEND),
            ("$.a[", "7:12", "`[` that is not closed", MEND),
            ("$.a[?len(@.b) > 1]", "7:14", "function name 'len' is not defined", MEND),
            ("$.a[?match(@.b, 'a(')]", "7:25", "not a regular expression", MEND),
            (r"$.a[?search(@.b, '\\w{999}{999}')]", "7:26", "too large once its repetitions", MEND),
            (&format!("$.{}", "a".repeat(1_000)), "7:1009", "a JSONPath longer than 1000 bytes", MEND),
            (&format!("'$[{}'", "?(".repeat(400)), "7:27", "brackets and parentheses nest too deep", MEND),
        ],
    );
}

#[test]
fn files_that_no_query_can_be_asked_of() {
    let kinds = "list globs, or kinds of files: compose, kubernetes";
    expect_all(
        |lines| selecting(&format!("select: $.a\n{lines}")),
        &[
            ("at: value", "1:1", "the key `files` is missing: which documents are meant", kinds),
            ("files: []", "7:8", "`files` is empty", MEND),
            ("files: [{ a: b }]", "7:9", "`files` must be text, not a mapping", MEND),
            ("files: composse", "7:8", "`composse` is no kind of file", "did you mean `compose`?"),
            ("files: 'a['", "7:8", "`a[` is not a glob: unclosed character class", MEND),
            ("files: ../*.yaml", "7:8", "nothing outside the repository can be meant here", "paths start at the root"),
        ],
    );
    expect(selecting("files: compose"), "1:1", "the key `select` is missing", "write a JSONPath (RFC 9535) such as");
    let other = requiring("{ name: present }").replace("message: m", "message: m\nselect: $.a");
    expect(other, "7:9", "`select` is for `subject: document`", "leave it out, or ask for documents");
}

#[test]
fn bytes_that_are_no_text_and_text_without_end() {
    expect(b"---\nsummary: \xff\n---\n", "2:10", "its file is not valid UTF-8", MEND);
    let utf16: Vec<u8> = "\u{feff}---\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    expect(utf16, "1:1", "its file is not valid UTF-8", MEND);
    expect("---\nsummary: a\0b\n---\n", "2:11", "its file is no text: a NUL byte stands in it", MEND);
    let long = format!("help: {}", "x".repeat(2 << 20));
    expect(rule(&long), "1:1", "bytes, more than the limit of 262144", MEND);
    expect(rule(&format!("help: {}", "[".repeat(100_000))), "1:1", "the metadata is longer than 64 KiB", MEND);
    expect(
        rule(&format!("help: {}", "[".repeat(60_000))),
        "4:135",
        "the metadata is too deep or too large: recursion limit exceeded",
        MEND,
    );
    let deep = |depth: usize| format!("help: {}{}", "[".repeat(depth), "]".repeat(depth));
    expect(rule(&deep(60)), "4:38", "the metadata is nested deeper than 32 levels", MEND);
    let long = format!("{}: x\nmessage: m", "y".repeat(1_000));
    let long = requiring("{ name: present }").replace("message: m", &long);
    expect(long, "6:1", "unknown key `yyy", "known: summary");
    let mut bomb = "a: &a [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for (name, before) in "bcdefgh".chars().zip("abcdefg".chars()) {
        bomb += &format!("{name}: &{name} [{}]\n", vec![format!("*{before}"); 10].join(","));
    }
    expect(rule(bomb.trim()), "9:20", "too deep or too large: more than 500000 nodes once aliases are expanded", MEND);
}

#[test]
fn names_and_places_of_files() {
    let good = requiring("{ name: present }");
    let place = "a rule's file is `<family>/<name>.md`";
    let names = "names have lower-case letters, digits and single dashes";
    for (path, at, message, help) in [
        (
            "probe/missing-readiness.md",
            "",
            "a built-in rule has this name: `probe/missing-readiness`",
            "rename the file",
        ),
        ("team/Own_er.md", "", "is left out of the rules: its name cannot be that of a rule", names),
        ("team/a--b.md", "", "its name cannot be that of a rule", names),
        ("Team/x.md", "Team", "its name cannot be that of a family", names),
        ("x.md", "", "it lies in no folder that names its family", place),
        ("team/more/x.md", "team/more", "its rule files lie too deep to be read", place),
        ("team/x.yaml", "", "its name does not end in `.md`", place),
        ("team/x.md/y.md", "team/x.md", "it is a folder", place),
    ] {
        let scratch = Scratch::new();
        scratch.write(&format!(".deploylint/rules/{path}"), &good);
        let at = if at.is_empty() { path } else { at };
        expect_in(&scratch, &[], &format!(".deploylint/rules/{at}:1:1"), message, help);
    }
    let scratch = Scratch::new();
    std::fs::create_dir_all(scratch.path().join(FILE)).unwrap();
    expect_in(&scratch, &[], &format!("{FILE}:1:1"), "it is a folder", place);
    let scratch = Scratch::new();
    scratch.write(".deploylint/rules", "");
    expect_in(&scratch, &[], ".deploylint/rules:1:1", "it is no folder", place);
}

#[cfg(unix)]
#[test]
fn hostile_names_and_links() {
    use std::os::unix::ffi::OsStrExt;
    use std::os::unix::fs::symlink;
    let names = "names have lower-case letters";
    for (name, shown) in [(&b"a\x1b[31m\n.md"[..], "a\\u{1b}[31m\\n.md"), (b"a\xff.md", "a\\xff.md")] {
        let scratch = Scratch::new();
        scratch.write(".deploylint/rules/team/README.md", "");
        let name = std::ffi::OsStr::from_bytes(name);
        std::fs::write(scratch.path().join(".deploylint/rules/team").join(name), "").unwrap();
        let at = format!(".deploylint/rules/team/{shown}:1:1");
        expect_in(&scratch, &[], &at, "its name cannot be that of a rule", names);
    }
    let pack = "rules outside the repository are a pack";
    for (link, target, message) in [
        (FILE, "/etc/passwd", "link to an absolute path leads out of the tree"),
        (FILE, "../../../../x.md", "link leads out of the tree"),
        (FILE, "x.md", "links lead in a circle"),
        (FILE, "nowhere.md", "link points at nothing"),
        (".deploylint/rules/team", "../../../rules", "link leads out of the tree"),
        (".deploylint/rules", "../../rules", "link leads out of the tree"),
        (".deploylint", "../shared", "link leads out of the tree"),
    ] {
        let scratch = Scratch::new();
        let full = scratch.path().join(link);
        std::fs::create_dir_all(full.parent().unwrap()).unwrap();
        symlink(target, full).unwrap();
        let at = if link == ".deploylint" { ".deploylint/rules" } else { link };
        expect_in(&scratch, &[], &format!("{at}:1:1"), message, pack);
    }
}

#[test]
fn packs_of_the_command_line() {
    let help = "--rules takes a folder with rule files";
    for (pack, message) in [
        ("nowhere", "the rules of `nowhere` cannot be used: no such folder is there"),
        ("file", "the rules of `file` cannot be used: it is no folder"),
        ("empty", "the rules of `empty` cannot be used: no rule file `<family>/<name>.md` is in it"),
        ("no\u{1b}[31mwhere", "the rules of `no\\u{1b}[31mwhere` cannot be used: no such folder is there"),
    ] {
        let scratch = Scratch::new();
        scratch.write("file", "");
        scratch.write("empty/README.md", "");
        expect_in(&scratch, &["--rules", pack], "", message, help);
    }
    let scratch = Scratch::new();
    scratch.write("pack/team/x.md", requiring("{ imgae: present }"));
    expect_in(&scratch, &["--rules", "pack"], "pack/team/x.md:5:12", "has no field `imgae`", "did you mean `image`?");
    scratch.write("deploylint.toml", "rules = [\"pack\"]\n");
    expect_in(&scratch, &[], "pack/team/x.md:5:12", "has no field `imgae`", "did you mean `image`?");
    let scratch = Scratch::new();
    scratch.write("a/team/x.md", requiring("{ name: present }"));
    scratch.write("b/team/x.md", requiring("{ name: present }"));
    let twice = "another file has this name already";
    expect_in(&scratch, &["--rules", "a", "--rules", "b"], "b/team/x.md:1:1", twice, "rename one of them");
    scratch.write("deploylint.toml", "rules = [\"b\", \"a\"]\n");
    expect_in(&scratch, &[], "a/team/x.md:1:1", twice, "rename one of them");
}

/// Whoever may read everything sees nothing of it.
#[cfg(unix)]
#[test]
fn folders_that_may_not_be_read() {
    use std::os::unix::fs::PermissionsExt;
    let scratch = Scratch::new();
    scratch.write("pack/team/x.md", requiring("{ name: present }"));
    scratch.write("pack/other/x.md", requiring("{ name: present }"));
    let folder = scratch.path().join("pack/team");
    let allow = |mode: u32| std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
    allow(0o000);
    if std::fs::read_dir(&folder).is_err() {
        expect_in(
            &scratch,
            &["--rules", "pack"],
            "pack/team:1:1",
            "it cannot be read: permission denied",
            "let it be read",
        );
    }
    allow(0o755);
}

#[test]
fn examples_that_cannot_be_run() {
    let page =
        |examples: &str| requiring("{ name: present }").replace("## Examples\n", &format!("## Examples\n{examples}\n"));
    for (examples, said) in [
        ("```yaml file=a.yml\nx: 1\n```\n```expect\na.yml:9 error\n```", "x.md:16: `a.yml` has no line 9"),
        ("```yaml file=a.yml\nx: 1\n```\n```expect\nsomewhere\n```", "x.md:16: `somewhere` is no place"),
        ("```yaml file=a.yml\nx: 1\n```\n```yaml file=a.yml\nx: 1\n```", "x.md:15: two files `a.yml` in one example"),
    ] {
        let scratch = Scratch::new();
        scratch.write(FILE, page(examples));
        let Ended { code, stderr, .. } = run_in(&scratch, &["rules", "test"]);
        assert_eq!(code, Some(2), "{stderr}");
        assert!(stderr.contains(said), "not `{said}`: {stderr}");
    }
}
