//! Class files (JVMS §4) as far as loading a handler asks for them: version, names, methods. Read by hand:
//! it is one pass over a table, and maintained crates read whole classes with their code.

/// Largest class file that is read, bytes: the format allows no method above 64 KiB, and real classes are far below.
pub const CLASS_BYTES: u64 = 4 << 20;

/// Longest name that is kept, bytes. A class may name one that fills the pool thousands of times.
const NAME: usize = 512;

/// A class.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClassFile {
    /// Major version of the format: Java 21 writes 65.
    pub version: u16,
    /// The class that it extends, `java/lang/Object`; none for that class itself.
    pub superclass: Option<String>,
    /// Interfaces that it implements.
    pub interfaces: Vec<String>,
    /// Names of its methods, abstract ones left out.
    pub methods: Vec<String>,
}

/// What of the constant pool is asked for.
#[derive(Clone, Copy)]
enum Constant<'b> {
    Text(&'b [u8]),
    Class(u16),
    Other,
}

const ABSTRACT: u16 = 0x0400;

impl ClassFile {
    /// Reads a class file; `None` when it is none or cut off.
    pub fn parse(bytes: &[u8]) -> Option<Self> {
        let mut reader = Reader { bytes, at: 0 };
        if reader.take(4)? != [0xca, 0xfe, 0xba, 0xbe] {
            return None;
        }
        reader.take(2)?;
        let version = reader.half()?;
        let pool = pool(&mut reader)?;
        reader.take(4)?;
        let superclass = class_name(&pool, reader.half()?);
        let count = reader.half()?;
        let mut interfaces = Vec::new();
        for _ in 0..count {
            interfaces.extend(class_name(&pool, reader.half()?));
        }
        members(&mut reader, &pool)?;
        let methods = members(&mut reader, &pool)?;
        Some(Self { version, superclass, interfaces, methods })
    }
}

/// The constant pool (JVMS §4.4); index 0 is none, and long numbers take two places.
fn pool<'b>(reader: &mut Reader<'b>) -> Option<Vec<Constant<'b>>> {
    let count = usize::from(reader.half()?);
    let mut pool = vec![Constant::Other];
    while pool.len() < count {
        let tag = reader.take(1)?[0];
        let constant = match tag {
            1 => {
                let length = usize::from(reader.half()?);
                Constant::Text(reader.take(length)?)
            }
            7 => Constant::Class(reader.half()?),
            _ => {
                reader.take(match tag {
                    3 | 4 | 9..=12 | 17 | 18 => 4,
                    5 | 6 => 8,
                    8 | 16 | 19 | 20 => 2,
                    15 => 3,
                    _ => return None,
                })?;
                Constant::Other
            }
        };
        pool.push(constant);
        if matches!(tag, 5 | 6) {
            pool.push(Constant::Other);
        }
    }
    Some(pool)
}

fn text(pool: &[Constant<'_>], index: u16) -> Option<String> {
    match pool.get(usize::from(index))? {
        Constant::Text(bytes) if bytes.len() <= NAME => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    }
}

fn class_name(pool: &[Constant<'_>], index: u16) -> Option<String> {
    match pool.get(usize::from(index))? {
        Constant::Class(name) => text(pool, *name),
        _ => None,
    }
}

/// Fields or methods (JVMS §4.5, §4.6): the names of those that are not abstract.
fn members(reader: &mut Reader<'_>, pool: &[Constant<'_>]) -> Option<Vec<String>> {
    let count = reader.half()?;
    let mut names = Vec::new();
    for _ in 0..count {
        let (flags, name) = (reader.half()?, reader.half()?);
        reader.take(2)?;
        if flags & ABSTRACT == 0 {
            names.extend(text(pool, name));
        }
        for _ in 0..reader.half()? {
            reader.take(2)?;
            let length = u32::from_be_bytes(reader.take(4)?.try_into().ok()?);
            reader.take(usize::try_from(length).ok()?)?;
        }
    }
    Some(names)
}

struct Reader<'b> {
    bytes: &'b [u8],
    at: usize,
}

impl<'b> Reader<'b> {
    fn take(&mut self, count: usize) -> Option<&'b [u8]> {
        let end = self.at.checked_add(count)?;
        let taken = self.bytes.get(self.at..end)?;
        self.at = end;
        Some(taken)
    }

    fn half(&mut self) -> Option<u16> {
        Some(u16::from_be_bytes(self.take(2)?.try_into().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What javac 17 writes for `class A implements Runnable { long x = 5000000000L; public void run() {} }`, by hand.
    fn class() -> Vec<u8> {
        let mut out = vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61, 0, 11];
        let mut text = |text: &str| {
            out.extend([1, 0, u8::try_from(text.len()).unwrap()]);
            out.extend(text.as_bytes());
        };
        for name in ["A", "java/lang/Object", "java/lang/Runnable", "run", "()V"] {
            text(name);
        }
        out.extend([7, 0, 1, 7, 0, 2, 7, 0, 3]);
        out.extend([5, 0, 0, 0, 1, 0x2a, 5, 0xf2, 0]);
        out.extend([0, 0x20, 0, 6, 0, 7, 0, 1, 0, 8]);
        out.extend([0, 0]);
        out.extend([0, 1, 0, 1, 0, 4, 0, 5, 0, 1, 0, 4, 0, 0, 0, 1, 9]);
        out.extend([0, 0]);
        out
    }

    #[test]
    fn names_version_and_methods() {
        let class = ClassFile::parse(&class()).unwrap();
        assert_eq!(class.version, 61);
        assert_eq!(class.superclass.as_deref(), Some("java/lang/Object"));
        assert_eq!(class.interfaces, ["java/lang/Runnable"]);
        assert_eq!(class.methods, ["run"]);
    }

    #[test]
    fn names_without_end_are_not_kept() {
        let long = 60_000_u16;
        let mut bytes = vec![0xca, 0xfe, 0xba, 0xbe, 0, 0, 0, 61, 0, 2, 1];
        bytes.extend(long.to_be_bytes());
        bytes.extend(vec![b'a'; usize::from(long)]);
        bytes.extend([0; 10]);
        bytes.extend(long.to_be_bytes());
        bytes.extend([0, 0, 0, 1, 0, 1, 0, 0].repeat(usize::from(long)));
        assert_eq!(ClassFile::parse(&bytes).map(|class| class.methods.len()), Some(0));
    }

    #[test]
    fn damaged_classes_are_none() {
        let good = class();
        for end in 0..good.len() - 2 {
            assert_eq!(ClassFile::parse(&good[..end]), None, "{end}");
        }
        for place in 0..good.len() {
            let mut bytes = good.clone();
            bytes[place] ^= 0xff;
            let _ = ClassFile::parse(&bytes);
        }
        assert_eq!(ClassFile::parse(b""), None);
    }
}
