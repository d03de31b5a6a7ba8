//! Archives with faults that no folder can have: modes, links, names and sizes as a recipe says. For
//! examples and tests of rules about packages.
//!
//! A recipe is a member named `@recipe`, a step a line:
//!
//! ```text
//! mode 600 index.js              the mode of a member
//! dos                            made on a system without modes
//! link lib/u.js ../gone.js       a symbolic link, and where it points
//! name lib/u.js lib\u.js         a member under another name, byte for byte
//! again index.js                 the member once more
//! claim 300000000 data.bin       the size that the directory claims
//! fill 1000 data.bin             a member of so many zero bytes
//! encrypt index.js               the flag that asks for a password
//! crlf bootstrap                 line ends as on Windows
//! elf x86_64 bootstrap LOADER    a program for a machine; LOADER loads its libraries, if given
//! so x86_64 lib/a.node libm.so.6 GLIBC_2.28   a library: machine, file, what it needs
//! class 61 a/B.class a/Super m   a Java class: version, file, superclass, methods
//! cut 20                         the last bytes are gone
//! ```
//!
//! Afterwards the members below `x.jar.d/` become one member `x.jar`.

use super::programs;
use crate::tree::TreeError;

/// The member that holds the recipe.
pub(super) const RECIPE: &str = "@recipe";
/// What a name ends in whose members become a jar.
const NESTED: &str = ".jar.d/";

/// General purpose flag of encrypted members (APPNOTE 4.4.4).
const ENCRYPTED: u16 = 1;
/// General purpose flag: the name is UTF-8 (APPNOTE 4.4.4).
const UTF8: u16 = 1 << 11;

#[derive(Clone)]
struct Member {
    name: Vec<u8>,
    bytes: Vec<u8>,
    mode: u32,
    is_dos: bool,
    flags: u16,
    claimed: Option<u32>,
    /// Its checksum is right; of many zeros that nobody reads it takes too long.
    is_checked: bool,
}

/// A zip of these files as the recipe among them says; `None` when there is none.
pub(super) fn pack(files: &[(&str, &[u8])]) -> Option<Result<Vec<u8>, TreeError>> {
    let (_, recipe) = files.iter().find(|(name, _)| *name == RECIPE)?;
    let recipe = String::from_utf8_lossy(recipe);
    let mut members: Vec<Member> =
        files.iter().filter(|(name, _)| *name != RECIPE).map(|(name, bytes)| member(name, bytes.to_vec())).collect();
    let mut cut = 0;
    for line in recipe.lines().filter(|line| !line.trim().is_empty()) {
        if step(line, &mut members, &mut cut).is_none() {
            return Some(Err(TreeError::Damaged(format!("the recipe's step `{line}` cannot be done"))));
        }
    }
    let mut bytes = write(&nested(members));
    bytes.truncate(bytes.len().saturating_sub(cut));
    Some(Ok(bytes))
}

fn member(name: &str, bytes: Vec<u8>) -> Member {
    Member {
        name: name.as_bytes().to_vec(),
        bytes,
        mode: 0o100_644,
        is_dos: false,
        flags: 0,
        claimed: None,
        is_checked: true,
    }
}

fn step(line: &str, members: &mut Vec<Member>, cut: &mut usize) -> Option<()> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let find = |name: &str| members.iter().position(|member| member.name == name.as_bytes());
    match words[..] {
        ["mode", mode, name] => {
            let mode = u32::from_str_radix(mode, 8).ok()?;
            let at = find(name)?;
            members[at].mode = 0o100_000 | mode;
        }
        ["dos"] => members.iter_mut().for_each(|member| member.is_dos = true),
        ["link", name, target] => {
            members.push(Member { mode: 0o120_777, ..member(name, target.as_bytes().to_vec()) });
        }
        ["name", name, raw] => {
            let at = find(name)?;
            members[at].name = raw.as_bytes().to_vec();
        }
        ["again", name] => {
            let at = find(name)?;
            members.push(members[at].clone());
        }
        ["claim", size, name] => {
            let at = find(name)?;
            members[at].claimed = Some(size.parse().ok()?);
        }
        ["fill", size, name] => {
            members.push(Member { is_checked: false, ..member(name, vec![0; size.parse().ok()?]) });
        }
        ["encrypt", name] => {
            let at = find(name)?;
            members[at].flags |= ENCRYPTED;
        }
        ["crlf", name] => {
            let at = find(name)?;
            let text = String::from_utf8(members[at].bytes.clone()).ok()?;
            members[at].bytes = text.replace('\n', "\r\n").into_bytes();
        }
        ["elf", machine, name, ref loader @ ..] => {
            let bytes = programs::elf(machine, loader.first().copied())?;
            members.push(Member { mode: 0o100_755, ..member(name, bytes) });
        }
        ["so", machine, name, ref needs @ ..] => {
            let library = programs::library(machine, needs)?;
            match find(name) {
                Some(at) => members[at].bytes = library,
                None => members.push(member(name, library)),
            }
        }
        ["class", version, name, superclass, ref methods @ ..] => {
            members.push(member(name, programs::class(version.parse().ok()?, name, superclass, methods)));
        }
        ["cut", count] => *cut = count.parse().ok()?,
        _ => return None,
    }
    Some(())
}

/// Members below `x.jar.d/` put into a member `x.jar`.
fn nested(members: Vec<Member>) -> Vec<Member> {
    let mut out = Vec::new();
    let mut jars: Vec<(Vec<u8>, Vec<Member>)> = Vec::new();
    for member in members {
        let Some(at) = memchr::memmem::find(&member.name, NESTED.as_bytes()) else {
            out.push(member);
            continue;
        };
        let jar = member.name[..at + ".jar".len()].to_vec();
        let inner = Member { name: member.name[at + NESTED.len()..].to_vec(), ..member };
        match jars.iter_mut().find(|(name, _)| *name == jar) {
            Some((_, members)) => members.push(inner),
            None => jars.push((jar, vec![inner])),
        }
    }
    out.extend(jars.into_iter().map(|(name, members)| Member { name, ..member("", write(&members)) }));
    out
}

/// A zip whose members are stored (APPNOTE 4.3).
fn write(members: &[Member]) -> Vec<u8> {
    let (mut out, mut directory) = (Vec::new(), Vec::new());
    for member in members {
        let header = as_u32(out.len());
        let size = as_u32(member.bytes.len());
        let mut common = Vec::new();
        for field in [20, member.flags | UTF8, 0, 0, 0x21] {
            common.extend_from_slice(&field.to_le_bytes());
        }
        let checksum = if member.is_checked { checksum(&member.bytes) } else { 0 };
        for field in [checksum, size, member.claimed.unwrap_or(size), as_u32(member.name.len())] {
            common.extend_from_slice(&field.to_le_bytes());
        }
        out.extend_from_slice(b"PK\x03\x04");
        out.extend_from_slice(&common);
        out.extend_from_slice(&member.name);
        out.extend_from_slice(&member.bytes);
        let (system, attributes) = if member.is_dos { (0, 0x20) } else { (3, member.mode << 16) };
        directory.extend_from_slice(b"PK\x01\x02");
        directory.extend_from_slice(&[20, system]);
        directory.extend_from_slice(&common);
        directory.extend_from_slice(&[0; 6]);
        directory.extend_from_slice(&attributes.to_le_bytes());
        directory.extend_from_slice(&header.to_le_bytes());
        directory.extend_from_slice(&member.name);
    }
    let count = u16::try_from(members.len()).unwrap_or(u16::MAX);
    let (start, length) = (as_u32(out.len()), as_u32(directory.len()));
    out.extend_from_slice(&directory);
    out.extend_from_slice(b"PK\x05\x06\0\0\0\0");
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&count.to_le_bytes());
    out.extend_from_slice(&length.to_le_bytes());
    out.extend_from_slice(&start.to_le_bytes());
    out.extend_from_slice(&[0; 2]);
    out
}

fn as_u32(size: usize) -> u32 {
    u32::try_from(size).unwrap_or(u32::MAX)
}

/// CRC-32 (ISO 3309), bit by bit: what is packed here is small, or zeros.
fn checksum(bytes: &[u8]) -> u32 {
    let mut table = [0_u32; 256];
    for (byte, entry) in (0_u32..).zip(table.iter_mut()) {
        *entry = (0..8).fold(byte, |value, _| if value & 1 == 1 { value >> 1 ^ 0xedb8_8320 } else { value >> 1 });
    }
    !bytes.iter().fold(u32::MAX, |value, byte| table[((value ^ u32::from(*byte)) & 0xff) as usize] ^ value >> 8)
}
