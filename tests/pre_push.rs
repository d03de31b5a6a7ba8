//! The pre-push hook with real git: what is judged is what is pushed, compared with what the remote has.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use support::git::{Ended, Sandbox, found};

const NONE: &str = "0000000000000000000000000000000000000000";

const TEMPLATE: &str = "\
AWSTemplateFormatVersion: '2010-09-09'
Transform: AWS::Serverless-2016-10-31
Resources:
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../orders/
      Handler: index.handler
      Runtime: nodejs22.x
      Events:
        Get:
          Type: Api
          Properties: { Path: /orders, Method: get }
";

/// A compose file with a fault that everybody lives with.
const COMPOSE: &str = "services:\n  web:\n    image: nginx:1.27\n    depends_on: [gone]\n";
const OLD: &str = "compose/undefined-dependency docker-compose.yml";
const NEW: &str = "function/code-path-missing infra/template.yaml";

/// `work` with one commit, `remote.git` as its origin.
fn shop() -> Sandbox {
    shop_in("sha1").unwrap()
}

/// `None` when git does not know the format of objects.
fn shop_in(format: &str) -> Option<Sandbox> {
    let sandbox = Sandbox::new();
    let format = format!("--object-format={format}");
    if sandbox.try_git("", &["init", "-q", "-b", "main", &format, "work"]).code != Some(0) {
        return None;
    }
    sandbox.git("", &["init", "-q", "-b", "main", "--bare", &format, "remote.git"]);
    sandbox.git("work", &["remote", "add", "origin", "../remote.git"]);
    sandbox.write("work/infra/template.yaml", TEMPLATE);
    sandbox.write("work/orders/index.js", "exports.handler = async () => ({ statusCode: 200 });\n");
    sandbox.write("work/orders/package.json", "{\"name\": \"orders\"}\n");
    sandbox.write("work/docker-compose.yml", COMPOSE);
    for i in 0..5 {
        sandbox.write(&format!("work/lib/part{i}.py"), format!("x = {i}\n"));
    }
    sandbox.commit("work");
    Some(sandbox)
}

/// A shop whose first commit the remote has; gives that commit.
fn pushed_shop() -> (Sandbox, String) {
    let sandbox = shop();
    sandbox.git("work", &["push", "-q", "origin", "main"]);
    let first = sandbox.git("work", &["rev-parse", "HEAD"]);
    (sandbox, first)
}

/// The handler's code goes, the route stays.
fn delete_handler(sandbox: &Sandbox) -> String {
    sandbox.remove("work/orders");
    sandbox.commit("work")
}

fn hook(sandbox: &Sandbox, folder: &str, lines: &[(&str, &str, &str, &str)]) -> Ended {
    let input: String = lines.iter().map(|(l, lo, r, ro)| format!("{l} {lo} {r} {ro}\n")).collect();
    let arguments = ["hook", "pre-push", "origin", "../remote.git", "--format", "json"];
    sandbox.with_input(folder, &arguments, &input, &[])
}

fn main_to(local: &str, remote: &str) -> [(String, String, String, String); 1] {
    let branch = "refs/heads/main".to_owned();
    [(branch.clone(), local.to_owned(), branch, remote.to_owned())]
}

/// The usual update of `main`.
fn update(sandbox: &Sandbox, local: &str, remote: &str) -> Ended {
    let [(a, b, c, d)] = main_to(local, remote);
    hook(sandbox, "work", &[(&a, &b, &c, &d)])
}

/// Exit code, findings, files judged, older findings.
fn facts(ended: &Ended) -> (Option<i32>, Vec<String>, u64, u64) {
    let report = ended.report();
    let older = report["base"]["older"].as_u64().unwrap_or(0);
    (ended.code, found(&report), report["coverage"]["files"].as_u64().unwrap(), older)
}

#[test]
fn a_handler_that_goes_while_its_route_stays_is_the_one_new_finding() {
    let (sandbox, first) = pushed_shop();
    let second = delete_handler(&sandbox);
    let ended = update(&sandbox, &second, &first);
    // The template and the compose file: code that did not change is not read.
    assert_eq!(facts(&ended), (Some(1), vec![NEW.to_owned()], 2, 1));
    let report = ended.report();
    assert_eq!(report["revision"], second.as_str());
    assert_eq!(report["base"]["revision"], first.as_str());
    assert_eq!(report["coverage"]["skipped"]["not changed"], 5);
    assert!(ended.stderr.contains("refs/heads/main: fail: 1 error,"), "{}", ended.stderr);
    assert!(ended.stderr.contains("--no-verify"), "{}", ended.stderr);
}

#[test]
fn moved_lines_are_nothing_new_and_old_findings_do_not_block() {
    let (sandbox, first) = pushed_shop();
    let shift = "# a line\n".repeat(500);
    for (path, text) in [("infra/template.yaml", TEMPLATE), ("docker-compose.yml", COMPOSE)] {
        sandbox.write(&format!("work/{path}"), format!("{shift}{text}"));
    }
    let second = sandbox.commit("work");
    assert_eq!(facts(&update(&sandbox, &second, &first)), (Some(0), vec![], 3, 1));
}

#[test]
fn files_that_did_change_are_searched_whatever_they_are() {
    let (sandbox, first) = pushed_shop();
    let key = String::from_utf8(support::with_tokens(b"K = '''{{token:private-key}}'''\n".to_vec())).unwrap();
    sandbox.write("work/lib/part1.py", &key);
    let second = sandbox.commit("work");
    let (code, found, files, older) = facts(&update(&sandbox, &second, &first));
    assert_eq!((code, files, older), (Some(1), 4, 1));
    assert_eq!(found, ["secret/private-key lib/part1.py"]);
    // Once it is there, it is old.
    sandbox.write("work/lib/part2.py", "x = 22\n");
    let third = sandbox.commit("work");
    assert_eq!(facts(&update(&sandbox, &third, &second)).1, Vec::<String>::new());
    sandbox.write("work/lib/part1.py", format!("\n\n{key}"));
    let fourth = sandbox.commit("work");
    let (code, found, files, older) = facts(&update(&sandbox, &fourth, &third));
    assert_eq!((code, found, files, older), (Some(0), vec![], 4, 2));
    // The working tree against a commit.
    let ended = sandbox.deploylint("work", &["--base", &second, "--format", "json"]);
    assert_eq!(facts(&ended), (Some(0), vec![], 9, 2));
}

#[test]
fn a_root_commit_is_judged_whole() {
    let sandbox = shop();
    let first = sandbox.git("work", &["rev-parse", "HEAD"]);
    let ended = update(&sandbox, &first, NONE);
    assert_eq!(facts(&ended), (Some(1), vec![OLD.to_owned()], 9, 0));
    assert!(ended.report()["base"].is_null());
    assert!(ended.stderr.contains("everything is new to the remote"), "{}", ended.stderr);
}

#[test]
fn a_new_branch_is_compared_with_where_it_leaves_the_known_ones() {
    let (sandbox, first) = pushed_shop();
    sandbox.git("work", &["checkout", "-q", "-b", "topic"]);
    sandbox.write("work/README.md", "x\n");
    sandbox.commit("work");
    let third = delete_handler(&sandbox);
    let ended = hook(&sandbox, "work", &[("refs/heads/topic", &third, "refs/heads/topic", NONE)]);
    assert_eq!((ended.code, found(&ended.report())), (Some(1), vec![NEW.to_owned()]));
    assert_eq!(ended.report()["base"]["revision"], first.as_str());
    // Nothing that the remote does not have.
    let ended = hook(&sandbox, "work", &[("refs/heads/main", &first, "refs/heads/again", NONE)]);
    assert_eq!((ended.code, ended.reports().len()), (Some(0), 0));
    assert!(ended.stderr.contains("the remote has it all"), "{}", ended.stderr);
}

#[test]
fn a_deletion_judges_nothing() {
    let (sandbox, first) = pushed_shop();
    let ended = hook(&sandbox, "work", &[("(delete)", NONE, "refs/heads/main", &first)]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
    assert!(ended.stderr.contains("refs/heads/main: nothing to judge: it is deleted"), "{}", ended.stderr);
}

#[test]
fn tags_are_followed_to_their_commit() {
    let (sandbox, first) = pushed_shop();
    let second = delete_handler(&sandbox);
    sandbox.git("work", &["tag", "light"]);
    sandbox.git("work", &["tag", "-a", "full", "-m", "x"]);
    let tag = sandbox.git("work", &["rev-parse", "full"]);
    assert_ne!(tag, second);
    for (name, id) in [("light", &second), ("full", &tag)] {
        let name = format!("refs/tags/{name}");
        let ended = hook(&sandbox, "work", &[(&name, id, &name, NONE)]);
        assert_eq!((ended.code, found(&ended.report())), (Some(1), vec![NEW.to_owned()]), "{name}");
        assert_eq!(ended.report()["revision"], second.as_str());
        assert_eq!(ended.report()["base"]["revision"], first.as_str());
    }
    let blob = sandbox.git("work", &["rev-parse", "HEAD:docker-compose.yml"]);
    let ended = hook(&sandbox, "work", &[("refs/tags/file", &blob, "refs/tags/file", NONE)]);
    assert_eq!((ended.code, ended.reports().len()), (Some(0), 0));
    assert!(ended.stderr.contains("it names no commit"), "{}", ended.stderr);
}

#[test]
fn every_ref_of_a_push_is_judged() {
    let (sandbox, first) = pushed_shop();
    sandbox.git("work", &["checkout", "-q", "-b", "good"]);
    sandbox.write("work/README.md", "x\n");
    let good = sandbox.commit("work");
    sandbox.git("work", &["checkout", "-q", "-b", "bad", "main"]);
    let bad = delete_handler(&sandbox);
    sandbox.git("work", &["checkout", "-q", "main"]);
    let lines = [
        ("refs/heads/good", good.as_str(), "refs/heads/good", NONE),
        ("refs/heads/bad", &bad, "refs/heads/bad", NONE),
        ("refs/heads/bad", &bad, "refs/heads/copy", NONE),
        ("(delete)", NONE, "refs/heads/gone", &first),
    ];
    let ended = hook(&sandbox, "work", &lines);
    let reports = ended.reports();
    assert_eq!(ended.code, Some(1));
    assert_eq!(reports.iter().map(found).collect::<Vec<_>>(), [vec![], vec![NEW.to_owned()]]);
    for part in ["refs/heads/good: pass", "refs/heads/bad, refs/heads/bad: fail", "refs/heads/gone: nothing"] {
        assert!(ended.stderr.contains(part), "{part}: {}", ended.stderr);
    }
}

#[test]
fn the_working_tree_is_not_what_is_pushed() {
    let (sandbox, first) = pushed_shop();
    sandbox.write("work/README.md", "x\n");
    let fine = sandbox.commit("work");
    // Broken on disk, staged and not; fine in the commit.
    sandbox.remove("work/orders");
    sandbox.git("work", &["add", "-A"]);
    sandbox.write("work/docker-compose.yml", "services: [\n");
    assert_eq!(facts(&update(&sandbox, &fine, &first)), (Some(0), vec![], 4, 1));
    // Broken in the commit; fine on disk.
    sandbox.git("work", &["checkout", "-q", "docker-compose.yml"]);
    let broken = sandbox.commit("work");
    sandbox.git("work", &["checkout", "-q", &first, "--", "orders"]);
    assert_eq!(facts(&update(&sandbox, &broken, &first)).1, [NEW]);
    // An older commit than the one that is checked out.
    let ended = hook(&sandbox, "work", &[("HEAD~", &fine, "refs/heads/main", &first)]);
    assert_eq!((ended.code, found(&ended.report())), (Some(0), vec![]));
    // Nothing is checked out as a branch.
    sandbox.git("work", &["checkout", "-q", "-f", "--detach", &fine]);
    let ended = hook(&sandbox, "work", &[("HEAD", &broken, "refs/heads/main", &first)]);
    assert_eq!((ended.code, found(&ended.report())), (Some(1), vec![NEW.to_owned()]));
}

#[test]
fn a_shallow_clone_is_compared_with_what_it_has() {
    let (sandbox, _) = pushed_shop();
    sandbox.write("work/README.md", "x\n");
    sandbox.commit("work");
    sandbox.git("work", &["push", "-q", "origin", "main"]);
    let from = format!("file://{}", sandbox.path("remote.git").display());
    sandbox.git("", &["clone", "-q", "--depth", "1", &from, "shallow"]);
    let base = sandbox.git("shallow", &["rev-parse", "HEAD"]);
    sandbox.remove("shallow/orders");
    let head = sandbox.commit("shallow");
    for remote in [&base, NONE] {
        let ended = hook(&sandbox, "shallow", &[("refs/heads/main", &head, "refs/heads/main", remote)]);
        assert_eq!(facts(&ended), (Some(1), vec![NEW.to_owned()], 2, 1));
        assert_eq!(ended.report()["base"]["revision"], base.as_str());
    }
    // The remote's branch is not known here, and the history before it is cut off: all is judged.
    sandbox.git("shallow", &["update-ref", "-d", "refs/remotes/origin/main"]);
    sandbox.git("shallow", &["update-ref", "-d", "refs/remotes/origin/HEAD"]);
    let ended = hook(&sandbox, "shallow", &[("refs/heads/main", &head, "refs/heads/main", &"1".repeat(40))]);
    assert_eq!((ended.code, found(&ended.report())), (Some(1), vec![OLD.to_owned(), NEW.to_owned()]));
}

#[test]
fn a_forced_push_after_a_rebase_is_compared_with_its_new_ground() {
    let (sandbox, first) = pushed_shop();
    // The remote has a topic; then main moves on, and the topic is put on top of it.
    sandbox.git("work", &["checkout", "-q", "-b", "topic"]);
    sandbox.write("work/README.md", "topic\n");
    let old_topic = sandbox.commit("work");
    sandbox.git("work", &["push", "-q", "origin", "topic"]);
    sandbox.git("work", &["checkout", "-q", "main"]);
    sandbox.write("work/compose.other.yml", "services:\n  a:\n    image: a:1\n    depends_on: [b]\n");
    let main = sandbox.commit("work");
    sandbox.git("work", &["push", "-q", "origin", "main"]);
    sandbox.git("work", &["checkout", "-q", "topic"]);
    sandbox.git("work", &["rebase", "-q", "main"]);
    let topic = sandbox.git("work", &["rev-parse", "HEAD"]);
    let ended = hook(&sandbox, "work", &[("refs/heads/topic", &topic, "refs/heads/topic", &old_topic)]);
    // What main brought is not this push's.
    assert_eq!((ended.code, found(&ended.report())), (Some(0), vec![]));
    assert_eq!(ended.report()["base"]["revision"], main.as_str());
    assert_ne!(main, first);
}

#[test]
fn worktrees_bare_repositories_and_other_folders() {
    let (sandbox, first) = pushed_shop();
    let second = delete_handler(&sandbox);
    sandbox.git("work", &["worktree", "add", "-q", "--detach", "../tree", &first]);
    let line = [("refs/heads/main", second.as_str(), "refs/heads/main", first.as_str())];
    for folder in ["tree", "work/infra", "work"] {
        assert_eq!(facts(&hook(&sandbox, folder, &line)), (Some(1), vec![NEW.to_owned()], 2, 1), "{folder}");
    }
    sandbox.git("", &["clone", "-q", "--bare", "work", "bare.git"]);
    assert_eq!(facts(&hook(&sandbox, "bare.git", &line)).1, [NEW]);
    // As git calls it: GIT_DIR says which repository, wherever we stand.
    let input = format!("refs/heads/main {second} refs/heads/main {first}\n");
    for git_dir in [sandbox.path("work/.git"), sandbox.path("work/.git/worktrees/tree"), sandbox.path("bare.git")] {
        let variables = [("GIT_DIR", git_dir.to_str().unwrap()), ("GIT_PREFIX", "")];
        let arguments = ["hook", "pre-push", "origin", "../remote.git", "--format", "json"];
        let ended = sandbox.with_input("", &arguments, &input, &variables);
        assert_eq!(facts(&ended), (Some(1), vec![NEW.to_owned()], 2, 1), "{}", git_dir.display());
    }
}

#[test]
fn objects_may_be_sha_256() {
    let Some(sandbox) = shop_in("sha256") else { return };
    sandbox.git("work", &["push", "-q", "origin", "main"]);
    let first = sandbox.git("work", &["rev-parse", "HEAD"]);
    assert_eq!(first.len(), 64);
    let second = delete_handler(&sandbox);
    assert_eq!(facts(&update(&sandbox, &second, &first)), (Some(1), vec![NEW.to_owned()], 2, 1));
    let none = "0".repeat(64);
    let ended = hook(&sandbox, "work", &[("(delete)", &none, "refs/heads/main", &first)]);
    assert_eq!((ended.code, ended.reports().len()), (Some(0), 0));
    let ended = hook(&sandbox, "work", &[("refs/heads/t", &second, "refs/heads/t", &none)]);
    assert_eq!(facts(&ended).1, [NEW]);
}

#[test]
fn the_configuration_of_what_is_pushed_holds() {
    let (sandbox, first) = pushed_shop();
    // The base is judged by it, too: what a change of configuration brings out was there before.
    sandbox.write("work/deploylint.toml", "[gate]\nfail-on = \"never\"\n");
    let second = delete_handler(&sandbox);
    let ended = update(&sandbox, &second, &first);
    assert_eq!((ended.code, found(&ended.report())), (Some(0), vec![NEW.to_owned()]));
    // On disk it says something else.
    sandbox.write("work/deploylint.toml", "ignore = [\"function\"]\n");
    assert_eq!(facts(&update(&sandbox, &second, &first)).1, [NEW]);
    // A base whose configuration is broken is no reason to stop.
    sandbox.write("work/deploylint.toml", "broken = [\n");
    let broken = sandbox.commit("work");
    let ended = update(&sandbox, &broken, &second);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""));
    assert!(ended.stderr.contains("deploylint.toml"), "{}", ended.stderr);
    sandbox.remove("work/deploylint.toml");
    let mended = sandbox.commit("work");
    let ended = update(&sandbox, &mended, &broken);
    assert_eq!((ended.code, found(&ended.report())), (Some(0), vec![]));
    assert_eq!(ended.report()["base"]["older"], 2);
}

#[test]
fn a_base_that_cannot_be_read_hides_nothing() {
    let (sandbox, first) = pushed_shop();
    sandbox.write("work/docker-compose.yml", format!("{COMPOSE}# more\n"));
    let second = sandbox.commit("work");
    let blob = sandbox.git("work", &["rev-parse", &format!("{first}:docker-compose.yml")]);
    let (folder, file) = blob.split_at(2);
    sandbox.remove(&format!("work/.git/objects/{folder}/{file}"));
    let ended = update(&sandbox, &second, &first);
    let report = ended.report();
    assert_eq!((ended.code, found(&report)), (Some(1), vec![OLD.to_owned()]));
    let problem = report["base"]["problems"][0].as_str().unwrap();
    assert!(problem.contains("docker-compose.yml") && problem.contains("cannot be read"), "{problem}");
    assert!(ended.stderr.contains("not compared"), "{}", ended.stderr);
}

#[test]
fn what_cannot_be_judged_does_not_pass() {
    let (sandbox, first) = pushed_shop();
    let gone = "1".repeat(40);
    for input in ["hello\n", "refs/heads/main abc refs/heads/main def\n", &format!("refs/heads/main {first}\n")] {
        let ended = sandbox.with_input("work", &["hook", "pre-push", "origin", "x"], input, &[]);
        assert_eq!((ended.code, ended.stdout.as_str()), (Some(2), ""), "{input}");
        assert!(ended.stderr.contains("line 1 of standard input"), "{}", ended.stderr);
    }
    let ended = sandbox.with_input("", &["hook", "pre-push", "origin", "x"], "", &[]);
    assert_eq!(ended.code, Some(2), "no repository: {}", ended.stderr);
    // An object that is not here names no commit that could be judged.
    let ended = update(&sandbox, &gone, &first);
    assert_eq!(ended.code, Some(2), "{}", ended.stderr);
}

#[test]
fn nothing_that_concerns_a_deploy_is_one_line() {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "-b", "main", "work"]);
    sandbox.write("work/README.md", "x\n");
    let first = sandbox.commit("work");
    let input = format!("refs/heads/main {first} refs/heads/main {NONE}\n");
    let ended = sandbox.with_input("work", &["hook", "pre-push", "origin", "x"], &input, &[]);
    assert_eq!((ended.code, ended.stdout.as_str()), (Some(0), ""));
    assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    assert!(ended.stderr.contains("refs/heads/main: nothing to check"), "{}", ended.stderr);
    let ended = sandbox.with_input("work", &["hook", "pre-push", "origin", "x"], "", &[]);
    assert_eq!((ended.code, ended.stderr.lines().count()), (Some(0), 1), "{}", ended.stderr);
}

#[test]
fn older_findings_are_counted_and_shown_when_asked_for() {
    let (sandbox, first) = pushed_shop();
    let second = delete_handler(&sandbox);
    let input = format!("refs/heads/main {second} refs/heads/main {first}\n");
    let run =
        |more: &[&str]| sandbox.with_input("work", &[&["hook", "pre-push", "origin", "x"], more].concat(), &input, &[]);
    let text = run(&[]);
    assert!(text.stdout.contains("1 older finding is not shown; --all shows them"), "{}", text.stdout);
    assert!(!text.stdout.contains("undefined-dependency"), "{}", text.stdout);
    let all = run(&["--all"]);
    assert_eq!(all.code, Some(1));
    assert!(all.stdout.contains("compose/undefined-dependency") && all.stdout.contains("code-path-missing"));
    let json = run(&["--all", "--format", "json"]).report();
    assert_eq!((found(&json), json["older_findings"].as_array().unwrap().len()), (vec![NEW.to_owned()], 1));
    // Passing, it says one line, and nothing with --quiet.
    sandbox.git("work", &["revert", "--no-edit", "HEAD"]);
    let third = sandbox.git("work", &["rev-parse", "HEAD"]);
    let input = format!("refs/heads/main {third} refs/heads/main {first}\n");
    let ended = sandbox.with_input("work", &["hook", "pre-push", "origin", "x"], &input, &[]);
    assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.lines().count()), (Some(0), "", 1));
    assert!(ended.stderr.contains("pass: nothing new since") && ended.stderr.contains("1 older"), "{}", ended.stderr);
    let ended = sandbox.with_input("work", &["hook", "pre-push", "origin", "x", "-q"], &input, &[]);
    assert_eq!((ended.code, ended.stdout.as_str(), ended.stderr.as_str()), (Some(0), "", ""));
}

#[test]
fn hook_managers_tell_it_by_variables() {
    let (sandbox, first) = pushed_shop();
    let second = delete_handler(&sandbox);
    let run = |variables: &[(&str, &str)]| {
        let variables = [&[("PRE_COMMIT", "1")], variables].concat();
        sandbox.with_input("work", &["hook", "pre-push", "--format", "json"], "", &variables)
    };
    let push =
        [("PRE_COMMIT_FROM_REF", &*first), ("PRE_COMMIT_TO_REF", &*second), ("PRE_COMMIT_REMOTE_NAME", "origin")];
    assert_eq!(facts(&run(&push)), (Some(1), vec![NEW.to_owned()], 2, 1));
    // A first push, or `pre-commit run --all-files`: what is checked out, all of it.
    let both = vec![OLD.to_owned(), NEW.to_owned()];
    assert_eq!(found(&run(&[]).report()), both);
    assert_eq!(found(&run(&[("PRE_COMMIT_LOCAL_BRANCH", "refs/heads/main")]).report()), both);
    assert_eq!(run(&[("PRE_COMMIT_TO_REF", "nothing")]).code, Some(2));
}
