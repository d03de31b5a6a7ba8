#![cfg(unix)]

use std::io::Write;

use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::*;

/// A member: name, content, Unix mode with type bits (0 for none).
type Spec<'s> = (&'s str, &'s [u8], u32);

fn packed(members: &[Spec<'_>], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes, mode) in members {
        let options = SimpleFileOptions::default().compression_method(method);
        let options = if *mode == 0 { options } else { options.unix_permissions(*mode) };
        if mode & TYPE_BITS == 0o120_000 {
            writer.add_symlink(*name, String::from_utf8_lossy(bytes), options).unwrap();
        } else if name.ends_with('/') {
            writer.add_directory(*name, options).unwrap();
        } else {
            writer.start_file(*name, options).unwrap();
            writer.write_all(bytes).unwrap();
        }
    }
    writer.finish().unwrap().into_inner()
}

fn archive(members: &[Spec<'_>]) -> Archive {
    Archive::of_bytes(packed(members, CompressionMethod::Deflated)).unwrap()
}

/// Replaces bytes of the same length, everywhere.
fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let places: Vec<usize> = memchr::memmem::find_iter(&bytes, from).collect();
    assert!(!places.is_empty());
    for place in places {
        bytes[place..place + to.len()].copy_from_slice(to);
    }
    bytes
}

/// Changes a 32-bit field of the first record of the central directory.
fn with_field(mut bytes: Vec<u8>, offset: usize, value: u32) -> Vec<u8> {
    let record = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    bytes[record + offset..record + offset + 4].copy_from_slice(&value.to_le_bytes());
    bytes
}

#[test]
fn members_modes_links_and_folders() {
    let tree = archive(&[
        ("index.js", b"main", 0o100_644),
        ("bin/run", b"#!/bin/sh", 0o100_755),
        ("node_modules/.bin/x", b"../x/cli.js", 0o120_777),
        ("node_modules/x/cli.js", b"cli", 0),
        ("lib", b"node_modules", 0o120_777),
        ("empty/", b"", 0o040_700),
        ("abs", b"/opt/x", 0o120_777),
        ("climb", b"../../etc/passwd", 0o120_777),
    ]);
    assert_eq!(tree.read(&"index.js".into(), 9), Ok(b"main".to_vec()));
    assert_eq!(tree.stat(&"bin/run".into()).unwrap().mode, 0o755);
    assert_eq!(tree.read(&"node_modules/.bin/x".into(), 9), Ok(b"cli".to_vec()));
    assert_eq!(tree.read(&"lib/x/cli.js".into(), 9), Ok(b"cli".to_vec()));
    assert_eq!(tree.read_link(&"lib".into()), Ok(b"node_modules".to_vec()));
    assert_eq!(tree.names(&"lib".into()), [b".bin".to_vec(), b"x".to_vec()]);
    assert_eq!(tree.stat(&"empty".into()), Some(Stat { kind: EntryKind::Folder, mode: 0o700, size: 0 }));
    assert_eq!(tree.stat(&"node_modules".into()).unwrap().kind, EntryKind::Folder);
    assert_eq!(tree.read(&"Index.js".into(), 9), Err(TreeError::Missing));
    assert_eq!(tree.read(&"bin".into(), 9), Err(TreeError::NotAFile));
    for path in ["abs", "climb"] {
        assert!(matches!(tree.read(&path.into(), 9), Err(TreeError::Link(_))), "{path}");
    }
    assert_eq!(tree.read(&"index.js".into(), 3), Err(TreeError::TooLarge { size: 4, cap: 3 }));
    assert_eq!(tree.read_range(&"index.js".into(), 1, 2), Ok(b"ai".to_vec()));
    assert_eq!(tree.read_range(&"index.js".into(), 9, 2), Ok(Vec::new()));
    let mut text = String::new();
    tree.open(&"index.js".into()).unwrap().read_to_string(&mut text).unwrap();
    assert_eq!(text, "main");
    let (entries, _) = tree.list().unwrap();
    assert_eq!(entries.iter().filter(|entry| entry.kind == EntryKind::Link).count(), 4);
    assert_eq!(entries.len(), 7);
}

#[test]
fn names_are_kept_as_they_are() {
    let bytes = packed(
        &[("AA/evil", b"1", 0), ("Babs", b"2", 0), ("wXnY.js", b"3", 0), ("CCd/x.js", b"4", 0)],
        CompressionMethod::Stored,
    );
    let bytes = patched(bytes, b"AA/evil", b"../evil");
    let bytes = patched(bytes, b"Babs", b"/abs");
    let bytes = patched(bytes, b"wXnY.js", b"w\\n\xff.js");
    let bytes = patched(bytes, b"CCd/x.js", b"./d/x.js");
    let tree = Archive::of_bytes(bytes).unwrap();
    let (entries, _) = tree.list().unwrap();
    let paths: Vec<String> = entries.iter().map(|entry| entry.path.to_string()).collect();
    assert_eq!(paths, ["../evil", "/abs", "d/x.js", "w\\n\\xff.js"]);
    for path in ["evil", "abs", "../evil", "/abs", "w/n.js"] {
        assert!(tree.read(&path.into(), 9).is_err(), "{path}");
    }
    assert_eq!(tree.read(&TreePath::new(b"w\\n\xff.js"), 9), Ok(b"3".to_vec()));
    assert_eq!(tree.read(&"d/x.js".into(), 9), Ok(b"4".to_vec()));
}

#[test]
fn of_duplicates_the_last_holds() {
    let bytes = packed(&[("a.js", b"first", 0), ("b.js", b"last", 0), ("c.js", b"", 0)], CompressionMethod::Stored);
    let tree = Archive::of_bytes(patched(bytes, b"b.js", b"a.js")).unwrap();
    assert_eq!(tree.duplicates(), ["a.js".into()]);
    assert_eq!(tree.read(&"a.js".into(), 9), Ok(b"last".to_vec()));
    assert_eq!(archive(&[("a", b"", 0)]).duplicates(), []);
}

#[test]
fn what_is_damaged_says_so() {
    let damaged = |bytes: Vec<u8>| Archive::of_bytes(bytes).and_then(|tree| tree.read(&"a.js".into(), 1 << 20));
    let is_damaged = |bytes: Vec<u8>, name: &str| {
        let result = damaged(bytes);
        assert!(matches!(result, Err(TreeError::Damaged(_))), "{name}: {result:?}");
    };
    let content = b"module.exports = {}; ".repeat(50);
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let good = packed(&[("a.js", &content, 0)], method);
        assert_eq!(damaged(good.clone()), Ok(content.clone()));
        is_damaged(with_field(good.clone(), 24, 10), "size too small");
        is_damaged(with_field(good.clone(), 24, 5_000), "size too large");
        is_damaged(with_field(good.clone(), 16, 1), "wrong checksum");
        is_damaged(with_field(good.clone(), 8, 0x0000_0001 | u32::from(good[8]) << 16), "encrypted");
        for end in 0..good.len() {
            let _ = damaged(good[..end].to_vec());
        }
        for place in 0..good.len() {
            let mut flipped = good.clone();
            flipped[place] ^= 0xff;
            let _ = damaged(flipped);
        }
    }
    is_damaged(b"not a zip at all".to_vec(), "text");
    is_damaged(Vec::new(), "nothing");
    let error = Archive::of_bytes(b"text".to_vec()).err().unwrap().to_string();
    assert!(error.starts_with("not a readable zip archive"), "{error}");
}

#[test]
fn members_that_share_bytes_are_found_and_not_read() {
    let good = packed(&[("a.js", b"aaaaaaaa", 0), ("b.js", b"bbbbbbbb", 0)], CompressionMethod::Stored);
    assert_eq!(Archive::of_bytes(good.clone()).unwrap().overlapping(), []);
    // The second member's record says that its header is where the first one's is.
    let mut bytes = good;
    let second = memchr::memmem::rfind(&bytes, b"PK\x01\x02").unwrap();
    bytes[second + 42..second + 46].copy_from_slice(&0_u32.to_le_bytes());
    let tree = Archive::of_bytes(bytes).unwrap();
    assert_eq!(tree.overlapping(), ["a.js".into(), "b.js".into()]);
    assert!(matches!(tree.read(&"a.js".into(), 99), Err(TreeError::Damaged(_))));
}

#[test]
fn bombs_are_inflated_up_to_the_cap() {
    let zeros = vec![0; 64 << 20];
    let tree = archive(&[("a", &zeros, 0)]);
    let start = std::time::Instant::now();
    assert_eq!(tree.read(&"a".into(), 1 << 20), Err(TreeError::TooLarge { size: 64 << 20, cap: 1 << 20 }));
    assert_eq!(tree.read_range(&"a".into(), 0, 4096).unwrap().len(), 4096);
    println!("a bomb in {:?}", start.elapsed());
}

#[test]
fn files_on_disk_are_read_by_many_threads_at_once() {
    let members: Vec<(String, Vec<u8>)> =
        (0..500).map(|i| (format!("d{}/f{i}.js", i % 7), format!("content {i} ").repeat(i).into_bytes())).collect();
    let specs: Vec<Spec<'_>> = members.iter().map(|(name, bytes)| (name.as_str(), bytes.as_slice(), 0)).collect();
    let scratch = crate::tree::testing::Scratch::new();
    scratch.write("sub/a.zip", &packed(&specs, CompressionMethod::Deflated));
    let disk = crate::tree::Disk::new(scratch.path()).unwrap();
    let tree = disk.archive(&"sub/a.zip".into(), 0).unwrap();
    std::thread::scope(|scope| {
        for _ in 0..4 {
            scope.spawn(|| {
                for (name, bytes) in &members {
                    assert_eq!(tree.read(&name.as_str().into(), 1 << 20).as_ref(), Ok(bytes));
                }
            });
        }
    });
    assert_eq!(tree.list().unwrap().0.len(), 500);
    let inner = Archive::of_bytes(std::fs::read(scratch.path().join("sub/a.zip")).unwrap()).unwrap();
    assert_eq!(inner.names(&TreePath::root()).len(), 7);
}
