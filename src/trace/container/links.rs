//! Symbolic links that lead nowhere once the package lies at `/var/task`.

use std::sync::Arc;

use super::wanted::{self, Wanted};
use super::{Contents, Fault, Faults};
use crate::runtime::TASK_ROOT;
use crate::source::{TreePath, visible};
use crate::trace::PackageTrace;
use crate::tree::{EntryKind, Tree};

/// Folders of a runtime's own system, of file systems that are mounted at run time, and of layers that
/// are not known: a link into them may well lead somewhere.
const ELSEWHERE: [&str; 15] = [
    "/bin/",
    "/dev/",
    "/etc/",
    "/lib/",
    "/lib64/",
    "/mnt/",
    "/proc/",
    "/run/",
    "/sbin/",
    "/sys/",
    "/tmp/",
    "/usr/",
    "/var/lang/",
    "/var/runtime/",
    "/var/rapid/",
];

pub(super) fn look(contents: &Contents<'_>, tree: &Arc<dyn Tree>, trace: &mut PackageTrace, faults: &mut Faults<'_>) {
    let open_layers = faults.request.more_layers.is_some();
    let links = contents.entries.iter().filter(|entry| entry.kind == EntryKind::Link);
    let dangling: Vec<(&TreePath, String)> = links
        .filter(|entry| !is_command(&entry.path))
        .filter_map(|entry| {
            let mounted = TreePath::from(TASK_ROOT).joined(&entry.path);
            if tree.resolve(&mounted).is_some() {
                return None;
            }
            let target = visible(&contents.part.tree.read_link(&entry.path).ok()?);
            let elsewhere = ELSEWHERE.iter().any(|folder| target.starts_with(folder));
            (!(elsewhere || open_layers && target.contains("opt/"))).then_some((&entry.path, target))
        })
        .collect();
    let Some((first, target)) = dangling.first() else { return };
    let mut is_missed = false;
    wanted::explain(trace, "dangling-symlink", |want: &Wanted| {
        let (path, target) = dangling.iter().find(|(path, _)| want.is_below(&path.lossy()))?;
        is_missed = true;
        faults.add(want.fault("dangling-symlink").entry(path).other(target.clone()));
        Some(())
    });
    if !is_missed {
        let fault = Fault::of_member("dangling-symlink", contents, first).answer("unused");
        faults.add(fault.other(target.clone()).count(dangling.len()));
    }
}

/// Package managers link commands there that nothing imports; many dangle once development tools are gone.
fn is_command(path: &TreePath) -> bool {
    path.names().any(|name| name == b".bin")
}
