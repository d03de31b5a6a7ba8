//! Names of members: those that leave the package, that no system can keep, that stand twice.

use std::collections::BTreeMap;

use super::wanted::{self, Wanted};
use super::{Contents, Fault, Faults};
use crate::source::{TreePath, visible};
use crate::trace::PackageTrace;

/// Longest name of a file, bytes (`NAME_MAX` of Linux, limits.h).
const NAME: usize = 255;
/// Longest path, bytes (`PATH_MAX` of Linux, limits.h, without `/var/task/` and the final zero).
const PATH: usize = 4096 - 11;

pub(super) fn look(contents: &Contents<'_>, faults: &mut Faults<'_>) {
    let names = || contents.entries.iter().chain(folders(contents)).map(|entry| &entry.path);
    for (answer, is_so) in [
        ("absolute", (|path| path.starts_with(b"/")) as fn(&[u8]) -> bool),
        ("climbs", |path| !path.starts_with(b"/") && path.split(|byte| *byte == b'/').any(|name| name == b"..")),
        ("impossible", is_impossible),
    ] {
        let mut found = names().filter(|path| is_so(path.as_bytes()));
        if let Some(first) = found.next() {
            let count = 1 + found.count();
            faults.add(Fault::of_member("unsafe-entry-name", contents, first).answer(answer).count(count));
        }
    }
    twice(contents, faults);
    differ_by_case(contents, faults);
}

fn folders<'c>(contents: &'c Contents<'_>) -> &'c [crate::tree::Entry] {
    contents.part.archive.as_ref().map(|archive| archive.folders()).unwrap_or_default()
}

/// No file of Linux can be called so.
fn is_impossible(path: &[u8]) -> bool {
    path.len() > PATH || path.contains(&0) || path.split(|byte| *byte == b'/').any(|name| name.len() > NAME)
}

fn twice(contents: &Contents<'_>, faults: &mut Faults<'_>) {
    let Some(archive) = &contents.part.archive else { return };
    // Folders stand twice in many archives and harm nobody.
    let is_file = |path: &&TreePath| contents.entries.binary_search_by(|entry| entry.path.cmp(path)).is_ok();
    let twice: Vec<&TreePath> = archive.duplicates().iter().filter(is_file).collect();
    if let Some(first) = twice.first() {
        faults.add(Fault::of_member("duplicate-entry", contents, first).count(twice.len()));
    }
}

fn differ_by_case(contents: &Contents<'_>, faults: &mut Faults<'_>) {
    let mut first_of: BTreeMap<Vec<u8>, &TreePath> = BTreeMap::new();
    let mut pairs: Vec<(&TreePath, &TreePath)> = Vec::new();
    for entry in &contents.entries {
        match first_of.entry(entry.path.as_bytes().to_ascii_lowercase()) {
            std::collections::btree_map::Entry::Vacant(place) => {
                place.insert(&entry.path);
            }
            std::collections::btree_map::Entry::Occupied(place) => pairs.push((place.get(), &entry.path)),
        }
    }
    if let Some((one, other)) = pairs.first() {
        let fault = Fault::of_member("case-collision", contents, other);
        faults.add(fault.other(visible(one.as_bytes())).count(pairs.len()));
    }
}

/// Names in which a backslash was meant to part folders: on Linux it is a letter like any other.
pub(super) fn look_for_backslashes(contents: &Contents<'_>, trace: &mut PackageTrace, faults: &mut Faults<'_>) {
    let parted = |path: &TreePath| visible(path.as_bytes()).replace('\\', "/");
    let names: Vec<(&TreePath, String)> = contents
        .entries
        .iter()
        .filter(|entry| entry.path.as_bytes().contains(&b'\\'))
        .map(|entry| (&entry.path, parted(&entry.path)))
        .collect();
    let Some((first, _)) = names.first() else { return };
    let mut is_missed = false;
    wanted::explain(trace, "backslash-entry-name", |want: &Wanted| {
        let (name, _) = names.iter().find(|(_, parted)| want.is_at(parted))?;
        is_missed = true;
        faults.add(want.fault("backslash-entry-name").entry(name).other(want.path.clone()));
        Some(())
    });
    if !is_missed {
        faults.add(Fault::of_member("backslash-entry-name", contents, first).answer("unused").count(names.len()));
    }
}
