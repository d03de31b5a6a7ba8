//! A folder on disk.

mod folders;
mod listing;

use std::fs::Metadata;
use std::io::{BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, RwLock};

use rustc_hash::FxHashSet;

use self::folders::{kind_of, mode_of, read_folder, to_bytes};
pub(super) use self::folders::{open_regular, to_system};
use self::listing::Lister;
use super::folder::Folder;
use super::git::{self, Git};
use super::ignored::IgnoreRules;
use super::links::{self, Lookup};
use super::{Archive, Entry, EntryKind, Listing, Stat, Tree, TreeError};
use crate::source::TreePath;

/// Room beyond the size of a file, bytes: less than this left, and reading to the end probes first.
const SPARE: usize = 64;
/// Largest ignore file that is read, in bytes.
const IGNORE_FILE_CAP: u64 = 1 << 20;

/// A folder on disk, with git's help where it lies in a work tree.
#[derive(Debug)]
pub struct Disk {
    root: PathBuf,
    git: Git,
    /// The checkout that contains the root, and the root's path inside it.
    repository: Option<(PathBuf, TreePath)>,
    /// Folders that are known to be reached without any link.
    plain_folders: RwLock<FxHashSet<TreePath>>,
    rules: OnceLock<IgnoreRules>,
    /// What a sparse checkout leaves out, known once the tree is listed.
    left_out: OnceLock<Vec<TreePath>>,
}

impl Disk {
    /// The tree below an existing folder.
    pub fn new(root: &Path) -> Result<Self, TreeError> {
        let root = std::fs::canonicalize(root)?;
        if !std::fs::metadata(&root)?.is_dir() {
            return Err(TreeError::NotAFile);
        }
        let repository = git::find_repository(&root).map(|top| {
            let inside = root.strip_prefix(&top).map(|path| to_bytes(path.as_os_str())).unwrap_or_default();
            (top, TreePath::new(inside))
        });
        Ok(Self {
            git: Git::at(&root),
            root,
            repository,
            plain_folders: RwLock::default(),
            rules: OnceLock::new(),
            left_out: OnceLock::new(),
        })
    }

    /// The folder itself, absolute and without links.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// The checkout that contains a path: the nearest folder, upward, with a `.git` file or folder.
    pub fn find_repository(path: &Path) -> Option<PathBuf> {
        git::find_repository(path)
    }

    /// The commit that is checked out; `None` without git and before the first commit.
    pub fn revision(&self) -> Option<String> {
        self.repository.as_ref()?;
        let output = self.git.run(&["rev-parse", "--verify", "--quiet", "HEAD^{commit}"]).ok()?;
        String::from_utf8(output.stdout).ok().map(|id| id.trim().to_owned())
    }

    /// Where repositories of their own among these folders lie on disk.
    pub fn checkouts(&self, folders: &[TreePath]) -> Vec<PathBuf> {
        folders.iter().map(|path| self.system(path)).filter(|folder| git::has_git(folder)).collect()
    }

    /// Repositories of their own among the entries of a listing: submodules and nested checkouts
    /// that are there on disk.
    pub fn nested_repositories(&self, entries: &[Entry]) -> Vec<TreePath> {
        let nested = entries.iter().filter(|entry| entry.kind == EntryKind::Submodule);
        nested.filter(|entry| git::has_git(&self.system(&entry.path))).map(|entry| entry.path.clone()).collect()
    }

    /// Tracked files that a sparse checkout leaves out; known once the tree was listed.
    pub fn left_out(&self) -> &[TreePath] {
        self.left_out.get().map_or(&[], Vec::as_slice)
    }

    fn system(&self, path: &TreePath) -> PathBuf {
        to_system(&self.root, path)
    }

    fn lstat(&self, path: &TreePath) -> std::io::Result<Metadata> {
        std::fs::symlink_metadata(self.system(path))
    }

    /// The path with the links in its folders followed.
    fn placed(&self, path: &TreePath) -> Result<TreePath, TreeError> {
        let folder = path.parent();
        if self.is_plain_folder(&folder) {
            return Ok(path.clone());
        }
        let real = links::resolve(self, path, false)?;
        if real == *path {
            self.plain_folders.write().unwrap_or_else(std::sync::PoisonError::into_inner).insert(folder);
        }
        Ok(real)
    }

    /// The regular file that a path leads to. Anything else is refused here, before it is opened:
    /// opening a pipe would wait forever.
    fn file(&self, path: &TreePath) -> Result<(PathBuf, Metadata), TreeError> {
        let mut real = self.placed(path)?;
        let mut metadata = self.lstat(&real)?;
        if metadata.file_type().is_symlink() {
            real = links::resolve(self, &real, true)?;
            metadata = self.lstat(&real)?;
        }
        if metadata.is_file() { Ok((self.system(&real), metadata)) } else { Err(TreeError::NotAFile) }
    }

    /// A regular file, opened, and its size. Most paths lead to one without any link: these cost one
    /// opening, which neither follows a last link nor waits for a pipe.
    fn opened(&self, path: &TreePath) -> Result<(std::fs::File, u64), TreeError> {
        if self.is_plain_folder(&path.parent())
            && let Ok(file) = open_regular(&self.system(path))
            && let Ok(metadata) = file.metadata()
            && metadata.is_file()
        {
            return Ok((file, metadata.len()));
        }
        let (place, metadata) = self.file(path)?;
        Ok((std::fs::File::open(place)?, metadata.len()))
    }

    /// A listing enters real folders only.
    fn note_folders(&self, entries: &[Entry]) {
        let mut known = self.plain_folders.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        let mut last: Option<TreePath> = None;
        for entry in entries {
            if last.as_ref().is_none_or(|last| !entry.path.is_directly_in(last)) {
                let folder = entry.path.parent();
                known.insert(folder.clone());
                last = Some(folder);
            }
        }
    }

    fn is_plain_folder(&self, folder: &TreePath) -> bool {
        self.plain_folders.read().unwrap_or_else(std::sync::PoisonError::into_inner).contains(folder)
    }

    fn listed(&self) -> Result<Listing, TreeError> {
        let mut failure = None;
        if let Some((top, inside)) = &self.repository {
            match listing::index(&self.git) {
                Ok(tracked) => {
                    let _ = self.left_out.set(listing::left_out(&tracked));
                    let rules = IgnoreRules::of_listing(exclude_file(top).as_deref(), global_rules().as_deref());
                    let read = |path: &TreePath| plain_file(&to_system(top, path));
                    // A folder that the repository around it ignores is judged as a plain folder.
                    if !tracked.is_empty() || inside.is_root() || !rules.is_ignored(inside, read) {
                        return Ok(Lister { root: &self.root, tracked: &tracked, rules: &rules, inside, read }.list());
                    }
                }
                Err(TreeError::Git(cause)) if cause == git::NOT_A_REPOSITORY => {}
                Err(error) => failure = Some((TreePath::root(), error)),
            }
        }
        let read = |path: &TreePath| plain_file(&self.system(path));
        let (rules, inside) = (IgnoreRules::default(), TreePath::root());
        let (entries, mut problems) =
            Lister { root: &self.root, tracked: &[], rules: &rules, inside: &inside, read }.list();
        if let Some((_, error)) = problems.iter().find(|(folder, _)| folder.is_root()) {
            return Err(error.clone());
        }
        problems.extend(failure);
        Ok((entries, problems))
    }
}

impl Lookup for Disk {
    fn kind(&self, path: &TreePath) -> Option<EntryKind> {
        self.lstat(path).ok().map(|metadata| kind_of(metadata.file_type()))
    }

    fn target(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        Ok(to_bytes(std::fs::read_link(self.system(path))?.as_os_str()))
    }
}

impl Tree for Disk {
    fn processes(&self) -> usize {
        self.git.processes()
    }

    fn list(&self) -> Result<Listing, TreeError> {
        let (mut entries, mut problems) = self.listed()?;
        entries.sort_unstable_by(|a, b| a.path.cmp(&b.path));
        entries.dedup_by(|a, b| a.path == b.path);
        problems.sort_by(|a, b| a.0.cmp(&b.0));
        self.note_folders(&entries);
        Ok((entries, problems))
    }

    fn stat(&self, path: &TreePath) -> Option<Stat> {
        let metadata = self.lstat(&self.placed(path).ok()?).ok()?;
        Some(stat_of(&metadata))
    }

    fn read_link(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        let path = self.placed(path)?;
        if self.lstat(&path)?.file_type().is_symlink() { self.target(&path) } else { Err(TreeError::NotAFile) }
    }

    fn read(&self, path: &TreePath, cap: u64) -> Result<Vec<u8>, TreeError> {
        let mut bytes = Vec::new();
        self.read_into(path, cap, &mut bytes)?;
        Ok(bytes)
    }

    fn read_into(&self, path: &TreePath, cap: u64, buffer: &mut Vec<u8>) -> Result<(), TreeError> {
        let (mut file, size) = self.opened(path)?;
        if size > cap {
            return Err(TreeError::TooLarge { size, cap });
        }
        buffer.clear();
        // Files of the system tell no size; what such a one holds is known once it is read.
        let most = if size == 0 { cap.saturating_add(1) } else { size };
        // With room to spare, reading asks the system once.
        buffer.reserve(usize::try_from(size).unwrap_or(0).saturating_add(SPARE));
        file.by_ref().take(most).read_to_end(buffer)?;
        let size = buffer.len() as u64;
        if size > cap { Err(TreeError::TooLarge { size, cap }) } else { Ok(()) }
    }

    fn read_range(&self, path: &TreePath, start: u64, length: u64) -> Result<Vec<u8>, TreeError> {
        let (file, _) = self.file(path)?;
        let mut file = std::fs::File::open(file)?;
        file.seek(SeekFrom::Start(start))?;
        let mut bytes = Vec::new();
        file.take(length).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn open(&self, path: &TreePath) -> Result<Box<dyn Read + '_>, TreeError> {
        let (file, _) = self.file(path)?;
        Ok(Box::new(BufReader::new(std::fs::File::open(file)?)))
    }

    fn archive(&self, path: &TreePath, _cap: u64) -> Result<Archive, TreeError> {
        Archive::of_file(&self.file(path)?.0)
    }

    fn package(&self, folder: &TreePath, _cap: u64) -> Result<Arc<dyn Tree>, TreeError> {
        Ok(Arc::new(Folder::new(self, self.root.clone(), folder)?))
    }

    fn modified(&self, path: &TreePath) -> Option<u64> {
        let real = links::resolve(self, path, true).ok()?;
        let time = self.lstat(&real).ok()?.modified().ok()?;
        Some(time.duration_since(std::time::UNIX_EPOCH).ok()?.as_secs())
    }

    fn names(&self, folder: &TreePath) -> Vec<Vec<u8>> {
        let Ok(folder) = links::resolve(self, folder, true) else { return Vec::new() };
        let names = read_folder(&self.system(&folder)).unwrap_or_default();
        names.into_iter().map(|(name, _)| name).collect()
    }

    fn unlisted(&self, folder: &TreePath) -> Option<TreeError> {
        let folder = links::resolve(self, folder, true).ok()?;
        read_folder(&self.system(&folder)).err().map(TreeError::from)
    }

    /// What a sparse checkout leaves out counts as ignored: it is not here, and nothing is wrong with that.
    fn is_ignored(&self, path: &TreePath) -> bool {
        let left_out = self.left_out();
        let next = left_out.partition_point(|other| other < path);
        if !path.is_root()
            && left_out[next..]
                .iter()
                .take_while(|other| other.as_bytes().starts_with(path.as_bytes()))
                .any(|other| other.is_under(path))
        {
            return true;
        }
        let (top, inside) = match &self.repository {
            Some((top, inside)) => (top.as_path(), inside.clone()),
            None => (self.root.as_path(), TreePath::root()),
        };
        let rules = self.rules.get_or_init(|| IgnoreRules::with_exclude(exclude_file(top).as_deref()));
        let path = path.names().fold(inside, |path, name| path.child(name));
        rules.is_ignored(&path, |path| plain_file(&to_system(top, path)))
    }

    fn resolve(&self, path: &TreePath) -> Option<Stat> {
        let real = links::resolve(self, path, true).ok()?;
        self.lstat(&real).ok().map(|metadata| stat_of(&metadata))
    }

    fn folder(&self) -> Option<&Path> {
        Some(&self.root)
    }
}

fn stat_of(metadata: &Metadata) -> Stat {
    let kind = kind_of(metadata.file_type());
    let size = if kind == EntryKind::Folder { 0 } else { metadata.len() };
    Stat { kind, mode: mode_of(metadata), size }
}

/// The text of a regular file that is no link, for the ignore files of git itself.
fn plain_file(path: &Path) -> Option<Vec<u8>> {
    let metadata = std::fs::symlink_metadata(path).ok()?;
    (metadata.is_file() && metadata.len() <= IGNORE_FILE_CAP).then(|| std::fs::read(path).ok()).flatten()
}

/// The ignore rules of the user's machine (`core.excludesFile`).
fn global_rules() -> Option<Vec<u8>> {
    plain_file(&ignore::gitignore::gitconfig_excludes_path()?)
}

/// The text of `.git/info/exclude`; a worktree's `.git` file leads to the shared folder.
fn exclude_file(top: &Path) -> Option<Vec<u8>> {
    let git = top.join(".git");
    if let Some(text) = plain_file(&git) {
        let text = String::from_utf8_lossy(&text).into_owned();
        let own = top.join(text.strip_prefix("gitdir:")?.trim());
        let shared = plain_file(&own.join("commondir"))?;
        return plain_file(&own.join(String::from_utf8_lossy(&shared).trim()).join("info/exclude"));
    }
    plain_file(&git.join("info/exclude"))
}

#[cfg(test)]
mod tests;
