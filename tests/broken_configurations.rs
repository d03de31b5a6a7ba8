//! Configurations that cannot be used, as people write them: each ends the run with exit code 2 and one
//! problem at its line and column, in words that say what to write.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use support::Scratch;
use support::git::Ended;
use support::process::{Broken, run_in};

fn run(scratch: &Scratch, arguments: &[&str]) -> Ended {
    scratch.write("compose.yml", "services:\n  web:\n    image: nginx:1.27\n");
    run_in(scratch, arguments)
}

/// One problem at `line:column`, and what its message and its help say.
fn expect(configuration: impl AsRef<[u8]>, at: &str, message: &str, help: &str) {
    let scratch = Scratch::new();
    scratch.write("deploylint.toml", configuration.as_ref());
    let bytes = configuration.as_ref();
    let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(200)]);
    let Ended { code, stdout, stderr } = run(&scratch, &[]);
    assert_eq!((code, stdout.as_str()), (Some(2), ""), "{shown}\n{stderr}");
    assert_eq!(stderr.matches("error[configuration]").count(), 1, "{shown}\n{stderr}");
    let places = [format!("─[deploylint.toml:{at}]\n"), format!("│ deploylint.toml:{at}\n")];
    assert!(places.iter().any(|place| stderr.contains(place)), "{shown}\nnot at {at}:\n{stderr}");
    assert!(stderr.contains(&format!("× {message}")), "{shown}\nnot `{message}`:\n{stderr}");
    match help {
        "" => assert!(!stderr.contains("help:"), "{shown}\n{stderr}"),
        help => assert!(stderr.contains(&format!("help: {help}")), "{shown}\nnot `{help}`:\n{stderr}"),
    }
    assert!(stderr.len() < 3_000, "{} bytes", stderr.len());
}

fn expect_all(broken: Broken<'_>) {
    for (configuration, at, message, help) in broken {
        expect(configuration, at, message, help);
        // Lines may end as on Windows, and a byte order mark moves nothing.
        let other = format!("\u{feff}{}", configuration.replace('\n', "\r\n"));
        expect(other, at, message, help);
    }
}

#[test]
fn what_is_no_toml() {
    expect_all(&[
        ("ignore = [\"probe\"\n[scan]\n", "2:1", "not valid TOML: missing comma between array elements", ""),
        ("ignore = \n", "1:10", "not valid TOML: a value is missing", ""),
        ("[gate]\nfail-on = error\n", "2:11", "not valid TOML: string values must be quoted\n", ""),
        ("gate:\n  fail-on: error\n", "1:5", "not valid TOML: invalid unquoted key", "a name with other characters"),
        ("{\"ignore\": []}\n", "1:1", "not valid TOML: invalid key-value pair", ""),
        ("externals = [\"a\n", "1:16", "not valid TOML: the string is not closed", ""),
        ("[scan\nexclude = []\n", "1:6", "not valid TOML: unclosed table", ""),
        ("ignore = []\nignore = []\n", "2:1", "not valid TOML: duplicate key", ""),
        ("[scan]\n[gate]\n[scan]\n", "3:2", "not valid TOML: duplicate key", ""),
        ("rules = [\"a\"]\n[rules]\nprobe = \"off\"\n", "2:2", "not valid TOML: duplicate key", "beside `[rules]`"),
        (
            "[rules]\nprobe/missing-readiness = \"off\"\n",
            "2:6",
            "not valid TOML: invalid unquoted key",
            "a name with other characters than letters, digits, `-` and `_` stands in quotes",
        ),
        ("ignore = [\"a\u{1b}[31mb\"]\n", "1:13", "not valid TOML: a control character cannot stand in a string", ""),
        ("= \n= \n", "1:1", "not valid TOML: unquoted keys cannot be empty", ""),
    ]);
}

#[test]
fn keys_and_tables_that_do_not_exist() {
    let known = "known here: scan, gate, rules, select, ignore, ";
    expect_all(&[
        ("serverity = 1\n", "1:1", "`serverity` is not known here", known),
        ("[gates]\nfail-on = \"error\"\n", "1:2", "`gates` is not known here", "did you mean `gate`?"),
        ("[scan]\nexcludes = []\n", "2:1", "`excludes` is not known here", "did you mean `exclude`?"),
        ("fail-on = \"error\"\n", "1:1", "`fail-on` is not known here", "its place is the table `[gate]`"),
        ("packs = [\"../rules\"]\n", "1:1", "`packs` is not known here", "its place is the table `[rules]`"),
        ("[environments]\nproduction = [\"a\"]\n", "2:1", "`production` is not known here", "did you mean `prod`?"),
        ("\"a\\u001b[31mb\" = 1\n", "1:1", "`a\\u{1b}[31mb` is not known here", known),
        (
            "[[waiver]]\nrule = \"input/unparsable\"\npath = \"x\"\nreasons = \"y\"\n",
            "4:1",
            "`reasons` is not known here",
            "did you mean `reason`?",
        ),
    ]);
}

#[test]
fn values_of_another_type() {
    expect_all(&[
        ("ignore = \"probe\"\n", "1:10", "expected a list of strings, not a string", ""),
        ("ignore = [1]\n", "1:11", "expected a string, not `1`", ""),
        ("scan = true\n", "1:8", "expected a table, not `true`", ""),
        ("rules = \"../rules\"\n", "1:9", "expected a list of packs or a table of levels, not a string", ""),
        ("[rules]\nprobe = false\n", "2:9", "expected one of the strings off, info, warning, error, not `false`", ""),
        (
            "[rules]\nprobe.missing-readiness = \"off\"\n",
            "2:1",
            "a level must stand here, and this is a table",
            "write the id of a rule with a slash and in quotes: `\"probe/missing-readiness\" = \"off\"`",
        ),
        ("[environments]\nprod = \"a\"\n", "2:8", "expected a list of strings, not a string", ""),
        ("[services.a]\nports = 80\n", "2:9", "expected a list of ports, not `80`", ""),
        ("[waiver]\nrule = \"x\"\n", "1:1", "expected a list of tables: write `[[waiver]]` above each", ""),
        ("override = [1]\n", "1:13", "expected a table, not `1`", ""),
        ("\"$schema\" = 5\n", "1:13", "expected a string, not `5`", ""),
    ]);
}

#[test]
fn rules_and_words_that_do_not_exist() {
    expect_all(&[
        (
            "select = [\"probe/missing-redines\"]\n",
            "1:11",
            "`probe/missing-redines` is no rule and no family of rules",
            "did you mean `probe/missing-readiness`?",
        ),
        ("ignore = [\"prob\"]\n", "1:11", "`prob` is no rule and no family of rules", "did you mean `probe`?"),
        ("ignore = [\"helm-charts\"]\n", "1:11", "`helm-charts` is no rule", "`deploylint rules` lists the rules"),
        (
            "[rules]\n\"secret/privat-key\" = \"off\"\n",
            "2:1",
            "`secret/privat-key` is no rule",
            "did you mean `secret/private-key`?",
        ),
        ("[rules]\nprivate-key = \"off\"\n", "2:1", "`private-key` is no rule", "did you mean `secret/private-key`?"),
        ("[[override]]\npaths = [\"a\"]\nrules = { prob = \"off\" }\n", "3:11", "`prob` is no rule", "did you mean"),
        (
            "[rules]\nprobe = \"warn\"\n",
            "2:9",
            "`warn` is none of off, info, warning, error",
            "did you mean `warning`?",
        ),
        ("[gate]\nfail-on = \"errors\"\n", "2:11", "`errors` is none of error, warning, ", "did you mean `error`?"),
        ("[gate]\nfail-on = \"all\"\n", "2:11", "`all` is none of error, warning, info, never", ""),
    ]);
}

#[test]
fn paths_that_mean_nothing() {
    let outside = "nothing outside the repository can be meant here";
    let help = "paths start at the root of the repository and never have `..`";
    for (configuration, at) in [
        ("[scan]\nexclude = [\"../other/**\"]\n", "2:12"),
        ("[scan]\nartifacts = [\"a/../../dist/*.zip\"]\n", "2:14"),
        ("[sets.a]\nfiles = [\"a.yaml\", \"../b.yaml\"]\n", "2:20"),
        ("[services.a]\npath = \"../../a\"\n", "2:8"),
    ] {
        expect(configuration, at, outside, help);
    }
    expect_all(&[
        ("[scan]\nexclude = [\"a[\"]\n", "2:12", "`a[` is not a glob: unclosed character class", ""),
        ("externals = [\"{a\"]\n", "1:14", "`{a` is not a glob: unclosed alternate group", ""),
        ("[scan]\nexclude = [\"\"]\n", "2:12", "a path is empty", "`**` means every file"),
        ("[sets.a]\n", "1:7", "the set `a` names no files", ""),
        ("[[override]]\nrules = { probe = \"off\" }\n", "1:1", "this override names no paths", "say for which files"),
        ("[[override]]\npaths = [\"a\"]\n", "1:1", "this override changes nothing: it sets no level", "add `rules = {"),
    ]);
}

#[test]
fn numbers_beyond_their_bounds() {
    for size in
        ["-1", "0", "1.5", "99999999999999999999999", "true", "\"5 GB\"", "\"-5 MB\"", "\"10 furlongs\"", "\"\""]
    {
        let help = "write a number of bytes, or a string such as \"10 MB\"";
        let configuration = format!("[scan]\nmax-file-size = {size}\n");
        expect(configuration, "2:17", "expected a size above 0 and below 4 GiB", help);
    }
    for (port, found) in
        [("-1", "`-1`"), ("0", "`0`"), ("65536", "`65536`"), ("\"80\"", "a string"), ("18446744073709551617", "`18")]
    {
        let message = format!("expected a whole number from 1 to 65535, not {found}");
        expect(format!("[services.a]\nports = [{port}]\n"), "2:10", &message, "");
    }
}

#[test]
fn waivers_that_cannot_hold() {
    let waiver = |rest: &str| format!("[[waiver]]\nrule = \"input/unparsable\"\nreason = \"y\"\n{rest}\n");
    for (until, message) in [
        ("\"2026-02-30\"", "`2026-02-30` is not a date"),
        ("\"01.02.2026\"", "`01.02.2026` is not a date of the form YYYY-MM-DD"),
        ("2026-02-20T10:00:00Z", "`2026-02-20T10:00:00Z` is not a date of the form YYYY-MM-DD"),
        ("2026-02-30", "not valid TOML: invalid date"),
        ("2026", "`2026` is not a date"),
        ("[]", "expected a date, not a list"),
    ] {
        expect(waiver(&format!("path = \"x\"\nuntil = {until}")), "5:9", message, "");
    }
    expect(waiver(""), "1:1", "this waiver would accept the rule's findings everywhere", "name a `path`, or what is");
    expect(waiver("path = [\"a\"]"), "4:8", "expected a string, not a list", "");
    expect(waiver("path = \"a{\""), "4:8", "`a{` is not a glob", "");
    expect("[[waiver]]\npath = \"x\"\n", "1:1", "this waiver names no rule", "add `rule = \"…\"`");
    let of = |rule: &str| format!("[[waiver]]\nrule = \"{rule}\"\npath = \"x\"\nreason = \"y\"\n");
    expect(of("probe"), "2:8", "`probe` is a family of rules; one rule must be named here", "`deploylint rules` lists");
    expect(of("probe/missing"), "2:8", "`probe/missing` is no rule", "did you mean `probe/missing-readiness`?");
    // Without a reason it silences nothing, and that is said; the run is none the less complete.
    let scratch = Scratch::new();
    scratch.write("deploylint.toml", "[[waiver]]\nrule = \"secret/private-key\"\npath = \"x\"\n");
    let ended = run(&scratch, &[]);
    assert_eq!(ended.code, Some(0));
    assert!(ended.stdout.contains("gives no reason") && ended.stdout.contains("deploylint.toml:2:8"));
}

#[test]
fn bytes_that_are_no_text_and_text_without_end() {
    expect(
        b"ignore = [\"probe\"]\nexternals = [\"\xff\"]\n",
        "2:15",
        "the file is not valid UTF-8",
        "save it as UTF-8",
    );
    let utf16: Vec<u8> = "\u{feff}ignore = []\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
    expect(utf16, "1:1", "the file is not valid UTF-8", "save it as UTF-8");
    expect(b"ignore = [\"a\0b\"]\n", "1:13", "the file is no text: a NUL byte stands in it", "save it as UTF-8");
    let long = "x".repeat(900 << 10);
    expect(
        format!("externals = [\"{long}\"]\nignor = []\n"),
        "2:1",
        "`ignor` is not known here",
        "did you mean `ignore`?",
    );
    expect(format!("ignore = [\"{long}\"]\n"), "1:11", "`xxx", "`deploylint rules` lists the rules");
    expect(format!("externals = {}", "[".repeat(100_000)), "1:93", "not valid TOML: cannot recurse further", "");
    expect(format!("{}b = 1\n", "a.".repeat(100_000)), "1:1", "not valid TOML: recursion limit", "");
    expect(format!("externals = {}{}\n", "[".repeat(60), "]".repeat(60)), "1:14", "expected a string, not a list", "");
    let scratch = Scratch::new();
    scratch.write("deploylint.toml", format!("externals = [\"{}\"]\n", "x".repeat(2 << 20)));
    let ended = run(&scratch, &[]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("`deploylint.toml`: 2097169 bytes, more than the limit of 1048576"));
    // Of very many problems the first are told.
    let many: String = (0..3_000).map(|i| format!("k{i} = 1\n")).collect();
    scratch.write("deploylint.toml", many);
    assert_eq!(run(&scratch, &[]).stderr.matches("error[configuration]").count(), 20);
}

#[test]
fn what_is_empty_or_starts_with_a_mark_is_fine() {
    for configuration in
        ["", "\n", "# nothing\n", "\u{feff}", "\u{feff}ignore = [\"probe\"]\r\n", "[scan]\n", "rules = []\n"]
    {
        let scratch = Scratch::new();
        scratch.write("deploylint.toml", configuration);
        let ended = run(&scratch, &[]);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{configuration:?}");
    }
}

#[test]
fn files_that_are_not_the_configuration() {
    let refused = |scratch: &Scratch, arguments: &[&str], message: &str| {
        let ended = run(scratch, arguments);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{}", ended.stderr);
        assert!(ended.stderr.starts_with(&format!("error: {message}")), "not `{message}`: {}", ended.stderr);
    };
    for other in [".deploylint.toml", "deploylint.yaml", ".deploylint/deploylint.toml"] {
        let scratch = Scratch::new();
        scratch.write(other, "");
        refused(
            &scratch,
            &[],
            &format!("`{other}` is not read: the configuration of a repository is `deploylint.toml`"),
        );
        // Two of them are no better.
        scratch.write("deploylint.toml", "");
        refused(&scratch, &[], &format!("`{other}` is not read"));
        assert_eq!(run(&scratch, &["--config", "deploylint.toml"]).code, Some(0));
    }
    let scratch = Scratch::new();
    scratch.write("a.toml", "ignor = []\n");
    refused(&scratch, &["--config", "a.toml", "--config", "b.toml"], "the argument '--config <FILE>' cannot be used");
    refused(&scratch, &["--config", "b.toml"], "cannot read the configuration `b.toml`: no such file");
    refused(&scratch, &["--config", "."], "cannot read the configuration `.`: not a regular file");
    let ended = run(&scratch, &["--config", "a.toml"]);
    assert!(ended.code == Some(2) && ended.stderr.contains("─[a.toml:1:1]"), "{}", ended.stderr);
    let scratch = Scratch::new();
    std::fs::create_dir(scratch.path().join("deploylint.toml")).unwrap();
    refused(&scratch, &[], "cannot read the configuration `deploylint.toml`: not a regular file");
}

#[cfg(unix)]
#[test]
fn links_that_lead_to_no_configuration() {
    for (target, why) in [
        ("/etc/hostname", "link to an absolute path leads out of the tree"),
        ("../../deploylint.toml", "link leads out of the tree"),
        ("deploylint.toml", "links lead in a circle"),
        ("nowhere", "link points at nothing"),
    ] {
        let scratch = Scratch::new();
        std::os::unix::fs::symlink(target, scratch.path().join("deploylint.toml")).unwrap();
        let ended = run(&scratch, &[]);
        assert_eq!(ended.code, Some(2), "{target}");
        let message = format!("error: cannot read the configuration `deploylint.toml`: {why}");
        assert!(ended.stderr.starts_with(&message), "{}", ended.stderr);
    }
}

#[test]
fn packs_that_cannot_be_read_are_findings() {
    for (configuration, at, message) in [
        ("rules = [\"../nowhere\"]\n", "1:10", "the rules of `../nowhere` cannot be used: no such folder is there"),
        ("[rules]\npacks = [\"nowhere\"]\n", "2:10", "the rules of `nowhere` cannot be used: no such folder is there"),
        ("rules = [\"/etc\"]\n", "1:10", "the rules of `/etc` cannot be used: the path is not relative to this file"),
        ("rules = [\"\"]\n", "1:10", "the rules of `` cannot be used: the path is empty"),
        ("rules = [\"compose.yml\"]\n", "1:10", "the rules of `compose.yml` cannot be used: it is no folder"),
        ("rules = [\".\"]\n", "1:10", "the rules of `.` cannot be used: no rule file `<family>/<name>.md` is in it"),
        ("rules = [\"a\\u001bb\"]\n", "1:10", "the rules of `a\\u{1b}b` cannot be used: no such folder is there"),
    ] {
        let scratch = Scratch::new();
        scratch.write("deploylint.toml", configuration);
        let Ended { code, stdout, stderr } = run(&scratch, &[]);
        assert_eq!((code, stderr.as_str()), (Some(2), ""), "{configuration}");
        assert!(stdout.contains(&format!("─[deploylint.toml:{at}]\n")), "{configuration}: {stdout}");
        assert!(stdout.contains(&format!("× {message}\n")), "{configuration}: {stdout}");
        assert!(stdout.contains("help: a pack is a folder with rule files"), "{configuration}: {stdout}");
    }
}
