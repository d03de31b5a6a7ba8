//! Whole runs of the program, as a user starts it: how time grows with the repository, and how long the
//! smallest things take.
//!
//! `cargo bench --bench whole_run`. Exit status 1 when a repository of 100,000 files takes more than
//! 12 times as long as one of 10,000 (facts: both are bound by system calls, so ten is what is due; the
//! rest is room for caches and for a busy machine). Times against fixed goals are printed and not judged:
//! they depend on the machine. With `-- --test`, or not started by `cargo bench`, everything is small and
//! nothing is judged.
#![allow(clippy::unwrap_used, clippy::panic, clippy::print_stdout, missing_docs, reason = "benchmarks")]

#[path = "../tests/support/generator.rs"]
mod generator;
#[path = "../tests/support/mod.rs"]
mod support;

use std::process::ExitCode;
use std::time::{Duration, Instant};

use generator::{BLOCK, Shape, repository};
use support::git::{Ended, Sandbox};

/// Sizes of whole runs, files.
const SIZES: [usize; 3] = [1_000, 10_000, 100_000];
/// Most that ten times the files may cost.
const MOST_GROWTH: f64 = 12.0;
/// One in so many blocks has a fault.
const BROKEN_EVERY: usize = 20;

/// How much is done.
struct Effort {
    sizes: Vec<usize>,
    rounds: usize,
    /// Runs of the smallest things.
    starts: usize,
    /// Files of the repository to which is pushed, and files that the push changes.
    push: (usize, usize),
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // Cargo says so when it runs benchmarks as such.
    let is_measured = arguments.iter().any(|a| a == "--bench") && !arguments.iter().any(|a| a == "--test");
    let effort = match is_measured {
        true => Effort { sizes: SIZES.to_vec(), rounds: 7, starts: 30, push: (5_000, 20) },
        false => Effort { sizes: vec![BLOCK, 2 * BLOCK], rounds: 1, starts: 1, push: (2 * BLOCK, 2) },
    };
    let sandbox = Sandbox::new();
    starts(&sandbox, &effort);
    let growth = whole_runs(&sandbox, &effort);
    match growth.filter(|_| is_measured) {
        Some(growth) if growth > MOST_GROWTH => {
            println!("\nfail: ten times the files take {growth:.1} times as long, more than {MOST_GROWTH}");
            ExitCode::FAILURE
        }
        _ => ExitCode::SUCCESS,
    }
}

/// A checkout of a generated repository; gives the bytes in it.
fn checkout(sandbox: &Sandbox, name: &str, files: usize) -> u64 {
    sandbox.git("", &["init", "-q", "-b", "main", name]);
    let mut bytes = 0;
    for file in repository(Shape { files, broken_every: BROKEN_EVERY, packages: false }) {
        sandbox.write(&format!("{name}/{}", file.path), &file.bytes);
        bytes += file.bytes.len() as u64;
    }
    // One pack: a hundred thousand objects by themselves take minutes to write and to remove.
    sandbox.git(name, &["-c", "core.bigFileThreshold=1", "add", "-A"]);
    sandbox.git(name, &["commit", "-q", "--no-verify", "-m", "x"]);
    bytes
}

/// One run that comes to a verdict, and its time.
fn timed(run: impl FnOnce() -> Ended) -> (Duration, Ended) {
    let start = Instant::now();
    let ended = run();
    let time = start.elapsed();
    assert!(matches!(ended.code, Some(0 | 1)), "{}{}", ended.stdout, ended.stderr);
    (time, ended)
}

fn best(times: impl Iterator<Item = Duration>) -> f64 {
    times.min().unwrap_or_default().as_secs_f64() * 1000.0
}

/// The smallest things: what is waited for most often.
fn starts(sandbox: &Sandbox, effort: &Effort) {
    checkout(sandbox, "small", BLOCK);
    let (files, changed) = effort.push;
    checkout(sandbox, "pushed", files);
    let from = sandbox.git("pushed", &["rev-parse", "HEAD"]);
    for number in 0..changed {
        let path = match number % 2 {
            0 => format!("pushed/team-{:04}/k8s/api.yaml", number / 2),
            _ => format!("pushed/team-{:04}/docs/chapter-00.md", number / 2),
        };
        sandbox.write(&path, format!("# changed\nname: file-{number}\n"));
    }
    let to = sandbox.commit("pushed");
    let line = format!("refs/heads/main {to} refs/heads/main {from}\n");

    println!("start-up, best of {}                       ms      goal ms", effort.starts);
    let row = |name: &str, goal: u32, run: &dyn Fn() -> Ended| {
        let time = best((0..effort.starts).map(|_| timed(run).0));
        let verdict = if time > f64::from(goal) { "  over" } else { "" };
        println!("{name:<38} {time:>9.1}  {goal:>11}{verdict}");
    };
    row("--version", 10, &|| sandbox.deploylint("", &["--version"]));
    row("check of 50 files", 20, &|| sandbox.deploylint("small", &[]));
    row(&format!("push of {changed} files, {files} in all"), 500, &|| {
        sandbox.with_input("pushed", &["hook", "pre-push", "origin", "../remote.git"], &line, &[])
    });
}

/// Whole runs of every size by turns, so that a busy machine disturbs all of them; gives how many times
/// as long the largest takes as the one before it.
fn whole_runs(sandbox: &Sandbox, effort: &Effort) -> Option<f64> {
    let bytes: Vec<u64> = effort.sizes.iter().map(|files| checkout(sandbox, &files.to_string(), *files)).collect();
    let mut rows: Vec<(Vec<Duration>, String)> = vec![(Vec::new(), String::new()); effort.sizes.len()];
    for _ in 0..effort.rounds {
        for (files, (times, stats)) in effort.sizes.iter().zip(&mut rows) {
            let (time, ended) = timed(|| sandbox.deploylint(&files.to_string(), &["--stats"]));
            times.push(time);
            *stats = ended.stderr;
        }
    }
    println!("\nwhole run, best of {:<2}  files        MB        ms   files/s    peak MB   growth", effort.rounds);
    let mut before: Option<f64> = None;
    let mut growth = None;
    for ((files, bytes), (times, stats)) in effort.sizes.iter().zip(bytes).zip(rows) {
        let time = best(times.into_iter());
        let memory = stats.lines().find_map(|line| line.strip_prefix("peak memory KiB")?.trim().parse::<f64>().ok());
        growth = before.map(|before| time / before);
        println!(
            "{files:>28} {:>9.1} {time:>9.1} {:>9.0} {:>10.1} {:>8}",
            bytes as f64 / 1e6,
            *files as f64 / time * 1000.0,
            memory.unwrap_or(0.0) / 1024.0,
            growth.map_or("-".to_owned(), |growth| format!("{growth:.1}×")),
        );
        before = Some(time);
    }
    growth
}
