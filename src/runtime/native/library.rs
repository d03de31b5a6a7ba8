//! Libraries as the loader sees them: for which machine, which others they need, how new a C library.
//!
//! Read by hand as programs are: the loader goes by program headers and the dynamic section alone (System V ABI,
//! chapter 5; versions: refspecs.linuxbase.org, "Symbol Versioning"), which is little to read.

use super::program::{Machine, Program};

/// Largest library that is read, bytes.
pub const LIBRARY_BYTES: u64 = 192 << 20;

/// Most program headers, entries of the dynamic section and versions that are looked at.
const HEADERS: usize = 128;
const ENTRIES: usize = 4_096;
const VERSIONS: usize = 1_024;
/// Longest name of a library or version, bytes.
const NAME: usize = 4_096;
/// Size of a header, and of a program header, of 64 bits.
const HEADER: usize = 64;
const PROGRAM_HEADER: usize = 56;

/// The C library that can load files with compact relocations, which ask for `GLIBC_ABI_DT_RELR`.
const GLIBC_OF_DT_RELR: (u32, u32) = (2, 36);

/// What a file is to the loader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Loaded {
    /// A library for Linux.
    Library(Library),
    /// A library of macOS.
    MachO,
    /// A library of Windows.
    Pe,
    /// Nothing that any system loads, and what the loader says of it.
    Damaged(&'static str),
}

/// A library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Library {
    /// The machine.
    pub machine: Machine,
    /// Names of the libraries that it needs.
    pub needed: Vec<String>,
    /// The newest version of the C library whose functions it cannot do without.
    pub glibc: Option<(u32, u32)>,
    /// It says where beside itself its libraries lie.
    pub looks_beside_itself: bool,
}

impl Loaded {
    /// Reads a library.
    pub fn of(bytes: &[u8]) -> Self {
        match Program::of(bytes) {
            Program::Elf(_) if bytes.len() < HEADER => Self::Damaged("file too short"),
            Program::Elf(elf) => library(bytes, elf.machine).map_or_else(Self::Damaged, Self::Library),
            Program::MachO => Self::MachO,
            Program::Pe => Self::Pe,
            Program::Script { .. } | Program::Other => {
                let cut = bytes.is_empty() || bytes.starts_with(b"\x7fELF");
                Self::Damaged(if cut { "file too short" } else { "invalid ELF header" })
            }
        }
    }
}

/// A part of the file that is mapped into memory.
struct Segment {
    address: usize,
    offset: usize,
    length: usize,
}

fn library(bytes: &[u8], machine: Machine) -> Result<Library, &'static str> {
    const SHORT: &str = "file too short";
    let mut out = Library { machine, needed: Vec::new(), glibc: None, looks_beside_itself: false };
    if machine == Machine::Other {
        return Ok(out);
    }
    let start = long(bytes, 32).ok_or(SHORT)?;
    let (size, count) = (half(bytes, 54).ok_or(SHORT)?, half(bytes, 56).ok_or(SHORT)?);
    if usize::from(size) != PROGRAM_HEADER {
        return Err("ELF file's phentsize not the expected size");
    }
    let mut segments = Vec::new();
    let mut dynamic = None;
    for number in 0..usize::from(count).min(HEADERS) {
        let at = start.checked_add(number * PROGRAM_HEADER).ok_or(SHORT)?;
        let header = bytes.get(at..).filter(|rest| rest.len() >= PROGRAM_HEADER).ok_or(SHORT)?;
        let field = |at: usize| long(header, at).ok_or(SHORT);
        let (offset, address, length, align) = (field(8)?, field(16)?, field(32)?, field(48)?);
        match word(header, 0) {
            // PT_LOAD
            Some(1) => {
                if align > 1 && address.wrapping_sub(offset) & (align - 1) != 0 {
                    return Err("ELF load command address/offset not properly aligned");
                }
                if offset.checked_add(length).is_none_or(|end| end > bytes.len()) {
                    return Err(SHORT);
                }
                segments.push(Segment { address, offset, length });
            }
            // PT_DYNAMIC
            Some(2) => dynamic = Some((offset, length)),
            _ => {}
        }
    }
    if let Some((offset, length)) = dynamic {
        let section = offset.checked_add(length).and_then(|end| bytes.get(offset..end));
        entries(bytes, section.ok_or("object file has no dynamic section")?, &segments, &mut out);
    }
    Ok(out)
}

/// Where in the file an address lies.
fn place(segments: &[Segment], address: usize) -> Option<usize> {
    let segment = segments.iter().find(|own| address >= own.address && address - own.address < own.length)?;
    segment.offset.checked_add(address - segment.address)
}

/// Reads the dynamic section.
fn entries(bytes: &[u8], section: &[u8], segments: &[Segment], out: &mut Library) {
    let (mut needed, mut paths) = (Vec::new(), Vec::new());
    let (mut names, mut versions) = (None, None);
    for entry in section.chunks_exact(16).take(ENTRIES) {
        let (Some(tag), Some(value)) = (long(entry, 0), long(entry, 8)) else { break };
        match tag {
            // DT_NULL
            0 => break,
            // DT_NEEDED
            1 => needed.push(value),
            // DT_STRTAB
            5 => names = place(segments, value),
            // DT_RPATH, DT_RUNPATH
            15 | 29 => paths.push(value),
            // DT_VERNEED
            0x6fff_fffe => versions = place(segments, value),
            _ => {}
        }
    }
    let Some(names) = names else { return };
    let name = |at: usize| -> Option<String> {
        let rest = bytes.get(names.checked_add(at)?..)?;
        let end = rest.iter().take(NAME).position(|byte| *byte == 0)?;
        Some(String::from_utf8_lossy(&rest[..end]).into_owned())
    };
    out.needed = needed.into_iter().filter_map(name).collect();
    out.looks_beside_itself = paths.into_iter().filter_map(name).any(|path| path.contains("$ORIGIN"));
    out.glibc = versions.and_then(|at| newest_glibc(bytes, at, &name));
}

/// Goes through the versions that a library needs (Elf64_Verneed, Elf64_Vernaux).
fn newest_glibc(bytes: &[u8], mut at: usize, name: &dyn Fn(usize) -> Option<String>) -> Option<(u32, u32)> {
    let mut newest = None;
    let mut left = VERSIONS;
    loop {
        let count = half(bytes, at.checked_add(2)?)?;
        let mut own = at.checked_add(word(bytes, at.checked_add(8)?)?)?;
        for _ in 0..count {
            left = left.checked_sub(1)?;
            let version = name(word(bytes, own.checked_add(8)?)?)?;
            // VER_FLG_WEAK is 2: the library lives without it.
            if half(bytes, own.checked_add(4)?)? & 2 == 0 {
                newest = newest.max(glibc(&version));
            }
            match word(bytes, own.checked_add(12)?)? {
                0 => break,
                next => own = own.checked_add(next)?,
            }
        }
        left = left.checked_sub(1)?;
        match word(bytes, at.checked_add(12)?)? {
            0 => return newest,
            next => at = at.checked_add(next)?,
        }
    }
}

/// `GLIBC_2.28`, with or without a third number.
fn glibc(version: &str) -> Option<(u32, u32)> {
    let numbers = version.strip_prefix("GLIBC_")?;
    if numbers == "ABI_DT_RELR" {
        return Some(GLIBC_OF_DT_RELR);
    }
    let mut numbers = numbers.split('.').map(str::parse);
    Some((numbers.next()?.ok()?, numbers.next()?.ok()?))
}

fn half(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at.checked_add(2)?)?.try_into().ok()?))
}

fn word(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?)).ok()
}

fn long(bytes: &[u8], at: usize) -> Option<usize> {
    usize::try_from(u64::from_le_bytes(bytes.get(at..at.checked_add(8)?)?.try_into().ok()?)).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_library_says_so_as_the_loader_does() {
        assert_eq!(Loaded::of(b""), Loaded::Damaged("file too short"));
        assert_eq!(Loaded::of(b"version https://git-lfs.github.com/spec/v1"), Loaded::Damaged("invalid ELF header"));
        assert_eq!(Loaded::of(&[b"\xcf\xfa\xed\xfe".as_slice(), &[0; 80]].concat()), Loaded::MachO);
        assert_eq!(Loaded::of(&[b"MZ".as_slice(), &[0; 80]].concat()), Loaded::Pe);
        let mut bytes = vec![0; 120];
        bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
        bytes[18] = 62;
        assert_eq!(Loaded::of(&bytes), Loaded::Damaged("ELF file's phentsize not the expected size"));
        (bytes[32], bytes[54], bytes[56]) = (64, 56, 1);
        assert!(matches!(Loaded::of(&bytes), Loaded::Library(_)));
        // Loads 200 bytes of 120.
        (bytes[64], bytes[96]) = (1, 200);
        assert_eq!(Loaded::of(&bytes), Loaded::Damaged("file too short"));
    }

    #[test]
    fn hostile_numbers_end_in_an_answer() {
        for filling in [0xff, 0x7f, 1] {
            let mut bytes = vec![filling; 4_096];
            bytes[..6].copy_from_slice(b"\x7fELF\x02\x01");
            (bytes[18], bytes[19], bytes[54], bytes[55]) = (62, 0, 56, 0);
            for at in 24..200 {
                let mut other = bytes.clone();
                other[at..at + 8].copy_from_slice(&64_u64.to_le_bytes());
                let _ = Loaded::of(&other);
            }
        }
    }

    #[test]
    fn versions_are_read() {
        assert_eq!(glibc("GLIBC_2.28"), Some((2, 28)));
        assert_eq!(glibc("GLIBC_2.2.5"), Some((2, 2)));
        assert_eq!(glibc("GLIBC_PRIVATE"), None);
        assert_eq!(glibc("GCC_3.0"), None);
    }
}
