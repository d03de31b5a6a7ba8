//! Modes that keep the function from reading its own code: it runs as a user that owns none of it.

use rustc_hash::FxHashSet;

use super::{Contents, Fault, Faults};
use crate::code::Strength;
use crate::runtime::{TASK_FOLDER, TASK_ROOT};
use crate::source::TreePath;
use crate::trace::PackageTrace;
use crate::tree::EntryKind;
use crate::value::Why;

/// May be read by others.
const READ: u32 = 0o004;
/// A folder's content may be used by others.
const SEARCH: u32 = 0o001;

pub(super) fn look(contents: &Contents<'_>, trace: &PackageTrace, faults: &mut Faults<'_>) {
    let archive = contents.part.archive.as_ref();
    let folders = archive.map(|archive| archive.folders()).unwrap_or_default().iter();
    let closed: FxHashSet<&TreePath> =
        folders.filter(|folder| folder.mode != 0 && folder.mode & SEARCH == 0).map(|folder| &folder.path).collect();
    // What zips a folder keeps the modes of files, if not all tools do, and writes no entries for folders.
    let knows_mode = |path: &TreePath, mode: u32| archive.map_or(mode != 0, |archive| archive.knows_mode(path));
    let doubt = archive.is_none().then(|| Why::new("the tool that zips the folder may set other modes"));
    let is_closed = |path: &TreePath| path.ancestors().any(|folder| closed.contains(&folder));
    let unreadable: Vec<&TreePath> = contents
        .entries
        .iter()
        .filter(|entry| entry.kind == EntryKind::File)
        .filter(|entry| {
            let own = entry.mode & READ == 0 && knows_mode(&entry.path, entry.mode);
            own || !closed.is_empty() && is_closed(&entry.path)
        })
        .map(|entry| &entry.path)
        .collect();
    let Some(first) = unreadable.first() else { return };
    let root = TreePath::from(TASK_ROOT);
    let reached = trace.reached.iter().filter_map(|(path, strength)| Some((path.relative_to(&root)?, strength)));
    let mut loaded = reached.filter(|(path, _)| unreadable.binary_search(&path).is_ok());
    let mode = |path: &TreePath| contents.part.tree.stat(path).map_or(0, |stat| stat.mode);
    let fault = match loaded.next() {
        Some((path, strength)) => {
            let answer = if *strength == Strength::Hard { "cold-start" } else { "reached" };
            let node = trace.facts.artifacts.first().is_some_and(|artifact| artifact.platform == "node");
            let error = match node {
                true => format!("EACCES: permission denied, open '{TASK_FOLDER}/{path}'"),
                false => format!("Permission denied: '{TASK_FOLDER}/{path}'"),
            };
            Fault::of_function("unreadable-file-mode", contents.place(&path))
                .entry(&path)
                .answer(answer)
                .error(error)
                .other(format!("{:04o}", mode(&path)))
        }
        None => Fault::of_member("unreadable-file-mode", contents, first)
            .answer("unused")
            .other(format!("{:04o}", mode(first))),
    };
    faults.add(fault.count(unreadable.len()).doubt(doubt));
}
