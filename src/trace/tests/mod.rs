#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod handlers;
mod installed;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::*;
use crate::diagnostic::LogicalPath;
use crate::facts::{ModuleImport, SetId};
use crate::source::{ContentId, Source};
use crate::tree::Memory;
use crate::value::Why;

fn part(files: &[(&str, &str)]) -> Part {
    Part {
        tree: Arc::new(Memory::new(files.iter().copied())),
        archive: None,
        source: Source::new("api.zip".into(), ContentId::of(b"")),
        unseen: None,
    }
}

fn request(files: &[(&str, &str)]) -> PackageRequest {
    PackageRequest {
        package: part(files),
        layers: Vec::new(),
        more_layers: None,
        handler: Some("index.handler".into()),
        handler_origin: None,
        runtime: Some("nodejs20.x".into()),
        architecture: None,
        environment: BTreeMap::new(),
        changed_variables: BTreeSet::new(),
        limited: None,
        function: None,
        set: SetId(0),
        path: LogicalPath::of_set("zip", &"api.zip".into(), &[]),
    }
}

fn given(name: &str, value: &str) -> BTreeMap<String, Result<String, Why>> {
    BTreeMap::from([(name.to_owned(), Ok(value.to_owned()))])
}

fn show(import: &ModuleImport) -> String {
    format!("{} {} {}", import.missing, import.specifier, import.strength)
}

/// What is missing, `kind specifier strength`.
fn missing(request: &PackageRequest) -> Vec<String> {
    trace(request).facts.module_imports.iter().map(show).collect()
}

#[test]
fn the_chain_leads_from_the_handler_to_the_import() {
    let request = request(&[
        ("index.js", "require('express')"),
        (
            "node_modules/express/package.json",
            r#"{"name":"express","main":"./lib/x","dependencies":{"body-parser":"1"}}"#,
        ),
        ("node_modules/express/lib/x.js", "\nvar b = require('body-parser')"),
    ]);
    let trace = trace(&request);
    let [import] = trace.facts.module_imports.as_slice() else { panic!("{:?}", trace.facts.module_imports) };
    assert_eq!(show(import), "module body-parser hard");
    assert_eq!(import.chain, "index.js → node_modules/express/lib/x.js");
    assert!(import.declared && !import.first_party);
    assert_eq!(import.place.origin.source.display(), "api.zip!node_modules/express/lib/x.js");
    assert_eq!(import.place.origin.span.range(), 17..30);
    assert_eq!(import.place.path.as_str(), "zip:api.zip#node_modules/express/lib/x.js/body-parser");
    assert_eq!((trace.files, trace.facts.artifacts[0].handler_file.as_str()), (2, "index.js"));
}

#[test]
fn strength_is_carried_along_the_way() {
    let package = ("node_modules/a/package.json", r#"{"name":"a","dependencies":{"b":"1"}}"#);
    let of =
        |index: &str| missing(&request(&[("index.js", index), package, ("node_modules/a/index.js", "require('b')")]));
    assert_eq!(of("require('a')"), ["module b hard"]);
    assert_eq!(of("function later() { require('a') }"), ["module b late"]);
    assert_eq!(of("if (x) require('a')"), ["module b conditional"]);
    assert!(of("try { require('a') } catch {}").is_empty());
    assert_eq!(of("later(() => require('a')); require('a')"), ["module b hard"]);
    // What the handler calls is needed by the first request.
    assert_eq!(of("exports.handler = async () => { if (true) require('a') }"), ["module b late"]);
}

#[test]
fn functions_of_other_modules_that_the_handler_calls_are_part_of_the_request() {
    let of = |index: &str, api: &str| {
        let request = request(&[("index.js", index), ("api.js", api)]);
        let trace = trace(&request);
        trace.facts.module_imports.iter().map(|import| import.on_request).collect::<Vec<_>>()
    };
    let api = "exports.get = () => require('./gone')";
    assert_eq!(of("const api = require('./api'); exports.handler = async () => api.get()", api), ["hard"]);
    assert_eq!(of("const api = require('./api'); exports.handler = async () => { if (x) api.get() }", api), [""]);
    assert_eq!(of("const api = require('./api'); exports.handler = async () => api.put()", api), [""]);
    assert_eq!(of("const api = require('./api'); exports.handler = async (api) => api.get()", api), [""]);
}

#[test]
fn an_alternative_counts_only_where_the_first_choice_fails() {
    let index = ("index.js", "try { x = require('a') } catch { x = require('b') }");
    assert_eq!(missing(&request(&[index])), ["module a soft", "module b hard"]);
    assert_eq!(missing(&request(&[index, ("node_modules/a/index.js", "")])), ["module b soft"]);
    assert_eq!(missing(&request(&[index, ("node_modules/b/index.js", "")])), ["module a soft"]);
}

#[test]
fn misses_are_told_apart() {
    let exports = r#"{"name":"a","exports":{".":"./index.js"}}"#;
    let files = [
        (
            "index.js",
            "require('./x'); require('./Lib/u'); require('a/v4'); require('p/sub'); require('node:sqlite'); \
                      require('ESM'); require('esm'); import('./lib/u'); require('fs'); require('@aws-sdk/client-s3')",
        ),
        ("lib/u.js", ""),
        ("node_modules/a/package.json", exports),
        ("node_modules/a/index.js", ""),
        ("node_modules/p/index.js", ""),
        ("node_modules/esm/package.json", r#"{"type":"module","exports":"./i.js"}"#),
        ("node_modules/esm/i.js", "import 'never-looked-at'"),
    ];
    assert_eq!(
        missing(&request(&files)),
        [
            "file ./x hard",
            "case ./Lib/u hard",
            "not-exported a/v4 hard",
            "file p/sub hard",
            "builtin node:sqlite hard",
            "case ESM hard",
            "require-of-esm esm hard",
            "unspecified ./lib/u hard"
        ]
    );
    let allowed =
        PackageRequest { environment: given("NODE_OPTIONS", "--experimental-require-module"), ..request(&files) };
    assert!(missing(&allowed).contains(&"module never-looked-at hard".to_string()));
}

#[test]
fn a_package_may_ask_for_itself() {
    let manifest =
        r##"{"name":"me","exports":{"./there":"./there.js","./gone":"./gone.js"},"imports":{"#x":"./there.js"}}"##;
    let files = [
        ("index.js", "require('me/there'); require('#x'); require('me/gone'); require('me/other'); require('#y')"),
        ("there.js", ""),
        ("package.json", manifest),
    ];
    assert_eq!(missing(&request(&files)), ["file me/gone hard", "not-exported me/other hard", "not-exported #y hard"]);
    // A name without `exports` leads nowhere, not even to itself.
    let plain = [("index.js", "require('me')"), ("package.json", r#"{"name":"me"}"#)];
    assert_eq!(missing(&request(&plain)), ["module me hard"]);
}

#[test]
fn import_and_require_take_their_own_conditions() {
    let both = r#"{"name":"a","exports":{"import":"./m.mjs","require":"./c.cjs"}}"#;
    let files = |index: (&'static str, &'static str)| {
        request(&[
            index,
            ("node_modules/a/package.json", both),
            ("node_modules/a/m.mjs", "import 'from-import'"),
            ("node_modules/a/c.cjs", "require('from-require')"),
        ])
    };
    assert_eq!(missing(&files(("index.js", "require('a')"))), ["module from-require hard"]);
    assert_eq!(missing(&files(("index.mjs", "import 'a'"))), ["module from-import hard"]);
    assert_eq!(missing(&files(("index.cjs", "import('a')"))), ["module from-import hard"]);
}

#[test]
fn attempts_that_nobody_makes_do_not_fail() {
    let text =
        "try { require('a') } catch { try { require('fs') } catch { try { require('c') } catch { require('d') } } }";
    assert_eq!(
        trace(&request(&[("index.js", text)])).facts.module_imports.iter().filter(|one| one.strength == "hard").count(),
        0
    );
}

#[test]
fn layers_are_searched_where_the_runtime_does() {
    let index = [("index.js", "require('a'); require('b'); require('/opt/c'); require('lib/d')"), ("lib/d.js", "")];
    let good =
        part(&[("nodejs/node_modules/a/index.js", ""), ("nodejs/node20/node_modules/b/index.js", ""), ("c.js", "")]);
    let with = |layers: Vec<Part>| PackageRequest { layers, ..request(&index) };
    assert!(missing(&with(vec![good])).is_empty());
    let wrong = part(&[("node_modules/a/index.js", ""), ("nodejs/node22/node_modules/b/index.js", "")]);
    assert_eq!(missing(&with(vec![wrong])), ["layer-layout a hard", "layer-layout b hard", "file /opt/c hard"]);
    let unknown = PackageRequest { more_layers: Some(Why::new("x")), ..request(&index) };
    assert!(trace(&unknown).facts.module_imports.iter().all(|import| import.doubt.is_some()));
}

#[test]
fn a_later_layer_hides_an_earlier_one() {
    let layer = |text: &str| part(&[("nodejs/node_modules/a/index.js", text)]);
    let layers = vec![layer("require('first')"), layer("require('second')")];
    let request = PackageRequest { layers, ..request(&[("index.js", "require('a')")]) };
    assert_eq!(missing(&request), ["module second hard"]);
}

#[test]
fn what_cannot_be_judged_says_why() {
    let why = |request: PackageRequest| trace(&request).facts.artifacts.remove(0).not_judged.map(|why| why.to_string());
    let named = |runtime: &str| PackageRequest { runtime: Some(runtime.into()), ..request(&[("app.rb", "")]) };
    assert_eq!(why(named("ruby3.4")).unwrap(), "ruby packages are not looked into yet");
    assert_eq!(why(named("python2.7")).unwrap(), "python packages are not looked into yet");
    let unnamed = PackageRequest { runtime: None, ..request(&[("bootstrap", "")]) };
    assert_eq!(why(unnamed), None);
    assert_eq!(why(PackageRequest { runtime: None, ..request(&[("index.js", "")]) }), None);
}

#[test]
fn hostile_files_become_problems() {
    let deep = format!("x = {}", "[".repeat(5_000));
    let manifest = format!("{{\"name\":\"a\",\"exports\":{}", "[".repeat(100_000));
    let slashes = format!("require('./{}')", "a/".repeat(50_000));
    let trace = trace(&request(&[
        ("index.js", "require('./deep'); require('./broken'); require('a'); require('./slashes'); require('./index')"),
        ("deep.js", &deep),
        ("broken.js", "const = ;"),
        ("slashes.js", &slashes),
        ("node_modules/a/package.json", &manifest),
        ("node_modules/a/index.js", ""),
    ]));
    let kinds: Vec<ProblemKind> = trace.problems.iter().map(|problem| problem.kind).collect();
    assert_eq!(kinds, [ProblemKind::Limit]);
    let faults: Vec<String> =
        trace.facts.load_faults.iter().map(|fault| format!("{} {}", fault.kind, fault.file)).collect();
    assert_eq!(faults, ["syntax-error broken.js", "syntax-error node_modules/a/package.json"]);
    assert_eq!((trace.files, trace.computed), (5, 1));
}

#[test]
fn links_lead_where_they_lead_on_the_platform() {
    let with = |links: &[(&str, &str)], layers: Vec<Part>| {
        let files = [
            ("index.js", "require('a')"),
            ("store/a/node_modules/a/package.json", r#"{"name":"a","main":"m.js"}"#),
            ("store/a/node_modules/a/m.js", "require('b')"),
            ("store/a/node_modules/b/index.js", "require('./c')"),
            ("store/a/node_modules/b/c.js", ""),
        ];
        let tree = Arc::new(Memory::with_links(files, links.iter().copied()));
        let package = Part { tree, ..part(&[]) };
        missing(&PackageRequest { package, layers, ..request(&[]) })
    };
    // As pnpm lays packages out: what a package needs lies beside its real folder.
    assert!(with(&[("node_modules/a", "../store/a/node_modules/a")], Vec::new()).is_empty());
    assert_eq!(with(&[("node_modules/a", "../gone")], Vec::new()), ["dangling-symlink a hard"]);
    // As SAM lays them out: the packages are those of a layer.
    let layer = || part(&[("nodejs/node_modules/a/index.js", "require('./gone')")]);
    assert_eq!(with(&[("node_modules", "/opt/nodejs/node_modules")], vec![layer()]), ["file ./gone hard"]);
}

#[test]
fn threads_that_read_ahead_change_nothing() {
    let mut files =
        vec![("index.py".to_owned(), "from m0 import *\nimport m1\ndef handler(e, c): import late\n".to_owned())];
    for at in 0..60 {
        let (next, other) = ((at * 7 + 1) % 60, (at * 13 + 5) % 61);
        let text = format!(
            "import m{next}, gone{at}\ntry:\n  import m{other}\nexcept ImportError:\n  pass\nfrom m{other} import x, y{at}\nx = {}\n",
            if at % 9 == 4 { "(" } else { "1" }
        );
        files.push((format!("m{at}.py"), text));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let request = PackageRequest { runtime: Some("python3.12".into()), ..request(&files) };
    let alone = trace(&request);
    assert!(alone.files > 50 && alone.facts.module_imports.len() > 40 && !alone.facts.load_faults.is_empty());
    for threads in [1, 2, 4, 8] {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).stack_size(64 << 20).build().unwrap();
        for _ in 0..5 {
            assert_eq!(format!("{:?}", pool.install(|| trace(&request))), format!("{alone:?}"));
        }
    }
}

#[test]
fn branches_that_all_fail_leave_no_way_out() {
    let strengths = |text: &str| {
        let files = [("app.py", text), ("known.py", "")];
        let request = PackageRequest {
            handler: Some("app.handler".into()),
            runtime: Some("python3.12".into()),
            ..request(&files)
        };
        let missing = trace(&request).facts.module_imports;
        missing.iter().map(|import| format!("{} {}", import.specifier, import.strength)).collect::<Vec<_>>()
    };
    let branches = |first: &str, last: &str| {
        strengths(&format!("if fast():\n  {first}\nelse:\n  {last}\ndef handler(event, context): pass"))
    };
    assert_eq!(branches("import quick", "import slow"), ["quick conditional", "slow hard"]);
    assert_eq!(branches("import known", "import slow"), ["slow conditional"]);
    assert_eq!(
        branches("raise_later = lambda: __import__('quick')", "import slow").last().unwrap(),
        "slow conditional"
    );
    assert_eq!(strengths("if fast():\n  import quick\ndef handler(event, context): pass"), ["quick conditional"]);
}

#[test]
fn compiled_modules_tell_the_runtime_that_nobody_names() {
    let runtime = |files: &[(&str, &str)]| {
        let bare = PackageRequest { runtime: None, handler: Some("app.handler".into()), ..request(files) };
        trace(&bare).facts.artifacts[0].runtime.get().cloned()
    };
    let app = ("app.py", "def handler(event, context): pass");
    assert_eq!(runtime(&[app]).as_deref(), Some("python3.12"));
    assert_eq!(runtime(&[app, ("a/_a.cpython-310-x86_64-linux-gnu.so", "")]).as_deref(), Some("python3.10"));
}
