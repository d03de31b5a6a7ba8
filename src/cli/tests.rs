use super::*;
use crate::diagnostic::Severity;
use crate::render::Verbosity;

fn names() -> RuleNames {
    RuleNames::new(["lambda/missing-module", "probe/missing-readiness", "secret/private-key"])
}

fn parse_in(arguments: &[&str], surroundings: &Surroundings) -> Result<Options, UsageError> {
    let all = std::iter::once("deploylint").chain(arguments.iter().copied()).map(OsString::from);
    match parse(all, surroundings, &names())? {
        Command::Check(options) => Ok(*options),
        Command::Print(text) => Err(UsageError(format!("printed: {text}"))),
        other => Err(UsageError(format!("another command: {other:?}"))),
    }
}

fn options(arguments: &[&str]) -> Options {
    parse_in(arguments, &Surroundings::default()).unwrap()
}

fn refused(arguments: &[&str]) -> String {
    parse_in(arguments, &Surroundings::default()).unwrap_err().to_string()
}

#[test]
fn check_is_what_happens_without_a_command() {
    for arguments in [&["a", "b", "-v"][..], &["check", "a", "b", "-v"]] {
        let options = options(arguments);
        assert_eq!(options.paths, [PathBuf::from("a"), PathBuf::from("b")]);
        assert_eq!(options.style.verbosity, Verbosity::Verbose);
    }
    assert!(options(&[]).paths.is_empty());
}

#[test]
fn flags_of_one_package_need_one_package() {
    let package = options(&["api.zip", "--handler", "index.handler", "--arch", "arm64", "--layer", "l.zip"]);
    let package = package.package.unwrap();
    assert_eq!(package.handler.as_deref(), Some("index.handler"));
    assert_eq!((package.arch, package.layers.len()), (Some("arm64"), 1));
    assert_eq!(options(&["api.zip"]).package, None);
    let package = options(&["api.zip", "--variable", "NODE_ENV=a=b", "--variable", "XY="]).package.unwrap();
    let variables: Vec<(&str, &str)> = package.variables.iter().map(|(name, value)| (&**name, &**value)).collect();
    assert_eq!(variables, [("NODE_ENV", "a=b"), ("XY", "")]);
    for wrong in ["NODE_ENV", "=x", "X=1", "1X=1", "A-B=1"] {
        assert!(refused(&["api.zip", "--variable", wrong]).contains("--variable"), "{wrong}");
    }
    assert!(options(&["build/api", "--layer", "build/layer"]).package.is_some());
    for arguments in [&["--handler", "a.b"][..], &["a.zip", "b.zip", "--runtime", "x"], &["--arch", "arm64"]] {
        assert!(refused(arguments).contains("exactly one PATH"), "{arguments:?}");
    }
}

#[test]
fn an_unknown_rule_names_the_nearest() {
    let text = refused(&["--select", "probe,lambda/missing-modul"]);
    assert_eq!(
        text,
        "--select: `lambda/missing-modul` is no rule and no family of rules; did you mean `lambda/missing-module`?"
    );
    assert!(refused(&["--ignore", "secrets"]).ends_with("did you mean `secret`?"));
    assert_eq!(options(&["--select", "probe,secret/private-key", "--select", "lambda"]).select.len(), 3);
}

#[test]
fn the_day_comes_from_the_flag_then_the_epoch_then_the_clock() {
    let surroundings = Surroundings { source_date_epoch: Some("951782400".into()), now: 0, ..Surroundings::default() };
    let day = |arguments: &[&str], surroundings| parse_in(arguments, surroundings).unwrap().as_of.to_string();
    assert_eq!(day(&["--as-of", "2026-01-02"], &surroundings), "2026-01-02");
    assert_eq!(day(&[], &surroundings), "2000-02-29");
    assert_eq!(day(&[], &Surroundings::default()), "1970-01-01");
    let broken = Surroundings { source_date_epoch: Some("soon".into()), ..Surroundings::default() };
    assert!(parse_in(&[], &broken).is_err());
    assert!(refused(&["--as-of", "2026-02-30"]).contains("not a date"));
}

#[test]
fn colour_follows_terminal_and_no_color() {
    let terminal = Surroundings { is_terminal: true, ..Surroundings::default() };
    let no_color = Surroundings { no_color: true, ..terminal.clone() };
    let color = |arguments: &[&str], surroundings| parse_in(arguments, surroundings).unwrap().style.color;
    assert!(color(&[], &terminal));
    assert!(!color(&[], &no_color));
    assert!(!color(&["-o", "x"], &terminal));
    assert!(color(&["--color", "always"], &no_color));
    assert!(!color(&["--color", "never"], &terminal));
}

#[test]
fn words_as_meant() {
    let never = options(&["--fail-on", "never", "--env", "prod", "--format", "json", "-j", "2"]);
    assert_eq!(never.fail_on, Some(FailOn::Never));
    assert_eq!(never.environment, Some(Environment::Prod));
    assert_eq!((never.format, never.jobs), (Format::Json, 2));
    assert_eq!(options(&["--fail-on", "info"]).fail_on, Some(FailOn::Severity(Severity::Info)));
}

#[test]
fn help_has_the_exit_codes_and_errors_print_no_control_character() {
    let help = refused(&["--help"]);
    assert!(help.starts_with("printed:") && help.contains("128+n  ended by signal n"));
    assert!(refused(&["--version"]).contains(env!("CARGO_PKG_VERSION")));
    assert!(!refused(&["--format", "\u{1b}[31mred"]).contains('\u{1b}'));
    assert!(!refused(&["--\u{1b}[31m"]).contains('\u{1b}'));
    assert!(refused(&["-q", "-v"]).contains("cannot be used with"));
}
