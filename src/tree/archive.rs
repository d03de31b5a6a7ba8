//! A zip archive (`.zip`, `.jar`) as a tree: the central directory is read once, members are
//! inflated when they are asked for.

mod inflate;
mod pack;
mod programs;
mod reader;
mod recipe;

use std::io::{Cursor, Read, Seek, SeekFrom};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};

use zip::read::{Config, ZipArchive, ZipArchiveMetadata};
use zip::result::ZipError;
use zip::{CompressionMethod, System};
// Not promised by the crate to stay; the version is pinned for that.
use zip::unstable::read::ZipIterable;

use self::inflate::Stored;
pub use self::pack::pack;
use self::reader::SharedReader;
use super::links::{self, Lookup};
use super::table::PathTable;
use super::{Entry, EntryKind, Listing, Stat, Tree, TreeError};
use crate::source::TreePath;

/// Most members that are read (a package of 250 MB has tens of thousands).
const MEMBERS: usize = 200_000;
/// Most bytes that are inflated from one archive, all readings together: a deployable package has
/// 250 MB at most (Lambda quotas, 2026-07).
const INFLATED: u64 = 1 << 30;
/// Most bytes of a member that [`Tree::open`] inflates.
const OPENED: u64 = 256 << 20;
/// Longest target of a link (`PATH_MAX` of Linux).
const LINK: u64 = 4096;

/// Longest target of a link that is kept once it was read.
const KEPT_LINK: usize = 256;

/// Most bytes that one byte of a Deflate stream gives (zlib, "Maximum Expansion Factor").
const DEFLATE_RATIO: u64 = 1032;

/// Bits of a Unix mode that tell the type (inode(7)).
const TYPE_BITS: u32 = 0o170_000;

/// A zip archive.
#[derive(Debug)]
pub struct Archive {
    reader: SharedReader,
    directory: Arc<ZipArchiveMetadata>,
    table: PathTable<Member>,
    duplicates: Vec<TreePath>,
    overlapping: Vec<TreePath>,
    folders: Vec<Entry>,
    inflated: AtomicU64,
}

/// A member whose bytes cannot be unpacked as its headers say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// The member.
    pub path: TreePath,
    /// What is wrong with it.
    pub kind: FlawKind,
}

/// Ways in which a member cannot be unpacked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum FlawKind {
    /// It asks for a password.
    Encrypted,
    /// Where its bytes should begin there is no member, or they reach beyond the end.
    Misplaced,
    /// It is compressed in another way than Deflate.
    Compression,
    /// Its stored bytes cannot give as many as it claims.
    Size,
}

/// What reading a member needs.
#[derive(Debug)]
struct Member {
    index: usize,
    is_encrypted: bool,
    is_overlapping: bool,
    /// The archiver was one of a Unix system, so that modes are meant.
    is_unix: bool,
    method: CompressionMethod,
    header: u64,
    compressed: u64,
    /// Where a link points, once it was asked for: links over links are followed again and again.
    target: OnceLock<Box<[u8]>>,
}

impl Archive {
    /// An archive on disk. The caller has made sure that it is a regular file.
    pub fn of_file(path: &Path) -> Result<Self, TreeError> {
        Self::new(SharedReader::of_file(std::fs::File::open(path)?)?)
    }

    /// An archive that lies inside another tree.
    pub fn of_bytes(bytes: Vec<u8>) -> Result<Self, TreeError> {
        Self::new(SharedReader::of_bytes(bytes))
    }

    fn new(reader: SharedReader) -> Result<Self, TreeError> {
        // Counting first costs one look at the end of the file; the directory itself would be held
        // in memory whole, however many members it claims.
        let mut members = ZipIterable::try_new(reader.clone(), Config::default()).map_err(|error| damage(&error))?;
        if members.len() > MEMBERS {
            return Err(TreeError::Damaged(format!("{} members, more than the limit of {MEMBERS}", members.len())));
        }
        let directory = ZipArchive::new(reader.clone()).map_err(|error| damage(&error))?.metadata();
        let duplicates = if directory.has_duplicate_names() { duplicates(&mut members) } else { Vec::new() };
        let is_overlapping = overlaps(&directory);
        let mut entries = Vec::with_capacity(directory.len());
        let mut folders = Vec::new();
        for (index, is_overlapping) in is_overlapping.into_iter().enumerate() {
            let Ok(member) = directory.entry(index) else { continue };
            let mode = member.unix_mode().unwrap_or(0);
            let kind = kind_of(member.is_dir(), mode);
            let entry = Entry {
                path: path_of(member.name_raw()),
                kind,
                mode: mode & 0o7777,
                size: (kind == EntryKind::File).then_some(member.size()),
                content: None,
            };
            if kind == EntryKind::Folder {
                folders.push(entry.clone());
            }
            let member = Member {
                index,
                is_encrypted: member.encrypted(),
                is_overlapping,
                is_unix: member.system() == System::Unix,
                method: member.compression(),
                header: member.header_start(),
                compressed: member.compressed_size(),
                target: OnceLock::new(),
            };
            entries.push((entry, member));
        }
        let overlapping = entries.iter().filter(|(_, member)| member.is_overlapping);
        let overlapping = overlapping.map(|(entry, _)| entry.path.clone()).collect();
        let table = PathTable::new(entries);
        Ok(Self { reader, directory, table, duplicates, overlapping, folders, inflated: AtomicU64::new(0) })
    }

    /// Every member but folders with the bytes that it takes compressed, sorted; also those that no path leads to.
    pub fn members(&self) -> impl Iterator<Item = (&Entry, u64)> {
        self.table.all().map(|(entry, member)| (entry, member.compressed))
    }

    /// Names that occur more than once; the last of them is what unpacking leaves.
    pub fn duplicates(&self) -> &[TreePath] {
        &self.duplicates
    }

    /// Members whose bytes belong to another member as well. They are not read: so are bombs built.
    pub fn overlapping(&self) -> &[TreePath] {
        &self.overlapping
    }

    /// Bytes of the archive itself.
    pub fn length(&self) -> u64 {
        self.reader.length()
    }

    /// Folders that are members of their own, with their modes.
    pub fn folders(&self) -> &[Entry] {
        &self.folders
    }

    /// True when the mode of a file was meant: archivers of other systems make one up.
    pub fn knows_mode(&self, path: &TreePath) -> bool {
        self.table.get(path).is_some_and(|(entry, member)| member.is_unix && entry.mode != 0)
    }

    /// Members that cannot be unpacked as their headers say; nothing is inflated for this.
    pub fn flaws(&self) -> Vec<Flaw> {
        let mut members: Vec<&(Entry, Member)> = self.table.all().collect();
        // In their order on disk, so that headers are read once and ahead.
        members.sort_by_key(|(_, member)| member.header);
        let mut reader = self.reader.clone();
        members.into_iter().filter_map(|(entry, member)| self.flaw(&mut reader, entry, member)).collect()
    }

    fn flaw(&self, reader: &mut SharedReader, entry: &Entry, member: &Member) -> Option<Flaw> {
        let size = entry.size.unwrap_or(0);
        let is_stored = member.method == CompressionMethod::Stored;
        let kind = if member.is_encrypted {
            FlawKind::Encrypted
        } else if !has_header(reader, member.header) || member.header + member.compressed > self.reader.length() {
            FlawKind::Misplaced
        } else if !is_stored && member.method != CompressionMethod::Deflated {
            FlawKind::Compression
        } else if entry.kind == EntryKind::File
            && (is_stored && size != member.compressed || size > member.compressed.saturating_mul(DEFLATE_RATIO))
        {
            FlawKind::Size
        } else {
            return None;
        };
        Some(Flaw { path: entry.path.clone(), kind })
    }

    /// Inflates the first `limit` bytes of a member.
    fn inflate(&self, entry: &Entry, member: &Member, limit: u64) -> Result<Vec<u8>, TreeError> {
        if member.is_encrypted {
            return Err(TreeError::Damaged("archive member is encrypted".into()));
        }
        if member.is_overlapping {
            return Err(TreeError::Damaged("archive member overlaps another".into()));
        }
        let mut reader = self.reader.clone();
        let stored = self.directory.entry(member.index).map_err(|error| damage(&error))?;
        let broken = |error| TreeError::Damaged(format!("archive member is damaged: {error}"));
        let bytes = if member.method == CompressionMethod::Deflated {
            let (size, crc) = (stored.size(), stored.crc32());
            let stored = Stored { header: member.header, compressed: member.compressed, size, crc };
            inflate::inflate(&mut reader, &stored, limit).map_err(broken)?
        } else {
            let stored = stored.with_reader(&mut reader, zip::read::ZipReadOptions::new());
            let mut bytes = Vec::new();
            stored.map_err(|error| damage(&error))?.take(limit).read_to_end(&mut bytes).map_err(broken)?;
            bytes
        };
        let count = bytes.len();
        let before = self.inflated.fetch_add(count as u64, Ordering::Relaxed);
        let total = before + count as u64;
        if total > INFLATED {
            return Err(TreeError::TooLarge { size: total, cap: INFLATED });
        }
        if limit > entry.size.unwrap_or(0) && (count as u64) < entry.size.unwrap_or(0) {
            return Err(TreeError::Damaged("archive member is shorter than its header says".into()));
        }
        Ok(bytes)
    }

    fn member(&self, path: &TreePath) -> Result<&(Entry, Member), TreeError> {
        self.table.file(self, path)
    }
}

/// True where a local file header stands (APPNOTE 4.3.7).
fn has_header(reader: &mut SharedReader, at: u64) -> bool {
    let mut signature = [0; 4];
    let read = reader.seek(SeekFrom::Start(at)).and_then(|_| reader.read_exact(&mut signature));
    read.is_ok() && &signature == b"PK\x03\x04"
}

/// Names that the central directory has more than once.
fn duplicates(members: &mut ZipIterable<SharedReader>) -> Vec<TreePath> {
    let Ok(files) = members.files() else { return Vec::new() };
    let mut names: Vec<TreePath> = files.flatten().map(|member| path_of(member.name_raw())).collect();
    names.sort_unstable();
    let mut twice: Vec<TreePath> =
        names.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone()).collect();
    twice.dedup();
    twice
}

/// Which members share bytes. Judged by the central directory alone: a member takes at least its
/// local header (30 bytes and its name) and its data, so a smaller distance to the next one proves it.
fn overlaps(directory: &ZipArchiveMetadata) -> Vec<bool> {
    let mut ranges: Vec<(u64, u64, usize)> = Vec::with_capacity(directory.len());
    for index in 0..directory.len() {
        let Ok(member) = directory.entry(index) else { continue };
        let start = member.header_start();
        let header = 30 + member.name_raw().len() as u64;
        ranges.push((start, start.saturating_add(header).saturating_add(member.compressed_size()), index));
    }
    ranges.sort_unstable();
    let mut shared = vec![false; directory.len()];
    let mut widest: Option<(u64, usize)> = None;
    for (start, end, index) in ranges {
        if let Some((reached, other)) = widest
            && reached > start
        {
            shared[index] = true;
            shared[other] = true;
        }
        if widest.is_none_or(|(reached, _)| end > reached) {
            widest = Some((end, index));
        }
    }
    shared
}

/// The path of a member: `./` and doubled slashes taken out, as unpacking does. Names that are
/// absolute or climb with `..` stay as they are, and then no path leads to them; a backslash is a
/// character like any other on the systems that unpack it.
fn path_of(name: &[u8]) -> TreePath {
    let names = || name.split(|byte| *byte == b'/');
    if name.starts_with(b"/") || names().any(|part| part == b"..") {
        return TreePath::new(name);
    }
    let parts: Vec<&[u8]> = names().filter(|part| !part.is_empty() && *part != b".").collect();
    TreePath::new(parts.join(&b'/'))
}

fn kind_of(is_folder: bool, mode: u32) -> EntryKind {
    match mode & TYPE_BITS {
        0o120_000 => EntryKind::Link,
        _ if is_folder => EntryKind::Folder,
        0 | 0o100_000 => EntryKind::File,
        0o040_000 => EntryKind::Folder,
        _ => EntryKind::Special,
    }
}

fn damage(error: &ZipError) -> TreeError {
    match error {
        ZipError::Io(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            TreeError::Damaged("archive is cut off".into())
        }
        ZipError::Io(error) => TreeError::System(error.to_string()),
        ZipError::InvalidArchive(why) => TreeError::Damaged(format!("not a readable zip archive: {why}")),
        other => TreeError::Damaged(other.to_string()),
    }
}

impl Lookup for Archive {
    fn kind(&self, path: &TreePath) -> Option<EntryKind> {
        self.table.stat(path).map(|stat| stat.kind)
    }

    fn target(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        let (entry, member) = self.table.get(path).ok_or(TreeError::Missing)?;
        if entry.kind != EntryKind::Link {
            return Err(TreeError::NotAFile);
        }
        if let Some(known) = member.target.get() {
            return Ok(known.to_vec());
        }
        let target = self.inflate(entry, member, LINK)?;
        if target.len() <= KEPT_LINK {
            // Another thread may have been faster, with the same.
            let _ = member.target.set(target.clone().into_boxed_slice());
        }
        Ok(target)
    }
}

impl Tree for Archive {
    fn list(&self) -> Result<Listing, TreeError> {
        Ok((self.table.entries(), Vec::new()))
    }

    fn stat(&self, path: &TreePath) -> Option<Stat> {
        self.table.stat(path).or_else(|| self.table.stat(&links::resolve(self, path, false).ok()?))
    }

    fn read_link(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        self.target(&links::resolve(self, path, false)?)
    }

    fn read(&self, path: &TreePath, cap: u64) -> Result<Vec<u8>, TreeError> {
        let (entry, member) = self.member(path)?;
        let size = entry.size.unwrap_or(0);
        if size > cap {
            return Err(TreeError::TooLarge { size, cap });
        }
        // One byte more than claimed, so that a size too small shows.
        self.inflate(entry, member, size.saturating_add(1))
    }

    fn read_range(&self, path: &TreePath, start: u64, length: u64) -> Result<Vec<u8>, TreeError> {
        let (entry, member) = self.member(path)?;
        let end = start.saturating_add(length);
        if end.min(entry.size.unwrap_or(0)) > OPENED {
            return Err(TreeError::TooLarge { size: end, cap: OPENED });
        }
        let mut bytes = self.inflate(entry, member, end)?;
        Ok(bytes.split_off(usize::try_from(start).unwrap_or(usize::MAX).min(bytes.len())))
    }

    fn open(&self, path: &TreePath) -> Result<Box<dyn Read + '_>, TreeError> {
        Ok(Box::new(Cursor::new(self.read(path, OPENED)?)))
    }

    fn names(&self, folder: &TreePath) -> Vec<Vec<u8>> {
        links::resolve(self, folder, true).map(|folder| self.table.names(&folder)).unwrap_or_default()
    }

    fn resolve(&self, path: &TreePath) -> Option<Stat> {
        self.table.stat(&links::resolve(self, path, true).ok()?)
    }
}

#[cfg(test)]
mod tests;
