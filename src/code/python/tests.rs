#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use crate::code::{Environment, Strength};

const PLATFORM: Environment = Environment { platform: &[&[("LAMBDA_TASK_ROOT", Some("/var/task"))]], given: None };
const TARGET: Target = Target { minor: 11, machine: "x86_64", working_folder: "/var/task", environment: PLATFORM };

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
fn what_replaces_a_function_decides_what_its_name_runs() {
    let called = |decorator: &str| imports(&format!("{decorator}def f():\n  import a\nf()\n"));
    assert_eq!(called(""), ["a hard"]);
    assert_eq!(called("@functools.lru_cache(maxsize=1)\n"), ["a hard"]);
    assert_eq!(called("@held\n"), ["a late"]);
    assert_eq!(called("@held(1)\n"), ["a late"]);
    assert_eq!(imports("def f():\n  import a\nf = held(f)\nf()\n"), ["a late"]);
    // A decorator that is decorated itself is something else, too.
    assert_eq!(imports("@held\ndef f(g):\n  import a\n@f\ndef h(): pass\n"), ["a late"]);
    assert_eq!(imports("def f(g):\n  import a\n@f\ndef h(): pass\n"), ["a hard"]);
}

#[test]
fn strength_follows_the_place() {
    assert_eq!(imports("import a.b, c\nfrom d import e\nfrom . import f"), ["a.b hard", "c hard", "d hard", ". hard"]);
    assert_eq!(imports("def f():\n  import a\nclass C:\n  import b\n"), ["a late", "b hard"]);
    assert_eq!(imports("if x:\n  import a\nelse:\n  import b"), ["a conditional", "b conditional"]);
    assert_eq!(imports("def f():\n  import a\nf()"), ["a hard"]);
    assert_eq!(imports("def f():\n  import a\nif __name__ == '__main__':\n  f()"), ["a late"]);
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
    assert_eq!(facts.on_call("handler").unwrap().import(0), Some(Strength::Hard));
    assert!(facts.on_call("other").is_none());
}

#[test]
fn syntax_is_judged_for_the_version() {
    let target = Target { minor: 9, ..TARGET };
    assert!(analyse(b"match x:\n  case 1: pass\n", &target).unwrap().unsupported.is_some());
    assert!(facts("match x:\n  case 1: pass\n").unsupported.is_none());
    assert!(matches!(analyse(b"def f(:\n", &target), Err(Unreadable::Syntax(..))));
}

/// Every construct at its limit, on a stack of the size that the pool's threads have.
#[test]
fn the_deepest_texts_that_are_let_through_do_not_overflow() {
    let nest = |open: &str, close: &str, times: usize| format!("x = {}1{}\n", open.repeat(times), close.repeat(times));
    let blocks = |head: &str, times: usize| -> String {
        let lines = (0..times).map(|depth| format!("{}{head}:\n", " ".repeat(depth)));
        lines.chain([format!("{}pass\n", " ".repeat(times))]).collect()
    };
    let texts = [
        nest("(", ")", 1_000),
        nest("[", "]", 1_000),
        nest("{", "}", 1_000),
        nest("f(", ")", 1_000),
        nest("{1:", "}", 1_000),
        nest("x[", "]", 1_000),
        format!("x = {}1\n", "-".repeat(4_990)),
        format!("x = {}1\n", "not ".repeat(4_990)),
        format!("x = {}1\n", "1 + ".repeat(4_990)),
        format!("x = {}1\n", "2 ** ".repeat(2_400)),
        format!("x = {}1\n", "a if b else ".repeat(2_400)),
        format!("x = {}1\n", "lambda: ".repeat(2_400)),
        format!("x = {}1\n", "a and b or ".repeat(4_990)),
        format!("{}1\n", "a = ".repeat(4_990)),
        format!("a{}\n", ".b".repeat(4_990)),
        format!("a{}\n", "()".repeat(4_990)),
        format!("a{}\n", "[0]".repeat(4_990)),
        format!("if a:\n  b\n{}", "elif a:\n  b\n".repeat(20_000)),
        format!("{}'x'\n", "'x' ".repeat(50_000)),
        blocks("if x", 99),
        blocks("def f()", 99),
        blocks("class C", 99),
        blocks("with a as b", 99),
        blocks("for a in b", 99),
        format!("match x:\n  case {}1{}:\n    pass\n", "[".repeat(900), "]".repeat(900)),
        format!("async def f():\n  {}1\n", "await ".repeat(2_400)),
    ];
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(move || {
        for text in texts {
            let result = analyse(text.as_bytes(), &TARGET);
            assert!(!matches!(result, Err(Unreadable::TooDeep(_))), "{}", &text[..40]);
        }
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn texts_beyond_the_limits_are_not_parsed() {
    let deep = |text: String| matches!(analyse(text.as_bytes(), &TARGET), Err(Unreadable::TooDeep(_)));
    assert!(deep(format!("x = {}", "[".repeat(100_000))));
    assert!(deep(format!("x = f'{}", "{f'".repeat(100_000))));
    assert!(deep(format!("x = {}1", "not ".repeat(100_000))));
    assert!(deep(format!("x = {}1", "lambda: ".repeat(100_000))));
    assert!(deep((0..5_000).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect()));
}

#[test]
fn modules_that_are_put_into_sys_modules_by_name_leave_the_others_alone() {
    let opens = |text: &str| {
        let facts = facts(text);
        (facts.children_open, facts.aliases)
    };
    assert_eq!(opens("sys.modules['a.b'] = c"), (false, vec!["a.b".to_owned()]));
    assert_eq!(opens("sys.modules.update({'a.b': c})"), (false, vec!["a.b".to_owned()]));
    assert_eq!(opens("sys.modules[__name__] = c"), (true, vec![]));
    assert_eq!(opens("sys.modules.update(c)"), (true, vec![]));
}

#[test]
fn what_is_noted_and_raised_for_later_is_needed() {
    let loop_of = |end: &str| {
        let body = "\nmissing = []\nfor name in needed:\n  try:\n    __import__(name)\n  except ImportError as e:\n    missing.append(name)\n";
        imports(&format!("needed = ('a', 'b'){body}{end}"))
    };
    assert_eq!(loop_of("if missing:\n  raise ImportError(missing)"), ["a hard", "b hard"]);
    assert_eq!(loop_of("if missing:\n  print(missing)"), ["a soft", "b soft"]);
}

#[test]
fn any_bytes_are_read() {
    for bytes in
        [&b"\xff\xfe\x00"[..], b"", b"\xef\xbb\xbfimport a", b"import a\r\rimport b\r\n", b"x = '\xff'\nimport a"]
    {
        let _ = analyse(bytes, &TARGET);
    }
    let text = format!("x = '''{}'''\nimport a", "y".repeat(5 << 20));
    assert_eq!(facts(&text).imports.len(), 1);
    let latin = |head: &[u8]| analyse(&[head, b"x = '\xe4'\nimport a"].concat(), &TARGET);
    assert_eq!(latin(b"#!/usr/bin/python\n# -*- coding: latin-1 -*-\n").unwrap().imports.len(), 1);
    assert!(matches!(latin(b"# a comment\n"), Err(Unreadable::Syntax(_, span)) if span.start == 17));
}

#[test]
fn folders_of_the_search_path_are_told() {
    let changes = |text: &str| -> Vec<Option<PathFolder>> {
        facts(text).path_changes.into_iter().map(|change| change.folder).collect()
    };
    let here = |path: &str| Some(PathFolder::Here(path.to_owned()));
    let written = |path: &str| Some(PathFolder::Written(path.to_owned()));
    assert_eq!(changes("sys.path.insert(0, os.path.join(os.path.dirname(__file__), 'lib'))"), [here("/lib")]);
    assert_eq!(changes("D = os.path.dirname(os.path.abspath(__file__))\nsys.path.append(D + '/lib')"), [here("/lib")]);
    assert_eq!(changes("sys.path.append(str(Path(__file__).resolve().parent.parent / 'x'))"), [here("/../x")]);
    assert_eq!(changes("sys.path.append('/opt/x')\nsys.path.append(os.environ['HOME'])"), [written("/opt/x"), None]);
    assert_eq!(
        changes("sys.path += ['a', b]\nsys.path = c()\nsys.path[0:0] = ['b']"),
        [written("a"), None, None, None]
    );
    assert_eq!(changes("old = sys.path[:]\nsys.path = [p for p in sys.path if p]\nsys.path = old"), []);
    assert_eq!(changes("if TYPE_CHECKING:\n  sys.path.append('a')"), []);
}

#[test]
fn a_module_knows_its_own_name() {
    let strength = |module: Option<&str>, text: &str| {
        analyse_as(module, text.as_bytes(), &TARGET).unwrap().imports[0].strength.word()
    };
    let text = "if sys.version_info >= (3, 6) and __name__ == 'client':\n  from client import aio";
    assert_eq!(strength(Some("client"), text), "hard");
    assert_eq!(strength(Some("vendor.client"), text), "conditional");
    assert_eq!(strength(None, text), "conditional");
}

#[test]
fn a_branch_that_never_runs_sets_no_constant() {
    let text = "import os, sys\nplain = bool(os.environ.get('PLAIN'))\nif sys.implementation.name != 'cpython':\n  \
                plain = True\nif plain:\n  from . import slow\n";
    assert_eq!(imports(text)[2], ". conditional");
}

#[test]
fn what_stands_in_for_an_import_is_called() {
    let keywords = |end: &str| {
        let start = "try:\n  from new import V\nexcept ImportError:\n  from old import V\n";
        let substitutes = facts(&format!("{start}{end}")).substitutes.into_iter();
        let of = |(at, one): (usize, Substitute)| format!("{at} {}.{} {:?}", one.module, one.name, one.keywords);
        substitutes.map(of).collect::<Vec<_>>()
    };
    assert_eq!(keywords("x = V('x', a=1)\nclass C(B[V(b=2, **c)]): pass"), [r#"0 old.V {"a", "b"}"#]);
    for end in [
        "def f():\n  V(a=1)",
        "if x:\n  V(a=1)",
        "try:\n  V(a=1)\nexcept TypeError:\n  pass",
        "with suppress(TypeError):\n  V(a=1)",
        "V = W\nV(a=1)",
        "if x:\n  V = W\nV(a=1)",
        "if TYPE_CHECKING:\n  V(a=1)",
    ] {
        assert_eq!(keywords(end), [""; 0], "{end}");
    }
}

#[test]
fn metadata_may_be_missing_where_that_is_caught() {
    let strength = |class: &str| {
        let text = format!("from importlib import metadata\ntry:\n  metadata.version('a')\nexcept {class}:\n  pass\n");
        facts(&text).metadata[0].strength
    };
    for class in ["metadata.PackageNotFoundError", "(KeyError, PackageNotFoundError)", "DistributionNotFound"] {
        assert_eq!(strength(class), Strength::Soft, "{class}");
    }
    assert_eq!(strength("(KeyError, ValueError)"), Strength::Hard);
}
