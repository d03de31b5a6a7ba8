//! The rules as they hold in the working directory: for commands that list and explain them.

use std::path::PathBuf;
use std::sync::Arc;

use super::own_rules::{OwnRules, RulePlaces, registry_with};
use crate::config::{Draft, FILE_NAME};
use crate::render::{self, Snippets, Style};
use crate::rules::{Registry, RuleProblem};
use crate::source::{ContentId, Source};
use crate::tree::{Disk, Tree, system};

/// Largest configuration or rule file that is read, bytes.
const CAP: u64 = 1 << 20;

/// Rules, and what is wrong with those of people's own.
pub struct RulesHere {
    /// The built-in rules, and people's own that can be used.
    pub registry: Registry,
    /// What is wrong with the others, for standard error; empty when nothing is.
    pub notes: String,
}

impl RulesHere {
    /// The built-in rules, those of the repository around the working directory and of its packs, and
    /// those of these folders.
    pub fn new(builtin: &Registry, folders: &[PathBuf]) -> Self {
        let tree = repository();
        let draft = tree.as_ref().and_then(|tree| {
            let bytes = tree.read(&FILE_NAME.into(), CAP).ok()?;
            let source = Source::new(FILE_NAME.into(), ContentId::of(&bytes));
            Some(Draft::read(&String::from_utf8_lossy(&bytes), &source))
        });
        let packs = draft.as_ref().map_or(&[][..], Draft::packs);
        let own = registry_with(builtin, &RulePlaces { tree: as_tree(tree.as_ref()), packs, folders });
        Self::of(own, as_tree(tree.as_ref()))
    }

    /// The built-in rules, and those of one folder: this, or the repository's own.
    pub fn of_folder(builtin: &Registry, folder: Option<PathBuf>) -> Self {
        let tree = if folder.is_none() { repository() } else { None };
        let folders: Vec<PathBuf> = folder.into_iter().collect();
        let places = RulePlaces { tree: as_tree(tree.as_ref()), packs: &[], folders: &folders };
        Self::of(registry_with(builtin, &places), as_tree(tree.as_ref()))
    }

    fn of(own: OwnRules, tree: Option<&dyn Tree>) -> Self {
        let findings = RuleProblem::diagnostics(&own.problems, &own.registry);
        let files = Files { tree, outside: &own.outside };
        let notes = render::findings(&findings, &files, &Style::default());
        Self { registry: own.registry, notes }
    }
}

/// The repository around the working directory, else that folder.
fn repository() -> Option<Disk> {
    let here = system::working_directory();
    Disk::new(&Disk::find_repository(&here).unwrap_or(here)).ok()
}

fn as_tree(disk: Option<&Disk>) -> Option<&dyn Tree> {
    disk.map(|disk| disk as &dyn Tree)
}

/// Rule files and configurations with problems.
struct Files<'a> {
    tree: Option<&'a dyn Tree>,
    outside: &'a [(Source, Arc<[u8]>)],
}

impl Snippets for Files<'_> {
    fn bytes(&self, source: &Source) -> Option<Arc<[u8]>> {
        if let Some((_, bytes)) = self.outside.iter().find(|(own, _)| own == source) {
            return Some(Arc::clone(bytes));
        }
        self.tree?.read(source.path(), CAP).ok().map(Arc::from)
    }
}
