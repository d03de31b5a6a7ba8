#![cfg(unix)]

use super::*;
use crate::tree::testing::Scratch;
use crate::tree::{Disk, Memory};

/// A monorepo whose built folder links what lies beside it.
fn scratch() -> Scratch {
    let scratch = Scratch::committed(&[
        (".gitignore", "build/\nnode_modules/\n"),
        ("packages/shared/index.js", "shared"),
        ("packages/shared/own.js", "own"),
    ]);
    scratch.write("build/F/index.js", b"handler");
    scratch.write("build/F/node_modules/left/index.js", b"left");
    scratch.link("build/F/node_modules/right", "left");
    scratch.link("build/F/node_modules/shared", "../../../packages/shared");
    scratch.link("build/F/single.js", "../../packages/shared/own.js");
    scratch.link("build/F/layer", "/opt/nodejs");
    scratch
}

fn paths(tree: &dyn Tree) -> Vec<(String, EntryKind)> {
    tree.list().unwrap().0.into_iter().map(|entry| (entry.path.to_string(), entry.kind)).collect()
}

#[test]
fn all_of_an_ignored_folder_is_seen_and_links_out_of_it_are_what_they_lead_to() {
    let scratch = scratch();
    let tree = Disk::new(scratch.path()).unwrap().package(&"build/F".into(), 1000).unwrap();
    let expected = [
        ("index.js", EntryKind::File),
        ("layer", EntryKind::Link),
        ("node_modules/left/index.js", EntryKind::File),
        ("node_modules/right", EntryKind::Link),
        ("node_modules/shared/index.js", EntryKind::File),
        ("node_modules/shared/own.js", EntryKind::File),
        ("single.js", EntryKind::File),
    ];
    assert_eq!(paths(tree.as_ref()), expected.map(|(path, kind)| (path.to_owned(), kind)));
    let read = |path: &str| tree.read(&path.into(), 100);
    assert_eq!(read("node_modules/shared/index.js"), Ok(b"shared".to_vec()));
    assert_eq!(read("node_modules/right/index.js"), Ok(b"left".to_vec()));
    assert_eq!(read("single.js"), Ok(b"own".to_vec()));
    assert_eq!(read("index.js/x"), Err(TreeError::Missing));
    assert_eq!(tree.read(&"index.js".into(), 3), Err(TreeError::TooLarge { size: 7, cap: 3 }));
    assert_eq!(tree.read_range(&"index.js".into(), 2, 3), Ok(b"ndl".to_vec()));
    assert_eq!(tree.names(&"node_modules".into()), [&b"left"[..], b"right", b"shared"].map(<[u8]>::to_vec));
    assert_eq!(tree.stat(&"index.js".into()).unwrap().mode & 0o400, 0o400);
    assert_eq!(tree.list().unwrap().1, vec![]);
}

#[test]
fn what_cannot_be_seen_is_said() {
    let scratch = scratch();
    scratch.link("build/F/round", "../..");
    scratch.link("build/F/out", "/usr/share");
    scratch.link("build/F/gone", "nothing");
    let disk = Disk::new(scratch.path()).unwrap();
    let tree = disk.package(&"build/F".into(), 1000).unwrap();
    let (entries, problems) = tree.list().unwrap();
    let problems: Vec<String> = problems.iter().map(|(path, error)| format!("{path}: {error}")).collect();
    assert_eq!(problems, ["out: link leads out of the repository", "round: links lead in a circle"]);
    assert!(entries.iter().any(|entry| entry.path == "gone".into() && entry.kind == EntryKind::Link));
    assert_eq!(disk.package(&"build/G".into(), 1000).err(), Some(TreeError::Missing));
    assert_eq!(disk.package(&"build/F/index.js".into(), 1000).err(), Some(TreeError::NotAFile));
}

#[test]
fn a_folder_of_another_tree_is_copied() {
    let tree = Memory::with_links([("dist/a.js", "a"), ("dist/b/c.js", "cc"), ("other", "o")], [("dist/l", "b/c.js")]);
    let folder = tree.package(&"dist".into(), 100).unwrap();
    assert_eq!(folder.read(&"l".into(), 9), Ok(b"cc".to_vec()));
    assert_eq!(folder.list().unwrap().0.len(), 3);
    assert_eq!(tree.package(&"dist".into(), 2).err(), Some(TreeError::TooLarge { size: 3, cap: 2 }));
}
