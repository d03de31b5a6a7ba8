//! Archives that were made to do harm: a clear diagnostic, bounded time and memory, nothing unpacked to disk.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, reason = "tests")]

mod support;

use std::io::{Cursor, Write};
use std::time::Duration;

use deploylint::tree::pack;
use support::process::judge_package;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

const NODE: [&str; 2] = ["index.handler", "nodejs22.x"];
const PYTHON: [&str; 2] = ["app.handler", "python3.12"];
const HANDLER: &str = "exports.handler = async () => 1\n";
/// Unoptimised, on a busy machine; the release binary takes a tenth of it.
const TIME: Duration = Duration::from_secs(20);

#[track_caller]
fn expect(package: &[u8], findings: &[&str]) {
    judge_package(package, NODE, TIME).expect("package", findings);
}

/// The same as a package for either platform.
#[track_caller]
fn expect_both(package: &[u8], findings: &[&str]) {
    expect(package, findings);
    judge_package(package, PYTHON, TIME).expect("package", findings);
}

/// A package with a handler for each platform, and what a recipe adds.
fn recipe(steps: &str) -> Vec<u8> {
    let app = b"def handler(event, context): return 1\n";
    let files = [("@recipe", steps.as_bytes()), ("index.js", HANDLER.as_bytes()), ("app.py", app)];
    pack(files.into_iter().chain([("x.js", &b"1"[..]), ("y.js", b"2")])).unwrap()
}

/// Replaces bytes of the same length, everywhere.
fn patched(mut bytes: Vec<u8>, from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let mut at = 0;
    while let Some(place) = bytes[at..].windows(from.len()).position(|window| window == from) {
        bytes[at + place..at + place + to.len()].copy_from_slice(to);
        at += place + to.len();
    }
    bytes
}

/// A Deflate stream of zeros (RFC 1951, fixed codes): a zero, then `runs` times 2,064 more.
fn zeros(runs: usize) -> Vec<u8> {
    let mut bits: Vec<bool> = vec![true, true, false];
    let code = |bits: &mut Vec<bool>, value: u32, length: u32| {
        bits.extend((0..length).rev().map(|bit| value >> bit & 1 == 1));
    };
    code(&mut bits, 0b0011_0000, 8);
    // Length 258 is code 285, distance 1 is code 0; eight of them fill thirteen bytes.
    let repeat = |bits: &mut Vec<bool>| {
        for _ in 0..8 {
            code(bits, 0b1100_0101, 8);
            code(bits, 0, 5);
        }
    };
    let head = bits.len();
    repeat(&mut bits);
    repeat(&mut bits);
    let packed = |bits: &[bool]| -> Vec<u8> {
        bits.chunks(8).map(|byte| byte.iter().rev().fold(0, |sum, bit| sum << 1 | u8::from(*bit))).collect()
    };
    let bytes = packed(&bits);
    let start = head.div_ceil(8);
    let period = bytes[start..start + 13].to_vec();
    let mut out = bytes[..start].to_vec();
    out.extend(std::iter::repeat_n(period, runs - 1).flatten());
    // What is left of the last round, and the end of the block.
    let mut tail: Vec<bool> = bits[start * 8..head + 104].to_vec();
    code(&mut tail, 0, 7);
    out.extend(packed(&tail));
    out
}

/// A zip of one deflated member, whatever its headers claim.
fn deflated(name: &str, stream: &[u8], claimed: u32) -> Vec<u8> {
    let mut common = Vec::new();
    for field in [20_u16, 0, 8, 0, 0x21] {
        common.extend_from_slice(&field.to_le_bytes());
    }
    for field in [0, u32::try_from(stream.len()).unwrap(), claimed, u32::try_from(name.len()).unwrap()] {
        common.extend_from_slice(&field.to_le_bytes());
    }
    let mut out = [b"PK\x03\x04", &common[..], name.as_bytes(), stream].concat();
    let start = u32::try_from(out.len()).unwrap();
    let attributes = (0o100_644_u32 << 16).to_le_bytes();
    let record = [b"PK\x01\x02\x14\x03", &common[..], &[0; 6], &attributes, &[0; 4], name.as_bytes()].concat();
    out.extend_from_slice(&record);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0\x01\0\x01\0");
    out.extend_from_slice(&u32::try_from(record.len()).unwrap().to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0, 0]);
    out
}

#[test]
fn members_that_share_bytes() {
    // Many records that name the one member there is (David Fifield, "A better zip bomb").
    let mut bytes = recipe("");
    let directory = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap();
    let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
    let records = bytes[directory..end].to_vec();
    let first = &records[..46 + "index.js".len()];
    let mut many = records.clone();
    for number in 0..20_000_u32 {
        let name = format!("f{number:07}");
        many.extend_from_slice(&first[..46]);
        many.extend_from_slice(name.as_bytes());
    }
    bytes.truncate(directory);
    bytes.extend_from_slice(&many);
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    bytes.extend_from_slice(&20_003_u16.to_le_bytes());
    bytes.extend_from_slice(&20_003_u16.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(many.len()).unwrap().to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(directory).unwrap().to_le_bytes());
    bytes.extend_from_slice(&[0, 0]);
    expect_both(&bytes, &["error lambda/zip-bomb"]);
}

#[test]
fn four_gigabytes_of_zeros() {
    let stream = zeros(2_000_000);
    expect(&deflated("index.js", &stream, 4_128_000_001), &["error lambda/zip-bomb", "warning input/limit-exceeded"]);
}

#[test]
fn sizes_that_lie() {
    let stream = zeros(2_000_000);
    // Far more comes out than is claimed: no more than that is taken.
    expect(&deflated("index.js", &stream, 100), &["error lambda/unreadable-package"]);
    // Far more is claimed than can come out.
    expect(&deflated("index.js", &zeros(2), 4_000_000), &["warning lambda/unreadable-package"]);
    expect_both(&recipe("claim 4000000 x.js"), &["warning lambda/unreadable-package"]);
    expect_both(&recipe("claim 4000000000 x.js"), &["error lambda/zip-bomb", "warning lambda/unreadable-package"]);
}

#[test]
fn seventy_thousand_members() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let options =
        SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored).unix_permissions(0o644);
    writer.start_file("index.js", options).unwrap();
    writer.write_all(HANDLER.as_bytes()).unwrap();
    for number in 0..70_000 {
        writer.start_file(format!("data/{}/{number}.json", number % 300), options).unwrap();
    }
    expect(&writer.finish().unwrap().into_inner(), &[]);
}

#[test]
fn archives_of_more_members_than_anybody_deploys() {
    let mut bytes = recipe("");
    // The end record claims as many as it can, and the directory has three.
    let end = bytes.windows(4).rposition(|window| window == b"PK\x05\x06").unwrap();
    bytes[end + 8..end + 12].copy_from_slice(&[0xfe, 0xff, 0xfe, 0xff]);
    expect(&bytes, &["error lambda/unreadable-package"]);
}

#[test]
fn encrypted_members_and_large_headers() {
    expect_both(&recipe("encrypt x.js"), &["error lambda/unreadable-package"]);
    expect_both(&recipe("encrypt index.js"), &["error lambda/unreadable-package"]);
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("index.js", SimpleFileOptions::default().large_file(true).unix_permissions(0o644)).unwrap();
    writer.write_all(HANDLER.as_bytes()).unwrap();
    expect(&writer.finish().unwrap().into_inner(), &[]);
}

#[test]
fn archives_in_archives() {
    let mut inner = pack([("index.js", HANDLER.as_bytes())]).unwrap();
    for _ in 0..40 {
        inner = pack([("index.js", HANDLER.as_bytes()), ("inner.zip", &inner)]).unwrap();
    }
    expect(&inner, &[]);
}

#[test]
fn links_in_circles_and_out_of_the_package() {
    expect_both(&recipe("link a b\nlink b a\nlink c c/c"), &["warning lambda/dangling-symlink"]);
    expect_both(
        &recipe("link up ../../../../../../etc/passwd\nlink there /etc/shadow"),
        &["warning lambda/dangling-symlink"],
    );
    let mut chain = String::new();
    for number in 0..10_000 {
        chain.push_str(&format!("link l{number} l{}\n", number + 1));
    }
    expect_both(&recipe(&chain), &["warning lambda/dangling-symlink"]);
    // A folder that contains itself has endless paths.
    expect_both(&recipe("link lib/lib ../lib\nname x.js lib/x.js"), &[]);
}

#[test]
fn names_that_lead_out_of_the_package() {
    expect_both(&recipe("name x.js ../../../tmp/x.js"), &["error lambda/unsafe-entry-name"]);
    expect_both(&recipe("name x.js /tmp/x.js\nname y.js a/../../y.js"), &["error lambda/unsafe-entry-name"]);
    expect_both(&recipe(r"name x.js ..\..\tmp\x.js"), &["warning lambda/backslash-entry-name"]);
    expect_both(&recipe(&format!("name x.js {}", "n".repeat(300))), &["warning lambda/unsafe-entry-name"]);
    expect_both(&recipe(&format!("name x.js {}", "n/".repeat(5_000))), &["warning lambda/unsafe-entry-name"]);
}

#[test]
fn names_in_other_encodings_and_of_control_characters() {
    for name in
        [&b"caf\xe9.js"[..], b"\x93\xfa\x96{.js", b"\xff\xfe\x00a.js", b"\x1b[31m.js", b"a\nb\r.js", b"\xe2\x80\xae.js"]
    {
        let bytes = recipe(&format!("name x.js {}", "N".repeat(name.len())));
        let bytes = patched(bytes, "N".repeat(name.len()).as_bytes(), name);
        let expected: &[&str] = if name.contains(&0) { &["warning lambda/unsafe-entry-name"] } else { &[] };
        expect_both(&bytes, expected);
    }
}

#[test]
fn archives_that_are_cut_off_or_changed_anywhere() {
    let good = recipe("link l x.js\nmode 755 y.js");
    let step = good.len() / 12 + 1;
    for place in (0..good.len()).step_by(step) {
        assert!(judge_package(&good[..place], NODE, TIME).exit < 2, "cut off at {place}");
        let mut changed = good.clone();
        changed[place] ^= 0xff;
        assert!(judge_package(&changed, NODE, TIME).exit < 2, "changed at {place}");
    }
}
