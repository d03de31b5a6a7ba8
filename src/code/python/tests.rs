#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use crate::code::Strength;

const TARGET: Target = Target { minor: 11, machine: "x86_64" };

fn facts(text: &str) -> ModuleFacts {
    analyse(text.as_bytes(), &TARGET).unwrap()
}

/// `module strength` of each import.
fn imports(text: &str) -> Vec<String> {
    let word = |import: &Import| {
        let dots = ".".repeat(import.level as usize);
        let instead = if import.instead_of.is_empty() { "" } else { " instead" };
        format!("{dots}{} {}{instead}", import.module, import.strength.word())
    };
    facts(text).imports.iter().map(word).collect()
}

#[test]
fn strength_follows_the_place() {
    assert_eq!(imports("import a.b, c\nfrom d import e\nfrom . import f"), ["a.b hard", "c hard", "d hard", ". hard"]);
    assert_eq!(imports("def f():\n  import a\nclass C:\n  import b\n"), ["a late", "b hard"]);
    assert_eq!(imports("if x:\n  import a\nelse:\n  import b"), ["a conditional", "b conditional"]);
    assert_eq!(imports("def f():\n  import a\nf()"), ["a hard"]);
    assert_eq!(imports("def f():\n  if x:\n    return\n  import a\n"), ["a conditional"]);
}

#[test]
fn guards_are_seen() {
    assert_eq!(imports("try:\n  import a\nexcept ImportError:\n  import b\n"), ["a soft", "b hard instead"]);
    assert_eq!(imports("try:\n  import a\nexcept ImportError:\n  raise\n"), ["a hard"]);
    assert_eq!(imports("try:\n  import a\nexcept KeyError:\n  import b\n"), ["a hard", "b conditional"]);
    assert_eq!(imports("import contextlib\nwith contextlib.suppress(ImportError):\n  import a\n")[1], "a soft");
}

#[test]
fn what_the_platform_decides_is_decided() {
    assert_eq!(imports("if TYPE_CHECKING:\n  import a\nelse:\n  import b"), ["a soft", "b hard"]);
    assert_eq!(imports("import sys\nif sys.version_info >= (3, 11):\n  import a\nelse:\n  import b")[1..], ["a hard"]);
    assert_eq!(imports("import os\nif os.name == 'nt':\n  import a\n")[1..], ["a soft"]);
    assert_eq!(imports("import sys\nWIN = sys.platform == 'win32'\nif WIN:\n  import a\n")[1..], ["a soft"]);
    assert_eq!(imports("if __name__ == '__main__':\n  import a\n"), ["a soft"]);
}

#[test]
fn literal_names_are_followed() {
    assert_eq!(imports("import_module('a.b')\n__import__('c')"), ["a.b hard", "c hard"]);
    assert_eq!(
        imports("for n in ('a', 'b'):\n  importlib.import_module('p.' + n)\n  import_module(f'q.{n}')"),
        ["p.a hard", "p.b hard", "q.a hard", "q.b hard"]
    );
}

#[test]
fn names_and_metadata() {
    let facts = facts("import a as b\nx, (y, z) = 1\ndef f(): pass\nclass C: w = 1\nif q:\n  v = 1\n");
    assert_eq!(facts.names.keys().map(String::as_str).collect::<Vec<_>>(), ["C", "b", "f", "v", "x", "y", "z"]);
    let metadata = |text: &str| -> Vec<String> {
        analyse(text.as_bytes(), &TARGET)
            .unwrap()
            .metadata
            .iter()
            .map(|m| format!("{} {}", m.distribution, m.strength.word()))
            .collect()
    };
    assert_eq!(metadata("from importlib.metadata import version\nversion('a')"), ["a hard"]);
    assert_eq!(metadata("try:\n  metadata.version('a')\nexcept PackageNotFoundError:\n  pass"), ["a soft"]);
}

#[test]
fn handlers_reach_what_they_call() {
    let facts = facts("def g():\n  import a\ndef handler(e, c):\n  g()\n");
    assert_eq!(facts.on_call("handler"), [Some(Strength::Hard)]);
    assert_eq!(facts.on_call("other"), [None]);
}

#[test]
fn syntax_is_judged_for_the_version() {
    let target = Target { minor: 9, ..TARGET };
    assert!(analyse(b"match x:\n  case 1: pass\n", &target).unwrap().unsupported.is_some());
    assert!(facts("match x:\n  case 1: pass\n").unsupported.is_none());
    assert!(matches!(analyse(b"def f(:\n", &target), Err(Unreadable::Syntax(..))));
}
