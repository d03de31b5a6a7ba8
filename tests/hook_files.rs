//! The hook file: installed, run by `git push`, removed; and the lines that docs/hooks.md shows.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

mod support;

use std::os::unix::fs::PermissionsExt;

use support::git::Sandbox;

const FAULT: &str = "services:\n  web:\n    image: nginx:1.27\n    depends_on: [gone]\n";
const FINE: &str = "services:\n  web:\n    image: nginx:1.27\n";

fn repository() -> Sandbox {
    let sandbox = Sandbox::new();
    sandbox.git("", &["init", "-q", "-b", "main", "work"]);
    sandbox.git("", &["init", "-q", "-b", "main", "--bare", "remote.git"]);
    sandbox.git("work", &["remote", "add", "origin", "../remote.git"]);
    sandbox.write("work/docker-compose.yml", FINE);
    sandbox.commit("work");
    sandbox
}

fn read(sandbox: &Sandbox, path: &str) -> String {
    std::fs::read_to_string(sandbox.path(path)).unwrap()
}

#[test]
fn a_push_goes_through_the_installed_hook() {
    let sandbox = repository();
    assert_eq!(sandbox.deploylint("work", &["hook", "install"]).code, Some(0));
    let ended = sandbox.try_git("work", &["push", "origin", "main"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("deploylint: refs/heads/main: pass"), "{}", ended.stderr);
    let first = sandbox.git("work", &["rev-parse", "HEAD"]);

    sandbox.write("work/docker-compose.yml", FAULT);
    sandbox.commit("work");
    // From a folder below, and from another worktree of the same repository.
    sandbox.write("work/below/x", "");
    sandbox.git("work", &["worktree", "add", "-q", "../tree", "-b", "topic"]);
    for (folder, refspec) in [("work", "main"), ("work/below", "main"), ("tree", "topic")] {
        let ended = sandbox.try_git(folder, &["push", "origin", refspec]);
        assert_ne!(ended.code, Some(0), "{folder}");
        let said = format!("{}{}", ended.stdout, ended.stderr);
        assert!(said.contains("compose/undefined-dependency") && said.contains("--no-verify"), "{folder}: {said}");
    }
    assert_eq!(sandbox.git("remote.git", &["rev-parse", "main"]), first, "nothing was pushed");

    // Several refs at once: the first is fine, the second is not.
    sandbox.git("work", &["branch", "fine", &first]);
    let ended = sandbox.try_git("work", &["push", "origin", "fine", "main"]);
    assert_ne!(ended.code, Some(0), "{}", ended.stderr);

    // What the remote has got all the same is old from then on.
    sandbox.git("work", &["push", "-q", "--no-verify", "origin", "main"]);
    sandbox.write("work/README.md", "x\n");
    sandbox.commit("work");
    let ended = sandbox.try_git("work", &["push", "origin", "main"]);
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("1 older"), "{}", ended.stderr);
    assert_eq!(sandbox.try_git("work", &["push", "origin", "fine"]).code, Some(0));
    assert_eq!(sandbox.try_git("work", &["push", "origin", ":fine"]).code, Some(0));
}

#[test]
fn the_file_is_ours_alone() {
    let sandbox = repository();
    let hook = "work/.git/hooks/pre-push";
    for _ in 0..2 {
        let ended = sandbox.deploylint("work", &["hook", "install"]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(ended.stdout.contains(".git/hooks/pre-push"), "{}", ended.stdout);
    }
    let ours = read(&sandbox, hook);
    let mode = std::fs::metadata(sandbox.path(hook)).unwrap().permissions().mode();
    assert_eq!(mode & 0o111, 0o111);
    assert_eq!(sandbox.deploylint("work", &["hook", "uninstall"]).code, Some(0));
    assert!(!sandbox.path(hook).exists());
    assert_eq!(sandbox.deploylint("work", &["hook", "uninstall"]).code, Some(0), "twice does no harm");

    let changed = format!("{ours}echo more\n");
    for (text, installs, uninstalls) in [
        // Another program's.
        ("#!/bin/sh\nexec other\n", 2, 0),
        // It calls us already; it is not ours to remove.
        ("#!/bin/sh\ndeploylint hook pre-push \"$@\"\n", 0, 2),
        // Ours, and somebody has added to it.
        (changed.as_str(), 2, 2),
    ] {
        sandbox.write(hook, text);
        let ended = sandbox.deploylint("work", &["hook", "install"]);
        assert_eq!(ended.code, Some(installs), "{text}{}", ended.stderr);
        assert!(installs == 0 || ended.stderr.contains("deploylint hook pre-push \"$@\""), "{}", ended.stderr);
        assert_eq!(sandbox.deploylint("work", &["hook", "uninstall"]).code, Some(uninstalls), "{text}");
        assert_eq!(read(&sandbox, hook), text);
    }
    // A link may lead to what others use.
    sandbox.write("shared", &ours);
    sandbox.remove(hook);
    std::os::unix::fs::symlink(sandbox.path("shared"), sandbox.path(hook)).unwrap();
    assert_eq!(sandbox.deploylint("work", &["hook", "install"]).code, Some(2));
    sandbox.deploylint("work", &["hook", "uninstall"]);
    assert_eq!(read(&sandbox, "shared"), ours);
    assert_eq!(sandbox.deploylint("", &["hook", "install"]).code, Some(2), "no repository");
}

#[test]
fn the_configured_folder_of_hooks_is_used() {
    let sandbox = repository();
    sandbox.git("work", &["config", "core.hooksPath", ".githooks"]);
    sandbox.git("work", &["worktree", "add", "-q", "--detach", "../tree"]);
    sandbox.write("work/below/x", "");
    for (folder, place) in [("work/below", "work/.githooks/pre-push"), ("tree", "tree/.githooks/pre-push")] {
        let ended = sandbox.deploylint(folder, &["hook", "install"]);
        assert_eq!(ended.code, Some(0), "{}", ended.stderr);
        assert!(sandbox.path(place).exists(), "{folder}: {}", ended.stdout);
    }
    // One that serves every repository of a machine is not ours to write to.
    std::fs::create_dir(sandbox.path("everyone")).unwrap();
    sandbox.git("work", &["config", "core.hooksPath", sandbox.path("everyone").to_str().unwrap()]);
    let ended = sandbox.deploylint("work", &["hook", "install"]);
    assert_eq!(ended.code, Some(2));
    assert!(ended.stderr.contains("core.hooksPath") && ended.stderr.contains("deploylint hook pre-push"));
    assert!(!sandbox.path("everyone/pre-push").exists());
}

#[test]
fn without_deploylint_the_hook_says_so_and_lets_the_push_go() {
    let sandbox = repository();
    sandbox.deploylint("work", &["hook", "install"]);
    let mut command = sandbox.command("work", "/bin/sh");
    command.arg(sandbox.path("work/.git/hooks/pre-push")).args(["origin", "x"]).env("PATH", sandbox.path("none"));
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    // Where the machine of this test has one in a usual place, that one answers.
    if said.contains("not installed") {
        assert_eq!(output.status.code(), Some(0));
        assert!(said.contains("this push is not checked"), "{said}");
    }
}

/// Fenced blocks of a page, by language.
fn blocks(page: &str, language: &str) -> Vec<String> {
    let fence = format!("```{language}\n");
    page.split(&fence).skip(1).map(|rest| rest.split("```").next().unwrap().to_owned()).collect()
}

fn root_file(path: &str) -> String {
    std::fs::read_to_string(std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap()
}

#[test]
fn the_lines_of_the_page_do_what_it_says() {
    let page = root_file("docs/hooks.md");
    let scripts = blocks(&page, "sh");
    let sandbox = repository();
    sandbox.git("work", &["push", "-q", "origin", "main"]);
    let first = sandbox.git("work", &["rev-parse", "HEAD"]);
    sandbox.write("work/docker-compose.yml", FAULT);
    let second = sandbox.commit("work");
    let line = format!("refs/heads/main {second} refs/heads/main {first}\n");
    let run = |script: &str| {
        let ended = sandbox.shell("work", script, &["origin", "../remote.git"], &line);
        (ended.code, format!("{}{}", ended.stdout, ended.stderr))
    };
    // In the order of the page: installed; a hook that stops a push; CI with annotations, a change, a
    // bare repository (which has the first commit only).
    let expected: [(i32, &str); 5] = [
        (0, "installed `.git/hooks/pre-push`"),
        (1, "this push is stopped"),
        (0, "::error file=docker-compose.yml,line=4"),
        (1, "compose/undefined-dependency"),
        (0, "pass: 0 errors"),
    ];
    assert_eq!(scripts.len(), expected.len(), "{scripts:#?}");
    for (script, (code, said)) in scripts.iter().zip(expected) {
        let (ended, output) = run(script);
        assert_eq!(ended, Some(code), "{script}{output}");
        assert!(output.contains(said), "{script}{output}");
    }
    // lefthook puts git's arguments into {1} and {2}, and hands on standard input.
    let managers = blocks(&page, "yaml");
    let value = |text: &str, key: &str| {
        let line = text.lines().find_map(|line| line.trim().strip_prefix(&format!("{key}: ")).map(str::to_owned));
        line.unwrap_or_else(|| panic!("no {key} in {text}"))
    };
    assert_eq!(value(&managers[0], "use_stdin"), "true");
    let lefthook = value(&managers[0], "run").replace("{1}", "\"$1\"").replace("{2}", "\"$2\"");
    assert_eq!(run(&lefthook).0, Some(1));
    // pre-commit and prek: variables, and nothing on standard input.
    for text in [managers[1].clone(), root_file(".pre-commit-hooks.yaml")] {
        for (key, wanted) in [
            ("entry", "deploylint hook pre-push"),
            ("stages", "[pre-push]"),
            ("pass_filenames", "false"),
            ("always_run", "true"),
            ("require_serial", "true"),
        ] {
            let all = text.lines().filter(|line| line.trim().starts_with(&format!("{key}: ")));
            assert!(all.clone().count() > 0 && all.clone().all(|line| line.ends_with(wanted)), "{key}: {text}");
        }
    }
    let managed = format!(
        "export PRE_COMMIT=1 PRE_COMMIT_FROM_REF={first} PRE_COMMIT_TO_REF={second} PRE_COMMIT_REMOTE_NAME=origin\n{} </dev/null",
        value(&managers[1], "entry")
    );
    let (code, said) = run(&managed);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("1 error, 0 warnings, 0 info new since"), "{said}");
}
