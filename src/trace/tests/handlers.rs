//! The handler: its file, and the function that it names there.

use super::*;

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
