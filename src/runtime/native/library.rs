//! Libraries as the loader sees them: for which machine, which others they need, how new a C library.
//!
//! The loader goes by program headers and the dynamic section alone (System V ABI, chapter 5; versions:
//! refspecs.linuxbase.org, "Symbol Versioning"), so sections, which a strip may have taken away, do not count.

use object::elf::{
    DT_NEEDED, DT_RPATH, DT_RUNPATH, DT_STRSZ, DT_STRTAB, DT_VERNEED, Dyn64, FileHeader64, PT_LOAD, ProgramHeader64,
    VER_FLG_WEAK, Vernaux, Verneed,
};
use object::read::elf::{Dyn, FileHeader, ProgramHeader};
use object::{LittleEndian, ReadRef};

use super::program::{Machine, Program};

/// Largest library that is read, bytes.
pub const LIBRARY_BYTES: u64 = 192 << 20;

/// Most entries of the dynamic section, and most versions, that are looked at.
const ENTRIES: usize = 4_096;
const VERSIONS: usize = 1_024;
/// Longest name of a library or version that is kept, bytes: no path is longer (`PATH_MAX` of Linux, limits.h).
const NAME: u64 = 4_096;

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
    /// The newest version of the C++ library that it cannot do without: the number behind `GLIBCXX_3.4.`.
    pub libstdcxx: Option<u32>,
    /// It says where beside itself its libraries lie.
    pub looks_beside_itself: bool,
}

impl Loaded {
    /// Reads a library.
    pub fn of(bytes: &[u8]) -> Self {
        match Program::of(bytes) {
            Program::Elf(_) => library(bytes).map_or_else(Self::Damaged, Self::Library),
            Program::MachO => Self::MachO,
            Program::Pe => Self::Pe,
            Program::Script { .. } | Program::Other => {
                let cut = bytes.is_empty() || (bytes.starts_with(b"\x7fELF") && bytes.len() < HEADER);
                Self::Damaged(if cut { SHORT } else { "invalid ELF header" })
            }
        }
    }
}

const SHORT: &str = "file too short";
/// Bytes of a header, and of a program header, of 64 bits.
const HEADER: usize = 64;
const PROGRAM_HEADER: u16 = 56;

fn library(bytes: &[u8]) -> Result<Library, &'static str> {
    let empty = |machine| Library { machine, needed: vec![], glibc: None, libstdcxx: None, looks_beside_itself: false };
    // Files of 32 bits, or of another byte order.
    if bytes.get(4..6) != Some(&[2, 1]) {
        return Ok(empty(Machine::Other));
    }
    let header: &FileHeader64<LittleEndian> = bytes.read_at(0).map_err(|()| SHORT)?;
    let mut out = empty(Machine::of(header));
    if out.machine == Machine::Other {
        return Ok(out);
    }
    if header.e_phentsize(LittleEndian) != PROGRAM_HEADER {
        return Err("ELF file's phentsize not the expected size");
    }
    let segments = header.program_headers(LittleEndian, bytes).map_err(|_| SHORT)?;
    for segment in segments.iter().filter(|segment| segment.p_type(LittleEndian) == PT_LOAD) {
        let (address, offset) = (segment.p_vaddr(LittleEndian), segment.p_offset(LittleEndian));
        let align = segment.p_align(LittleEndian);
        if align > 1 && address.wrapping_sub(offset) & (align - 1) != 0 {
            return Err("ELF load command address/offset not properly aligned");
        }
        segment.data(LittleEndian, bytes).map_err(|()| SHORT)?;
    }
    for segment in segments {
        let dynamic = segment.dynamic(LittleEndian, bytes).map_err(|_| "object file has no dynamic section")?;
        if let Some(dynamic) = dynamic {
            needs(bytes, segments, dynamic, &mut out);
            break;
        }
    }
    Ok(out)
}

/// Where in the file an address lies, with the end of what is mapped there.
fn place(segments: &[ProgramHeader64<LittleEndian>], address: u64) -> Option<(u64, u64)> {
    segments.iter().filter(|segment| segment.p_type(LittleEndian) == PT_LOAD).find_map(|segment| {
        let within = address.checked_sub(segment.p_vaddr(LittleEndian))?;
        let (offset, size) = segment.file_range(LittleEndian);
        (within < size).then_some((offset.checked_add(within)?, offset.checked_add(size)?))
    })
}

/// Reads the dynamic section.
fn needs(bytes: &[u8], segments: &[ProgramHeader64<LittleEndian>], dynamic: &[Dyn64<LittleEndian>], out: &mut Library) {
    // DT_NULL, 0, ends it.
    let entries = || {
        let all = dynamic.iter().take(ENTRIES).map(|entry| (entry.tag(LittleEndian), entry.val(LittleEndian)));
        all.take_while(|(tag, _)| tag.0 != 0)
    };
    let value = |wanted| entries().find(|(tag, _)| *tag == wanted).map(|(_, value)| value);
    let Some((start, end)) = value(DT_STRTAB).and_then(|address| place(segments, address)) else { return };
    let end = value(DT_STRSZ).and_then(|size| start.checked_add(size)).map_or(end, |own| own.min(end));
    let end = end.min(bytes.len() as u64);
    let name = |at: u64| {
        let at = start.checked_add(at).filter(|at| *at < end)?;
        // Thousands of names may be one that has no end.
        let text = bytes.read_bytes_at(at, NAME.min(end - at)).ok()?;
        let length = memchr::memchr(0, text)?;
        Some(String::from_utf8_lossy(&text[..length]).into_owned())
    };
    let names = |is_wanted: &dyn Fn(i64) -> bool| -> Vec<String> {
        entries().filter(|(tag, _)| is_wanted(tag.0)).filter_map(|(_, value)| name(value)).collect()
    };
    out.needed = names(&|tag| tag == DT_NEEDED.0);
    out.looks_beside_itself =
        names(&|tag| [DT_RPATH.0, DT_RUNPATH.0].contains(&tag)).iter().any(|path| path.contains("$ORIGIN"));
    let versions = value(DT_VERNEED).and_then(|address| place(segments, address));
    let versions = versions.map(|(at, _)| needed_versions(bytes, at, &name)).unwrap_or_default();
    out.glibc = versions.iter().filter_map(|version| glibc(version)).max();
    out.libstdcxx = versions.iter().filter_map(|version| libstdcxx(version)).max();
}

/// The versions that a library cannot do without.
fn needed_versions(bytes: &[u8], mut at: u64, name: &dyn Fn(u64) -> Option<String>) -> Vec<String> {
    let mut out = Vec::new();
    let mut left = VERSIONS;
    while let Ok(file) = bytes.read_at::<Verneed<LittleEndian>>(at) {
        let mut own = at.saturating_add(u64::from(file.vn_aux.get(LittleEndian)));
        for _ in 0..file.vn_cnt.get(LittleEndian) {
            let (Ok(version), Some(less)) = (bytes.read_at::<Vernaux<LittleEndian>>(own), left.checked_sub(1)) else {
                return out;
            };
            left = less;
            if !version.vna_flags.get(LittleEndian).contains(VER_FLG_WEAK) {
                out.extend(name(u64::from(version.vna_name.get(LittleEndian))));
            }
            match version.vna_next.get(LittleEndian) {
                0 => break,
                next => own = own.saturating_add(u64::from(next)),
            }
        }
        match (file.vn_next.get(LittleEndian), left.checked_sub(1)) {
            (0, _) | (_, None) => break,
            (next, Some(less)) => {
                left = less;
                at = at.saturating_add(u64::from(next));
            }
        }
    }
    out
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

/// `GLIBCXX_3.4.29`: the last number.
fn libstdcxx(version: &str) -> Option<u32> {
    version.strip_prefix("GLIBCXX_3.4.")?.parse().ok()
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
        bytes[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
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
            bytes[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
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
        assert_eq!(libstdcxx("GLIBCXX_3.4.29"), Some(29));
        assert_eq!(libstdcxx("GLIBCXX_3.4"), None);
    }
}
