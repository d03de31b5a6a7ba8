//! Which files of a folder belong to it: what the git index names, and what no rule ignores.
//!
//! The index comes from git; everything else is one reading of each folder. That tells at once which
//! tracked files are still there, what they have become, and what is not tracked: git's own search
//! for untracked files takes several times as long.

use std::path::Path;

use rayon::prelude::*;

use super::folders::{read_folder, to_system};
use crate::source::TreePath;
use crate::tree::git::{Git, SUBMODULE};
use crate::tree::ignored::IgnoreRules;
use crate::tree::{Entry, EntryKind, Listing, TreeError};

/// Folders of installed dependencies and of git itself, which a listing never enters unless files
/// in them are tracked; an artifact that is one of them is opened as a tree of its own.
const NEVER_ENTERED: &[&[u8]] = &[b".git", b"node_modules", b"vendor"];

/// A line of the index.
#[derive(Debug)]
pub(super) struct Tracked {
    path: Vec<u8>,
    mode: u32,
    /// Left out of a sparse checkout on purpose.
    is_left_out: bool,
}

/// What a sparse checkout leaves out, sorted.
pub(super) fn left_out(tracked: &[Tracked]) -> Vec<TreePath> {
    tracked.iter().filter(|line| line.is_left_out).map(|line| TreePath::new(&line.path)).collect()
}

/// What the index has below the root.
pub(super) fn index(git: &Git) -> Result<Vec<Tracked>, TreeError> {
    Ok(parse_index(&git.run(&["ls-files", "--stage", "-t", "-z"])?.stdout))
}

/// Reads `ls-files --stage -t -z`: `tag mode oid stage\tpath`. An unmerged path occurs once per stage.
fn parse_index(stdout: &[u8]) -> Vec<Tracked> {
    let mut tracked: Vec<Tracked> = Vec::new();
    for line in stdout.split(|byte| *byte == 0) {
        let Some(tab) = memchr::memchr(b'\t', line) else { continue };
        let mode = line[..tab].split(|byte| *byte == b' ').nth(1).and_then(|mode| std::str::from_utf8(mode).ok());
        let mode = mode.and_then(|mode| u32::from_str_radix(mode, 8).ok()).unwrap_or(0);
        // `S` marks skip-worktree (git-ls-files(1)).
        tracked.push(Tracked { path: line[tab + 1..].to_vec(), mode, is_left_out: line.starts_with(b"S ") });
    }
    // Git sorts by bytes already; the grouping below depends on it.
    tracked.sort_by(|a, b| a.path.cmp(&b.path));
    tracked.dedup_by(|a, b| a.path == b.path);
    tracked
}

/// What a listing goes by.
pub(super) struct Lister<'l, R> {
    pub(super) root: &'l Path,
    pub(super) tracked: &'l [Tracked],
    pub(super) rules: &'l IgnoreRules,
    /// The root's path in the repository that the rules belong to.
    pub(super) inside: &'l TreePath,
    /// The text of an ignore file at a path of that repository.
    pub(super) read: R,
}

/// A folder to be read, with the lines `from..to` of the index that lie below it.
struct Folder {
    path: TreePath,
    from: usize,
    to: usize,
    /// Reached by the index (or the root), not by looking for untracked files.
    is_tracked: bool,
}

/// What one folder gives.
#[derive(Default)]
struct Found {
    entries: Vec<Entry>,
    below: Vec<Folder>,
    problem: Option<(TreePath, TreeError)>,
}

impl<R: Fn(&TreePath) -> Option<Vec<u8>> + Sync> Lister<'_, R> {
    /// Lists, level by level, the folders of a level in parallel. Only real folders are entered: a
    /// link in the place of one leads nowhere.
    pub(super) fn list(&self) -> Listing {
        let (mut entries, mut problems) = (Vec::with_capacity(self.tracked.len()), Vec::new());
        let mut level = vec![Folder { path: TreePath::root(), from: 0, to: self.tracked.len(), is_tracked: true }];
        while !level.is_empty() {
            let parts: Vec<Found> = level.par_iter().map(|folder| self.visit(folder)).collect();
            level = Vec::new();
            for part in parts {
                entries.extend(part.entries);
                level.extend(part.below);
                problems.extend(part.problem);
            }
        }
        (entries, problems)
    }

    fn visit(&self, folder: &Folder) -> Found {
        let mut found = Found::default();
        let names = match read_folder(&to_system(self.root, &folder.path)) {
            Ok(names) => names,
            Err(error) => {
                let error = TreeError::from(error);
                found.problem = (error != TreeError::Missing).then(|| (folder.path.clone(), error));
                return found;
            }
        };
        if !folder.is_tracked && find(&names, b".git").is_some() {
            found.entries.push(entry(folder.path.clone(), EntryKind::Submodule, 0));
            return found;
        }
        let mut is_known = vec![false; names.len()];
        self.tracked(folder, &names, &mut is_known, &mut found);
        self.untracked(folder, &names, &is_known, &mut found);
        found
    }

    /// What the index names and the disk still has, as the kind that the disk gives it.
    fn tracked(&self, folder: &Folder, names: &Names, is_known: &mut [bool], found: &mut Found) {
        let prefix = if folder.path.is_root() { 0 } else { folder.path.as_bytes().len() + 1 };
        let mut at = folder.from;
        while at < folder.to {
            let line = &self.tracked[at];
            let rest = &line.path[prefix..];
            if let Some(slash) = memchr::memchr(b'/', rest) {
                let shared = &line.path[..prefix + slash + 1];
                let to = at + self.tracked[at..folder.to].partition_point(|other| other.path.starts_with(shared));
                if let Some(place) = find(names, &rest[..slash])
                    && names[place].1 == EntryKind::Folder
                {
                    is_known[place] = true;
                    let path = TreePath::new(&shared[..shared.len() - 1]);
                    found.below.push(Folder { path, from: at, to, is_tracked: true });
                }
                at = to;
                continue;
            }
            at += 1;
            let Some(place) = find(names, rest) else { continue };
            let kind = match (line.mode & 0o170_000, names[place].1) {
                (SUBMODULE, EntryKind::Folder) => EntryKind::Submodule,
                // A folder where the index has a file: the file is gone, what is below is untracked.
                (_, EntryKind::Folder) => continue,
                (_, kind) => kind,
            };
            is_known[place] = true;
            let mode = if kind == EntryKind::File { line.mode & 0o777 } else { 0 };
            found.entries.push(entry(TreePath::new(&line.path), kind, mode));
        }
    }

    /// What the index does not name and no rule ignores.
    fn untracked(&self, folder: &Folder, names: &Names, is_known: &[bool], found: &mut Found) {
        // A tracked file may lie in an ignored folder; an untracked one there is ignored. Asked at
        // most once a folder, and never in a clean checkout.
        let mut is_open = !folder.is_tracked;
        for ((name, kind), is_known) in names.iter().zip(is_known) {
            let is_folder = *kind == EntryKind::Folder;
            // `.git` may be a file too; that of a broken repository at the root is no content.
            if *is_known || name == b".git" || (is_folder && NEVER_ENTERED.contains(&name.as_slice())) {
                continue;
            }
            if !is_open {
                let above = self.in_repository(&folder.path);
                if !above.is_root() && self.rules.is_ignored(&above, &self.read) {
                    return;
                }
                is_open = true;
            }
            let path = folder.path.child(name);
            if self.rules.matches(&self.in_repository(&path), is_folder, &self.read) {
                continue;
            }
            if is_folder {
                found.below.push(Folder { path, from: 0, to: 0, is_tracked: false });
            } else {
                found.entries.push(entry(path, *kind, 0));
            }
        }
    }

    fn in_repository(&self, path: &TreePath) -> TreePath {
        match (self.inside.is_root(), path.is_root()) {
            (true, _) => path.clone(),
            (_, true) => self.inside.clone(),
            _ => self.inside.child(path.as_bytes()),
        }
    }
}

/// Names of a folder and what they are, sorted.
type Names = Vec<(Vec<u8>, EntryKind)>;

fn find(names: &Names, name: &[u8]) -> Option<usize> {
    names.binary_search_by(|(known, _)| known.as_slice().cmp(name)).ok()
}

fn entry(path: TreePath, kind: EntryKind, mode: u32) -> Entry {
    Entry { path, kind, mode, size: None, content: None }
}
