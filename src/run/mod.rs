//! The pipeline: list, extract, sets, expand, lower, link, demand, answer, link, rules.
//!
//! Stages return values; nothing here knows a format or prints. Whatever goes wrong with one file or
//! one rule becomes a diagnostic, and the rest goes on.

mod assemblies;
mod coverage;
mod documents;
mod inputs;
mod intake;
mod lifecycles;
mod lookups;
pub mod packages;
mod pool;
mod reading;
mod sources;

use std::collections::BTreeMap;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use rayon::prelude::*;

pub use coverage::{Coverage, FieldTally, tally};
pub use pool::{in_lanes, in_pool};
pub use reading::Reading;

use crate::config::Date;
use crate::diagnostic::{Diagnostic, LogicalPath, identify};
use crate::expand::{Expansion, Inputs, expand};
use crate::extract::Extract;
use crate::facts::{Credential, Environment, Facts, Place, ReleaseSet, SetId, TextHit};
use crate::graph::{Demand, Graph, link};
use crate::lower::lower;
use crate::measure::{Cost, Stage, Stats, Stopwatch, Timings};
use crate::rules::{Registry, Rule, Undecided, run_rules};
use crate::scope::{Globs, ScopeOptions};
use crate::sets::{Planning, plan};
use crate::source::{Origin, Source, Span, TreePath};
use crate::syntax::{Comment, Problem, ProblemKind};
use crate::trace::{PackageRequest, Part};
use crate::tree::{Tree, TreeError};
use crate::value::Why;

/// Largest structured file by default, bytes.
pub const STRUCTURED_FILE_CAP: u64 = 10 << 20;

/// Release sets that are expanded and lowered before their facts are put together.
const SETS_AT_A_TIME: usize = 256;

/// What a run over one tree needs to know.
pub struct Settings<'a> {
    /// The rules.
    pub registry: &'a Registry,
    /// Which of them run.
    pub wanted: &'a (dyn Fn(&Rule) -> bool + Sync),
    /// Which paths are judged.
    pub scope: ScopeOptions,
    /// Largest structured file, bytes.
    pub cap: u64,
    /// Names that exist outside the repository.
    pub externals: Vec<String>,
    /// Release sets that the configuration declares: name, and globs over the files that are applied
    /// together, in order.
    pub declared: Vec<(String, Vec<Globs>)>,
    /// Finished packages, as globs over paths of the tree.
    pub artifacts: Globs,
    /// Only sets of this environment.
    pub environment: Option<Environment>,
    /// The day that the run is for.
    pub as_of: Date,
    /// What was found before anything was read: rule files that cannot be used.
    pub found: Vec<Diagnostic>,
}

impl<'a> Settings<'a> {
    /// All rules over a whole tree, nothing configured.
    pub fn new(registry: &'a Registry) -> Self {
        Self {
            registry,
            wanted: &|_| true,
            scope: ScopeOptions::default(),
            cap: STRUCTURED_FILE_CAP,
            externals: Vec::new(),
            declared: Vec::new(),
            artifacts: Globs::default(),
            environment: None,
            as_of: lifecycles::day_of_the_table(),
            found: Vec::new(),
        }
    }
}

/// What was found out about one tree.
#[derive(Debug, Default)]
pub struct Judgement {
    /// The graph, for whoever wants to look at it.
    pub graph: Graph,
    /// Findings at their rules' ceilings, sorted and with fingerprints.
    pub diagnostics: Vec<Diagnostic>,
    /// What rules could not judge.
    pub undecided: Vec<Undecided>,
    /// Comments that speak to this program, by file.
    pub remarks: Vec<(Source, Vec<Comment>)>,
    /// Bytes that must be masked wherever they are shown.
    pub secrets: Vec<Origin>,
    /// What was checked and what was not.
    pub coverage: Coverage,
    /// Entries that may be repositories of their own; they are not judged here.
    pub nested: Vec<TreePath>,
    /// What it cost.
    pub cost: Cost,
}

/// Judges one tree. Call it inside [`in_pool`], whose threads have the stacks that parsers need.
pub fn judge(tree: &dyn Tree, settings: &Settings<'_>) -> Result<Judgement, TreeError> {
    Ok(Reading::whole(tree, settings)?.judge(settings))
}

impl Reading<'_> {
    /// Joins what was read to a graph, and asks the rules.
    pub fn judge(&self, settings: &Settings<'_>) -> Judgement {
        let Self { tree, intake, .. } = self;
        let mut cost = self.cost.clone();
        let timings = &mut cost.timings;
        let sets = timings.measure(Stage::Sets, || plan_sets(&intake.extracts, settings));
        let (mut graph, expansions) = build_graph(*tree, sets, &intake.extracts, settings, timings);
        let sets = graph.sets.iter().enumerate().filter(|(_, set)| self.hidden.contains(&set.root));
        graph.hidden = sets.map(|(index, _)| SetId(u32::try_from(index).unwrap_or(u32::MAX))).collect();
        documents::add(&mut graph, &intake.selected, settings);
        add_text_hits(&mut graph, &intake.hits);
        timings.measure(Stage::Link, || link(&mut graph));
        let lookups = timings.measure(Stage::Lookups, || {
            let demand = Demand::of(&graph);
            lookups::answer(&mut graph, *tree, &demand);
            demand.paths.len()
        });
        let packages = timings.measure(Stage::Packages, || {
            let declared = declared_artifacts(*tree, settings);
            packages::open_all(&mut graph, *tree, &declared, &packages::Listed(&self.paths))
        });
        timings.measure(Stage::Packages, || sources::look(&mut graph, *tree, &self.paths, settings));
        lifecycles::add(&mut graph, settings.as_of);
        timings.measure(Stage::Link, || link(&mut graph));

        let watch = Stopwatch::start();
        let (mut diagnostics, undecided) = run_rules(settings.registry, &graph, settings.wanted, timings);
        timings.note(Stage::Rules, watch.elapsed(), diagnostics.len());
        let trouble = inputs::Trouble {
            unlisted: &self.unlisted,
            unread: &intake.unread,
            problems: intake.problems.iter().chain(&expansions.problems).chain(&packages.problems),
        };
        diagnostics.extend(trouble.diagnostics(settings));
        diagnostics.extend(settings.found.iter().cloned());
        let coverage = timings.measure(Stage::Coverage, || {
            coverage::of(&graph, (self.files, self.reported), self.unchanged, intake, &packages)
        });
        cost.stats.add(Stats { lookups, ..joined(&graph, &packages) });
        Judgement {
            diagnostics: identify(diagnostics),
            undecided,
            remarks: intake.remarks.clone(),
            secrets: secrets_of(&graph, {
                let mut secrets = expansions.secrets;
                secrets.extend(documents::credentials(&intake.selected));
                secrets
            }),
            coverage,
            nested: self.nested.clone(),
            graph,
            cost,
        }
    }
}

/// How much there is in a graph.
fn joined(graph: &Graph, packages: &packages::Packages) -> Stats {
    Stats {
        release_sets: graph.sets.len(),
        facts: Facts::kinds().iter().filter_map(|(kind, ..)| Some((*kind, graph.facts.count(kind)?))).collect(),
        packages: packages.opened,
        ..Stats::default()
    }
}

/// Judges a package by itself: a graph of nothing but what it holds.
pub fn judge_package(
    opened: Result<Part, TreeError>,
    name: &TreePath,
    settings: &Settings<'_>,
    request: impl FnOnce(Part, SetId) -> PackageRequest,
) -> Judgement {
    let mut graph = Graph::default();
    let packages = packages::add_one(&mut graph, opened, name, request);
    lifecycles::add(&mut graph, settings.as_of);
    add_text_hits(&mut graph, &[]);
    link(&mut graph);
    let mut cost = Cost::default();
    let (mut diagnostics, undecided) = run_rules(settings.registry, &graph, settings.wanted, &mut cost.timings);
    let trouble = inputs::Trouble { unlisted: &[], unread: &[], problems: packages.problems.iter() };
    diagnostics.extend(trouble.diagnostics(settings));
    diagnostics.extend(settings.found.iter().cloned());
    let coverage = coverage::of(&graph, (0, 0), 0, &intake::Intake::default(), &packages);
    cost.stats = joined(&graph, &packages);
    Judgement { diagnostics: identify(diagnostics), undecided, coverage, graph, cost, ..Judgement::default() }
}

/// Packages that the configuration names. Build output is looked for among what ignore rules hide, too.
fn declared_artifacts(tree: &dyn Tree, settings: &Settings<'_>) -> Vec<TreePath> {
    if settings.artifacts.is_empty() { Vec::new() } else { packages::matching(tree, &settings.artifacts) }
}

fn plan_sets(extracts: &BTreeMap<TreePath, Arc<Extract>>, settings: &Settings<'_>) -> Vec<ReleaseSet> {
    let declared: Vec<(String, Vec<TreePath>)> = settings
        .declared
        .iter()
        .map(|(name, globs)| {
            let matched =
                |globs: &Globs| extracts.keys().filter(|path| globs.matches(path)).cloned().collect::<Vec<_>>();
            (name.clone(), globs.iter().flat_map(matched).collect())
        })
        .collect();
    let planning = Planning {
        extracts,
        unread: &coverage::unread_folders(extracts),
        declared: &declared,
        environment: &|path| settings.scope.environment_of(path),
    };
    let mut sets = plan(&planning);
    if let Some(environment) = settings.environment {
        // A set that names no environment is released to all of them.
        sets.retain(|set| set.environment.as_ref().is_none_or(|(own, _)| *own == environment));
    }
    sets
}

/// What expansions leave beside facts.
#[derive(Default)]
struct Leftovers {
    problems: Vec<(Source, Problem)>,
    secrets: Vec<Origin>,
    /// Time of expanding and of lowering.
    time: (Duration, Duration),
}

fn build_graph(
    tree: &dyn Tree,
    sets: Vec<ReleaseSet>,
    extracts: &BTreeMap<TreePath, Arc<Extract>>,
    settings: &Settings<'_>,
    timings: &mut Timings,
) -> (Graph, Leftovers) {
    let watch = Stopwatch::start();
    let inputs = Inputs::new(tree, extracts, settings.cap);
    let judged = |(index, mut set): (usize, ReleaseSet)| {
        let watch = Stopwatch::start();
        let expanded = catch_unwind(AssertUnwindSafe(|| expand(&set, &inputs)));
        let expansion = expanded.unwrap_or_else(|_| failed_expansion(&set));
        set.open = set.open.or(expansion.open);
        set.environment = set.environment.or(expansion.environment);
        let id = SetId(u32::try_from(index).unwrap_or(u32::MAX));
        let mut problems = expansion.problems;
        let before = watch.elapsed();
        let lowered = catch_unwind(AssertUnwindSafe(|| lower(id, &set, &expansion.documents)));
        let facts = lowered.unwrap_or_else(|_| {
            problems.extend(failed_expansion(&set).problems);
            Facts::default()
        });
        let time = (before, watch.elapsed().saturating_sub(before));
        (set, facts, Leftovers { problems, secrets: expansion.secrets, time })
    };
    let mut graph = Graph { externals: settings.externals.clone(), ..Graph::default() };
    let mut leftovers = Leftovers::default();
    let mut left = sets.into_iter().enumerate();
    // Facts are put together as they come, so that they are not held twice.
    loop {
        let some: Vec<(usize, ReleaseSet)> = left.by_ref().take(SETS_AT_A_TIME).collect();
        if some.is_empty() {
            break;
        }
        let results: Vec<(ReleaseSet, Facts, Leftovers)> = some.into_par_iter().map(judged).collect();
        for (set, facts, rest) in results {
            timings.note(Stage::Expand, rest.time.0, 1);
            timings.note(Stage::Lower, rest.time.1, 1);
            graph.sets.push(set);
            graph.facts.append(facts);
            leftovers.problems.extend(rest.problems);
            leftovers.secrets.extend(rest.secrets);
        }
    }
    timings.note(Stage::ExpandAndLower, watch.elapsed(), graph.sets.len());
    (graph, leftovers)
}

/// A panic while a release set is expanded or lowered loses that set alone, and is said.
fn failed_expansion(set: &ReleaseSet) -> Expansion {
    let path = set.files.first().unwrap_or(&set.root);
    let problem = Problem { kind: ProblemKind::Failure, message: "expanding".to_owned(), span: Span::default() };
    let source = Source::unread(path.clone());
    Expansion {
        problems: vec![(source, problem)],
        open: Some(Why::new("deploylint failed on a part of it")),
        ..Expansion::default()
    }
}

/// What the text search found belongs to no release set; it stands in one of its own, the last.
fn add_text_hits(graph: &mut Graph, hits: &[(Source, crate::text::Hit)]) {
    let set = SetId(u32::try_from(graph.sets.len()).unwrap_or(u32::MAX));
    graph.sets.push(ReleaseSet {
        technology: "text",
        root: TreePath::root(),
        files: Vec::new(),
        inputs: Vec::new(),
        environment: None,
        open: None,
    });
    graph.facts.text_hits = hits
        .iter()
        .map(|(source, hit)| TextHit {
            place: Place {
                set,
                path: LogicalPath::of_file(source.path()).child(hit.pattern),
                origin: Origin::new(source.clone(), hit.span),
            },
            pattern: hit.pattern.to_owned(),
            what: hit.what.clone(),
        })
        .collect();
}

fn secrets_of(graph: &Graph, mut secrets: Vec<Origin>) -> Vec<Origin> {
    for (_, credential) in graph.each::<Credential>() {
        secrets.push(credential.place.origin.clone());
        // Of a URL or a reference with a fallback, what is not the credential may be read.
        if credential.form == "literal" {
            secrets.extend(credential.variable.map(|id| graph.facts[id].value.origin.clone()));
            secrets.extend(credential.setting.map(|id| graph.facts[id].value.origin.clone()));
        }
    }
    secrets.sort_by(|a, b| (&a.source, a.span).cmp(&(&b.source, b.span)));
    secrets.dedup_by(|a, b| a.source == b.source && a.span == b.span);
    secrets
}
