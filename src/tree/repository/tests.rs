use super::*;
use crate::tree::testing::Scratch;

#[test]
fn commits_and_how_they_lie_to_each_other() {
    let scratch = Scratch::committed(&[("a.yml", "a: 1\n")]);
    let root = scratch.git(&["rev-parse", "HEAD"]);
    scratch.commit();
    scratch.git(&["tag", "-a", "v1", "-m", "x"]);
    let blob = scratch.git(&["rev-parse", "HEAD:a.yml"]);
    scratch.git(&["tag", "file", &blob]);
    let head = scratch.git(&["rev-parse", "HEAD"]);
    let repository = Repository::at(scratch.path());
    assert_eq!(repository.commit("v1"), Ok(Some(head.clone())));
    for none in ["nothing", "file", "--all", &"1".repeat(40), &blob] {
        assert_eq!(repository.commit(none), Ok(None), "{none}");
    }
    assert_eq!((repository.has(&blob), repository.has(&"1".repeat(40))), (Ok(true), Ok(false)));
    assert_eq!(repository.is_ancestor(&root, &head), Ok(true));
    assert_eq!(repository.is_ancestor(&head, &root), Ok(false));
    assert_eq!(repository.parent(&head), Ok(Some(root.clone())));
    assert_eq!(repository.parent(&root), Ok(None));
    assert_eq!(repository.first_new(&head, "origin"), Ok(Some(root.clone())));
    scratch.git(&["update-ref", "refs/remotes/origin/main", &root]);
    assert_eq!(repository.first_new(&head, "origin"), Ok(Some(head.clone())));
    assert_eq!(repository.first_new(&head, "other"), Ok(Some(root.clone())));
    assert_eq!(repository.first_new(&root, "origin"), Ok(None));
    assert!(Repository::at(Scratch::new().path()).commit("HEAD").is_err());
}

#[test]
fn hooks_are_where_git_looks_for_them() {
    let scratch = Scratch::committed(&[("a.yml", "a: 1\n")]);
    let hooks = |folder: &str| Repository::at(&scratch.path().join(folder)).hooks().unwrap();
    assert_eq!(hooks(""), (scratch.path().join(".git/hooks"), true));
    scratch.git(&["worktree", "add", "-q", "--detach", "tree"]);
    assert_eq!(hooks("tree"), (scratch.path().join(".git/hooks"), true));
    scratch.git(&["config", "core.hooksPath", ".githooks"]);
    assert_eq!(hooks(""), (scratch.path().join(".githooks"), true));
    let elsewhere = Scratch::new();
    scratch.git(&["config", "core.hooksPath", elsewhere.path().to_str().unwrap()]);
    assert_eq!(hooks(""), (elsewhere.path().to_owned(), false));
}

#[test]
fn a_bare_repository_is_found_from_inside() {
    let scratch = Scratch::committed(&[("a.yml", "a: 1\n")]);
    scratch.git(&["clone", "-q", "--bare", ".", "bare.git"]);
    let bare = scratch.path().join("bare.git");
    let found = Repository::bare_around(&bare.join("refs")).unwrap();
    assert_eq!(found.folder(), bare);
    assert!(Repository::bare_around(scratch.path()).is_none());
    assert!(Repository::bare_around(Scratch::new().path()).is_none());
}
