//! What was installed: what libraries are known to load, and what lists of files say.

use super::*;

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
