#![cfg(unix)]

use super::*;
use crate::tree::testing::Scratch;

fn listed(root: &Path) -> Vec<(String, EntryKind)> {
    let (entries, problems) = Disk::new(root).unwrap().list().unwrap();
    assert_eq!(problems, vec![]);
    entries.iter().map(|entry| (entry.path.to_string(), entry.kind)).collect()
}

fn files(root: &Path) -> Vec<String> {
    listed(root).into_iter().map(|(path, _)| path).collect()
}

const FILES: &[(&str, &str)] = &[
    (".gitignore", "*.log\n/build/\nnode_modules/\n"),
    ("a.yml", "a"),
    ("sub/b.yml", "bb"),
    ("sub/.hidden/c.yml", "c"),
    ("sub.yml", "x"),
];

#[test]
fn a_repository_gives_index_and_untracked_files() {
    let scratch = Scratch::committed(FILES);
    scratch.write("forced.log", b"tracked though ignored");
    scratch.git(&["add", "-f", "forced.log"]);
    scratch.git(&["rm", "-q", "--cached", "sub.yml"]);
    scratch.write("new/n.yml", b"n");
    scratch.write("x.log", b"ignored");
    scratch.write("build/y.yml", b"ignored");
    scratch.write("node_modules/z/package.json", b"{}");
    std::fs::remove_file(scratch.path().join("a.yml")).unwrap();
    let all = [".gitignore", "forced.log", "new/n.yml", "sub/.hidden/c.yml", "sub/b.yml", "sub.yml"];
    let mut all: Vec<String> = all.iter().map(|path| (*path).to_owned()).collect();
    all.sort();
    assert_eq!(files(scratch.path()), all);
    assert_eq!(files(&scratch.path().join("sub")), [".hidden/c.yml", "b.yml"]);
    assert_eq!(files(&scratch.path().join("build")), ["y.yml"], "an ignored folder is walked if it is the root");
}

#[test]
fn untracked_files_are_those_that_git_finds() {
    let scratch = Scratch::committed(&[("ignored/tracked.yml", ""), ("a/tracked.yml", ""), ("was-file", "")]);
    let rules = "*.log\n/build/\n!keep.log\na/**/z\ndir/\nsub/*.txt\n\\!bang\n\\#hash\n# comment\n[ab].x\nignored/\n\
                 *.y?ml\n!/a/b/only.yaml\ntrail \nfoo/*\n!foo/bar\n/*.top\n**/deep/er\n{x,y}\n";
    scratch.write(".gitignore", rules.as_bytes());
    scratch.write("a/.gitignore", b"!*.log\n/z2\n*.md\n!README.md\n");
    scratch.write("a/b/.gitignore", b"*\n!*.yaml\n");
    scratch.write(".git/info/exclude", b"excluded\n");
    std::fs::remove_file(scratch.path().join("was-file")).unwrap();
    for path in [
        "x.log",
        "keep.log",
        "build/x",
        "c/build/x",
        "a/z",
        "a/q/z",
        "a/q/r/z/f",
        "dir/x",
        "c/dir/x",
        "c/dirx",
        "sub/x.txt",
        "sub/s/x.txt",
        "!bang",
        "#hash",
        "a.x",
        "c.x",
        "ignored/untracked",
        "ignored/x.log",
        "a/x.log",
        "a/z2",
        "a/s/z2",
        "a/x.md",
        "a/README.md",
        "a/b/only.yaml",
        "a/b/x.yaml",
        "a/b/x.txt",
        "x.yaml",
        "trail",
        "foo/x",
        "foo/bar",
        "foo/s/x",
        "x.top",
        "c/x.top",
        "c/deep/er",
        "deep/er/x",
        "x",
        "y",
        "{x,y}",
        "excluded",
        "c/excluded/x",
        "was-file/x",
        "é/ü.txt",
    ] {
        if std::fs::symlink_metadata(scratch.path().join(path)).is_err() {
            scratch.write(path, b"");
        }
    }
    let mut expected: Vec<String> = scratch
        .git(&["-c", "core.quotePath=false", "ls-files", "--cached", "--others", "--exclude-standard"])
        .lines()
        .map(str::to_owned)
        .collect();
    expected.retain(|path| scratch.path().join(path).is_file());
    expected.sort();
    assert_eq!(files(scratch.path()), expected);
    let mut below: Vec<&str> = expected.iter().filter_map(|path| path.strip_prefix("a/")).collect();
    below.sort_unstable();
    assert_eq!(files(&scratch.path().join("a")), below);
    assert_eq!(files(&scratch.path().join("ignored")), ["tracked.yml"]);
}

#[test]
fn without_git_ignore_files_hold_and_hidden_files_are_listed() {
    let scratch = Scratch::with(FILES);
    scratch.write("x.log", b"ignored");
    scratch.write("sub/vendor/v.yml", b"never");
    scratch.write("node_modules/z/package.json", b"never");
    scratch.write("nested/.git/HEAD", b"ref: refs/heads/main\n");
    scratch.write("nested/n.yml", b"n");
    let expected = [
        (".gitignore", EntryKind::File),
        ("a.yml", EntryKind::File),
        ("nested", EntryKind::Submodule),
        ("sub.yml", EntryKind::File),
        ("sub/.hidden/c.yml", EntryKind::File),
        ("sub/b.yml", EntryKind::File),
    ];
    assert_eq!(listed(scratch.path()), expected.map(|(path, kind)| (path.to_owned(), kind)));
}

#[test]
fn repositories_inside_are_entries_and_not_entered() {
    let module = Scratch::committed(&[("m.yml", "m")]);
    let scratch = Scratch::committed(FILES);
    scratch.git(&["submodule", "--quiet", "add", &module.path().display().to_string(), "mod"]);
    scratch.write("deep/own/o.yml", b"o");
    crate::tree::testing::git(&scratch.path().join("deep/own"), &["init", "-q"]);
    crate::tree::testing::git(&scratch.path().join("deep/own"), &["add", "-A"]);
    crate::tree::testing::git(&scratch.path().join("deep/own"), &["commit", "-qm", "x"]);
    let disk = Disk::new(scratch.path()).unwrap();
    let (entries, _) = disk.list().unwrap();
    let nested: Vec<_> = entries.iter().filter(|entry| entry.kind == EntryKind::Submodule).collect();
    assert_eq!(nested.iter().map(|entry| entry.path.to_string()).collect::<Vec<_>>(), ["deep/own", "mod"]);
    assert!(!entries.iter().any(|entry| entry.path.is_under(&"mod".into()) && entry.path != "mod".into()));
    assert_eq!(disk.nested_repositories(&entries), ["deep/own".into(), "mod".into()]);
    assert_eq!(Disk::find_repository(&scratch.path().join("deep/own/o.yml")), Some(scratch.path().join("deep/own")));
    let not_checked_out = Scratch::new();
    let clone = not_checked_out.path().join("clone");
    scratch.commit();
    not_checked_out.git(&["clone", "-q", &scratch.path().display().to_string(), "clone"]);
    let disk = Disk::new(&clone).unwrap();
    let (entries, _) = disk.list().unwrap();
    assert!(entries.iter().any(|entry| entry.kind == EntryKind::Submodule));
    assert_eq!(disk.nested_repositories(&entries), Vec::<TreePath>::new());
}

#[test]
fn the_commit_is_known_where_there_is_one() {
    let scratch = Scratch::with(FILES);
    assert_eq!(Disk::new(scratch.path()).unwrap().revision(), None);
    scratch.git(&["init", "-q"]);
    assert_eq!(Disk::new(scratch.path()).unwrap().revision(), None);
    assert_eq!(files(scratch.path()).len(), FILES.len());
    scratch.commit();
    let head = scratch.git(&["rev-parse", "HEAD"]);
    assert_eq!(Disk::new(&scratch.path().join("sub")).unwrap().revision(), Some(head));
}

#[test]
fn links_are_read_inside_the_tree_only() {
    let outside = Scratch::with(&[("secret", "s")]);
    let scratch = Scratch::with(&[("real/f.yml", "text")]);
    scratch.link("folder", "real");
    scratch.link("file", "folder/f.yml");
    scratch.link("up", "../../../../../../etc/passwd");
    scratch.link("outside", &outside.path().display().to_string());
    scratch.link("loop", "loop2");
    scratch.link("loop2", "loop");
    scratch.link("self/again", "..");
    scratch.link("dangling", "nothing");
    let disk = Disk::new(scratch.path()).unwrap();
    assert_eq!(disk.read(&"file".into(), 10), Ok(b"text".to_vec()));
    assert_eq!(disk.read(&"folder/f.yml".into(), 10), Ok(b"text".to_vec()));
    assert_eq!(disk.read(&"self/again/real/f.yml".into(), 10), Ok(b"text".to_vec()));
    assert_eq!(disk.stat(&"folder".into()).unwrap().kind, EntryKind::Link);
    assert_eq!(disk.resolve(&"folder".into()).unwrap().kind, EntryKind::Folder);
    assert_eq!(disk.stat(&"folder/f.yml".into()).unwrap().size, 4);
    assert_eq!(disk.read_link(&"file".into()), Ok(b"folder/f.yml".to_vec()));
    assert_eq!(disk.names(&"folder".into()), [b"f.yml".to_vec()]);
    for path in ["up", "outside", "outside/secret", "loop", "dangling"] {
        assert!(matches!(disk.read(&path.into(), 10), Err(TreeError::Link(_))), "{path}");
    }
    assert_eq!(disk.read(&"real".into(), 10), Err(TreeError::NotAFile));
    assert_eq!(disk.read(&"gone".into(), 10), Err(TreeError::Missing));
    let kinds = listed(scratch.path());
    assert_eq!(kinds.iter().filter(|(_, kind)| *kind == EntryKind::Link).count(), 8);
}

#[test]
fn caps_and_ranges() {
    let scratch = Scratch::with(&[("f", "0123456789")]);
    let disk = Disk::new(scratch.path()).unwrap();
    assert_eq!(disk.read(&"f".into(), 9), Err(TreeError::TooLarge { size: 10, cap: 9 }));
    assert_eq!(disk.read(&"f".into(), 10).unwrap().len(), 10);
    assert_eq!(disk.read_range(&"f".into(), 8, 5), Ok(b"89".to_vec()));
    let mut text = String::new();
    disk.open(&"f".into()).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "0123456789");
    // A file of the system whose size is told as 0.
    assert!(matches!(
        Disk::new(Path::new("/proc/self")).map(|disk| disk.read(&"mountinfo".into(), 3)),
        Ok(Err(TreeError::TooLarge { .. }))
    ));
}

#[test]
fn ignore_rules_answer_for_what_is_not_there() {
    let scratch = Scratch::committed(FILES);
    scratch.write(".git/info/exclude", b"secret.pem\n");
    let disk = Disk::new(scratch.path()).unwrap();
    assert!(disk.is_ignored(&"sub/x.log".into()));
    assert!(disk.is_ignored(&"build/any/thing".into()));
    assert!(disk.is_ignored(&"sub/secret.pem".into()));
    assert!(!disk.is_ignored(&"sub/x.yml".into()));
    let below = Disk::new(&scratch.path().join("sub")).unwrap();
    assert!(below.is_ignored(&"x.log".into()), "rules above the root hold");
    assert!(!below.is_ignored(&"build".into()));
}

#[test]
fn what_a_sparse_checkout_leaves_out_is_known() {
    let scratch = Scratch::committed(&[("a.yml", ""), ("deploy/b.yml", ""), ("deploy/c/d.yml", ""), ("web/e.yml", "")]);
    scratch.git(&["sparse-checkout", "set", "web"]);
    let disk = Disk::new(scratch.path()).unwrap();
    let (entries, problems) = disk.list().unwrap();
    let paths: Vec<String> = entries.iter().map(|entry| entry.path.to_string()).collect();
    assert_eq!((paths, problems), (vec!["a.yml".to_owned(), "web/e.yml".to_owned()], vec![]));
    assert_eq!(disk.left_out(), ["deploy/b.yml".into(), "deploy/c/d.yml".into()]);
    for path in ["deploy/b.yml", "deploy", "deploy/c"] {
        assert!(disk.is_ignored(&path.into()), "{path}");
    }
    assert!(!disk.is_ignored(&"web/other.yml".into()) && !disk.is_ignored(&"dep".into()));
}

#[test]
fn roots_that_are_none() {
    let scratch = Scratch::with(&[("f", "")]);
    assert_eq!(Disk::new(&scratch.path().join("f")).err(), Some(TreeError::NotAFile));
    assert_eq!(Disk::new(&scratch.path().join("g")).err(), Some(TreeError::Missing));
    let broken = Scratch::with(&[("a.yml", "a"), (".git/HEAD", "nonsense")]);
    assert_eq!(files(broken.path()), ["a.yml"], "a broken repository is walked");
}

#[test]
fn a_folder_of_another_user_is_walked_and_the_reason_told() {
    let scratch = Scratch::committed(FILES);
    if std::os::unix::fs::chown(scratch.path(), Some(12_345), None).is_err() {
        println!("skipped: only root can give a folder away");
        return;
    }
    let (entries, problems) = Disk::new(scratch.path()).unwrap().list().unwrap();
    assert_eq!(entries.len(), FILES.len());
    assert!(matches!(&problems[..], [(root, TreeError::Git(cause))] if root.is_root() && cause.contains("dubious")));
}

#[test]
fn special_files_are_never_opened() {
    let scratch = Scratch::with(&[("a.yml", "a")]);
    let made = std::process::Command::new("mkfifo")
        .args([scratch.path().join("pipe"), scratch.path().join(".gitignore")])
        .status();
    if !made.is_ok_and(|status| status.success()) {
        println!("skipped: no mkfifo");
        return;
    }
    let _socket = std::os::unix::net::UnixListener::bind(scratch.path().join("socket")).unwrap();
    let disk = Disk::new(scratch.path()).unwrap();
    let (entries, problems) = disk.list().unwrap();
    let special = entries.iter().filter(|entry| entry.kind == EntryKind::Special).count();
    assert_eq!((special, problems.len()), (3, 0));
    scratch.link("to-pipe", "pipe");
    for path in ["pipe", "socket", "to-pipe"] {
        assert_eq!(disk.read(&path.into(), 10), Err(TreeError::NotAFile));
        assert_eq!(disk.open(&path.into()).err(), Some(TreeError::NotAFile));
    }
    assert!(!disk.is_ignored(&"x".into()));
    // Tracked as a file, now a pipe.
    let tracked = Scratch::committed(&[("a.yml", "a")]);
    std::fs::remove_file(tracked.path().join("a.yml")).unwrap();
    std::process::Command::new("mkfifo").arg(tracked.path().join("a.yml")).status().unwrap();
    assert_eq!(listed(tracked.path()), [("a.yml".to_owned(), EntryKind::Special)]);
}

#[test]
fn names_that_terminals_and_encodings_dislike() {
    use std::os::unix::ffi::OsStrExt;
    for in_git in [false, true] {
        let scratch = Scratch::new();
        if in_git {
            scratch.git(&["init", "-q"]);
        }
        let long = vec![b'n'; 255];
        let names: [&[u8]; 4] = [b"a\nb\x1b[31m.yml", b"\xff\xfe.yml", &long, "r\u{202e}tl.yml".as_bytes()];
        for name in names {
            std::fs::write(scratch.path().join(std::ffi::OsStr::from_bytes(name)), "x: 1").unwrap();
        }
        for is_committed in [false, true] {
            if is_committed && in_git {
                scratch.commit();
            }
            let disk = Disk::new(scratch.path()).unwrap();
            let (entries, problems) = disk.list().unwrap();
            assert_eq!((entries.len(), problems.len()), (4, 0));
            for entry in entries {
                assert_eq!(disk.read(&entry.path, 10), Ok(b"x: 1".to_vec()));
                assert!(!entry.path.to_string().contains(['\n', '\x1b', '\u{202e}']));
            }
        }
    }
}

#[test]
fn what_vanishes_after_the_listing_is_missing() {
    let scratch = Scratch::committed(FILES);
    let disk = Disk::new(scratch.path()).unwrap();
    let (entries, _) = disk.list().unwrap();
    assert!(disk.read(&"sub/b.yml".into(), 10).is_ok());
    std::fs::remove_dir_all(scratch.path().join("sub")).unwrap();
    assert_eq!(disk.read(&"sub/b.yml".into(), 10), Err(TreeError::Missing));
    assert!(entries.iter().any(|entry| entry.path == "sub/b.yml".into()));
    assert!(!files(scratch.path()).contains(&"sub/b.yml".to_owned()));
    // A link put in the folder's place does not bring its files back.
    let elsewhere = Scratch::with(&[("b.yml", "other")]);
    scratch.link("sub", &elsewhere.path().display().to_string());
    assert!(!files(scratch.path()).contains(&"sub/b.yml".to_owned()));
}

#[test]
fn a_folder_that_may_not_be_read_is_told_and_the_rest_is_listed() {
    use std::os::unix::fs::PermissionsExt;
    for in_git in [false, true] {
        let scratch = if in_git { Scratch::committed(FILES) } else { Scratch::with(FILES) };
        let closed = scratch.path().join("sub");
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o000)).unwrap();
        let bites = std::fs::read_dir(&closed).is_err();
        let listing = Disk::new(scratch.path()).unwrap().list();
        std::fs::set_permissions(&closed, std::fs::Permissions::from_mode(0o755)).unwrap();
        if !bites {
            println!("skipped: this user reads every folder");
            return;
        }
        let (entries, problems) = listing.unwrap();
        assert!(entries.iter().any(|entry| entry.path == "a.yml".into()));
        assert_eq!(problems, vec![("sub".into(), TreeError::Denied)]);
    }
}

#[test]
fn many_files_are_listed_fast() {
    let scratch = Scratch::new();
    for folder in 0..200 {
        for file in 0..50 {
            scratch.write(&format!("d{}/e{folder}/f{file}.yml", folder % 20), b"a: 1\n");
        }
    }
    scratch.git(&["init", "-q"]);
    scratch.commit();
    let start = std::time::Instant::now();
    assert_eq!(files(scratch.path()).len(), 10_000);
    println!("10,000 files in {:?}", start.elapsed());
}
