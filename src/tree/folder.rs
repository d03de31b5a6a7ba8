//! A folder of a tree that is uploaded as it is: everything in it counts, whatever ignore rules say.

use std::io::{BufReader, Read};
use std::path::PathBuf;

use super::disk::{open_regular, to_system};
use super::links::{self, Lookup};
use super::memory::Memory;
use super::table::PathTable;
use super::{Entry, EntryKind, Listing, Stat, Tree, TreeError};
use crate::source::TreePath;

/// Most files of one folder.
const MEMBERS: usize = 200_000;
/// Most links to folders elsewhere that one path may lead through.
const DEPTH: usize = 8;
/// Folders of the platform's own: a link that leads there holds once the folder is unpacked.
const PLATFORM: [&[u8]; 2] = [b"/opt/", b"/var/"];

/// What lies in a folder: each entry at its path in there, and where the tree has it.
struct Contents {
    entries: Vec<(Entry, TreePath)>,
    problems: Vec<(TreePath, TreeError)>,
}

/// A part of what is walked: a folder of the view, and the folder of the tree that shows there.
#[derive(Clone)]
struct Region {
    shown: TreePath,
    real: TreePath,
    /// Folders of the tree through which links led here.
    through: Vec<TreePath>,
}

/// Where a link leads.
enum Target {
    /// To what is in the same region, or nowhere: it stays a link.
    Inside,
    /// Elsewhere in the tree: deploy tools put there what it leads to.
    Elsewhere(TreePath, EntryKind),
    /// Out of the tree.
    Out,
}

/// Walks a folder. Links that stay in it are kept; what others lead to stands in their place, as tools that
/// zip a folder do it.
fn contents<T: Tree + ?Sized>(tree: &T, folder: &TreePath) -> Result<Contents, TreeError> {
    match tree.resolve(folder).map(|stat| stat.kind) {
        Some(EntryKind::Folder | EntryKind::Submodule) => {}
        Some(_) => return Err(TreeError::NotAFile),
        None => return Err(TreeError::Missing),
    }
    let mut found = Contents { entries: Vec::new(), problems: Vec::new() };
    let whole = Region { shown: TreePath::root(), real: folder.clone(), through: vec![folder.clone()] };
    let mut waiting = vec![(whole.clone(), TreePath::root())];
    while let Some((region, inside)) = waiting.pop() {
        let real = region.real.joined(&inside);
        if let Some(error) = tree.unlisted(&real) {
            found.problems.push((region.shown.joined(&inside), error));
        }
        for name in tree.names(&real) {
            let (path, place) = (inside.child(&name), real.child(&name));
            let shown = region.shown.joined(&path);
            let Some(stat) = tree.stat(&place) else { continue };
            if found.entries.len() >= MEMBERS {
                return Err(TreeError::System(format!("more than {MEMBERS} files")));
            }
            match stat.kind {
                EntryKind::Folder | EntryKind::Submodule => {
                    found.entries.push((entry(shown, EntryKind::Folder, &stat), place));
                    waiting.push((region.clone(), path));
                }
                EntryKind::File => found.entries.push((entry(shown, EntryKind::File, &stat), place)),
                EntryKind::Link => match target(tree, &region, &place) {
                    Target::Inside => found.entries.push((entry(shown, EntryKind::Link, &stat), place)),
                    Target::Elsewhere(at, EntryKind::File) => {
                        let stat = tree.resolve(&at).unwrap_or(stat);
                        found.entries.push((entry(shown, EntryKind::File, &stat), at));
                    }
                    Target::Elsewhere(at, _) if may_enter(&region, &at) => {
                        let through = region.through.iter().cloned().chain([at.clone()]).collect();
                        waiting.push((Region { shown, real: at, through }, TreePath::root()));
                    }
                    Target::Elsewhere(..) => {
                        found.problems.push((shown, TreeError::Link("links lead in a circle".into())));
                    }
                    Target::Out => {
                        found.problems.push((shown, TreeError::Link("link leads out of the repository".into())));
                    }
                },
                EntryKind::Special => {}
            }
        }
    }
    found.problems.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(found)
}

/// A folder that is inside out, or reached over too many links, has no end.
fn may_enter(region: &Region, at: &TreePath) -> bool {
    region.through.len() <= DEPTH && region.through.iter().all(|folder| !folder.is_under(at))
}

fn target<T: Tree + ?Sized>(tree: &T, region: &Region, link: &TreePath) -> Target {
    let Ok(written) = tree.read_link(link) else { return Target::Inside };
    let Some(text) = std::str::from_utf8(&written).ok() else { return Target::Inside };
    let at = if written.starts_with(b"/") {
        let own = tree.folder().and_then(|root| std::path::Path::new(text).strip_prefix(root).ok());
        own.and_then(|inside| TreePath::root().join(inside.to_str()?))
    } else {
        link.parent().join(text)
    };
    let Some(at) = at else {
        return if PLATFORM.iter().any(|folder| written.starts_with(folder)) { Target::Inside } else { Target::Out };
    };
    if at.is_under(&region.real) && !written.starts_with(b"/") {
        return Target::Inside;
    }
    match tree.resolve(&at).map(|stat| stat.kind) {
        Some(kind @ (EntryKind::File | EntryKind::Folder)) => Target::Elsewhere(at, kind),
        Some(EntryKind::Submodule) => Target::Elsewhere(at, EntryKind::Folder),
        _ => Target::Inside,
    }
}

fn entry(path: TreePath, kind: EntryKind, stat: &Stat) -> Entry {
    let size = (kind == EntryKind::File).then_some(stat.size);
    Entry { path, kind, mode: if kind == EntryKind::Link { 0 } else { stat.mode }, size, content: None }
}

/// A copy of a folder in memory, at most `cap` bytes: for trees whose files cost a question each.
pub(super) fn copied<T: Tree + ?Sized>(tree: &T, folder: &TreePath, cap: u64) -> Result<Memory, TreeError> {
    let Contents { entries, problems } = contents(tree, folder)?;
    let size = entries.iter().fold(0_u64, |sum, (entry, _)| sum.saturating_add(entry.size.unwrap_or(0)));
    if size > cap {
        return Err(TreeError::TooLarge { size, cap });
    }
    let files = || entries.iter().filter(|(entry, _)| entry.kind == EntryKind::File);
    let places: Vec<TreePath> = files().map(|(_, place)| place.clone()).collect();
    let mut read = tree.read_many(&places, cap).into_iter();
    let mut held = Vec::with_capacity(entries.len());
    for (mut entry, place) in entries {
        let bytes = match entry.kind {
            EntryKind::File => read.next().unwrap_or(Err(TreeError::Missing))?,
            EntryKind::Link => tree.read_link(&place)?,
            _ => Vec::new(),
        };
        if entry.kind == EntryKind::File {
            entry.size = Some(bytes.len() as u64);
        }
        held.push((entry, bytes));
    }
    Ok(Memory::of_entries(held, problems))
}

/// A folder on disk, listed once; its files are read when they are asked for.
#[derive(Debug)]
pub(super) struct Folder {
    /// The tree's root on disk.
    root: PathBuf,
    /// Where the tree has each entry.
    table: PathTable<TreePath>,
    problems: Vec<(TreePath, TreeError)>,
}

impl Folder {
    /// A folder of a tree that lies on disk at `root`.
    pub(super) fn new<T: Tree + ?Sized>(tree: &T, root: PathBuf, folder: &TreePath) -> Result<Self, TreeError> {
        let Contents { entries, problems } = contents(tree, folder)?;
        Ok(Self { root, table: PathTable::new(entries), problems })
    }

    fn opened(&self, path: &TreePath) -> Result<(std::fs::File, u64), TreeError> {
        let (_, place) = self.table.file(self, path)?;
        let file = open_regular(&to_system(&self.root, place))?;
        let metadata = file.metadata()?;
        if metadata.is_file() { Ok((file, metadata.len())) } else { Err(TreeError::NotAFile) }
    }
}

impl Lookup for Folder {
    fn kind(&self, path: &TreePath) -> Option<EntryKind> {
        self.table.stat(path).map(|stat| stat.kind)
    }

    fn target(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        let (entry, place) = self.table.get(path).ok_or(TreeError::Missing)?;
        if entry.kind != EntryKind::Link {
            return Err(TreeError::NotAFile);
        }
        let target = std::fs::read_link(to_system(&self.root, place))?;
        Ok(target.as_os_str().as_encoded_bytes().to_vec())
    }
}

impl Tree for Folder {
    fn list(&self) -> Result<Listing, TreeError> {
        Ok((self.table.entries(), self.problems.clone()))
    }

    fn stat(&self, path: &TreePath) -> Option<Stat> {
        self.table.stat(path).or_else(|| self.table.stat(&links::resolve(self, path, false).ok()?))
    }

    fn read_link(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        self.target(&links::resolve(self, path, false)?)
    }

    fn read(&self, path: &TreePath, cap: u64) -> Result<Vec<u8>, TreeError> {
        let (file, size) = self.opened(path)?;
        if size > cap {
            return Err(TreeError::TooLarge { size, cap });
        }
        let mut bytes = Vec::with_capacity(usize::try_from(size).unwrap_or(0));
        file.take(size).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn read_range(&self, path: &TreePath, start: u64, length: u64) -> Result<Vec<u8>, TreeError> {
        use std::io::{Seek, SeekFrom};
        let (mut file, _) = self.opened(path)?;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn open(&self, path: &TreePath) -> Result<Box<dyn Read + '_>, TreeError> {
        Ok(Box::new(BufReader::new(self.opened(path)?.0)))
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
