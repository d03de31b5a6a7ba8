//! How much is done for a repository, in exact numbers: these cannot be noisy, as times are.
//!
//! Ten times the files must be ten times the work, and no process more.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

#[path = "support/generator.rs"]
mod generator;
mod support;

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;
use std::sync::Mutex;

use deploylint::rules::Registry;
use deploylint::run::{Judgement, Settings, in_pool, judge};
use deploylint::source::TreePath;
use deploylint::tree::{Archive, Disk, Listing, Stat, Tree, TreeError};

use generator::{BINARY_OF_BLOCK, BLOCK, STRUCTURED_OF_BLOCK, Shape, WAYS_OF_PACKAGE, YAML_OF_BLOCK, repository};
use support::Scratch;
use support::git::{Ended, Sandbox};

/// Sizes at which everything is counted.
const SIZES: [usize; 2] = [50, 500];

/// A folder that notes which file was read how often.
struct Counting {
    disk: Disk,
    reads: Mutex<BTreeMap<TreePath, usize>>,
}

impl Counting {
    fn new(folder: &Path) -> Self {
        Self { disk: Disk::new(folder).unwrap(), reads: Mutex::default() }
    }

    fn note(&self, path: &TreePath) {
        *self.reads.lock().unwrap().entry(path.clone()).or_default() += 1;
    }
}

impl Tree for Counting {
    fn list(&self) -> Result<Listing, TreeError> {
        self.disk.list()
    }

    fn stat(&self, path: &TreePath) -> Option<Stat> {
        self.disk.stat(path)
    }

    fn read_link(&self, path: &TreePath) -> Result<Vec<u8>, TreeError> {
        self.disk.read_link(path)
    }

    fn read(&self, path: &TreePath, cap: u64) -> Result<Vec<u8>, TreeError> {
        self.note(path);
        self.disk.read(path, cap)
    }

    fn read_into(&self, path: &TreePath, cap: u64, buffer: &mut Vec<u8>) -> Result<(), TreeError> {
        self.note(path);
        self.disk.read_into(path, cap, buffer)
    }

    fn read_range(&self, path: &TreePath, start: u64, length: u64) -> Result<Vec<u8>, TreeError> {
        self.note(path);
        self.disk.read_range(path, start, length)
    }

    fn open(&self, path: &TreePath) -> Result<Box<dyn Read + '_>, TreeError> {
        self.note(path);
        self.disk.open(path)
    }

    fn archive(&self, path: &TreePath, cap: u64) -> Result<Archive, TreeError> {
        self.note(path);
        self.disk.archive(path, cap)
    }

    fn names(&self, folder: &TreePath) -> Vec<Vec<u8>> {
        self.disk.names(folder)
    }

    fn is_ignored(&self, path: &TreePath) -> bool {
        self.disk.is_ignored(path)
    }

    fn resolve(&self, path: &TreePath) -> Option<Stat> {
        self.disk.resolve(path)
    }

    fn folder(&self) -> Option<&Path> {
        self.disk.folder()
    }
}

/// A generated repository on disk, and the sizes of its files.
fn generated(shape: Shape) -> (Scratch, BTreeMap<String, usize>) {
    let scratch = Scratch::new();
    let mut sizes = BTreeMap::new();
    for file in repository(shape) {
        scratch.write(&file.path, &file.bytes);
        sizes.insert(file.path, file.bytes.len());
    }
    (scratch, sizes)
}

/// What judging a folder read, and what it says of that.
fn read_by_judging(folder: &Path) -> (BTreeMap<TreePath, usize>, Judgement) {
    let (registry, _) = Registry::builtin();
    let tree = Counting::new(folder);
    let judgement = in_pool(4, || judge(&tree, &Settings::new(&registry))).unwrap().unwrap();
    (tree.reads.into_inner().unwrap(), judgement)
}

fn is_opened(path: &str) -> bool {
    !path.ends_with(".png") && !path.ends_with(".zip")
}

/// Code of functions is searched as text with all other files, and read again when it is followed from a handler.
fn most_reads(path: &str) -> usize {
    let is_code = path.ends_with(".js") || path.ends_with(".py");
    if path.contains("/functions/") && is_code { 2 } else { 1 }
}

#[test]
fn every_file_is_read_once_and_structure_only_where_there_is_some() {
    for files in SIZES {
        let (scratch, sizes) = generated(Shape { files, ..Shape::default() });
        assert_eq!(sizes.len(), files, "the generator makes what is asked for");
        let (reads, judgement) = read_by_judging(scratch.path());
        let expected: BTreeMap<TreePath, usize> = sizes
            .keys()
            .filter(|path| is_opened(path))
            .map(|path| (TreePath::from(&**path), most_reads(path)))
            .collect();
        assert_eq!(reads, expected, "{files} files");
        let (stats, blocks) = (&judgement.cost.stats, files / BLOCK);
        assert_eq!((stats.files_listed, stats.files_read), (files, files - blocks * BINARY_OF_BLOCK));
        let bytes: usize = sizes.iter().filter(|(path, _)| is_opened(path)).map(|(_, size)| size).sum();
        assert_eq!(stats.bytes_read, bytes as u64);
        let mut parsed: BTreeMap<&str, usize> =
            STRUCTURED_OF_BLOCK.iter().map(|(format, count)| (*format, blocks * count)).collect();
        parsed.insert("YAML", blocks * YAML_OF_BLOCK);
        assert_eq!(stats.parsed, parsed, "{files} files");
        assert_eq!((stats.packages, stats.git_processes), (0, 0));
        assert!(judgement.diagnostics.is_empty(), "{:?}", judgement.diagnostics);
    }
}

#[test]
fn all_that_is_found_grows_with_the_repository() {
    let stats = SIZES.map(|files| {
        let (scratch, _) = generated(Shape { files, packages: true, ..Shape::default() });
        read_by_judging(scratch.path()).1.cost.stats
    });
    let [small, large] = stats;
    let mut tenfold: BTreeMap<&str, usize> = small.facts.iter().map(|(kind, count)| (*kind, 10 * count)).collect();
    // The last set holds what was found in files by themselves; there is one of it.
    tenfold.insert("release", 10 * (small.release_sets - 1) + 1);
    assert_eq!((&large.facts, large.release_sets), (&tenfold, tenfold["release"]));
    assert!(small.facts.values().sum::<usize>() > 50, "{:?}", small.facts);
    assert_eq!((small.lookups > 0, large.lookups), (true, 10 * small.lookups));
}

#[test]
fn a_package_of_several_functions_is_opened_once() {
    for files in SIZES {
        let (scratch, _) = generated(Shape { files, packages: true, ..Shape::default() });
        let (reads, judgement) = read_by_judging(scratch.path());
        let blocks = files / BLOCK;
        let facts = &judgement.cost.stats.facts;
        // And traced once for each way in which it is run.
        assert_eq!(facts.get("artifact"), Some(&(blocks * WAYS_OF_PACKAGE)), "{facts:?}");
        assert_eq!(judgement.cost.stats.packages, blocks);
        let packages: Vec<usize> =
            reads.iter().filter(|(path, _)| path.as_bytes().ends_with(b".zip")).map(|(_, count)| *count).collect();
        assert_eq!(packages, vec![1; blocks]);
        assert!(reads.iter().all(|(path, count)| *count == most_reads(&path.lossy())), "{reads:?}");
        assert!(judgement.diagnostics.is_empty(), "{:?}", judgement.diagnostics);
    }
}
/// A checkout of a generated repository, in `work`, and a git before the real one that notes how it is called.
#[cfg(unix)]
struct Watched {
    sandbox: Sandbox,
    path: String,
}

#[cfg(unix)]
impl Watched {
    fn new(shape: Shape) -> Self {
        use std::os::unix::fs::PermissionsExt;
        let sandbox = Sandbox::new();
        sandbox.git("", &["init", "-q", "-b", "main", "work"]);
        for file in repository(shape) {
            sandbox.write(&format!("work/{}", file.path), &file.bytes);
        }
        sandbox.commit("work");
        let path = std::env::var("PATH").unwrap();
        let real = std::env::split_paths(&path).map(|folder| folder.join("git")).find(|git| git.is_file()).unwrap();
        let log = sandbox.path("git.log");
        let script = format!("#!/bin/sh\necho \"$@\" >>'{}'\nexec '{}' \"$@\"\n", log.display(), real.display());
        sandbox.write("shim/git", script);
        let shim = sandbox.path("shim/git");
        std::fs::set_permissions(&shim, std::fs::Permissions::from_mode(0o755)).unwrap();
        let path = format!("{}:{path}", sandbox.path("shim").display());
        Self { sandbox, path }
    }

    /// Runs deploylint; gives how it ended, and the git commands that it started.
    fn run(&self, arguments: &[&str], input: &str) -> (Ended, Vec<String>) {
        let log = self.sandbox.path("git.log");
        std::fs::write(&log, "").unwrap();
        let ended = self.sandbox.with_input("work", arguments, input, &[("PATH", &self.path)]);
        let called = std::fs::read_to_string(&log).unwrap();
        let command = |line: &str| {
            let mut words = line.split(' ').skip_while(|word| *word != "-C").skip(2);
            words.next().unwrap_or(line).to_owned()
        };
        (ended, called.lines().map(command).collect())
    }
}

/// What `--stats` says, by name.
fn stats(ended: &Ended) -> BTreeMap<String, u64> {
    let row = |line: &str| {
        let (name, count) = line.trim_end().rsplit_once(' ')?;
        Some((name.trim_end().to_owned(), count.parse().ok()?))
    };
    ended.stderr.lines().filter_map(row).collect()
}

#[cfg(unix)]
#[test]
fn git_is_started_as_often_for_a_large_repository_as_for_a_small_one() {
    for files in SIZES {
        let watched = Watched::new(Shape { files, ..Shape::default() });
        for (arguments, expected) in [
            (&["--stats", "-j", "4"][..], &["ls-files"][..]),
            // The commit that is checked out is said in JSON alone.
            (&["--stats", "--format", "json"], &["ls-files", "rev-parse"]),
            (&["--stats", "-j", "1", "--rev", "HEAD"], &["rev-parse", "ls-tree", "cat-file"]),
            (&["--stats", "--base", "HEAD"], &["rev-parse", "ls-tree", "ls-files"]),
        ] {
            let (ended, called) = watched.run(arguments, "");
            assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
            assert_eq!(called, expected, "{files} files, {arguments:?}");
            assert_eq!(stats(&ended)["git processes"], called.len() as u64, "{arguments:?}");
        }
        // With several threads there may be several that read, and never more than four.
        let (ended, called) = watched.run(&["--stats", "-j", "16", "--rev", "HEAD"], "");
        assert!((3..=6).contains(&called.len()), "{called:?}");
        assert_eq!(stats(&ended)["git processes"], called.len() as u64);
    }
}

#[cfg(unix)]
#[test]
fn a_commit_is_read_as_its_checkout_is() {
    for files in SIZES {
        let watched = Watched::new(Shape { files, packages: true, ..Shape::default() });
        let [disk, commit] = [&["--stats"][..], &["--stats", "--rev", "HEAD"]].map(|arguments| {
            let mut said = stats(&watched.run(arguments, "").0);
            said.remove("git processes").unwrap();
            said.remove("peak memory KiB");
            said
        });
        assert_eq!(disk, commit);
        let listed = files + files / BLOCK;
        assert_eq!((disk["files listed"], disk["files read"]), (listed as u64, (files - files / BLOCK) as u64));
    }
}

#[cfg(unix)]
#[test]
fn a_push_costs_as_many_processes_whatever_the_repository_and_reads_what_it_must() {
    for files in SIZES {
        let watched = Watched::new(Shape { files, ..Shape::default() });
        let sandbox = &watched.sandbox;
        let first = sandbox.git("work", &["rev-parse", "HEAD"]);
        sandbox.write("work/team-0000/docs/chapter-00.md", "changed\n");
        let second = sandbox.commit("work");
        let push = |from: &str, to: &str| {
            let line = format!("refs/heads/main {to} refs/heads/main {from}\n");
            watched.run(&["hook", "pre-push", "origin", "../remote.git", "--stats", "-j", "1"], &line)
        };
        let (ended, called) = push(&first, &second);
        assert_eq!(ended.code, Some(0), "{}{}", ended.stdout, ended.stderr);
        let plan = ["rev-parse", "rev-parse", "merge-base"];
        assert_eq!(called, [&plan[..], &["ls-tree", "ls-tree", "cat-file"]].concat());
        let said = stats(&ended);
        assert_eq!(said["git processes"], called.len() as u64);
        let deployable = repository(Shape { files, ..Shape::default() })
            .filter(|file| deploylint::extract::may_be_deployed(&TreePath::from(&*file.path)))
            .count();
        assert_eq!(said["files read"], deployable as u64 + 1, "what can be deployed, and the page that changed");

        // A fault that comes with the push: of the base, what the fault may hang on is read.
        sandbox.write("work/team-0000/web/docker-compose.yml", "services: { web: { image: a:1, depends_on: [b] } }\n");
        let third = sandbox.commit("work");
        let (ended, called) = push(&second, &third);
        assert_eq!(ended.code, Some(1), "{}{}", ended.stdout, ended.stderr);
        assert_eq!(called, [&plan[..], &["ls-tree", "ls-tree", "cat-file", "cat-file"]].concat());
        let said = stats(&ended);
        assert_eq!(said["git processes"], called.len() as u64);
        assert_eq!(said["files read"], deployable as u64 + 1, "the changed file twice: as it is, and as it was");
    }
}

#[test]
fn costs_are_said_on_standard_error_and_change_no_report() {
    let sandbox = Sandbox::new();
    for file in repository(Shape { files: 50, broken_every: 1, packages: true }) {
        sandbox.write(&format!("work/{}", file.path), &file.bytes);
    }
    for format in ["text", "concise", "json", "github"] {
        let plain = sandbox.deploylint("work", &["--format", format, "--as-of", "2026-11-21"]);
        assert_eq!((plain.code, &*plain.stderr), (Some(1), ""), "{format}");
        let costs = ["--format", format, "--as-of", "2026-11-21", "--timings", "--stats"];
        let with_costs = sandbox.deploylint("work", &costs);
        assert_eq!((with_costs.code, with_costs.stdout), (plain.code, plain.stdout), "{format}");
        let names: Vec<&str> =
            with_costs.stderr.lines().filter_map(|line| line.split("  ").find(|w| !w.is_empty())).collect();
        let stages = ["setup", "list", "extract", "read", "search, parse, classify", "sets", "expand and lower"];
        assert_eq!(names[..stages.len()], stages, "{}", with_costs.stderr);
        for name in ["whole run", "render", "files listed", "parsed YAML", "facts function", "git processes"] {
            assert_eq!(names.iter().filter(|said| **said == name).count(), 1, "{name}: {}", with_costs.stderr);
        }
        let said = stats(&Ended { code: None, stdout: String::new(), stderr: with_costs.stderr });
        assert_eq!((said["files listed"], said["packages opened"], said["git processes"]), (51, 1, 0));
    }
    // One package by itself is one package opened.
    let alone = sandbox.deploylint("work", &["team-0000/functions/shared.zip", "--handler", "index.first", "--stats"]);
    assert_eq!((stats(&alone)["packages opened"], stats(&alone)["facts artifact"]), (1, 1), "{}", alone.stderr);
}
