//! Which files of a folder belong to it: the git index and what git does not ignore, else a walk.

use std::path::Path;

use rayon::prelude::*;

use super::folders::{kind_of, mode_of, read_folder, to_system};
use crate::source::TreePath;
use crate::tree::git::{Git, SUBMODULE, has_git};
use crate::tree::ignored::IgnoreRules;
use crate::tree::{Entry, EntryKind, Listing, TreeError};

/// Folders of installed dependencies and of git itself, which a listing never enters; an artifact
/// that is one of them is opened as a tree of its own.
pub(super) const NEVER_ENTERED: &[&[u8]] = &[b".git", b"node_modules", b"vendor"];

/// A line of the index.
struct Tracked {
    path: Vec<u8>,
    mode: u32,
}

/// The index (what is still on disk) and the untracked files that no rule ignores.
pub(super) fn of_repository(root: &Path, git: &Git) -> Result<Listing, TreeError> {
    // The walk for untracked files is git's slowest part: it runs beside ours.
    let (tracked, untracked) = std::thread::scope(|scope| {
        let asked = scope.spawn(|| {
            git.run(&[
                "ls-files",
                "--others",
                "--exclude-standard",
                "--exclude=node_modules/",
                "--exclude=vendor/",
                "-z",
            ])
        });
        let tracked = git.run(&["ls-files", "--stage", "-z"]).map(|output| still_there(root, &index(&output.stdout)));
        let untracked = asked.join().unwrap_or_else(|_| Err(TreeError::Git("git could not be asked".into())));
        (tracked, untracked)
    });
    let (mut entries, mut problems) = tracked?;
    let untracked = untracked?;
    let paths: Vec<&[u8]> = untracked.stdout.split(|byte| *byte == 0).filter(|path| !path.is_empty()).collect();
    entries.par_extend(paths.into_par_iter().filter_map(|path| untracked_entry(root, path)));
    for folder in unopened(&untracked.stderr) {
        if !problems.iter().any(|(known, _)| *known == folder) {
            problems.push((folder, TreeError::Denied));
        }
    }
    Ok((entries, problems))
}

/// Reads `ls-files --stage -z`: `mode oid stage\tpath`. An unmerged path occurs once per stage.
fn index(stdout: &[u8]) -> Vec<Tracked> {
    let mut tracked: Vec<Tracked> = Vec::new();
    for line in stdout.split(|byte| *byte == 0) {
        let Some(tab) = line.iter().position(|byte| *byte == b'\t') else { continue };
        let mode = line[..tab].split(|byte| *byte == b' ').next().and_then(|mode| std::str::from_utf8(mode).ok());
        let mode = mode.and_then(|mode| u32::from_str_radix(mode, 8).ok()).unwrap_or(0);
        let path = line[tab + 1..].to_vec();
        if tracked.last().is_none_or(|last| last.path != path) {
            tracked.push(Tracked { path, mode });
        }
    }
    // Git sorts by bytes already; the grouping below depends on it.
    tracked.sort_by(|a, b| a.path.cmp(&b.path));
    tracked
}

/// Lines of the index that share a folder: `from..to`, the first `prefix` bytes being its name and `/`.
struct Group {
    from: usize,
    to: usize,
    prefix: usize,
}

/// Entries for what the index names and the disk still has, with the kind the disk gives it.
///
/// One reading of each folder instead of one stat of each file; folders are entered only if they
/// really are folders, so a link put in their place leads nowhere.
fn still_there(root: &Path, tracked: &[Tracked]) -> Listing {
    let mut entries = Vec::with_capacity(tracked.len());
    let mut problems = Vec::new();
    let mut level = vec![Group { from: 0, to: tracked.len(), prefix: 0 }];
    while !level.is_empty() {
        let parts: Vec<_> = level.par_iter().map(|group| visit(root, tracked, group)).collect();
        level = Vec::new();
        for (found, below, problem) in parts {
            entries.extend(found);
            level.extend(below);
            problems.extend(problem);
        }
    }
    (entries, problems)
}

type Visited = (Vec<Entry>, Vec<Group>, Option<(TreePath, TreeError)>);

fn visit(root: &Path, tracked: &[Tracked], group: &Group) -> Visited {
    let Some(first) = tracked.get(group.from) else { return (Vec::new(), Vec::new(), None) };
    let folder = TreePath::new(&first.path[..group.prefix.saturating_sub(1)]);
    let names = match read_folder(&to_system(root, &folder)) {
        Ok(names) => names,
        Err(error) => {
            let error = TreeError::from(error);
            let problem = (error != TreeError::Missing).then_some((folder, error));
            return (Vec::new(), Vec::new(), problem);
        }
    };
    let kind = |name: &[u8]| {
        let place = names.binary_search_by(|(known, _)| known.as_slice().cmp(name)).ok()?;
        Some(names[place].1)
    };
    let (mut entries, mut below) = (Vec::new(), Vec::new());
    let mut at = group.from;
    while at < group.to {
        let line = &tracked[at];
        let rest = &line.path[group.prefix..];
        if let Some(slash) = rest.iter().position(|byte| *byte == b'/') {
            let prefix = group.prefix + slash + 1;
            let shared = &line.path[..prefix];
            let to = at + tracked[at..group.to].partition_point(|other| other.path.starts_with(shared));
            if kind(&rest[..slash]) == Some(EntryKind::Folder) {
                below.push(Group { from: at, to, prefix });
            }
            at = to;
            continue;
        }
        let kind = match (line.mode & 0o170_000, kind(rest)) {
            (SUBMODULE, Some(EntryKind::Folder)) => Some(EntryKind::Submodule),
            // A folder where the index has a file: the file is gone.
            (_, Some(EntryKind::Folder) | None) => None,
            (_, other) => other,
        };
        if let Some(kind) = kind {
            let mode = if kind == EntryKind::File { line.mode & 0o777 } else { 0 };
            entries.push(Entry { path: TreePath::new(&line.path), kind, mode, size: None, content: None });
        }
        at += 1;
    }
    (entries, below, None)
}

fn untracked_entry(root: &Path, path: &[u8]) -> Option<Entry> {
    // A repository of its own is named with a slash at the end and not entered.
    if let Some(folder) = path.strip_suffix(b"/") {
        let path = TreePath::new(folder);
        return Some(Entry { path, kind: EntryKind::Submodule, mode: 0, size: None, content: None });
    }
    let path = TreePath::new(path);
    let metadata = std::fs::symlink_metadata(to_system(root, &path)).ok()?;
    let kind = kind_of(metadata.file_type());
    let size = (kind == EntryKind::File).then_some(metadata.len());
    Some(Entry { path, kind, mode: mode_of(&metadata), size, content: None })
}

/// Folders that git says it could not open.
fn unopened(stderr: &[u8]) -> Vec<TreePath> {
    let lines = stderr.split(|byte| *byte == b'\n');
    let quoted = lines.filter_map(|line| line.strip_prefix(b"warning: could not open directory '"));
    quoted
        .filter_map(|rest| {
            let end = rest.windows(3).rposition(|bytes| bytes == b"': ")?;
            let folder = &rest[..end];
            Some(TreePath::new(folder.strip_suffix(b"/").unwrap_or(folder)))
        })
        .collect()
}

/// A walk that respects `.gitignore` files, for folders that no repository contains.
///
/// Our own loop over folders rather than `ignore::Walk`: that opens whatever is called `.gitignore`,
/// and a named pipe of that name would stop it forever.
pub(super) fn by_walking(
    root: &Path,
    rules: &IgnoreRules,
    read: &(impl Fn(&TreePath) -> Option<Vec<u8>> + Sync),
) -> Listing {
    let (mut entries, mut problems) = (Vec::new(), Vec::new());
    let mut level = vec![TreePath::root()];
    while !level.is_empty() {
        let parts: Vec<_> = level.par_iter().map(|folder| walk_folder(root, folder, rules, read)).collect();
        level = Vec::new();
        for part in parts {
            match part {
                Ok((found, below)) => {
                    entries.extend(found);
                    level.extend(below);
                }
                Err((folder, error)) => problems.push((folder, error)),
            }
        }
    }
    (entries, problems)
}

type Walked = Result<(Vec<Entry>, Vec<TreePath>), (TreePath, TreeError)>;

fn walk_folder(
    root: &Path,
    folder: &TreePath,
    rules: &IgnoreRules,
    read: &impl Fn(&TreePath) -> Option<Vec<u8>>,
) -> Walked {
    let names = read_folder(&to_system(root, folder)).map_err(|error| (folder.clone(), error.into()))?;
    let (mut entries, mut below) = (Vec::new(), Vec::new());
    for (name, kind) in names {
        let is_folder = kind == EntryKind::Folder;
        // `.git` of the root would be a broken repository: a file or folder, never content.
        if name == b".git" || (is_folder && NEVER_ENTERED.contains(&name.as_slice())) {
            continue;
        }
        let path = folder.child(&name);
        if rules.matches(&path, is_folder, read) {
            continue;
        }
        if is_folder && !has_git(&to_system(root, &path)) {
            below.push(path);
            continue;
        }
        let kind = if is_folder { EntryKind::Submodule } else { kind };
        entries.push(Entry { path, kind, mode: 0, size: None, content: None });
    }
    Ok((entries, below))
}
