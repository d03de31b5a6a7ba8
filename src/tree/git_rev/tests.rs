#![cfg(unix)]

use super::*;
use crate::tree::Disk;
use crate::tree::testing::{Scratch, git};

fn repository() -> Scratch {
    let scratch = Scratch::with(&[
        (".gitignore", "*.log\n/build/\n"),
        ("a.yml", "a: 1\n"),
        ("sub/b.yml", "b: 2\n"),
        ("sub/é ü.yml", "c: 3\n"),
        ("sub/.gitignore", "!keep.log\n"),
    ]);
    scratch.link("link", "sub");
    scratch.link("sub/up", "../a.yml");
    scratch.link("out", "../../etc/passwd");
    scratch.write("run.sh", b"#!/bin/sh\n");
    scratch.git(&["init", "-q"]);
    scratch.git(&["add", "-A"]);
    scratch.git(&["update-index", "--chmod=+x", "run.sh"]);
    scratch.git(&["commit", "-q", "-m", "x"]);
    scratch
}

#[test]
fn a_commit_lists_what_its_clean_checkout_lists() {
    use std::os::unix::ffi::OsStrExt;
    let scratch = repository();
    std::fs::write(scratch.path().join(std::ffi::OsStr::from_bytes(b"n\n\xff\x1b.yml")), "x").unwrap();
    scratch.git(&["update-index", "--add", "--cacheinfo", "160000,1234567890123456789012345678901234567890,mod"]);
    std::fs::create_dir(scratch.path().join("mod")).unwrap();
    scratch.git(&["add", "-A", ":!mod"]);
    scratch.git(&["commit", "-q", "-m", "y"]);
    scratch.git(&["checkout", "-q", "."]);
    let tree = GitRev::new(scratch.path(), "HEAD").unwrap();
    let disk = Disk::new(scratch.path()).unwrap();
    let plain = |entries: Vec<Entry>| -> Vec<_> {
        entries.into_iter().map(|entry| (entry.path, entry.kind, entry.mode)).collect()
    };
    assert_eq!(plain(tree.list().unwrap().0), plain(disk.list().unwrap().0));
    assert!(tree.list().unwrap().0.iter().any(|entry| entry.kind == EntryKind::Submodule));
    for entry in tree.list().unwrap().0 {
        assert_eq!(tree.read(&entry.path, 1000), disk.read(&entry.path, 1000), "{}", entry.path);
        let size = |tree: &dyn Tree| tree.resolve(&entry.path).filter(|stat| stat.kind == EntryKind::File);
        assert_eq!(size(&tree).map(|stat| stat.size), size(&disk).map(|stat| stat.size));
    }
    assert_eq!(disk.revision().as_deref(), Some(tree.revision()));
}

#[test]
fn bare_repositories_and_older_commits() {
    let scratch = repository();
    let first = scratch.git(&["rev-parse", "HEAD"]);
    scratch.write("a.yml", b"a: changed\n");
    scratch.write("new.yml", b"n\n");
    scratch.commit();
    scratch.git(&["tag", "-a", "v1", "-m", "x"]);
    scratch.git(&["clone", "-q", "--bare", ".", "bare.git"]);
    let bare = scratch.path().join("bare.git");
    for (folder, revision, text) in [
        (bare.clone(), "v1", "a: changed\n"),
        (bare.clone(), first.as_str(), "a: 1\n"),
        (scratch.path().join(".git"), "HEAD~1", "a: 1\n"),
    ] {
        let tree = GitRev::new(&folder, revision).unwrap();
        assert_eq!(tree.read(&"a.yml".into(), 99), Ok(text.as_bytes().to_vec()));
        assert_eq!(tree.stat(&"new.yml".into()).is_some(), text.contains("changed"));
        assert!(tree.list().unwrap().0.iter().all(|entry| {
            entry.kind != EntryKind::File || matches!(&entry.content, Some(ContentId::Blob(id)) if id.len() == 40)
        }));
    }
    let same = |path: &str| {
        let content = |revision: &str| {
            let tree = GitRev::new(&bare, revision).unwrap();
            tree.list().unwrap().0.into_iter().find(|entry| entry.path == path.into()).unwrap().content
        };
        content("v1") == content(&first)
    };
    assert!(same("run.sh") && !same("a.yml"));
}

#[test]
fn links_ranges_caps_and_ignore_rules() {
    let scratch = repository();
    // What is judged is the commit: the disk may have changed since.
    std::fs::remove_file(scratch.path().join(".gitignore")).unwrap();
    let tree = GitRev::new(scratch.path(), "HEAD").unwrap();
    assert_eq!(tree.read(&"link/b.yml".into(), 99), Ok(b"b: 2\n".to_vec()));
    assert_eq!(tree.read(&"link/up".into(), 99), Ok(b"a: 1\n".to_vec()));
    assert_eq!(tree.read_link(&"sub/up".into()), Ok(b"../a.yml".to_vec()));
    assert!(matches!(tree.read(&"out".into(), 99), Err(TreeError::Link(_))));
    assert_eq!(tree.read(&"sub".into(), 99), Err(TreeError::NotAFile));
    assert_eq!(tree.read(&"none".into(), 99), Err(TreeError::Missing));
    assert_eq!(tree.read(&"a.yml".into(), 4), Err(TreeError::TooLarge { size: 5, cap: 4 }));
    assert_eq!(tree.read_range(&"a.yml".into(), 3, 99), Ok(b"1\n".to_vec()));
    assert_eq!(tree.read_range(&"a.yml".into(), 99, 1), Ok(Vec::new()));
    assert_eq!(tree.stat(&"run.sh".into()).unwrap().mode, 0o755);
    assert_eq!(tree.names(&"link".into()).len(), 4);
    assert!(tree.is_ignored(&"x.log".into()) && tree.is_ignored(&"build/x".into()));
    assert!(!tree.is_ignored(&"sub/keep.log".into()) && !tree.is_ignored(&"a.yml".into()));
}

#[test]
fn thousands_of_blobs_at_once_do_not_block() {
    let scratch = Scratch::new();
    // Some larger than a pipe holds, so that answers must be read while requests are written.
    let text = |i: usize| format!("file {i}\n").repeat(if i.is_multiple_of(100) { 20_000 } else { 1 + i % 50 });
    for i in 0..3_000 {
        scratch.write(&format!("d{}/f{i}.txt", i % 30), text(i).as_bytes());
    }
    scratch.git(&["init", "-q"]);
    scratch.commit();
    let start = std::time::Instant::now();
    let tree = GitRev::new(scratch.path(), "HEAD").unwrap();
    let mut paths: Vec<TreePath> = (0..3_000).map(|i| format!("d{}/f{i}.txt", i % 30).as_str().into()).collect();
    paths.insert(1, "no/such".into());
    let answers = tree.read_many(&paths, 150_000);
    println!("3,000 blobs in {:?}", start.elapsed());
    assert_eq!(answers.len(), paths.len());
    assert_eq!(answers[1], Err(TreeError::Missing));
    for (i, answer) in
        answers.iter().enumerate().filter(|(i, _)| *i != 1).map(|(i, a)| (i.saturating_sub(usize::from(i > 1)), a))
    {
        match text(i).into_bytes() {
            text if text.len() > 150_000 => assert!(matches!(answer, Err(TreeError::TooLarge { .. })), "{i}"),
            text => assert_eq!(answer.as_ref(), Ok(&text), "{i}"),
        }
    }
    // From many threads, one at a time.
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (tree, paths) = (&tree, &paths);
            scope.spawn(move || {
                for path in paths.iter().skip(2 + thread).step_by(100) {
                    assert!(tree.read(path, 1 << 20).is_ok());
                }
            });
        }
    });
}

#[test]
fn what_git_cannot_give_is_told() {
    let scratch = repository();
    let cause = |revision: &str| match GitRev::new(scratch.path(), revision) {
        Err(TreeError::Git(cause)) => cause,
        other => panic!("{other:?}"),
    };
    assert!(cause("nothing").contains("does not exist"));
    assert!(cause("--help").contains("does not exist"));
    assert!(cause("HEAD:a.yml").contains("does not exist"));
    let none = Scratch::new();
    assert_eq!(GitRev::new(none.path(), "HEAD").err(), Some(TreeError::Git("not a git repository".into())));
    // A blob that is gone: the others are still read.
    let blob = scratch.git(&["rev-parse", "HEAD:a.yml"]);
    let (folder, file) = blob.split_at(2);
    std::fs::remove_file(scratch.path().join(".git/objects").join(folder).join(file)).unwrap();
    let tree = GitRev::new(scratch.path(), "HEAD").unwrap();
    let answers = tree.read_many(&["a.yml".into(), "run.sh".into()], 99);
    assert!(matches!(answers[0], Err(TreeError::Damaged(_))), "{answers:?}");
    assert_eq!(answers[1], Ok(b"#!/bin/sh\n".to_vec()));
}

#[test]
fn a_partial_clone_is_not_fetched() {
    let scratch = repository();
    scratch.git(&["config", "uploadpack.allowFilter", "true"]);
    let partial = Scratch::new();
    let from = format!("file://{}", scratch.path().display());
    git(partial.path(), &["clone", "-q", "--bare", "--filter=blob:none", &from, "partial.git"]);
    let tree = GitRev::new(&partial.path().join("partial.git"), "HEAD").unwrap();
    assert!(tree.list().unwrap().0.iter().any(|entry| entry.path == "a.yml".into()));
    let answers = tree.read_many(&["a.yml".into(), "run.sh".into()], 99);
    assert!(answers.iter().all(|answer| matches!(answer, Err(TreeError::Damaged(_)))), "{answers:?}");
}
