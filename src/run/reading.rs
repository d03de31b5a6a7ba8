//! What is read of a tree, and what is spared because another tree has the same.

use std::collections::BTreeSet;
use std::sync::Arc;

use rustc_hash::{FxHashMap, FxHashSet};

use super::Settings;
use super::assemblies;
use super::intake::{self, Intake};
use crate::extract::{Selection, Wanted, may_be_deployed};
use crate::measure::{Cost, Stage, Stats, Stopwatch};
use crate::scope::{Candidate, candidates};
use crate::source::{ContentId, Source, TreePath};
use crate::text::Needles;
use crate::tree::{Entry, EntryKind, Tree, TreeError};

/// A tree that was read, before anything in it is joined.
pub struct Reading<'t> {
    pub(super) tree: &'t dyn Tree,
    pub(super) intake: Intake,
    /// Folders that could not be listed.
    pub(super) unlisted: Vec<(TreePath, TreeError)>,
    /// Entries that may be repositories of their own.
    pub(super) nested: Vec<TreePath>,
    /// Files in scope, without those that are not changed.
    pub(super) files: usize,
    /// Those of them that findings are reported on: below the PATHs that were asked for.
    pub(super) reported: usize,
    /// Files in scope that were not read, because the tree that this one is compared with has the same.
    pub(super) unchanged: usize,
    /// Files that the listing does not show and that were read nevertheless.
    pub(super) hidden: BTreeSet<TreePath>,
    contents: Contents,
    /// What the tree lists, sorted.
    pub(super) paths: Vec<TreePath>,
    pub(super) cost: Cost,
}

/// Identities of files in scope, where the listing gives them.
type Contents = FxHashMap<TreePath, ContentId>;

impl<'t> Reading<'t> {
    /// Reads all of a tree that is in scope.
    pub fn whole(tree: &'t dyn Tree, settings: &Settings<'_>) -> Result<Self, TreeError> {
        let (reading, candidates) = Self::listed(tree, settings)?;
        Ok(reading.take(&candidates, settings))
    }

    /// Reads what can be part of a release set, and of the rest what `base` does not have just so:
    /// what is found in such a file depends on no other.
    pub fn since(tree: &'t dyn Tree, base: &dyn Tree, settings: &Settings<'_>) -> Result<Self, TreeError> {
        let (reading, candidates) = Self::listed(tree, settings)?;
        let before = contents(&base.list()?.0);
        let is_needed = |candidate: &&Candidate| {
            let path = &candidate.entry.path;
            may_be_deployed(path) || !is_same(&before, path, candidate.entry.content.as_ref())
        };
        let needed: Vec<&Candidate> = candidates.iter().filter(is_needed).collect();
        let (files, unchanged) = (needed.len(), candidates.len() - needed.len());
        let reported = reported(needed.iter().copied(), settings);
        Ok(Self { files, reported, unchanged, ..reading.take(needed, settings) })
    }

    /// Reads the tree that this one is compared with. What this one has just so is shared, and of files
    /// that cannot be part of a release set only those in which something was found here are read:
    /// what else the base has there is gone.
    pub fn base(&self, tree: &'t dyn Tree, settings: &Settings<'_>) -> Result<Self, TreeError> {
        let (reading, candidates) = Self::listed(tree, settings)?;
        let is_shared =
            |candidate: &&Candidate| is_same(&self.contents, &candidate.entry.path, candidate.entry.content.as_ref());
        let (shared, mut own): (Vec<&Candidate>, Vec<&Candidate>) = candidates.iter().partition(is_shared);
        let Intake { hits, remarks, problems, .. } = &self.intake;
        let found = hits.iter().map(|(source, _)| source).chain(remarks.iter().map(|(source, _)| source));
        let found = found.chain(problems.iter().map(|(source, _)| source));
        let found: FxHashSet<&TreePath> = found.map(Source::path).collect();
        own.retain(|candidate| may_be_deployed(&candidate.entry.path) || found.contains(&candidate.entry.path));
        let shared: FxHashSet<&TreePath> = shared.into_iter().map(|candidate| &candidate.entry.path).collect();
        let mut reading = reading.take(own, settings);
        reading.intake.share(&self.intake, |path| shared.contains(path));
        Ok(reading)
    }

    /// True when every file in scope was read.
    pub fn is_whole(&self) -> bool {
        self.unchanged == 0
    }

    /// What could not be listed or read, and why; findings may hang on it.
    pub fn unread(&self) -> Option<(&TreePath, &TreeError)> {
        self.unlisted.iter().chain(&self.intake.unread).map(|(path, error)| (path, error)).next()
    }

    /// Reads and extracts.
    fn take<'c>(mut self, candidates: impl IntoIterator<Item = &'c Candidate>, settings: &Settings<'_>) -> Self {
        let watch = Stopwatch::start();
        let wanted = wanted(settings);
        self.intake = intake::read_all(self.tree, candidates, &wanted);
        self.hidden = assemblies::add(self.tree, &mut self.intake, &wanted);
        let Intake { files, bytes, parsed, time, .. } = &self.intake;
        self.cost.timings.note(Stage::Extract, watch.elapsed(), *files);
        self.cost.timings.note(Stage::ExtractRead, time.0, *files);
        self.cost.timings.note(Stage::ExtractParse, time.1, parsed.values().sum());
        self.cost.stats.add(Stats {
            files_read: *files,
            bytes_read: *bytes,
            parsed: parsed.clone(),
            ..Stats::default()
        });
        self
    }

    fn listed(tree: &'t dyn Tree, settings: &Settings<'_>) -> Result<(Self, Vec<Candidate>), TreeError> {
        let watch = Stopwatch::start();
        let (entries, unlisted) = tree.list()?;
        let candidates = candidates(&entries, &settings.scope);
        let mut cost = Cost::default();
        cost.timings.note(Stage::List, watch.elapsed(), entries.len());
        cost.stats.files_listed = candidates.len();
        let nested = entries.iter().filter(|entry| entry.kind == EntryKind::Submodule);
        let reading = Self {
            tree,
            intake: Intake::default(),
            unlisted,
            nested: nested.map(|entry| entry.path.clone()).collect(),
            files: candidates.len(),
            reported: reported(&candidates, settings),
            unchanged: 0,
            paths: entries.iter().map(|entry| entry.path.clone()).collect(),
            hidden: BTreeSet::new(),
            contents: contents(candidates.iter().map(|candidate| &candidate.entry)),
            cost,
        };
        Ok((reading, candidates))
    }
}

/// How many files lie below the PATHs that were asked for.
fn reported<'c>(candidates: impl IntoIterator<Item = &'c Candidate>, settings: &Settings<'_>) -> usize {
    let bases = &settings.scope.bases;
    let is_asked = |path: &TreePath| bases.is_empty() || bases.iter().any(|base| path.is_under(base));
    candidates.into_iter().filter(|candidate| is_asked(&candidate.entry.path)).count()
}

fn contents<'e>(entries: impl IntoIterator<Item = &'e Entry>) -> Contents {
    let known = |entry: &Entry| Some((entry.path.clone(), entry.content.clone()?));
    entries.into_iter().filter_map(known).collect()
}

/// True when these are known to be the same bytes under the same path.
fn is_same(contents: &Contents, path: &TreePath, content: Option<&ContentId>) -> bool {
    content.is_some() && contents.get(path) == content
}

fn wanted(settings: &Settings<'_>) -> Wanted {
    let rules = settings.registry.rules().filter(|rule| (settings.wanted)(rule));
    let mut selections: Vec<Selection> = Vec::new();
    for asked in rules.filter_map(|rule| rule.documents()) {
        if selections.iter().all(|known| known.key != asked.key) {
            selections.push(Selection {
                key: Arc::clone(&asked.key),
                files: asked.files.clone(),
                kinds: asked.kinds.clone(),
                query: asked.query.clone(),
            });
        }
    }
    Wanted { needles: Needles::standard(), selections, cap: settings.cap }
}
