//! What a run cost: time by stage, and how much was done.
//!
//! Values that stages return and that are added up, never globals; they are said on standard error
//! and are no part of a report, whose bytes depend on nothing but the input.

mod timings;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

pub use timings::{Stage, Timings};

/// The one clock that is not the date of judgement.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    pub fn start() -> Self {
        Self(Instant::now())
    }

    /// Time since the start.
    pub fn elapsed(self) -> Duration {
        self.0.elapsed()
    }
}

/// How much a run did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Entries that trees listed and that are in scope.
    pub files_listed: usize,
    /// Files whose bytes were read.
    pub files_read: usize,
    /// Bytes of these.
    pub bytes_read: u64,
    /// Files whose structure was read, by format.
    pub parsed: BTreeMap<&'static str, usize>,
    /// Release sets.
    pub release_sets: usize,
    /// Facts, by kind.
    pub facts: BTreeMap<&'static str, usize>,
    /// Paths that were looked up because a deployment names them.
    pub lookups: usize,
    /// Packages that were opened.
    pub packages: usize,
    /// git processes that were started.
    pub git_processes: usize,
}

impl Stats {
    /// Adds what was done elsewhere.
    pub fn add(&mut self, other: Self) {
        self.files_listed += other.files_listed;
        self.files_read += other.files_read;
        self.bytes_read += other.bytes_read;
        self.release_sets += other.release_sets;
        self.lookups += other.lookups;
        self.packages += other.packages;
        self.git_processes += other.git_processes;
        for (format, count) in other.parsed {
            *self.parsed.entry(format).or_default() += count;
        }
        for (kind, count) in other.facts {
            *self.facts.entry(kind).or_default() += count;
        }
    }

    /// As lines for people; `peak_memory` in KiB, where the system tells it.
    pub fn lines(&self, peak_memory: Option<u64>) -> String {
        let mut rows: Vec<(String, u64)> = vec![
            ("files listed".into(), self.files_listed as u64),
            ("files read".into(), self.files_read as u64),
            ("bytes read".into(), self.bytes_read),
        ];
        rows.extend(self.parsed.iter().map(|(format, count)| (format!("parsed {format}"), *count as u64)));
        rows.push(("release sets".into(), self.release_sets as u64));
        rows.extend(self.facts.iter().map(|(kind, count)| (format!("facts {kind}"), *count as u64)));
        rows.push(("paths looked up".into(), self.lookups as u64));
        rows.push(("packages opened".into(), self.packages as u64));
        rows.push(("git processes".into(), self.git_processes as u64));
        rows.extend(peak_memory.map(|size| ("peak memory KiB".into(), size)));
        rows.into_iter().map(|(name, count)| format!("{name:<28} {count:>12}\n")).collect()
    }
}

/// What a run cost.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Cost {
    /// Time.
    pub timings: Timings,
    /// Amounts.
    pub stats: Stats,
}

impl Cost {
    /// Adds the cost of another part of the run.
    pub fn add(&mut self, other: Self) {
        self.timings.add(other.timings);
        self.stats.add(other.stats);
    }
}
