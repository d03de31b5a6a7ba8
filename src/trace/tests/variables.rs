//! Environment variables that a function is given, or sets itself.

use super::*;

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
