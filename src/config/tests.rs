use super::*;
use crate::diagnostic::Severity;
use crate::facts::Environment;
use crate::source::ContentId;

fn parse(text: &str) -> Result<Config, Vec<ConfigProblem>> {
    let source = Source::new(FILE_NAME.into(), ContentId::of(text.as_bytes()));
    Config::parse(text, &source, &RuleNames::new(["probe/missing-readiness", "secret/private-key", "local/a/b"]))
}

/// (the bytes that the problem points at, template of the message, template of the help).
fn problems(text: &str) -> Vec<(String, String, Option<String>)> {
    let found = parse(text).unwrap_err();
    let at = |problem: &ConfigProblem| text[problem.span.range()].to_owned();
    let filled = |message: &Message| crate::render::tests::plain(message);
    found.iter().map(|p| (at(p), filled(&p.message), p.help.as_ref().map(filled))).collect()
}

#[test]
fn a_whole_configuration() {
    let text = r#"
select = ["probe", "secret/private-key"]
ignore = ["local/a"]
externals = ["*.example.com"]

[scan]
exclude = ["**/legacy"]
artifacts = ["dist/*.zip"]
max-file-size = "10 MB"

[gate]
fail-on = "warning"

[rules]
probe = "info"
"probe/missing-readiness" = "off"

[environments]
prod = ["deploy/blue/**"]

[sets.shop]
files = ["a.yml", "b.yml"]

[services.account]
path = "services/account"
ports = [8080]

[[override]]
paths = ["tools/**"]
rules = { secret = "warning" }

[[waiver]]
rule = "probe/missing-readiness"
match = "k8s:deploy[x]#Deployment/{id}*"
reason = "batch"
owner = "pay"
until = 2026-12-15
"#;
    let config = parse(text).unwrap();
    assert_eq!(config.fail_on, Some(FailOn::Severity(Severity::Warning)));
    assert_eq!(config.rules.of("probe/missing-readiness"), Some(Level::Off));
    assert_eq!(config.rules.of("probe/unresolved-port"), Some(Level::Severity(Severity::Info)));
    assert_eq!(config.rules.of("secret/private-key"), None);
    assert_eq!(config.scan.max_file_size, Some(10_000_000));
    assert!(config.scan.exclude.matches(&"a/legacy/b.yml".into()));
    assert!(config.scan.artifacts.matches(&"dist/api.zip".into()));
    assert_eq!(config.environments[0].1, Environment::Prod);
    assert_eq!(config.sets[0].files, ["a.yml", "b.yml"]);
    assert_eq!(config.services[0].ports, [8080]);
    assert_eq!(config.overrides[0].rules.of("secret/private-key"), Some(Level::Severity(Severity::Warning)));
    let waiver = &config.waivers[0];
    assert_eq!(waiver.until.unwrap().to_string(), "2026-12-15");
    assert!(waiver.subject.as_ref().unwrap().is_match("k8s:deploy[x]#Deployment/{id}/web"));
    assert!(!waiver.subject.as_ref().unwrap().is_match("k8s:deployx#Deployment/{id}/web"));
    assert_eq!(&text[waiver.span.range()], "\"probe/missing-readiness\"");
    assert!(parse("").is_ok());
}

#[test]
fn an_unknown_key_is_told_with_the_nearest() {
    let did_you_mean = |key: &str, near: &str| {
        vec![(key.to_owned(), format!("`{key}` is not known here"), Some(format!("did you mean `{near}`?")))]
    };
    assert_eq!(problems("[scna]\n"), did_you_mean("scna", "scan"));
    assert_eq!(problems("[scan]\nexcludes = []\n"), did_you_mean("excludes", "exclude"));
    assert_eq!(problems("[sets.a]\nfiles = [\"x\"]\nfile = 1\n"), did_you_mean("file", "files"));
    let waiver = "[[waiver]]\nrule = \"secret/private-key\"\npath = \"x\"\nreasons = \"y\"\n";
    assert_eq!(problems(waiver), did_you_mean("reasons", "reason"));
    assert_eq!(problems("zzz = 1\n")[0].2.as_deref().unwrap().split(':').next(), Some("known here"));
}

#[test]
fn what_does_not_fit_has_a_place_and_words() {
    let one = |text: &str| {
        let found = problems(text);
        assert_eq!(found.len(), 1, "{found:?}");
        (found[0].0.clone(), found[0].1.clone())
    };
    let pair = |at: &str, words: &str| (at.to_owned(), words.to_owned());
    assert_eq!(one("select = \"probe\"\n"), pair("\"probe\"", "expected a list of strings, not a string"));
    assert_eq!(one("select = [1]\n"), pair("1", "expected a string, not `1`"));
    assert_eq!(one("scan = 1\n"), pair("1", "expected a table, not `1`"));
    assert_eq!(one("[rules]\nprobe = \"warn\"\n"), pair("\"warn\"", "`warn` is none of off, info, warning, error"));
    assert_eq!(one("[rules]\nproble = \"off\"\n"), pair("proble", "`proble` is no rule and no family of rules"));
    assert_eq!(one("[gate]\nfail-on = \"no\"\n").0, "\"no\"");
    assert_eq!(one("[scan]\nexclude = [\"a[\"]\n").0, "\"a[\"");
    assert_eq!(one("externals = [\"{a\"]\n").0, "\"{a\"");
    assert_eq!(one("[scan]\nmax-file-size = \"10 furlongs\"\n").0, "\"10 furlongs\"");
    assert_eq!(
        one("[services.a]\nports = [70000]\n"),
        pair("70000", "expected a whole number from 1 to 65535, not `70000`")
    );
    assert_eq!(one("[[override]]\nrules = {}\n").1, "this override names no paths");
    assert_eq!(one("[waiver]\nrule = \"x\"\n").1, "expected a list of tables: write `[[waiver]]` above each");
    let until = "[[waiver]]\nrule = \"secret/private-key\"\npath = \"x\"\nuntil = \"2026-02-30\"\n";
    assert_eq!(one(until), pair("\"2026-02-30\"", "`2026-02-30` is not a date of the form YYYY-MM-DD"));
    assert_eq!(one("[[waiver]]\npath = \"x\"\n").1, "this waiver names no rule");
    assert_eq!(
        one("[[waiver]]\nrule = \"secret\"\npath = \"x\"\n"),
        pair("\"secret\"", "`secret` is a family of rules; one rule must be named here")
    );
    let everywhere = "[[waiver]]\nrule = \"secret/private-key\"\n";
    assert_eq!(one(everywhere).1, "this waiver would accept the rule's findings everywhere");
    assert!(one("a = \n").1.starts_with("not valid TOML: "));
}

#[test]
fn the_documented_configuration_can_be_read() {
    let page = include_str!("../../docs/configuration.md");
    let text = page.split("```toml\n").nth(1).unwrap().split("```").next().unwrap();
    let source = Source::new(FILE_NAME.into(), ContentId::of(text.as_bytes()));
    let names = RuleNames::of(&crate::rules::Registry::builtin().0);
    let config = Config::parse(text, &source, &names).unwrap();
    assert_eq!((config.waivers.len(), config.overrides.len(), config.services.len()), (1, 1, 1));
    for (key, known) in keys::KEYS {
        for name in *known {
            assert!(page.contains(name) || *name == "$schema" || *name == "dev", "{key}.{name} is not documented");
        }
    }
}
