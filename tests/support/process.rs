//! The binary as a process of its own: what it prints, how long one package takes and how much memory.

use std::collections::BTreeSet;
use std::io::Read;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use super::git::Ended;
use super::{Scratch, files_below};

/// Most memory that judging a package may take, MiB.
pub const MEMORY: u64 = 256;

/// Runs in a folder. What it prints is text without control characters, and nothing panicked.
#[track_caller]
pub fn run_in(scratch: &Scratch, arguments: &[&str]) -> Ended {
    let mut command = Command::new(env!("CARGO_BIN_EXE_deploylint"));
    let output = command.args(arguments).current_dir(scratch.path()).output().unwrap();
    for stream in [&output.stdout, &output.stderr] {
        let text = std::str::from_utf8(stream).unwrap();
        assert_eq!(text.chars().find(|c| c.is_control() && *c != '\n'), None, "{text}");
        assert!(!text.contains("panicked"), "{text}");
    }
    Ended::of(output)
}

/// What is written, where the fault is, what is said of it, and what its help says.
pub type Broken<'a> = &'a [(&'a str, &'a str, &'a str, &'a str)];

/// What one run showed.
pub struct Outcome {
    /// `severity rule`, each once.
    pub findings: BTreeSet<String>,
    pub exit: i32,
}

/// Judges a package that lies alone in a folder. The process lives, writes no file and prints no control character, and
/// keeps within the time and [`MEMORY`].
#[track_caller]
pub fn judge_package(package: &[u8], [handler, runtime]: [&str; 2], most: Duration) -> Outcome {
    let scratch = Scratch::new();
    scratch.write("work/api.zip", package);
    scratch.write("tmp/.keep", "");
    let before = files_below(scratch.path());
    let start = Instant::now();
    let mut child = Command::new(env!("CARGO_BIN_EXE_deploylint"))
        .args(["api.zip", "--handler", handler, "--runtime", runtime, "--format", "json", "--as-of", "2026-08-01"])
        .current_dir(scratch.path().join("work"))
        .env("TMPDIR", scratch.path().join("tmp"))
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || {
        let mut text = String::new();
        out.read_to_string(&mut text).unwrap();
        text
    });
    let mut peak_mib = 0;
    let status = loop {
        peak_mib = peak_mib.max(peak_of(child.id()));
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        std::thread::sleep(Duration::from_millis(2));
    };
    let (text, took) = (reader.join().unwrap(), start.elapsed());
    println!("{} bytes: {took:?}, {peak_mib} MiB", package.len());
    assert!(took < most, "it took {took:?}");
    assert!(peak_mib < MEMORY, "it took {peak_mib} MiB");
    let Some(exit) = status.code() else { panic!("{status}") };
    assert_eq!(files_below(scratch.path()), before, "files were written");
    let control = text.chars().find(|c| c.is_control() && *c != '\n');
    assert_eq!(control, None, "a control character is printed");
    let report: serde_json::Value = serde_json::from_str(&text).unwrap();
    let shown = |finding: &serde_json::Value| {
        format!("{} {}", finding["severity"].as_str().unwrap(), finding["rule"].as_str().unwrap())
    };
    Outcome { findings: report["findings"].as_array().unwrap().iter().map(shown).collect(), exit }
}

impl Outcome {
    /// These findings and no others, and the exit code that follows from them.
    #[track_caller]
    pub fn expect(&self, what: &str, findings: &[&str]) {
        let expected: BTreeSet<String> = findings.iter().map(|finding| (*finding).to_owned()).collect();
        assert_eq!(self.findings, expected, "{what}");
        let is_error = findings.iter().any(|finding| finding.starts_with("error"));
        assert_eq!(self.exit, i32::from(is_error), "{what}");
    }
}

/// Most memory that a process has had resident, where the system tells it.
fn peak_of(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or(0) / 1024
}
