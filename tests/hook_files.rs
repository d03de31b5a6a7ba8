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
