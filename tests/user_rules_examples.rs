//! Rules as users write them, from the documentation alone: each with a project that breaks it and one
//! that does not, and the exact places.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use deploylint::diagnostic::Severity;
use deploylint::rules::Registry;
use deploylint::run::{Judgement, Settings, in_pool, judge};
use deploylint::tree::Disk;
use support::{Scratch, places};

const TAIL: &str = "\n---\n## What it does\n## Why deployments fail\n## How to fix\n## Examples\n## References\n";

/// Judges files with one rule beside those that inputs need.
fn judged(front: &str, files: &[(&str, &str)]) -> (Scratch, Judgement) {
    let text = format!("---\n{}{TAIL}", front.trim());
    let builtin = deploylint::rules::BuiltinSource::files();
    let rules = builtin.into_iter().chain([("local/team/rule".to_owned(), text.as_str())]);
    let (registry, problems) = Registry::of(rules);
    assert_eq!(problems, vec![]);
    let scratch = Scratch::new();
    for (path, text) in files {
        scratch.write(path, text);
    }
    let tree = Disk::new(scratch.path()).unwrap();
    let wanted = |rule: &deploylint::rules::Rule| {
        rule.id.as_str() == "local/team/rule" || rule.id.as_str().starts_with("input/")
    };
    let settings = Settings { wanted: &wanted, ..Settings::new(&registry) };
    let judgement = in_pool(1, || judge(&tree, &settings)).unwrap().unwrap();
    (scratch, judgement)
}

/// `path:line:column` of what it reports, a `?` behind what is only a warning for doubt.
fn found(front: &str, files: &[(&str, &str)]) -> Vec<String> {
    let (scratch, judgement) = judged(front, files);
    let doubt = |d: &deploylint::diagnostic::Diagnostic| if d.doubts.is_empty() { "" } else { "?" };
    let mut out: Vec<String> = judgement
        .diagnostics
        .iter()
        .map(|d| {
            let (place, severity) = places(scratch.path(), std::slice::from_ref(d)).remove(0);
            assert!(severity <= Severity::Error);
            let (place, id) = place.split_once(' ').unwrap();
            let id = if id == "local/team/rule" { String::new() } else { format!(" {id}") };
            format!("{place}{}{id}", doubt(d))
        })
        .collect();
    out.sort();
    out
}

const DEPLOYMENT: &str = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  template:\n    spec:\n      containers:\n        - name: web\n          image: IMAGE\n";

fn deployment(image: &str) -> String {
    DEPLOYMENT.replace("IMAGE", image)
}

#[test]
fn images_only_from_one_registry() {
    let rule = r#"
summary: image from a registry that is not ours
severity: error
since: 0.1.0
subject: container
where: { image: present }
require: { image-registry: registry.example.com }
at: image
message: "container `{name}` runs an image from `{image-registry}`: the cluster pulls from registry.example.com alone"
"#;
    let bad = [
        ("k8s/web.yaml", deployment("nginx:1.27")),
        ("compose.yml", "services:\n  a: { image: ghcr.io/x/y:1 }\n  b: { image: 'registry.example.com/b:${TAG}' }\n  c: { build: . }\n  d: { image: 'redis:${TAG:-7}' }\n  e: { image: '${REGISTRY}/e:1' }\n".into()),
    ];
    let bad: Vec<(&str, &str)> = bad.iter().map(|(path, text)| (*path, text.as_str())).collect();
    assert_eq!(found(rule, &bad), ["compose.yml:2:15", "compose.yml:5:15", "k8s/web.yaml:9:18"]);
    assert_eq!(found(rule, &[("web.yaml", &deployment("registry.example.com/web@sha256:ab"))]), [""; 0]);
}

#[test]
fn every_service_has_an_owner() {
    let rule = r#"
summary: Service without an owner
severity: warning
since: 0.1.0
subject: service
require: { labels.owner: present }
message: "Service `{name}` has no `owner` label: nobody is called when it fails"
"#;
    let service = |name: &str, labels: &str| {
        format!(
            "apiVersion: v1\nkind: Service\nmetadata:\n  name: {name}\n{labels}spec: {{ ports: [{{ port: 80 }}] }}\n"
        )
    };
    let text = format!("{}---\n{}", service("a", "  labels: { team: x }\n"), service("b", "  labels: { owner: x }\n"));
    assert_eq!(found(rule, &[("k.yaml", &text)]), ["k.yaml:4:9"]);
    assert_eq!(found(rule, &[("k.yaml", &service("a", "  labels: { owner: x }\n"))]), [""; 0]);
    // What a kustomization adds is not rendered: nothing is said.
    let kustomization = "resources: [k.yaml]\ncommonLabels: { owner: x }\n";
    assert_eq!(found(rule, &[("k.yaml", &service("a", "")), ("kustomization.yaml", kustomization)]), [""; 0]);
}

#[test]
fn no_latest_in_production() {
    let rule = r#"
summary: image without a fixed version in production
severity: error
since: 0.1.0
subject: container
where: { release.environment: prod }
forbid: { image-tag: latest }
at: image-tag
message: "container `{name}` runs `{image}` in production: a restart may run another version"
"#;
    let (latest, none, fixed) = (deployment("app:latest"), deployment("r.io/app"), deployment("app@sha256:ab"));
    let bad = [("prod/a.yaml", latest.as_str()), ("prod/b.yaml", &none), ("dev/a.yaml", &latest), ("a.yaml", &latest)];
    assert_eq!(found(rule, &bad), ["prod/a.yaml:9:22", "prod/b.yaml:9:18"]);
    assert_eq!(found(rule, &[("prod/a.yaml", &fixed), ("staging/a.yaml", &latest)]), [""; 0]);
}

#[test]
fn every_function_answers_in_29_seconds() {
    let rule = r#"
summary: function that may run longer than the API waits
severity: error
since: 0.1.0
subject: function
forbid: { timeout: { greater: 29 } }
at: timeout
message: "function `{id}` may run {timeout} seconds: API Gateway gives up after 29"
"#;
    let template = |timeout: &str| {
        format!(
            "Transform: AWS::Serverless-2016-10-31\nParameters:\n  T: {{ Type: Number, Default: 60 }}\nResources:\n  Fn:\n    Type: AWS::Serverless::Function\n    Properties:\n      InlineCode: x\n      Handler: index.handler\n      Runtime: nodejs22.x\n{timeout}"
        )
    };
    assert_eq!(found(rule, &[("template.yaml", &template("      Timeout: 30\n"))]), ["template.yaml:11:16"]);
    assert_eq!(found(rule, &[("template.yaml", &template("      Timeout: 29\n"))]), [""; 0]);
    assert_eq!(found(rule, &[("template.yaml", &template(""))]), [""; 0]);
    // A parameter may be given another value: a warning.
    let parameter = found(rule, &[("template.yaml", &template("      Timeout: !Ref T\n"))]);
    assert!(parameter.is_empty() || parameter.iter().all(|place| place.ends_with('?')), "{parameter:?}");
}

#[test]
fn every_compose_service_has_a_memory_limit() {
    let rule = r#"
summary: service without a memory limit
severity: warning
since: 0.1.0
subject: container
where: { workload.technology: compose }
require: { memory-limit: present }
message: "service `{name}` may use all memory of its host"
"#;
    let text = "services:\n  a:\n    image: a\n  b: { image: b, mem_limit: 64m }\n  c:\n    image: c\n    deploy: { resources: { limits: { memory: 1g } } }\n  d: { image: d, mem_limit: 0 }\n  e: { image: e, mem_limit: '${M}' }\n";
    assert_eq!(found(rule, &[("compose.yml", text)]), ["compose.yml:2:3", "compose.yml:8:3"]);
    let large = rule.replace("present }", "{ less: 100000000 } }");
    assert_eq!(found(&large, &[("compose.yml", text)]), ["compose.yml:2:3", "compose.yml:5:3", "compose.yml:8:3"]);
}

#[test]
fn what_a_query_selects_is_the_fault() {
    let rule = r#"
summary: service without a memory limit
severity: warning
since: 0.1.0
subject: document
files: [compose, "stacks/*.toml", "plain.json"]
select: $.services[?!@.mem_limit]
message: "`{key}` of {file} has no memory limit"
"#;
    let compose = "services:\n  a:\n    image: a\n  b: { image: b, mem_limit: 64m }\n";
    let toml = "[services.x]\nimage = 'x'\n[services.y]\nmem_limit = 1\n";
    let files = [
        ("compose.yml", compose),
        ("stacks/s.toml", toml),
        ("plain.json", "{\"services\": {\"j\": {}}}"),
        ("other.toml", toml),
        ("stacks/deep/s.toml", toml),
    ];
    let (scratch, judgement) = judged(rule, &files);
    assert_eq!(found(rule, &files), ["compose.yml:2:3", "plain.json:1:15", "stacks/s.toml:1:11"]);
    let subjects: Vec<&str> = judgement.diagnostics.iter().map(|d| d.subject.as_str()).collect();
    assert_eq!(
        subjects,
        ["file:compose.yml#services/a", "file:plain.json#services/j", "file:stacks/s.toml#services/x"]
    );
    drop(scratch);
}

#[test]
fn conditions_hold_for_what_is_selected() {
    let rule = r#"
summary: workflow without a time limit
severity: warning
since: 0.1.0
subject: document
files: [".github/workflows/*.yml", kubernetes]
select: $..["timeout-minutes", "terminationGracePeriodSeconds"]
where: { kind: number, release.environment: absent }
require: { number: { less: 31 } }
at: value
message: "{key} is {value}"
"#;
    let workflow = "on: push\njobs:\n  a:\n    timeout-minutes: 60\n  b: { timeout-minutes: 5 }\n  c: { timeout-minutes: '${{ x }}' }\n";
    let pods = "apiVersion: v1\nkind: Pod\nmetadata: { name: a }\nspec: { terminationGracePeriodSeconds: 5 }\n---\napiVersion: v1\nkind: Pod\nmetadata: { name: b }\nspec: { terminationGracePeriodSeconds: 90 }\n";
    let files = [(".github/workflows/build.yml", workflow), ("pods.yaml", pods), ("prod/pods.yaml", pods)];
    assert_eq!(found(rule, &files), [".github/workflows/build.yml:4:22", "pods.yaml:9:40"]);
    let (_scratch, judgement) = judged(rule, &files);
    let subjects: Vec<&str> = judgement.diagnostics.iter().map(|d| d.subject.as_str()).collect();
    assert_eq!(
        subjects,
        [
            "file:.github/workflows/build.yml#jobs/a/timeout-minutes",
            "file:pods.yaml#Pod/b/spec/terminationGracePeriodSeconds"
        ]
    );
}

#[test]
fn files_that_only_a_rule_asks_for_change_nothing_else() {
    let rule = "summary: s\nseverity: warning\nsince: 0.1.0\nsubject: document\nfiles: ['*.json']\nselect: $.nothing\nmessage: m";
    let json = "{\"services\": {\"a\": {\"image\": \"x\"}}}";
    let (_scratch, judgement) = judged(rule, &[("some.json", json)]);
    assert_eq!(judgement.graph.facts.workloads.len(), 0);
    assert_eq!(judgement.coverage.sets, 0);
    // A file that a rule asks for and that cannot be read is told.
    assert_eq!(found(rule, &[("bad.json", "{\"a\": ")]), ["bad.json:1:7 input/unparsable"]);
    let many = format!("[{}]", vec!["1"; 20_000].join(","));
    let all = rule.replace("$.nothing", "$[*]");
    assert_eq!(found(&all, &[("many.json", &many)]), ["many.json:1:1 input/limit-exceeded"]);
}

#[test]
fn what_is_wrong_with_a_query_has_a_place() {
    let problem = |lines: &str| {
        let text = format!("---\nsummary: s\nseverity: warning\nsince: 0.1.0\nmessage: m\n{lines}{TAIL}");
        let (_, problems) = Registry::of([("local/a/b".to_owned(), text.as_str())]);
        let one = problems.into_iter().next().unwrap_or_else(|| panic!("{lines}: nothing is wrong"));
        (text[one.span.range()].to_owned(), one.message)
    };
    for (lines, at, words) in [
        ("subject: document\nfiles: [compose]\nselect: $.a[?@.b = 1]", "=", "write `==`"),
        ("subject: document\nfiles: [compose]\nselect: \"$.a b\"", " ", "cannot stand here"),
        ("subject: document\nfiles: [compose, 'a[']\nselect: $.a", "'a['", "is not a glob"),
        ("subject: document\nfiles: [compose]", "---", "`select` is missing"),
        ("subject: document\nselect: $.a", "---", "`files` is missing"),
        ("subject: document\nfiles: [{ a: b }]\nselect: $.a", "{ a: b }", "must be text"),
        ("subject: document\nfiles: compose\nselect: [$.a]", "[$.a]", "must be text"),
        ("subject: document\nfiles: compose\nselect: $.a\nrequire: { nme: present }", "nme", "has no field"),
        ("subject: container\nselect: $.a\nrequire: { name: present }", "$.a", "is for `subject: document`"),
        ("subject: container\nfiles: [compose]\nrequire: { name: present }", "compose", "is for `subject: document`"),
    ] {
        let (span, message) = problem(lines);
        assert_eq!(span, at, "{lines}: {message}");
        assert!(message.contains(words), "{lines}: {message}");
    }
}

#[test]
fn rules_in_the_documentation_can_be_read() {
    let page = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/docs/rules-over-documents.md")).unwrap();
    let blocks: Vec<&str> = page.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().unwrap()).collect();
    assert_eq!(blocks.len(), 2);
    for block in blocks {
        let text = format!("---\n{}{TAIL}", block.trim());
        let origin = deploylint::rules::RuleOrigin::File(deploylint::source::Source::new(
            "rule.md".into(),
            deploylint::source::ContentId::of(text.as_bytes()),
        ));
        let problems = Registry::default().add("local/team/rule", &text, origin);
        assert_eq!(problems, vec![], "{block}");
    }
}
