#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

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
fn what_a_library_loads_is_that_of_its_version() {
    let index = ("index.js", "const { DataSource } = require('typeorm'); new DataSource({ type: 'postgres' })");
    let library = ("node_modules/typeorm/index.js", "");
    let asks =
        |text: &str| missing(&request(&[index, library, ("node_modules/typeorm/platform/PlatformTools.js", text)]));
    assert_eq!(asks("switch (name) { case 'pg': return require('pg'); }"), ["module pg hard"]);
    assert_eq!(asks("load = (name) => require({ postgres: \"pg\" }[name])"), ["module pg hard"]);
    assert!(asks("return require('pg-native')").is_empty());
    assert!(missing(&request(&[index, library])).is_empty());
    // Some libraries look for drivers beside the code that calls them, too.
    let layer = part(&[
        ("nodejs/node_modules/typeorm/index.js", ""),
        ("nodejs/node_modules/typeorm/platform/PlatformTools.js", "require('pg')"),
    ]);
    let layered = |parts: &[(&str, &str)]| missing(&PackageRequest { layers: vec![layer.clone()], ..request(parts) });
    assert_eq!(layered(&[index]), ["module pg hard"]);
    assert!(layered(&[index, ("node_modules/pg/index.js", "")]).is_empty());
    // What it asks for by a path lies as seen from the file that asks.
    let parts = [
        ("index.js", "const Sequelize = require('sequelize'); new Sequelize(url, { dialect: 'sqlite' })"),
        ("node_modules/sequelize/index.js", "module.exports = require('./lib/sequelize')"),
        ("node_modules/sequelize/lib/sequelize.js", "function load() { require('./dialects/sqlite') }"),
    ];
    assert_eq!(missing(&request(&parts)), ["file ./dialects/sqlite hard", "file ./dialects/sqlite late"]);
}

#[test]
fn a_variable_that_is_given_decides_unless_code_sets_it() {
    let index = |before: &str| {
        let text = "if (process.env.NODE_ENV === 'production') require('a'); else require('b');";
        request(&[("index.js", &format!("{before}{text}"))])
    };
    let asks =
        |before: &str, value: &str| missing(&PackageRequest { environment: given("NODE_ENV", value), ..index(before) });
    assert_eq!(asks("", "production"), ["module a hard"]);
    assert_eq!(asks("", "development"), ["module b hard"]);
    assert_eq!(missing(&index("")), ["module a conditional", "module b conditional"]);
    let both = ["module a conditional", "module b conditional"];
    assert_eq!(asks("process.env.NODE_ENV = read();", "production"), both);
    assert_eq!(asks("process.env['NODE_ENV'] = 'test';", "production"), both);
    assert_eq!(asks("process.env.NODE_ENV ||= 'test';", "production"), ["module a hard"]);
    let unknown = BTreeMap::from([("NODE_ENV".to_owned(), Err(Why::new("a parameter")))]);
    assert_eq!(missing(&PackageRequest { environment: unknown, ..index("") }), both);
}

#[test]
fn a_variable_that_is_given_decides_in_python_unless_code_sets_it() {
    let whole = |text: &str| {
        let runtime = Some("python3.12".into());
        let index = format!("import os\n{text}\ndef handler(e, c): pass");
        PackageRequest { runtime, ..request(&[("index.py", &index), ("b.py", "")]) }
    };
    let asks = |text: &str, value: &str| missing(&PackageRequest { environment: given("STAGE", value), ..whole(text) });
    let choice = "if os.environ['STAGE'] == 'prod':\n    import a\nelse:\n    import b";
    let sometimes = ["module a conditional"];
    assert_eq!(missing(&whole(choice)), sometimes);
    assert_eq!(asks(choice, "prod"), ["module a hard"]);
    assert!(asks(choice, "test").is_empty());
    for read in ["os.environ.get('STAGE', read())", "os.getenv('STAGE')", "os.environ.get('STAGE') or 'x'"] {
        assert_eq!(asks(&choice.replace("os.environ['STAGE']", read), "prod"), ["module a hard"], "{read}");
    }
    assert_eq!(asks("if 'STAGE' in os.environ:\n    import a", "prod"), ["module a hard"]);
    let by_name = "import importlib\nimportlib.import_module('plugins_' + os.environ['STAGE'])";
    assert_eq!(asks(by_name, "prod"), ["module plugins_prod hard"]);
    // What code gives another value is not known, what it gives where there is none is.
    let setting = [
        "os.environ['STAGE'] = 'prod'",
        "os.environ.update({'STAGE': read()})",
        "os.environ.update(STAGE='prod')",
        "os.environ |= {'STAGE': 'prod'}",
        "del os.environ['STAGE']",
        "os.environ.pop('STAGE', None)",
        "os.environ.update(read())",
        "def set(name): os.environ[name] = 'prod'",
    ];
    for set in setting {
        assert_eq!(asks(&format!("{set}\n{choice}"), "prod"), sometimes, "{set}");
    }
    for set in ["os.environ.setdefault('STAGE', 'test')", "os.environ['OTHER'] = 'test'"] {
        assert_eq!(asks(&format!("{set}\n{choice}"), "prod"), ["module a hard"], "{set}");
    }
    // The process has read this one when code sets it.
    let files = [("index.py", "import os, a\nos.environ['PYTHONPATH'] = read()\ndef handler(e, c): pass")];
    let environment = given("PYTHONPATH", "lib");
    let request = PackageRequest { environment, runtime: Some("python3.12".into()), ..request(&files) };
    assert_eq!(missing(&request), ["module a hard"]);
}

#[test]
fn variables_of_the_platform_are_set_whatever_their_values_are() {
    let runtime = Some("python3.12".to_owned());
    let python = |test: &str| {
        let text = format!("import os\nif {test}:\n    import a\nelse:\n    import b\ndef handler(e, c): pass");
        missing(&PackageRequest { runtime: runtime.clone(), ..request(&[("index.py", &text), ("b.py", "")]) })
    };
    assert_eq!(python("os.environ.get('AWS_LAMBDA_FUNCTION_NAME')"), ["module a hard"]);
    assert_eq!(python("os.getenv('LAMBDA_TASK_ROOT') == '/var/task'"), ["module a hard"]);
    assert!(python("os.getenv('AWS_REGION') is None").is_empty());
    let sometimes = ["module a conditional"];
    assert_eq!(python("os.getenv('AWS_REGION') == 'eu-west-1'"), sometimes);
    assert_eq!(python("os.getenv('AWS_REGION') in ('eu-west-1', 'eu-west-2')"), sometimes);
    assert_eq!(python("os.getenv('STAGE')"), sometimes);
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
fn handlers_are_found_in_the_order_of_the_runtime() {
    let handler = |handler: Option<&str>, files: &[(&str, &str)]| {
        let request = PackageRequest { handler: handler.map(str::to_string), ..request(files) };
        let artifact = trace(&request).facts.artifacts.remove(0);
        (artifact.handler_file, artifact.handler_near, artifact.guessed)
    };
    let found = |file: &str| (file.to_string(), String::new(), false);
    assert_eq!(handler(Some("src/fn/main.api.h"), &[("src/fn/main.mjs", "")]), found("src/fn/main.mjs"));
    assert_eq!(handler(Some("index.h"), &[("index.mjs", ""), ("index.js", "")]), found("index.js"));
    assert_eq!(handler(Some("api.h"), &[("api/index.js", "")]), found("api/index.js"));
    let missed = |near: &str| (String::new(), near.to_string(), false);
    assert_eq!(handler(Some("index.h"), &[("fn/index.js", ""), ("fn/x.js", "")]), missed("fn/index.js"));
    assert_eq!(handler(Some("lambda.h"), &[("Lambda.js", "")]), missed("Lambda.js"));
    assert_eq!(handler(Some("index.h"), &[("index.ts", "")]), missed("index.ts"));
    assert_eq!(handler(Some("index.h"), &[("other.js", ""), ("b/index.js", "")]), missed(""));
    assert_eq!(handler(None, &[("app.js", "")]), ("app.js".into(), String::new(), true));
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

/// What is wrong with the handler, and what the runtime says of it.
fn handler_fault(handler: &str, files: &[(&str, &str)]) -> (&'static str, String) {
    let request = PackageRequest { handler: Some(handler.into()), ..request(files) };
    let artifact = trace(&request).facts.artifacts.remove(0);
    (artifact.handler_fault, artifact.handler_error)
}

#[test]
fn a_handler_is_an_exported_function() {
    let of = |file: &str, text: &str| handler_fault("index.handler", &[(file, text)]).0;
    let js = |text: &str| of("index.js", text);
    assert_eq!(js(""), "handler-not-exported");
    assert_eq!(js("exports.handler = () => 1"), "");
    assert_eq!(js("exports.handler = void 0; exports.main = f;"), "handler-not-exported");
    assert_eq!(js("exports.handler = void 0; exports.handler = f;"), "");
    assert_eq!(js("exports.handler = f; exports.handler = {};"), "handler-not-a-function");
    assert_eq!(js("exports.handler = {}; f(() => { exports.handler = g })"), "");
    assert_eq!(js("module.exports = { handler: [] }"), "handler-not-a-function");
    assert_eq!(js("module.exports = { main() {} }"), "handler-not-exported");
    assert_eq!(js("module.exports = { ...other, main() {} }"), "");
    assert_eq!(js("module.exports = { ...require('./gone'), main() {} }"), "");
    assert_eq!(js("exports = module.exports = { main: 1 }"), "handler-not-exported");
    assert_eq!(js("exports = module.exports = f(); exports.a = 1"), "");
    assert_eq!(js("module.exports = async () => 1"), "handler-not-exported");
    assert_eq!(js("this.handler = () => 1"), "");
    assert_eq!(js("(function () { this.handler = f }).call(this)"), "");
    assert_eq!(
        js("class A { f() { this.x = 1 } } exports.main = new A(); if (require.main === module) f()"),
        "handler-not-exported"
    );
    assert_eq!(js("var a = (this && this.__a) || f; exports.main = a; (0, exports.main)()"), "handler-not-exported");
    assert_eq!(js("exports.init(); exports.main = 1"), "");
    assert_eq!(js("({ a: exports.handler } = f())"), "");
    assert_eq!(js("Object.assign(exports, f())"), "");
    assert_eq!(js("__export(x, { main: () => main }); module.exports = __toCommonJS(x);"), "handler-not-exported");
    assert_eq!(js("__export(y, { main: () => main }); module.exports = __toCommonJS(x);"), "");
    assert_eq!(js("module.exports = m(x); 0 && (module.exports = { main })"), "handler-not-exported");
    assert_eq!(js("module.exports = m(x); 0 && (module.exports = { main, ...require('./gone') })"), "");
    let bundle = |text: &str| {
        js(&format!("(() => {{ var __webpack_exports__ = {{}}; {text}; module.exports = __webpack_exports__; }})()"))
    };
    assert_eq!(bundle(""), "handler-not-exported");
    assert_eq!(bundle("f(__webpack_exports__)"), "");
    let mjs = |text: &str| of("index.mjs", text);
    assert_eq!(mjs("export const handler = () => 1"), "");
    assert_eq!(mjs("export default () => 1"), "handler-not-exported");
    assert_eq!(mjs("export const handler = {}"), "handler-not-a-function");
    assert_eq!(mjs("export let handler = {}"), "");
    assert_eq!(mjs("export * from 'node:fs'"), "");
}

#[test]
fn handlers_are_followed_through_other_modules() {
    let of = |files: &[(&str, &str)]| handler_fault("index.handler", files).0;
    assert_eq!(
        of(&[("index.js", "module.exports = require('./a')"), ("a.js", "exports.main = 1")]),
        "handler-not-exported"
    );
    assert_eq!(of(&[("index.js", "module.exports = require('./a')"), ("a.js", "exports.handler = f")]), "");
    assert_eq!(
        of(&[
            ("index.mjs", "export * from './a.mjs'"),
            ("a.mjs", "export { handler } from './b.mjs'"),
            ("b.mjs", "export * from './a.mjs'")
        ]),
        ""
    );
    assert_eq!(of(&[("index.mjs", "export * from './a.mjs'"), ("a.mjs", "export * from './index.mjs'")]), "");
    assert_eq!(of(&[("index.mjs", "export * from './a.cjs'"), ("a.cjs", "exports.b = 1")]), "");
    // Whoever loads the handler's module may add to it.
    assert_eq!(of(&[("index.js", "require('./a')"), ("a.js", "require('./index').handler = f")]), "");
    assert_eq!(handler_fault("index", &[("index.js", "")]), ("malformed-handler", "Bad handler 'index'".to_string()));
    assert_eq!(handler_fault("index.api.main", &[("index.js", "exports.api = { main: f }")]).0, "");
}

#[test]
fn names_are_looked_for_once_in_each_module() {
    // In each of fifteen layers, thirty modules hand on all names of all thirty below them.
    let path = |layer: usize, at: usize| format!("m{layer}x{at}.mjs");
    let stars = |layer: usize| (0..30).map(|at| format!("export * from './{}';", path(layer, at))).collect::<String>();
    let mut files = vec![("index.mjs".to_owned(), stars(0))];
    for layer in 0..15 {
        files.extend((0..30).map(|at| (path(layer, at), if layer == 14 { String::new() } else { stars(layer + 1) })));
    }
    let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_eq!(handler_fault("index.handler", &files).0, "handler-not-exported");
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
fn a_name_that_a_library_never_writes_is_surely_not_in_it() {
    let doubts = |other: &str| {
        let files = [
            ("app.py", "from client.stream import open_stream\ndef handler(event, context): pass"),
            ("client/__init__.py", other),
            ("client/stream.py", "def stream(url): pass"),
            ("client-2.0.dist-info/METADATA", "Name: client\nVersion: 2.0\n"),
            ("client-2.0.dist-info/RECORD", "client/__init__.py,,\nclient/stream.py,,\n"),
        ];
        let request = PackageRequest {
            handler: Some("app.handler".into()),
            runtime: Some("python3.12".into()),
            ..request(&files)
        };
        let faults = trace(&request).facts.load_faults;
        faults.iter().map(|fault| (fault.kind, fault.guess.is_some())).collect::<Vec<_>>()
    };
    assert_eq!(doubts(""), [("name-not-in-module", false)]);
    assert_eq!(doubts("from . import stream\nstream.open_stream = stream.stream"), [("name-not-in-module", true)]);
}

/// Kinds of what a package that has this beside a handler which imports `client` is told of: `module` for a missing one,
/// and whether that is a guess.
fn told(files: &[(&str, &str)], record: &str) -> Vec<(&'static str, bool)> {
    let mut all = vec![
        ("app.py", "import client\ndef handler(event, context): pass"),
        ("client-2.0.dist-info/METADATA", "Name: client\nVersion: 2.0\n"),
        ("client-2.0.dist-info/RECORD", record),
    ];
    all.extend(files);
    let request =
        PackageRequest { handler: Some("app.handler".into()), runtime: Some("python3.12".into()), ..request(&all) };
    let facts = trace(&request).facts;
    let missing = facts.module_imports.iter().map(|import| ("module", import.guess.is_some()));
    missing.chain(facts.load_faults.iter().map(|fault| (fault.kind, fault.guess.is_some()))).collect()
}

#[test]
fn what_was_installed_and_is_gone_comes_from_nowhere_else() {
    let record = "client/__init__.py,,\nclient/part.py,,\nclient/_native.abi3.so,,\n";
    let lost = ("incomplete-distribution", true);
    let hook = "import sys\nsys.meta_path.append(Finder())\n";
    assert_eq!(
        told(&[("client/__init__.py", &format!("{hook}import client.part")), ("client/_native.abi3.so", "")], record),
        [("module", false), lost]
    );
    let files = [("client/__init__.py", "from . import _native"), ("client/part.py", "")];
    assert_eq!(told(&files, record), [("name-not-in-module", false), lost]);
    let files = [
        ("client/__init__.py", "from ._native import run"),
        ("client/_native/__init__.pyi", ""),
        ("client/part.py", ""),
    ];
    assert_eq!(told(&files, record), [("name-not-in-module", false), lost]);
    // What another one puts there is not missed.
    let other = format!("{hook}import client.other");
    assert_eq!(
        told(&[("client/__init__.py", &other), ("client/_native.abi3.so", ""), ("client/part.py", "")], record),
        []
    );
}

#[test]
fn what_a_library_is_known_to_load_is_held_against_the_version_that_is_there() {
    let raw = |library: &str| {
        missing(&request(&[
            ("index.js", "require('express')"),
            ("node_modules/express/index.js", "var bodyParser = require('body-parser'); exports.raw = bodyParser.raw"),
            ("node_modules/body-parser/index.js", library),
        ]))
    };
    let lazy = "switch (name) { case 'raw': parser = require('./lib/types/raw') }";
    assert!(raw(&format!("function load(name) {{ {lazy} }}")).contains(&"file ./lib/types/raw hard".to_owned()));
    assert!(raw("exports.raw = 1").is_empty());

    let sqlite = |call: &str, addon: &str| {
        missing(&request(&[
            ("index.js", &format!("const Database = require('better-sqlite3'); const db = {call}")),
            ("node_modules/better-sqlite3/index.js", ""),
            ("node_modules/better-sqlite3/lib/database.js", addon),
        ]))
    };
    let asks = "addon = require('bindings')('better_sqlite3.node')";
    assert_eq!(sqlite("new Database(process.env.FILE)", asks), ["module bindings hard"]);
    assert_eq!(sqlite("new Database('x', { readonly: true })", asks), ["module bindings hard"]);
    assert!(sqlite("new Database('x', { nativeBinding: file })", asks).is_empty());
    assert!(sqlite("new Database('x', options)", asks).is_empty());
    assert!(sqlite("new Database(...all)", asks).is_empty());
    assert!(sqlite("new Database('x')", "").is_empty());
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
