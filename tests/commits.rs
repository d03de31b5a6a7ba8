//! `--rev`, `--git-dir` and `--base`: a commit is judged instead of what lies on disk, or compared with it.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use support::git::{Ended, Sandbox, found};

const FAULT: &str = "services:\n  web:\n    image: nginx:1.27\n    depends_on: [gone]\n";
const FINE: &str = "services:\n  web:\n    image: nginx:1.27\n";
const RULE: &str = "compose/undefined-dependency";

/// The first commit is broken in `a` and `b`, the second in `b` alone; on disk both are fine.
fn repository() -> (Sandbox, String, String) {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "-b", "main", "work"]);
    sandbox.write("work/a/docker-compose.yml", FAULT);
    sandbox.write("work/b/docker-compose.yml", FAULT);
    let first = sandbox.commit("work");
    sandbox.write("work/a/docker-compose.yml", FINE);
    let second = sandbox.commit("work");
    sandbox.write("work/b/docker-compose.yml", FINE);
    (sandbox, first, second)
}

fn check(sandbox: &Sandbox, folder: &str, arguments: &[&str]) -> Ended {
    sandbox.deploylint(folder, &[arguments, &["--format", "json"]].concat())
}

/// Paths of findings, all of one rule.
fn places(ended: &Ended) -> Vec<String> {
    let prefix = format!("{RULE} ");
    found(&ended.report()).iter().map(|line| line.strip_prefix(&prefix).unwrap().to_owned()).collect()
}

#[test]
fn a_commit_is_judged_from_anywhere() {
    let (sandbox, first, second) = repository();
    assert_eq!((check(&sandbox, "work", &[]).code, places(&check(&sandbox, "work", &[])).len()), (Some(0), 0));
    let both = ["a/docker-compose.yml", "b/docker-compose.yml"];
    sandbox.git("", &["clone", "-q", "--bare", "work", "bare.git"]);
    sandbox.git("work", &["worktree", "add", "-q", "--detach", "../tree", &second]);
    sandbox.git("work", &["tag", "-a", "v1", "-m", "x", &first]);
    for (folder, arguments) in [
        ("work", vec!["--rev", &first]),
        ("work", vec!["--rev", "HEAD~"]),
        ("work", vec!["--rev", "v1"]),
        ("work", vec!["check", "--rev", &first]),
        ("tree", vec!["--rev", "v1"]),
        ("", vec!["work", "--rev", &first]),
        ("", vec!["--git-dir", "work/.git", "--rev", &first]),
        ("", vec!["--git-dir", "bare.git", "--rev", "HEAD~"]),
        ("bare.git", vec!["--rev", "main~"]),
    ] {
        let ended = check(&sandbox, folder, &arguments);
        assert_eq!((ended.code, places(&ended)), (Some(1), both.map(str::to_owned).to_vec()), "{folder} {arguments:?}");
        let report = ended.report();
        assert_eq!(report["revision"], first.as_str());
        assert_eq!(report["findings"][0]["location"]["start"]["line"], 4, "{report:#}");
        assert!(report["base"].is_null());
    }
    let ended = check(&sandbox, "", &["--git-dir", "bare.git"]);
    assert_eq!((ended.report()["revision"].as_str(), places(&ended)), (Some(&*second), vec![both[1].to_owned()]));
    // The lines of the commit are shown, not those of the disk.
    let text = sandbox.deploylint("work", &["--rev", "HEAD"]);
    assert!(text.stdout.contains("depends_on: [gone]"), "{}", text.stdout);
}

#[test]
fn paths_scope_the_report_even_where_the_disk_has_none() {
    let (sandbox, first, _) = repository();
    sandbox.remove("work/a");
    for (folder, path) in [("work", "a"), ("", "work/a"), ("work/b", "../a"), ("work", "a/docker-compose.yml")] {
        let ended = check(&sandbox, folder, &["--rev", &first, path]);
        assert_eq!(places(&ended), ["a/docker-compose.yml"], "{folder} {path}");
        assert_eq!(ended.report()["coverage"]["files"], 2, "the whole commit is read");
    }
    let bare = ["--git-dir", "work/.git", "--rev", &first, "b"];
    assert_eq!(places(&check(&sandbox, "", &bare)), ["b/docker-compose.yml"]);
    for (arguments, said) in [
        (["--rev", &first, "none"], "`none` does not exist in"),
        (["--rev", "HEAD", "../.."], "needs a git repository"),
        (["--rev", "nothing", "a"], "cannot judge `nothing`"),
        (["--git-dir", "none", "a"], "`none` does not exist"),
    ] {
        let ended = check(&sandbox, "work", &arguments);
        assert_eq!(ended.code, Some(2), "{arguments:?}: {}", ended.stderr);
        assert!(ended.stderr.contains(said), "{arguments:?}: {}", ended.stderr);
    }
}

#[test]
fn configuration_and_waivers_come_from_the_commit() {
    let (sandbox, _, _) = repository();
    let waiver = FAULT.replace(
        "    depends_on: [gone]",
        "    # deploylint: ignore[compose/undefined-dependency] reason=\"comes with the base\"\n    depends_on: [gone]",
    );
    sandbox.write("work/b/docker-compose.yml", waiver);
    sandbox.write("work/a/docker-compose.yml", FAULT);
    sandbox.write("work/deploylint.toml", "[scan]\nexclude = [\"a\"]\n");
    sandbox.commit("work");
    sandbox.remove("work/deploylint.toml");
    sandbox.write("work/b/docker-compose.yml", FAULT);
    assert_eq!(places(&check(&sandbox, "work", &[])).len(), 2);
    assert_eq!(places(&check(&sandbox, "work", &["--rev", "HEAD"])), Vec::<String>::new());
    // A comment that goes brings its finding out: that is new.
    sandbox.write("work/deploylint.toml", "[scan]\nexclude = [\"a\"]\n");
    sandbox.commit("work");
    let ended = check(&sandbox, "work", &["--rev", "HEAD", "--base", "HEAD~"]);
    assert_eq!((ended.code, places(&ended)), (Some(1), vec!["b/docker-compose.yml".to_owned()]));
}

#[test]
fn a_base_leaves_what_is_new() {
    let (sandbox, first, second) = repository();
    let older = |ended: &Ended| ended.report()["base"]["older"].as_u64().unwrap();
    // On disk against a commit: what is not committed counts.
    sandbox.write("work/b/docker-compose.yml", FAULT);
    sandbox.write("work/c/docker-compose.yml", FAULT);
    let ended = check(&sandbox, "work", &["--base", "HEAD"]);
    assert_eq!((ended.code, places(&ended), older(&ended)), (Some(1), vec!["c/docker-compose.yml".to_owned()], 1));
    sandbox.remove("work/c");
    let ended = check(&sandbox, "work", &["--base", &first]);
    assert_eq!((ended.code, places(&ended), older(&ended)), (Some(0), vec![], 1));
    // A commit against a commit, both ways.
    let ended = check(&sandbox, "work", &["--rev", &second, "--base", &first]);
    assert_eq!((ended.code, places(&ended), older(&ended)), (Some(0), vec![], 1));
    let ended = check(&sandbox, "work", &["--rev", &first, "--base", &second]);
    assert_eq!((ended.code, places(&ended), older(&ended)), (Some(1), vec!["a/docker-compose.yml".to_owned()], 1));
    let text = sandbox.deploylint("work", &["--rev", &first, "--base", &second]);
    assert!(text.stdout.contains("1 older finding is not shown; --all shows them"), "{}", text.stdout);
    let all = check(&sandbox, "work", &["--rev", &second, "--base", &first, "--all"]);
    assert_eq!((all.code, places(&all)), (Some(0), vec![]));
    assert_eq!(all.report()["older_findings"][0]["location"]["path"], "b/docker-compose.yml");
    let concise = sandbox.deploylint("work", &["--rev", &first, "--base", &second, "--all", "--format", "concise"]);
    let lines: Vec<&str> = concise.stdout.lines().collect();
    assert!(lines[0].starts_with("a/") && lines[1].starts_with("b/") && lines[1].ends_with("(older)"), "{lines:?}");
}

#[test]
fn a_rule_that_is_turned_on_does_not_call_old_faults_new() {
    let (sandbox, _, _) = repository();
    sandbox.write("work/deploylint.toml", "ignore = [\"compose\"]\n");
    sandbox.write("work/b/docker-compose.yml", FAULT);
    sandbox.commit("work");
    sandbox.remove("work/deploylint.toml");
    sandbox.commit("work");
    let ended = check(&sandbox, "work", &["--rev", "HEAD", "--base", "HEAD~"]);
    assert_eq!((ended.code, places(&ended)), (Some(0), vec![]));
    assert_eq!(ended.report()["base"]["older"], 1);
}

#[test]
fn a_base_that_is_none_hides_nothing() {
    let (sandbox, first, _) = repository();
    for base in ["nothing", "1111111111111111111111111111111111111111", "--help"] {
        let base = format!("--base={base}");
        let ended = check(&sandbox, "work", &["--rev", &first, &base]);
        assert_eq!((ended.code, places(&ended).len()), (Some(1), 2), "{base}");
        assert_eq!(ended.report()["base"]["problems"].as_array().unwrap().len(), 1);
        let text = sandbox.deploylint("work", &["--rev", &first, &base, "-q"]).stdout;
        assert!(text.contains("not compared: ") && text.contains("everything is reported"), "{text}");
    }
    let plain = Sandbox::new();
    plain.write("x/docker-compose.yml", FAULT);
    let ended = check(&plain, "x", &["--base", "HEAD"]);
    assert_eq!((ended.code, places(&ended).len()), (Some(1), 1));
}

#[test]
fn submodules_of_a_commit_are_named_and_those_on_disk_have_their_own_base() {
    let (sandbox, _, second) = repository();
    sandbox.git("", &["init", "-q", "-b", "main", "outer"]);
    sandbox.write("outer/docker-compose.yml", FINE);
    sandbox.git("outer", &["-c", "protocol.file.allow=always", "submodule", "add", "-q", "../work", "inner"]);
    sandbox.commit("outer");
    let ended = check(&sandbox, "outer", &["--rev", "HEAD"]);
    assert_eq!((ended.code, places(&ended)), (Some(0), vec![]));
    assert_eq!(ended.report()["coverage"]["skipped"]["submodule, not part of the commit"], 1);
    // On disk it is judged, against the commit that the base records for it.
    assert_eq!(places(&check(&sandbox, "outer", &[])), ["inner/b/docker-compose.yml"]);
    let ended = check(&sandbox, "outer", &["--base", "HEAD"]);
    assert_eq!((ended.code, places(&ended)), (Some(0), vec![]));
    assert_eq!(ended.report()["base"]["older"], 1);
    assert_eq!(sandbox.git("outer/inner", &["rev-parse", "HEAD"]), second);
}

#[test]
fn packages_of_a_commit_are_opened_in_it() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "-b", "main", "work"]);
    let pack = |code: &str| {
        sandbox.write("code/index.js", code);
        support::pack(&sandbox.path("code"))
    };
    let template = "\
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  Api:
    Type: AWS::Serverless::Function
    Properties: { CodeUri: dist/api.zip, Handler: index.handler, Runtime: nodejs22.x }
";
    sandbox.write("work/template.yaml", template);
    sandbox.write("work/dist/api.zip", pack("require('express');\nexports.handler = async () => {};\n"));
    let first = sandbox.commit("work");
    sandbox.write("work/dist/api.zip", pack("exports.handler = async () => {};\n"));
    sandbox.commit("work");
    assert_eq!(found(&check(&sandbox, "work", &[]).report()), Vec::<String>::new());
    let missing = ["lambda/missing-module dist/api.zip!index.js"];
    for arguments in [vec!["--rev", &first], vec!["--rev", &first, "dist/api.zip", "--handler", "index.handler"]] {
        let ended = check(&sandbox, "work", &arguments);
        assert_eq!(found(&ended.report()), missing, "{arguments:?}");
        let text = sandbox.deploylint("work", &arguments).stdout;
        assert!(text.contains("require('express')"), "{text}");
    }
    let ended = check(&sandbox, "work", &["--rev", &first, "--base", "HEAD"]);
    assert_eq!(found(&ended.report()), missing);
    assert_eq!(check(&sandbox, "work", &["--base", "HEAD", "dist/api.zip"]).code, Some(2));
}

#[test]
fn rules_of_ones_own_come_from_the_commit() {
    let (sandbox, first, _) = repository();
    let rule = "\
---
summary: an image that is not ours
severity: error
since: 0.1.0
subject: document
files: [\"**/docker-compose.yml\"]
select: \"$.services.*.image\"
forbid: { value: { starts-with: nginx } }
message: \"`{value}` is not ours\"
help: \"use ours\"
---
## What it does
x

## Why deployments fail
x

## How to fix
x

## Examples
```yaml file=docker-compose.yml
services:
  a:
    image: nginx # error
```
```yaml file=docker-compose.yml
services:
  a:
    image: ours
```

## References
x
";
    sandbox.write("work/.deploylint/rules/team/own-image.md", rule);
    sandbox.commit("work");
    sandbox.remove("work/.deploylint");
    let own = |ended: &Ended| {
        let all = found(&ended.report());
        assert!(!all.iter().any(|line| line.starts_with("rule/")), "{}", ended.stdout);
        all.into_iter().filter(|line| line.starts_with("local/team/own-image ")).count()
    };
    assert_eq!(own(&check(&sandbox, "work", &[])), 0, "it is gone from the disk");
    assert_eq!(own(&check(&sandbox, "work", &["--rev", "HEAD"])), 2);
    // It asks the base, too: what it finds there is not new.
    let ended = check(&sandbox, "work", &["--rev", "HEAD", "--base", &first]);
    assert_eq!((own(&ended), ended.report()["base"]["older"].as_u64()), (0, Some(2)));
}
