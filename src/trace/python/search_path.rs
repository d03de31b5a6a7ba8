//! What code does to `sys.path` and `sys.modules` itself.

use super::{Walk, Way};
use crate::code::python::{ModuleFacts, PathFolder};
use crate::runtime::TASK_ROOT;
use crate::runtime::python::Finder;
use crate::source::TreePath;
use crate::trace::PackageRequest;
use crate::trace::reach::shown;
use crate::value::Why;

/// Archives that are unpacked at run time into a folder of `sys.path` (serverless-python-requirements, `zip: true`).
const NESTED: &[u8] = b".requirements.zip";
/// Most folders that a package adds.
const FOLDERS: usize = 64;

/// Adds the folders of the variable `PYTHONPATH` behind those of the platform; why they are not known, if so.
pub(super) fn of_variable(request: &PackageRequest, finder: &mut Finder) -> Option<Why> {
    let folders = match request.environment.get("PYTHONPATH")? {
        Ok(folders) => folders,
        Err(why) => return Some(why.clone()),
    };
    for folder in folders.split(':').filter(|folder| !folder.is_empty()).take(FOLDERS) {
        let folder = match folder.strip_prefix('/') {
            Some(absolute) => TreePath::root().join(absolute),
            None => TreePath::from(TASK_ROOT).join(folder),
        };
        if let Some(folder) = folder {
            finder.add_root(folder);
        }
    }
    None
}

impl Walk<'_> {
    /// Takes in the changes of a module that is loaded.
    pub(super) fn search_path(&mut self, way: Way<'_>, facts: &ModuleFacts) {
        self.aliases.extend(facts.aliases.iter().cloned());
        let first_party = self.first_party(way.path);
        for change in &facts.path_changes {
            let folder = match &change.folder {
                Some(PathFolder::Here(path)) => way.path.parent().join(path),
                Some(PathFolder::Written(path)) => match path.strip_prefix('/') {
                    Some(path) => Some(TreePath::from(path)),
                    None => TreePath::from(TASK_ROOT).join(path),
                },
                None => None,
            };
            match folder {
                Some(folder) if self.finder.roots().len() < FOLDERS => self.finder.add_root(folder),
                // Tools have functions that change it for purposes of their own.
                None if first_party || change.on_load => {
                    let why = || Why::new(format!("{} changes sys.path", shown(way.path)));
                    self.open_path.get_or_insert_with(why);
                }
                _ => {}
            }
        }
    }

    /// Where `sys.path` may hold any folder, a module that lies somewhere in the package, or in an archive inside it,
    /// may be found.
    pub(super) fn found_at_run_time(&mut self, name: &str) -> bool {
        if self.open_path.is_none() {
            return false;
        }
        if self.tree.resolve(&TreePath::from(TASK_ROOT).child(NESTED)).is_some() {
            return true;
        }
        let tree = self.tree;
        let names = self.package_names.get_or_insert_with(|| {
            let (entries, _) = tree.list().unwrap_or_default();
            entries.iter().flat_map(|entry| entry.path.names()).map(|name| stem(name).to_vec()).collect()
        });
        names.contains(name.as_bytes())
    }
}

/// A name of a file or folder up to its first dot.
fn stem(name: &[u8]) -> &[u8] {
    name.split(|byte| *byte == b'.').next().unwrap_or_default()
}
