//! Time by stage and by rule.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::Stopwatch;

/// Slowest rules that are named.
const NAMED_RULES: usize = 10;

/// Stages, in the order in which a run goes through them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Stage {
    /// Configuration and rules of a repository.
    Setup,
    /// Which files there are, and which of them are judged.
    List,
    /// Reading and parsing, side by side.
    Extract,
    /// Reading alone, summed over threads.
    ExtractRead,
    /// Searching and parsing alone, summed over threads.
    ExtractParse,
    /// Planning release sets.
    Sets,
    /// Expanding and lowering, side by side.
    ExpandAndLower,
    /// Expanding alone, summed over threads.
    Expand,
    /// Lowering alone, summed over threads.
    Lower,
    /// Joining facts, both times.
    Link,
    /// Paths that deployments name.
    Lookups,
    /// Packages that functions run.
    Packages,
    /// All rules.
    Rules,
    /// Counting what was checked.
    Coverage,
    /// Severity, silence, the gate.
    Policy,
    /// Words and formats.
    Render,
}

impl Stage {
    /// The name that is shown, and whether it is a share of the stage before it, summed over threads.
    fn shown(self) -> (&'static str, bool) {
        match self {
            Self::Setup => ("setup", false),
            Self::List => ("list", false),
            Self::Extract => ("extract", false),
            Self::ExtractRead => ("read", true),
            Self::ExtractParse => ("search, parse, classify", true),
            Self::Sets => ("sets", false),
            Self::ExpandAndLower => ("expand and lower", false),
            Self::Expand => ("expand", true),
            Self::Lower => ("lower", true),
            Self::Link => ("link", false),
            Self::Lookups => ("lookups", false),
            Self::Packages => ("packages", false),
            Self::Rules => ("rules", false),
            Self::Coverage => ("coverage", false),
            Self::Policy => ("policy", false),
            Self::Render => ("render", false),
        }
    }
}

/// Time by stage and by rule, added up over repositories.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Timings {
    stages: BTreeMap<Stage, (Duration, usize)>,
    rules: BTreeMap<Arc<str>, Duration>,
}

impl Timings {
    /// Does a stage's work and notes how long it took.
    pub fn measure<T>(&mut self, stage: Stage, work: impl FnOnce() -> T) -> T {
        let watch = Stopwatch::start();
        let result = work();
        self.note(stage, watch.elapsed(), 1);
        result
    }

    /// Notes the time of a stage, and how many things it did in that time.
    pub fn note(&mut self, stage: Stage, time: Duration, count: usize) {
        let entry = self.stages.entry(stage).or_default();
        entry.0 += time;
        entry.1 += count;
    }

    /// Notes the time of a rule.
    pub fn note_rule(&mut self, id: &str, time: Duration) {
        *self.rules.entry(id.into()).or_default() += time;
    }

    /// Adds what was measured elsewhere.
    pub fn add(&mut self, other: Self) {
        for (stage, (time, count)) in other.stages {
            self.note(stage, time, count);
        }
        for (id, time) in other.rules {
            *self.rules.entry(id).or_default() += time;
        }
    }

    /// As lines for people: stages, then the slowest rules.
    pub fn lines(&self, total: Duration) -> String {
        let mut out = String::new();
        for (stage, (time, count)) in &self.stages {
            let (name, is_summed) = stage.shown();
            let (indent, note) = if is_summed { ("  ", "  summed over threads") } else { ("", "") };
            let name = format!("{indent}{name}");
            out.push_str(&format!("{name:<28} {:>10.1} ms {count:>9}{note}\n", milliseconds(*time)));
        }
        out.push_str(&format!("{:<28} {:>10.1} ms\n", "whole run", milliseconds(total)));
        let mut rules: Vec<_> = self.rules.iter().collect();
        rules.sort_by(|a, b| b.1.cmp(a.1).then_with(|| a.0.cmp(b.0)));
        for (id, time) in rules.into_iter().take(NAMED_RULES) {
            out.push_str(&format!("  rule {id:<40} {:>10.1} ms\n", milliseconds(*time)));
        }
        out
    }
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stages_come_in_order_and_the_slowest_rule_first() {
        let mut timings = Timings::default();
        timings.note(Stage::Render, Duration::from_millis(2), 1);
        timings.note_rule("a/fast", Duration::from_millis(1));
        let mut more = Timings::default();
        more.note(Stage::List, Duration::from_millis(3), 1);
        more.note(Stage::Render, Duration::from_millis(2), 1);
        more.note_rule("b/slow", Duration::from_millis(5));
        timings.add(more);
        let lines = timings.lines(Duration::from_millis(9));
        let starts: Vec<&str> = lines.lines().map(|line| line.trim_start()).collect();
        assert!(starts[0].starts_with("list") && starts[0].contains("3.0 ms"));
        assert!(starts[1].starts_with("render") && starts[1].contains("4.0 ms"));
        assert!(starts[2].starts_with("whole run") && starts[3].starts_with("rule b/slow"));
    }
}
