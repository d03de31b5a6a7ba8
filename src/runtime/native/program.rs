//! The head of a program: ELF, a script, or something that Linux does not run.

use object::LittleEndian;
use object::elf::{EM_AARCH64, EM_X86_64, FileHeader64};
use object::read::elf::{FileHeader, ProgramHeader};

use crate::runtime::{LAYER_ROOT, TASK_ROOT};
use crate::source::TreePath;

/// Bytes from the start of a file that tell what it is. Linkers put program headers right behind the
/// header, and the loader's name behind them.
pub const PROGRAM_BYTES: u64 = 64 << 10;

/// What a file is to `execve`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Program {
    /// A program for Linux and the like.
    Elf(Elf),
    /// A script with its first line.
    Script {
        /// What runs it, as written, without what a Windows editor added.
        interpreter: String,
        /// The line ends with a carriage return, which Linux takes for part of the name.
        carriage_return: bool,
    },
    /// A program of macOS.
    MachO,
    /// A program of Windows.
    Pe,
    /// Nothing that can be run.
    Other,
}

/// An ELF file as far as it matters for starting it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Elf {
    /// The machine.
    pub machine: Machine,
    /// The loader that it asks for; none when it is linked statically.
    pub loader: Option<String>,
}

/// Machines (ELF `e_machine`, the System V ABI's registry).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// EM_X86_64, 64 bits.
    X86_64,
    /// EM_AARCH64.
    Arm64,
    /// Another.
    Other,
}

impl Machine {
    /// The machine that a header names.
    pub(super) fn of(header: &FileHeader64<LittleEndian>) -> Self {
        match header.e_machine(LittleEndian) {
            EM_X86_64 => Self::X86_64,
            EM_AARCH64 => Self::Arm64,
            _ => Self::Other,
        }
    }

    /// As functions name it.
    pub fn word(self) -> &'static str {
        match self {
            Self::X86_64 => "x86_64",
            Self::Arm64 => "arm64",
            Self::Other => "another machine",
        }
    }
}

impl Program {
    /// What a file is, by its first bytes.
    pub fn of(bytes: &[u8]) -> Self {
        match bytes {
            [0x7f, b'E', b'L', b'F', ..] => elf(bytes).map_or(Self::Other, Self::Elf),
            [b'#', b'!', rest @ ..] => {
                let line = rest.split(|byte| *byte == b'\n').next().unwrap_or_default();
                let line = String::from_utf8_lossy(line);
                let interpreter = line.split_whitespace().next().unwrap_or_default().to_owned();
                // Only behind the interpreter itself does it hurt the kernel; with an argument it is part of that.
                Self::Script { interpreter, carriage_return: line.ends_with('\r') }
            }
            // Both byte orders of 32 and 64 bits, and several of them in one file (mach-o/loader.h, fat.h).
            [0xcf | 0xce, 0xfa, 0xed, 0xfe, ..]
            | [0xfe, 0xed, 0xfa, 0xcf | 0xce, ..]
            | [0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 1..=20, ..] => Self::MachO,
            [b'M', b'Z', ..] => Self::Pe,
            _ => Self::Other,
        }
    }
}

/// Bytes of a header of 32 bits, the smallest that there is.
const SMALLEST_HEADER: usize = 52;

/// Little-endian files of 64 bits; others run on neither machine of Lambda and have no need of a loader's name.
fn elf(bytes: &[u8]) -> Option<Elf> {
    let other = Elf { machine: Machine::Other, loader: None };
    if bytes.get(4..6) != Some(&[2, 1]) {
        return (bytes.len() >= SMALLEST_HEADER).then_some(other);
    }
    let header = FileHeader64::<LittleEndian>::parse(bytes).ok()?;
    let machine = Machine::of(header);
    if machine == Machine::Other {
        return Some(other);
    }
    let headers = header.program_headers(LittleEndian, bytes).unwrap_or_default();
    let name = headers.iter().find_map(|header| header.interpreter(LittleEndian, bytes).ok().flatten());
    Some(Elf { machine, loader: name.map(|name| String::from_utf8_lossy(name).into_owned()) })
}

/// Whether the systems of provided.al2 and provided.al2023 have a loader; `None` for places that only the
/// package and its layers know. Amazon Linux has the GNU loader alone (packages glibc of both, 2026-07).
pub fn has_loader(loader: &str, machine: Machine) -> Option<bool> {
    let inside = TreePath::from(loader.trim_start_matches('/'));
    if [TASK_ROOT, LAYER_ROOT].iter().any(|root| inside.is_under(&(*root).into())) {
        return None;
    }
    let gnu = match machine {
        Machine::X86_64 => "ld-linux-x86-64.so.2",
        Machine::Arm64 => "ld-linux-aarch64.so.1",
        Machine::Other => return None,
    };
    let (folder, name) = loader.rsplit_once('/')?;
    Some(name == gnu && matches!(folder, "/lib" | "/lib64" | "/usr/lib" | "/usr/lib64"))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A header of 64 bits with one program header that names a loader.
    fn header(machine: u8, loader: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 120];
        bytes[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
        bytes[18] = machine;
        bytes[32] = 64;
        bytes[54] = 56;
        bytes[56] = 1;
        bytes[64] = 3;
        bytes[72] = 120;
        bytes[20] = 1;
        bytes[96] = u8::try_from(loader.len()).unwrap();
        [bytes, loader.to_vec()].concat()
    }

    #[test]
    fn programs_are_told_apart() {
        let gnu = "/lib64/ld-linux-x86-64.so.2";
        let elf = Program::of(&header(62, b"/lib64/ld-linux-x86-64.so.2\0"));
        assert_eq!(elf, Program::Elf(Elf { machine: Machine::X86_64, loader: Some(gnu.into()) }));
        assert_eq!(Program::of(b"\xcf\xfa\xed\xfe\x07"), Program::MachO);
        assert_eq!(Program::of(b"MZ\x90"), Program::Pe);
        assert_eq!(Program::of(b""), Program::Other);
        let script = |text: &[u8]| Program::of(text);
        let plain = Program::Script { interpreter: "/bin/sh".into(), carriage_return: false };
        assert_eq!(script(b"#!/bin/sh\nset -e\r\n"), plain);
        let windows = Program::Script { interpreter: "/bin/sh".into(), carriage_return: true };
        assert_eq!(script(b"#! /bin/sh\r\nset -e\r\n"), windows);
        assert_eq!(has_loader(gnu, Machine::X86_64), Some(true));
        assert_eq!(has_loader(gnu, Machine::Arm64), Some(false));
        assert_eq!(has_loader("/lib/ld-musl-x86_64.so.1", Machine::X86_64), Some(false));
        assert_eq!(has_loader("/opt/lib/ld.so", Machine::X86_64), None);
    }

    #[test]
    fn damaged_headers_are_no_trouble() {
        let good = header(183, b"/lib/ld-linux-aarch64.so.1\0");
        for end in 0..good.len() {
            let _ = Program::of(&good[..end]);
        }
        for place in 4..good.len() {
            let mut bytes = good.clone();
            bytes[place] = 0xff;
            let _ = Program::of(&bytes);
        }
    }
}
