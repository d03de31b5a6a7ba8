//! The smallest programs that look like some: for recipes.

/// An ELF header, and a program header that names a loader. `None` for a machine that is not known.
pub(super) fn elf(machine: &str, loader: Option<&str>) -> Option<Vec<u8>> {
    let machine: u16 = match machine {
        "x86_64" => 62,
        "arm64" => 183,
        "i386" => 3,
        _ => return None,
    };
    let mut out = vec![0x7f, b'E', b'L', b'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    for half in [2, machine, 1, 0] {
        out.extend_from_slice(&half.to_le_bytes());
    }
    // Entry point, program headers, section headers.
    for address in [0_u64, 64, 0] {
        out.extend_from_slice(&address.to_le_bytes());
    }
    out.extend_from_slice(&[0; 4]);
    for half in [64, 56, u16::from(loader.is_some()), 64, 0, 0_u16] {
        out.extend_from_slice(&half.to_le_bytes());
    }
    if let Some(loader) = loader {
        let length = loader.len() as u64 + 1;
        out.extend_from_slice(&3_u32.to_le_bytes());
        out.extend_from_slice(&4_u32.to_le_bytes());
        for field in [120, 0, 0, length, length, 1_u64] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        out.extend_from_slice(loader.as_bytes());
        out.push(0);
    }
    Some(out)
}

/// A library that needs other libraries (`libm.so.6`, `$ORIGIN` for a path to look in) and versions of the C library
/// (`GLIBC_2.28`) or C++ (`GLIBCXX_3.4.29`).
pub(super) fn library(machine: &str, needs: &[&str]) -> Option<Vec<u8>> {
    const HEADERS: u64 = 64 + 2 * 56;
    let is_version = |need: &&&str| need.starts_with("GLIBC_") || need.starts_with("GLIBCXX_");
    let mut out = elf(machine, None)?;
    (out[16], out[56]) = (3, 2);
    let mut names = vec![0_u8];
    let mut name = |text: &str| {
        let at = names.len() as u64;
        names.extend_from_slice(text.as_bytes());
        names.push(0);
        at
    };
    let versions: Vec<u64> = needs.iter().filter(|need| is_version(need)).map(|need| name(need)).collect();
    let file = name("libc.so.6");
    let mut entries: Vec<(u64, u64)> = Vec::new();
    for need in needs.iter().filter(|need| !is_version(need)) {
        entries.push((if need.starts_with('$') { 29 } else { 1 }, name(need)));
    }
    let rest = if versions.is_empty() { 2 } else { 3 };
    let dynamic = (entries.len() + rest) as u64 * 16;
    let start = HEADERS + dynamic;
    entries.push((5, start));
    if !versions.is_empty() {
        entries.push((0x6fff_fffe, start + names.len() as u64));
    }
    entries.push((0, 0));
    let needs_versions = if versions.is_empty() { 0 } else { 16 + 16 * versions.len() as u64 };
    let length = start + names.len() as u64 + needs_versions;
    for (kind, offset, size, align) in [(1_u32, 0, length, 4096_u64), (2, HEADERS, dynamic, 8)] {
        out.extend_from_slice(&kind.to_le_bytes());
        out.extend_from_slice(&4_u32.to_le_bytes());
        for field in [offset, offset, offset, size, size, align] {
            out.extend_from_slice(&field.to_le_bytes());
        }
    }
    for (tag, value) in entries {
        out.extend_from_slice(&tag.to_le_bytes());
        out.extend_from_slice(&value.to_le_bytes());
    }
    out.extend_from_slice(&names);
    if let Some(count) = u16::try_from(versions.len()).ok().filter(|count| *count > 0) {
        for half in [1, count] {
            out.extend_from_slice(&half.to_le_bytes());
        }
        for field in [u32::try_from(file).ok()?, 16, 0] {
            out.extend_from_slice(&field.to_le_bytes());
        }
        for (at, version) in versions.iter().enumerate() {
            let next = if at + 1 == versions.len() { 0 } else { 16 };
            for field in [0, 0, u32::try_from(*version).ok()?, next] {
                out.extend_from_slice(&field.to_le_bytes());
            }
        }
    }
    Some(out)
}

/// A Java class file of a version (JVMS §4.1), named as its file is, with public methods that take
/// and return an object.
pub(super) fn class(version: u16, file: &str, superclass: &str, methods: &[&str]) -> Vec<u8> {
    let name = file.trim_end_matches(".class");
    let name = name.rsplit(".jar.d/").next().unwrap_or(name);
    let mut pool: Vec<u8> = Vec::new();
    let mut count = 1_u16;
    let mut add = |bytes: &[u8]| {
        pool.extend_from_slice(bytes);
        count += 1;
        count - 1
    };
    let text = |text: &str| {
        let length = u16::try_from(text.len()).unwrap_or(u16::MAX);
        [&[1], &length.to_be_bytes()[..], text.as_bytes()].concat()
    };
    let named = |index: u16| [&[7], &index.to_be_bytes()[..]].concat();
    let own = add(&text(name));
    let own = add(&named(own));
    let above = add(&text(superclass));
    let above = add(&named(above));
    let descriptor = add(&text("(Ljava/lang/Object;)Ljava/lang/Object;"));
    let methods: Vec<u16> = methods.iter().map(|method| add(&text(method))).collect();
    let mut out = vec![0xca, 0xfe, 0xba, 0xbe, 0, 0];
    out.extend_from_slice(&version.to_be_bytes());
    out.extend_from_slice(&count.to_be_bytes());
    out.extend_from_slice(&pool);
    for half in [0x21, own, above, 0, 0, u16::try_from(methods.len()).unwrap_or(0)] {
        out.extend_from_slice(&half.to_be_bytes());
    }
    for method in methods {
        for half in [1, method, descriptor, 0] {
            out.extend_from_slice(&half.to_be_bytes());
        }
    }
    out.extend_from_slice(&[0, 0]);
    out
}
