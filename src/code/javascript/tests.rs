#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use super::*;
use crate::code::{Environment, Strength};

const PLATFORM: Environment = Environment { platform: &[&[("AWS_LAMBDA_FUNCTION_NAME", None)]], given: None };
const COMMONJS: Target = Target {
    goal: Goal::CommonJs,
    arch: "x64",
    environment: PLATFORM,
    library_calls: &[],
    getters: &[],
    exports_matter: true,
};
const MODULE: Target = Target { goal: Goal::Module, ..COMMONJS };

fn facts(text: &str, target: &Target) -> ModuleFacts {
    analyse(text.as_bytes(), Some("js"), target).unwrap()
}

/// `specifier strength` of each import; `?` for a computed one.
fn imports(text: &str) -> Vec<String> {
    words(&facts(text, &COMMONJS))
}

fn words(facts: &ModuleFacts) -> Vec<String> {
    let word = |import: &Import| {
        let name = if import.computed { "?" } else { &import.specifier };
        let instead = if import.instead_of.is_empty() { "" } else { " instead" };
        format!("{name} {}{instead}", import.strength.word())
    };
    facts.imports.iter().map(word).collect()
}

#[test]
fn strength_follows_the_place() {
    assert_eq!(imports("const a = require('a'), { b } = require('b/c');"), ["a hard", "b/c hard"]);
    assert_eq!(imports("exports.f = () => require('a')"), ["a late"]);
    assert_eq!(imports("(function () { require('a') })(); (() => { require('b') })()"), ["a hard", "b hard"]);
    assert_eq!(imports("if (x) require('a'); else require('b')"), ["a conditional", "b conditional"]);
    assert_eq!(imports("x && require('a'); y ? require('b') : 0"), ["a conditional", "b conditional"]);
    assert_eq!(
        imports("class A { static x = require('a'); y = require('b'); z() { require('c') } }"),
        ["a hard", "b late", "c late"]
    );
    assert_eq!(imports("function f() { if (x) return; require('a') }"), ["a conditional"]);
    assert_eq!(imports("function f() { if (!x) throw 1; require('a') }"), ["a late"]);
}

#[test]
fn guards_are_those_that_live_on() {
    assert_eq!(imports("try { require('a') } catch (e) {}"), ["a soft"]);
    assert_eq!(imports("try { require('a') } catch (e) { throw new Error('x') }"), ["a hard"]);
    assert_eq!(imports("try { require('a') } catch (e) { if (e.code !== 'X') throw e }"), ["a soft"]);
    assert_eq!(imports("try { require('a') } catch (e) { if (x) return; throw e }"), ["a soft"]);
    assert_eq!(imports("try { require('a') } finally { f() }"), ["a hard"]);
    assert_eq!(imports("try { x = require('a') } catch { x = require('b') }"), ["a soft", "b hard instead"]);
    assert_eq!(
        imports("import('a').catch(() => 0); import('b').then(f, g); import('c').then(f)"),
        ["a soft", "b soft", "c hard"]
    );
}

#[test]
fn what_the_platform_decides_is_decided() {
    assert_eq!(imports("if (typeof window !== 'undefined') require('a'); else require('b')"), ["b hard"]);
    assert_eq!(
        imports(
            "if (typeof process === 'undefined' || process.type === 'renderer' || process.browser === true) { \
                 require('./browser') } else { require('./node') }"
        ),
        ["./node hard"]
    );
    assert_eq!(imports("process.platform === 'win32' ? require('w') : require('l')"), ["l hard"]);
    assert_eq!(imports("if (require.main === module) require('cli')"), Vec::<String>::new());
    assert_eq!(imports("if (!process.env.AWS_LAMBDA_FUNCTION_NAME) require('dotenv')"), Vec::<String>::new());
    assert_eq!(
        imports("if ('undefined' !== typeof module && module.exports) require('a'); else require('b')"),
        ["a hard"]
    );
    assert_eq!(imports("const local = process.env.LOCAL === '1'; if (local) require('a')"), ["a conditional"]);
    assert_eq!(imports("const dev = process.platform === 'darwin'; if (dev) require('a')"), Vec::<String>::new());
    assert_eq!(
        imports("if (typeof define === 'function' && define.amd) { require('a') } else { require('b') }"),
        ["b hard"]
    );
}

#[test]
fn variables_of_the_environment_are_known_by_other_names() {
    let given = [("NODE_ENV".to_owned(), "production".to_owned())].into();
    let environment = Environment { given: Some(std::sync::Arc::new(given)), ..PLATFORM };
    let target = Target { environment, ..COMMONJS };
    let of = |text: &str| words(&facts(&format!("{text} === 'production') require('a'); else require('b')"), &target));
    for known in [
        "const { NODE_ENV } = process.env; if (NODE_ENV",
        "const { NODE_ENV: stage = 'test' } = process.env; if (stage",
        "const env = process.env; if (env.NODE_ENV",
        "const env = process.env; const { NODE_ENV } = env; if (NODE_ENV",
        "const { env } = process; if (env['NODE_ENV']",
        "const env = globalThis.process.env; function f() { if (env.NODE_ENV === 'production') return } if (env.NODE_ENV",
    ] {
        assert_eq!(of(known), ["a hard"], "{known}");
    }
    for unknown in [
        "const { OTHER } = process.env; if (OTHER",
        "let { NODE_ENV } = process.env; if (NODE_ENV",
        "let env = process.env; env = {}; if (env.NODE_ENV",
        "const { NODE_ENV } = read(process.env); if (NODE_ENV",
        "const env = { ...process.env }; if (env.NODE_ENV",
        "const { ...env } = process.env; if (env.NODE_ENV",
    ] {
        assert_eq!(of(unknown), ["a conditional", "b conditional"], "{unknown}");
    }
    for shadowed in [
        "const { NODE_ENV } = process.env; ((NODE_ENV) => { if (NODE_ENV === 'production') require('c') })()",
        "const env = process.env; ((env) => { if (env.NODE_ENV === 'production') require('c') })()",
    ] {
        assert_eq!(words(&facts(shadowed, &target)), ["c conditional"], "{shadowed}");
    }
    let sets = |text: &str| facts(text, &target).sets_variables.into_iter().collect::<Vec<_>>();
    assert_eq!(sets("const env = process.env; env.NODE_ENV = 'test'; env['B'] = 1; env.C ||= 2"), ["B", "NODE_ENV"]);
    assert_eq!(sets("const { env } = process; ((env) => { env.NODE_ENV = 'test' })({})"), Vec::<String>::new());
}

#[test]
fn what_is_filled_when_it_is_first_needed_is_needed() {
    assert_eq!(imports("let x; function f() { if (!x) x = require('a'); return x } f()"), ["a hard"]);
    assert_eq!(
        imports("let x = null; exports.f = () => { if (x === null) { x = require('a') } return x }"),
        ["a late"]
    );
    assert_eq!(imports("let x; const f = () => x || (x = require('a')); f()"), ["a hard"]);
    // Somebody else may have given it a value.
    assert_eq!(
        imports("let x; exports.set = (y) => { x = y }; function f() { if (!x) x = require('a') } f()"),
        ["a conditional"]
    );
    assert_eq!(imports("let x; [x] = g(); function f() { if (!x) x = require('a') } f()"), ["a conditional"]);
}

#[test]
fn what_only_other_environments_have_is_not_there() {
    assert_eq!(imports("if (process.__nwjs) require('a'); else require('b')"), ["b hard"]);
    assert_eq!(
        imports(
            "const r = typeof __webpack_require__ === 'function' ? __non_webpack_require__ : require; \
             if (typeof r.addon === 'function') { module.exports = r.addon.bind(r) } else { require('./a') }"
        ),
        ["./a hard"]
    );
}

#[test]
fn only_the_real_require_counts() {
    assert!(imports("(function (require) { require('a') })()").is_empty());
    assert!(imports("define(function (require, exports) { require('a') })").is_empty());
    assert!(imports("var require = function (x) {}; require('a')").is_empty());
    assert_eq!(imports("function f() { const require = g; require('a') } require('b')"), ["b hard"]);
    assert_eq!(
        imports("const r = require; r('a'); module.require('b'); require.resolve('c')"),
        ["a hard", "b hard", "c hard"]
    );
    let text =
        "import { createRequire as make } from 'node:module'; const require = make(import.meta.url); require('a')";
    assert_eq!(words(&facts(text, &MODULE)), ["node:module hard", "a hard"]);
    assert_eq!(words(&facts("require('a'); import 'b'; export * from 'c'", &MODULE)), ["b hard", "c hard"]);
}

#[test]
fn specifiers_are_worked_out_where_they_can_be() {
    assert_eq!(imports("require(path.join(__dirname, 'lib', 'x.js'))"), ["./lib/x.js hard"]);
    assert_eq!(
        imports("require(`${__dirname}/x`); require(__dirname + '/y'); require(__dirname)"),
        ["./x hard", "./y hard", ". hard"]
    );
    assert_eq!(imports("const name = 'a'; require(name)"), ["a hard"]);
    assert_eq!(imports("require(`@x/y-${process.platform}-${process.arch}`)"), ["@x/y-linux-x64 hard"]);
    assert_eq!(imports("require(c ? 'a' : 'b')"), ["a conditional", "b conditional"]);
    assert_eq!(imports("require('./' + name)"), ["? hard"]);
}

#[test]
fn functions_that_the_load_calls_are_part_of_it() {
    assert_eq!(imports("function main() { require('a') } main()"), ["a hard"]);
    assert_eq!(imports("async function main() { require('a') } main().catch(f)"), ["a soft"]);
    assert_eq!(imports("async function main() { require('a') } main()"), ["a late"]);
    assert_eq!(imports("const main = () => require('a'); try { main() } catch {}"), ["a soft"]);
    let bundle = "var require_x = __commonJS({ 'x.js'(exports, module) { require('a'); f(() => require('b')) } }); \
                  var require_y = __commonJS({ 'y.js'(exports, module) { require('c') } }); require_x();";
    assert_eq!(imports(bundle), ["a hard", "b late", "c late"]);
    assert!(facts(bundle, &COMMONJS).generated);
}

#[test]
fn calling_an_export_reaches_what_it_calls() {
    let on = |text: &str| facts(text, &COMMONJS).on_call("handler");
    assert_eq!(on("exports.handler = async () => { require('a') }"), [Some(Strength::Hard)]);
    assert_eq!(
        on("async function h() { await g() } function g() { require('a') } module.exports = { handler: h }"),
        [Some(Strength::Hard)]
    );
    assert_eq!(
        on("const h = async () => { if (x) require('a') }; exports.handler = middy(h)"),
        [Some(Strength::Conditional)]
    );
    assert_eq!(on("exports.other = () => require('a'); exports.handler = () => 1"), [None]);
    let module = facts("export const handler = async () => { await import('a') }", &MODULE);
    assert_eq!(module.on_call("handler"), [Some(Strength::Hard)]);
}

#[test]
fn exports_are_named_or_open() {
    let exports = |text: &str| facts(text, &COMMONJS).exports;
    let names = |text: &str| exports(text).names.into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(names("exports.a = exports.b = 1; module.exports.c = 2"), "a b c");
    assert_eq!(names("module.exports = { a, b: 1, c() {} }"), "a b c");
    assert_eq!(names("Object.defineProperty(exports, 'a', { get() {} })"), "a");
    assert!(!exports("exports.a = 1").open);
    assert!(exports("module.exports = f()").open);
    assert!(exports("f(exports)").open);
    assert_eq!(exports("module.exports = require('./x')").from, ["./x"]);
    assert_eq!(exports("__exportStar(require('./x'), exports)").from, ["./x"]);
    let annotated = exports("module.exports = __toCommonJS(x); 0 && (module.exports = { handler })");
    assert!(!annotated.open && annotated.names.contains("handler"));
    let module =
        facts("export const a = 1, { b } = x; export default 1; export { c as d }; export * from 'e'", &MODULE);
    assert_eq!(module.exports.names.into_iter().collect::<Vec<_>>(), ["a", "b", "d", "default"]);
    assert_eq!(module.exports.from, ["e"]);
}

#[test]
fn objects_that_are_filled_and_exported_are_understood() {
    let names = |text: &str| {
        let exports = facts(text, &COMMONJS).exports;
        (!exports.open).then(|| exports.names.into_iter().collect::<Vec<_>>().join(" "))
    };
    let some = |text: &str| Some(text.to_string());
    assert_eq!(names("const api = { a }; api.b = 1; f(api.b); module.exports = api"), some("a b"));
    assert_eq!(names("const api = {}; f(api); module.exports = api"), None);
    assert_eq!(names("const api = {}; api[x] = 1; module.exports = api"), None);
    assert_eq!(names("const api = f(); module.exports = api"), None);
    // Names for it, one for the other, as many as people use.
    assert_eq!(names("const a = {}, b = a, c = b; c.handler = x; module.exports = a"), some("handler"));
    assert_eq!(names("const a = {}, b = a, c = b; f(c); module.exports = a"), None);
    let many: String = (0..20_000).map(|at| format!("var x{at} = a; x{at}.y = 1;")).collect();
    assert_eq!(names(&format!("const a = {{}}; {many} module.exports = a")), None);
    // webpack: the entry's exports are an object with getters.
    let webpack = |use_: &str| {
        format!(
            "(() => {{ 'use strict'; var __webpack_modules__ = ({{ 1: (module) => {{ module.exports = 1 }} }}); \
             function __webpack_require__(id) {{ return cache[id].exports }} \
             __webpack_require__.r = (exports) => {{ Object.defineProperty(exports, Symbol.toStringTag, {{}}) }}; \
             __webpack_require__.d = (exports, definition) => {{ for (var key in definition) exports[key] = 1 }}; \
             var __webpack_exports__ = {{}}; (() => {{ __webpack_require__.r(__webpack_exports__); {use_} }})(); \
             module.exports = __webpack_exports__; }})();"
        )
    };
    assert_eq!(names(&webpack("__webpack_require__.d(__webpack_exports__, { handler: () => x });")), some("handler"));
    assert_eq!(names(&webpack("g(__webpack_exports__);")), None);
    assert_eq!(
        names(
            "(()=>{var e={},t={};function r(n){return e[n]}r.d=(e,t)=>{e[t]=1};var n={};r.d(n,{handler:()=>a});module.exports=n})();"
        ),
        some("handler")
    );
    assert_eq!(names("(()=>{var r={};(()=>{q.d(r,{handler:()=>a})})(),module.exports=r})();"), some("handler"));
    // ncc: the entry is a CommonJS module in a wrapper of its own, or one of the table.
    assert_eq!(
        names(&webpack(
            "var exports = __webpack_exports__; Object.defineProperty(exports, '__esModule', {}); exports.handler = x;"
        )),
        some("__esModule handler")
    );
    let table = |body: &str| {
        format!(
            "(() => {{ var modules = ({{ 12: (module, exports, require) => {{ {body} }}, 7: (e) => {{ e.exports = e }} }}); \
             var __webpack_exports__ = __nccwpck_require__(12); module.exports = __webpack_exports__; }})();"
        )
    };
    assert_eq!(names(&table("exports.handler = require(7)")), some("handler"));
    assert_eq!(names(&table("module.exports = { handler }; module.exports.more = 1")), some("handler more"));
    assert_eq!(names(&table("module.exports = require(7)")), None);
}

#[test]
fn broken_text_is_an_answer() {
    assert!(matches!(analyse(b"const = ;", None, &COMMONJS), Err(Unreadable::Syntax(..))));
    let syntax = facts("1; import a from 'a'; module.exports = 1", &COMMONJS).module_syntax.unwrap();
    assert_eq!((syntax.error, syntax.span.start), ("Cannot use import statement outside a module", 3));
    assert_eq!(facts("import('a'); exports.x = 1", &COMMONJS).module_syntax, None);
    assert_eq!(words(&analyse(b"require('a') // \xff\xfe", None, &COMMONJS).unwrap()), ["a hard"]);
    let span = facts("\u{feff}require('a')", &COMMONJS).imports[0].span;
    assert_eq!((span.start, span.end), (11, 14));
}

/// Every construct at its limit, on a stack of the size that the pool's threads have.
#[test]
fn the_deepest_texts_that_are_let_through_do_not_overflow() {
    let nest = |open: &str, close: &str, times: usize| format!("{}1{}", open.repeat(times), close.repeat(times));
    let texts = [
        nest("(", ")", 1_000),
        nest("[", "]", 1_000),
        nest("{", "}", 1_000),
        nest("f(() => {", "})", 500),
        nest("`${", "}`", 1_000),
        format!("x = {}", nest("{a:", "}", 1_000)),
        format!("{}1", "a = ".repeat(4_990)),
        format!("{}1", "a => ".repeat(2_400)),
        format!("{}1", "!".repeat(4_990)),
        format!("{}c", "a ? b : ".repeat(2_400)),
        format!("{}1", "a + ".repeat(4_990)),
        format!("a{}", ".b".repeat(4_990)),
        format!("a{}", "()".repeat(4_990)),
        format!("if (a) b; {}", "else if (a) b; ".repeat(2_400)),
        format!("{}1", "a && ".repeat(2_400)),
    ];
    let thread = std::thread::Builder::new().stack_size(64 << 20).spawn(move || {
        for text in texts {
            let result = analyse(text.as_bytes(), None, &COMMONJS);
            assert!(!matches!(result, Err(Unreadable::TooDeep(_))), "{}", &text[..40]);
        }
    });
    thread.unwrap().join().unwrap();
}

#[test]
fn a_zero_byte_is_no_end() {
    let result = |text: &str| analyse(text.as_bytes(), Some("js"), &COMMONJS);
    for text in ["\0", "a;\n\0 b c", "/* \0 */ \0 require('x')", "'use strict'\n\0"] {
        assert!(matches!(result(text), Err(Unreadable::Syntax(..))), "{text:?}");
    }
    for text in ["'a\0'", "`\0`; // \0", "/* \0 */", "#!\0\n", "a = /\0/", "/* \0 */ b /* \0 */"] {
        assert!(result(text).is_ok(), "{text:?}");
    }
}
