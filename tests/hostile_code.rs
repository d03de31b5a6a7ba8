//! Code in packages that was made to do harm: bounded time and memory, the process lives, a clear diagnostic.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use std::time::Duration;

use deploylint::tree::pack;
use support::process::{Outcome, judge_package};

/// Unoptimised, on a busy machine; the release binary takes a tenth of it.
const TIME: Duration = Duration::from_secs(60);

const NODE: [&str; 2] = ["index.handler", "nodejs22.x"];
const PYTHON: [&str; 2] = ["app.handler", "python3.12"];
const END: &str = "\nexports.handler = async () => 1\n";

/// Judges a package of these files.
#[track_caller]
fn judge<'f>(entry: [&str; 2], files: impl IntoIterator<Item = (&'f str, &'f [u8])>) -> Outcome {
    judge_package(&pack(files).unwrap(), entry, TIME)
}

/// Of a package with one file of code beside its handler, which loads it.
#[track_caller]
fn expect(code: [&str; 2], what: &str, bytes: &[u8], findings: &[&str]) {
    print!("{what}: ");
    let outcome = match code {
        NODE => judge(code, [("index.js", format!("require('./x'){END}").as_bytes()), ("x.js", bytes)]),
        _ => judge(code, [("app.py", &b"import x\ndef handler(e, c): return 1\n"[..]), ("x.py", bytes)]),
    };
    outcome.expect(what, findings);
}

const LIMIT: &[&str] = &["warning input/limit-exceeded"];
/// What could not be judged is told of.
const UNREAD: &[&str] = &["warning input/unparsable"];
const SYNTAX: &[&str] = &["error lambda/syntax-error"];

#[test]
fn large_files() {
    let bundle: String = (0..150_000)
        .map(|at| format!("var a{at}=function(b,c){{return b?c[{at}]:d(\"{at}\",b=>({{x:b}}))}},e{at}=!0;"))
        .collect();
    assert!(bundle.len() >= 10_000_000);
    expect(NODE, "minified bundle", bundle.as_bytes(), LIMIT);
    expect(NODE, "bundle below the limit", &bundle.as_bytes()[..bundle[..5_000_000].rfind(';').unwrap()], &[]);
    let text = "s".repeat(5_000_000);
    expect(NODE, "one string", format!("module.exports = '{text}'").as_bytes(), &[]);
    expect(PYTHON, "one string", format!("x = '{text}'").as_bytes(), &[]);
    expect(NODE, "one template", format!("module.exports = `{text}`").as_bytes(), &[]);
    expect(PYTHON, "one formatted string", format!("x = f'''{text}'''").as_bytes(), &[]);
    expect(PYTHON, "string that does not end", format!("x = '{text}").as_bytes(), LIMIT);
    expect(NODE, "one line", format!("module.exports = [{}]", "1,".repeat(1_000_000)).as_bytes(), &[]);
    expect(PYTHON, "one line", format!("x = [{}]", "1,".repeat(1_000_000)).as_bytes(), &[]);
    expect(PYTHON, "statements of one line", "x=1;".repeat(500_000).as_bytes(), &[]);
    expect(PYTHON, "one comment", format!("#{text}").as_bytes(), &[]);
    expect(PYTHON, "one name", text.as_bytes(), &[]);
}

#[test]
fn code_that_nests_in_javascript() {
    let nest = |open: &str, middle: &str, close: &str| {
        format!("module.exports = {}{middle}{}", open.repeat(100_000), close.repeat(100_000))
    };
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("[", "", "]"),
        ("{a:", "1", "}"),
        ("a?b:", "c", ""),
        ("a?", "b", ":c"),
        ("a=>", "a", ""),
        ("a=>{", "", "}"),
        ("`${", "1", "}`"),
        ("f(", "", ")"),
        ("-", "1", ""),
        ("!", "1", ""),
        ("a=", "1", ""),
        ("a+", "1", ""),
        ("a**", "1", ""),
        ("a&&", "1", ""),
        ("a??", "1", ""),
        ("new ", "a", ""),
        ("typeof ", "a", ""),
        ("function(){return ", "1", "}"),
        ("class{x=", "1", "}"),
        ("class extends ", "a", "{}"),
        ("async()=>await ", "1", ""),
        ("", "a", ".a"),
        ("", "a", "[0]"),
        ("", "a", "()"),
        ("", "a", "``"),
        ("", "a", "?.a"),
        ("...", "a", ""),
    ] {
        let outcome = judge(
            NODE,
            [("index.js", format!("require('./x'){END}").as_bytes()), ("x.js", nest(open, middle, close).as_bytes())],
        );
        let told = outcome.findings.contains(LIMIT[0]) || outcome.findings.contains(SYNTAX[0]);
        assert!(told && outcome.exit < 2, "{open}{middle}{close}: {:?} {}", outcome.findings, outcome.exit);
    }
    for (open, close) in [("{", "}"), ("if(a)", ""), ("if(a){", "}"), ("for(;;)", ""), ("a:", ""), ("else if(a)b;", "")]
    {
        let text = format!("if(a)b;{};{}", open.repeat(100_000), close.repeat(100_000));
        let outcome = judge(NODE, [("index.js", format!("require('./x'){END}").as_bytes()), ("x.js", text.as_bytes())]);
        assert!(outcome.exit < 2, "{open}{close}: {:?} {}", outcome.findings, outcome.exit);
    }
}

#[test]
fn code_that_nests_in_python() {
    for (open, middle, close) in [
        ("(", "1", ")"),
        ("[", "", "]"),
        ("{1:", "1", "}"),
        ("-", "1", ""),
        ("not ", "1", ""),
        ("1+", "1", ""),
        ("1**", "1", ""),
        ("lambda:", "1", ""),
        ("lambda a, b: ", "1", ""),
        ("1 if 2 else ", "3", ""),
        ("f(", "", ")"),
        ("(yield ", "1", ")"),
        ("await ", "1", ""),
        ("f'{", "1", "}'"),
        ("f'''{", "1", "}'''"),
        ("f'{1:{", "1", "}}'"),
        ("f\"{f'{", "1", "}'}\""),
        ("f\"{'\"'}\" (", "1", ")"),
        ("x:=", "1", ""),
        ("*", "a", ""),
        ("", "a", ".a"),
        ("", "a", "[0]"),
        ("", "a", "()"),
        ("[a for a in ", "a", "]"),
        ("(]", "", ""),
        ("(\n", "", "\n)"),
        ("'", "", ""),
        ("\"\"\"'", "", ""),
    ] {
        let text = format!("x = {}{middle}{}", open.repeat(100_000), close.repeat(100_000));
        let outcome =
            judge(PYTHON, [("app.py", &b"import x\ndef handler(e, c): return 1\n"[..]), ("x.py", text.as_bytes())]);
        let told = outcome.findings.contains(LIMIT[0]) || outcome.findings.contains(SYNTAX[0]);
        assert!(told && outcome.exit < 2, "{open}{middle}{close}: {:?} {}", outcome.findings, outcome.exit);
    }
    let blocks: String = (0..2_000).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
    expect(PYTHON, "blocks", blocks.as_bytes(), LIMIT);
    let hidden: String = (0..2_000).map(|depth| format!("\\\n{}if x:\n", " ".repeat(depth))).collect();
    expect(PYTHON, "blocks behind continued lines", hidden.as_bytes(), LIMIT);
    let open: String = (0..2_000).map(|depth| format!("{}if x:\n", " ".repeat(depth))).collect();
    expect(PYTHON, "blocks in a bracket", format!("(\n{open}").as_bytes(), LIMIT);
    for statement in ["if x: ", "while x: ", "class A: ", "@a ", "try: ", "else: ", "match x: "] {
        let text = statement.repeat(100_000);
        let outcome =
            judge(PYTHON, [("app.py", &b"import x\ndef handler(e, c): return 1\n"[..]), ("x.py", text.as_bytes())]);
        assert!(outcome.exit < 2, "{statement}: {:?} {}", outcome.findings, outcome.exit);
    }
    let elifs = format!("if x: pass\n{}", "elif x: pass\n".repeat(100_000));
    expect(PYTHON, "branches", elifs.as_bytes(), &[]);
}

#[test]
fn constants_that_are_made_of_themselves() {
    let text = "x".repeat(999);
    expect(PYTHON, "tuples that double", format!("a = ()\n{}", "a = (a, a)\n".repeat(60)).as_bytes(), &[]);
    expect(PYTHON, "tuples in tuples", format!("a = ()\n{}", "a = (a,)\n".repeat(100_000)).as_bytes(), &[]);
    let longer = "a = a + b\n".repeat(60_000);
    expect(PYTHON, "texts that grow", format!("a = ''\nb = '{text}'\n{longer}").as_bytes(), &[]);
    let names: Vec<String> = (0..100).map(|at| format!("'os.m{at}'")).collect();
    let calls = " __import__(x)\n".repeat(60_000);
    let each = format!("for x in ({}):\n{calls}", names.join(", "));
    expect(PYTHON, "loops of imports", each.as_bytes(), LIMIT);
    let longer: String = (1..60_000).map(|at| format!("const a{at} = a{} + b\n", at - 1)).collect();
    let longer = format!("const a0 = '', b = '{text}'\n{longer}require(a59999)");
    expect(NODE, "texts that grow", longer.as_bytes(), &[]);
}

#[test]
fn other_encodings_and_line_ends() {
    let import = "import y_is_missing\n";
    let found: &[&str] = &["error lambda/missing-module"];
    let wide = |text: &str| -> Vec<u8> { text.encode_utf16().flat_map(u16::to_le_bytes).collect() };
    for (what, bytes, findings) in [
        ("no UTF-8", [&b"x = '\xe9'\n"[..], import.as_bytes()].concat(), SYNTAX),
        ("latin-1", [&b"# -*- coding: latin-1 -*-\nx = '\xe9'\n"[..], import.as_bytes()].concat(), found),
        (
            "second line",
            [&b"#!/usr/bin/python\n# vim: set fileencoding=cp1252 :\nx = '\xe9'\n"[..], import.as_bytes()].concat(),
            found,
        ),
        ("third line", [&b"#\n#\n# coding: latin-1\nx = '\xe9'\n"[..], import.as_bytes()].concat(), SYNTAX),
        ("unknown codec", b"# coding: no-such-codec\nx = 1\n".to_vec(), UNREAD),
        ("declared UTF-16", b"# coding: utf-16\nx = 1\n".to_vec(), UNREAD),
        ("Shift JIS", b"# coding: shift_jis\nx = '\x83\x5c'\n".to_vec(), UNREAD),
        ("mark of byte order", format!("\u{feff}{import}").into_bytes(), found),
        ("two marks", "\u{feff}\u{feff}x = 1\n".as_bytes().to_vec(), SYNTAX),
        ("UTF-16", [&b"\xff\xfe"[..], &wide(import)].concat(), SYNTAX),
        ("UTF-16 without a mark", wide(import), SYNTAX),
        ("zero bytes", b"x = 1\0\n".to_vec(), SYNTAX),
        ("zero bytes in a string", b"x = '\0'\n".to_vec(), SYNTAX),
        ("CR alone", import.replace('\n', "\r").repeat(3).into_bytes(), found),
        ("empty", Vec::new(), &[]),
        ("random", (0..200_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect(), SYNTAX),
    ] {
        expect(PYTHON, what, &bytes, findings);
    }
    let require = "require('y-is-missing');\n";
    for (what, bytes, findings) in [
        ("no UTF-8", [&b"var x = '\xe9';\n"[..], require.as_bytes()].concat(), found),
        ("no UTF-8 in code", [&b"var x\xe9 = 1;\n"[..], require.as_bytes()].concat(), SYNTAX),
        ("mark of byte order", format!("\u{feff}{require}").into_bytes(), found),
        ("UTF-16", [&b"\xff\xfe"[..], &wide(require)].concat(), SYNTAX),
        ("zero bytes", b"var x = 1\0;\n".to_vec(), SYNTAX),
        ("CR alone", require.replace('\n', "\r").repeat(3).into_bytes(), found),
        ("empty", Vec::new(), &[]),
        ("random", (0..200_000_u32).map(|at| (at.wrapping_mul(2_654_435_761) >> 13) as u8).collect(), SYNTAX),
    ] {
        expect(NODE, what, &bytes, findings);
    }
}

/// A package of many modules: how each begins, given the numbers of itself and of the next one.
fn modules(count: usize, extension: &str, text: impl Fn(usize, usize) -> String) -> Vec<(String, Vec<u8>)> {
    let module = |at: usize| (format!("m{at}.{extension}"), text(at, (at + 1) % count).into_bytes());
    (0..count).map(module).collect()
}

fn of(files: &[(String, Vec<u8>)]) -> impl Iterator<Item = (&str, &[u8])> {
    files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
}

#[test]
fn modules_that_load_each_other() {
    for count in [1, 2, 1_000] {
        let mut files = modules(count, "js", |at, next| format!("exports.a{at} = require('./m{next}')\n"));
        files.push(("index.js".to_owned(), format!("require('./m0'){END}").into_bytes()));
        judge(NODE, of(&files)).expect("require", &[]);
        let mut files = modules(count, "py", |at, next| format!("import m{next}\nfrom m{next} import *\na{at} = 1\n"));
        files.push(("app.py".to_owned(), b"from m0 import a0\ndef handler(e, c): return 1\n".to_vec()));
        judge(PYTHON, of(&files)).expect("import", &[]);
    }
}

#[test]
fn fifty_thousand_modules() {
    let mut files = modules(50_001, "js", |_, next| format!("require('./m{next}')\n"));
    files.push(("index.js".to_owned(), format!("require('./m0'){END}").into_bytes()));
    judge(NODE, of(&files)).expect("require", LIMIT);
    let mut files = modules(50_001, "py", |_, next| format!("import m{next}\n"));
    files.push(("app.py".to_owned(), b"import m0\ndef handler(e, c): return 1\n".to_vec()));
    judge(PYTHON, of(&files)).expect("import", LIMIT);
}

#[test]
fn ten_thousand_modules_that_take_all_names() {
    let mut files = modules(10_000, "py", |at, next| format!("from m{next} import *\nfrom m{next} import gone{at}\n"));
    files.push(("app.py".to_owned(), b"from m0 import *\ndef handler(e, c): return 1\n".to_vec()));
    judge(PYTHON, of(&files)).expect("stars", &[]);
    let mut files = modules(100, "py", |_, _| {
        (0..100)
            .map(|at| format!("from m{at} import *\n"))
            .chain((0..100).map(|at| format!("from m{at} import x\n")))
            .collect()
    });
    files.push(("app.py".to_owned(), b"import m0\ndef handler(e, c): return 1\n".to_vec()));
    judge(PYTHON, of(&files));
}

#[test]
fn ten_thousand_imports_that_lead_nowhere() {
    let imports: String = (0..10_000).map(|at| format!("import gone{at}\n")).collect();
    let mut files = vec![("app.py".to_owned(), format!("{imports}def handler(e, c): return 1\n").into_bytes())];
    // Each folder might be one that packages were installed into.
    files.extend((0..20_000).map(|at| (format!("f{at}/lib-1.dist-info/RECORD"), b"x.py,,\n".to_vec())));
    judge(PYTHON, of(&files)).expect("import", &["error lambda/missing-module"]);
    let requires: String = (0..10_000).map(|at| format!("require('gone{at}')\n")).collect();
    let mut files = vec![("index.js".to_owned(), format!("{requires}{END}").into_bytes())];
    files.extend((0..20_000).map(|at| (format!("f{at}/node_modules/x/index.js"), Vec::new())));
    judge(NODE, of(&files)).expect("require", &["error lambda/missing-module"]);
}

#[test]
fn what_each_import_asks_for_again() {
    let many = |key: &str, entry: &dyn Fn(usize) -> String| {
        format!("{{\"name\":\"x\",\"{key}\":{{{}}}}}", (0..70_000).map(entry).collect::<Vec<_>>().join(","))
    };
    let requires =
        |count: usize, name: &str| (0..count).map(|at| format!("require('{name}{at}')\n")).collect::<String>();
    // A package.json of many dependencies, and none that is there.
    let manifest = many("dependencies", &|at| format!("\"d{at}\":\"1\""));
    let index = format!("{}{END}", requires(9_000, "gone"));
    let files = [("index.js", index.as_bytes()), ("package.json", manifest.as_bytes())];
    judge(NODE, files).expect("dependencies", &["error lambda/missing-module"]);
    // The packages for one platform each of a package of many modules, and its compiled parts among many files.
    let manifest = many("optionalDependencies", &|at| format!("\"d{at}-linux-x64\":\"1\""));
    for (loader, findings) in [("x", &[][..]), ("bindings", &["error lambda/missing-platform-package"])] {
        let mut files: Vec<(String, Vec<u8>)> = modules(2_000, "js", |_, _| format!("require('{loader}')('y')\n"));
        files.iter_mut().for_each(|(path, _)| path.insert_str(0, "node_modules/x/"));
        files.extend((0..20_000).map(|at| (format!("node_modules/x/data/{at}"), Vec::new())));
        files.push(("node_modules/x/package.json".to_owned(), manifest.clone().into_bytes()));
        files.push(("node_modules/x/index.js".to_owned(), requires(2_000, "./m").into_bytes()));
        files.push(("node_modules/bindings/index.js".to_owned(), Vec::new()));
        files.push(("index.js".to_owned(), format!("require('x'){END}").into_bytes()));
        judge(NODE, of(&files)).expect(loader, findings);
    }
    // One of the many names that a package.json offers.
    let manifest = many("exports", &|at| format!("\"./e{at}\":\"./y.js\""));
    let index = format!("{}{END}", requires(2_000, "x/e"));
    let files = [
        ("index.js", index.as_bytes()),
        ("node_modules/x/package.json", manifest.as_bytes()),
        ("node_modules/x/y.js", b""),
    ];
    judge(NODE, files).expect("exports", &["warning input/limit-exceeded"]);
    // A package that none of many folders has.
    let folder = "d/".repeat(400);
    let (index, module) = (format!("require('./{folder}x'){END}"), requires(5_000, "gone"));
    let files = [("index.js", index.as_bytes()), (&format!("{folder}x.js"), module.as_bytes())];
    judge(NODE, files).expect("folders", &["error lambda/missing-module"]);
    // Names of a large module that has none of them.
    let names: String = (0..10_000).map(|at| format!("z{at},")).collect();
    let index = format!("import {{ {names} }} from './x.cjs'\nexport const handler = async () => 1\n");
    let text = format!("exports.a = 1 // {}", "s".repeat(4_900_000));
    judge(NODE, [("index.mjs", index.as_bytes()), ("x.cjs", text.as_bytes())])
        .expect("names", &["error lambda/missing-named-export"]);
}

#[test]
fn manifests_that_are_none() {
    let deep = format!("{}1{}", "{\"a\":".repeat(100_000), "}".repeat(100_000));
    let many: String = (0..100_000).map(|at| format!("\"d{at}\":\"1\",")).collect();
    let huge = format!("{{\"name\":\"x\",\"dependencies\":{{{many}\"z\":\"1\"}}}}");
    for manifest in ["", "{"] {
        let outcome = judge(
            NODE,
            [
                ("index.js", format!("require('x'){END}").as_bytes()),
                ("node_modules/x/package.json", manifest.as_bytes()),
                ("node_modules/x/index.js", b""),
            ],
        );
        outcome.expect(manifest, SYNTAX);
    }
    for manifest in [
        "[]",
        "1",
        "null",
        "\"x\"",
        "{\"main\": 1}",
        "{\"main\": {}}",
        "{\"exports\": 1}",
        "\u{feff}{}",
        "{\"name\": [], \"dependencies\": 1, \"type\": {}}",
        &deep,
        &huge,
    ] {
        let outcome = judge(
            NODE,
            [
                ("index.js", format!("require('x'){END}").as_bytes()),
                ("package.json", manifest.as_bytes()),
                ("node_modules/x/package.json", manifest.as_bytes()),
                ("node_modules/x/index.js", b""),
            ],
        );
        println!("{manifest:.30}: {:?} {}", outcome.findings, outcome.exit);
        assert!(outcome.exit < 2, "{manifest:.30}: {:?}", outcome.findings);
    }
}

#[test]
fn metadata_that_is_none() {
    let many = "Requires-Dist: x (>=1); python_version < '3' or (".repeat(20_000);
    let nested = format!("Requires-Dist: x; {}a == 'b'{}\n", "(".repeat(100_000), ")".repeat(100_000));
    let record = "../../../etc/passwd,,\n/etc/shadow,,\n\"a\nb\",,\n,,\n".repeat(20_000);
    let lines = format!(
        "Name: {}\nVersion: {}\nRequires-Python: {}\n",
        "n".repeat(1_000_000),
        "9".repeat(100_000),
        ">=1,".repeat(100_000)
    );
    for text in ["", "\0\u{1b}[31m", &many, &nested, &record, &lines, &"x,".repeat(2_000_000), &"\n".repeat(1_000_000)]
    {
        let outcome = judge(
            PYTHON,
            [
                ("app.py", &b"import x\ndef handler(e, c): return 1\n"[..]),
                ("x.py", b""),
                ("x-1.dist-info/METADATA", text.as_bytes()),
                ("x-1.dist-info/RECORD", text.as_bytes()),
                ("x-1.dist-info/WHEEL", text.as_bytes()),
                ("requirements.txt", text.as_bytes()),
            ],
        );
        println!("{text:.30}: {:?} {}", outcome.findings, outcome.exit);
        assert!(outcome.exit < 2, "{text:.30}: {:?}", outcome.findings);
    }
}
