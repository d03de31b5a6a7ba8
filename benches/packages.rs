//! Lambda packages, each made here by code of our own: judged in this process, and by the program as a user starts it,
//! with the most memory that it took.
//!
//! `cargo bench --bench packages [-- FILTER]`; with `-- --test` everything is small and done once. Limits of single runs are
//! printed and not judged: they depend on the machine (two cores of 2.6 GHz have them from). Real packages are measured
//! beside `@vercel/nft`, in one run, by `scripts/lambda_nft.py`.
#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs, reason = "benchmarks")]

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, Instant};

use deploylint::facts::SetId;
use deploylint::run::in_pool;
use deploylint::run::packages::{bare_request, part};
use deploylint::trace::{PackageRequest, trace};
use deploylint::tree::{Disk, pack};
use divan::Bencher;

/// A package, how it is run, and how long a run may take.
struct Package {
    name: &'static str,
    handler: &'static str,
    runtime: &'static str,
    limit: Duration,
    files: fn(usize) -> Vec<(String, Vec<u8>)>,
}

const PACKAGES: [Package; 4] = [
    Package {
        name: "express-like",
        handler: "index.handler",
        runtime: "nodejs22.x",
        limit: Duration::from_millis(30),
        files: express_like,
    },
    Package {
        name: "fastapi-like",
        handler: "app.handler",
        runtime: "python3.12",
        limit: Duration::from_millis(60),
        files: |small| python(190 / small, 15_000, 1, (4 << 20) / small),
    },
    Package {
        name: "pandas-like",
        handler: "app.handler",
        runtime: "python3.12",
        limit: Duration::from_millis(300),
        files: |small| python(650 / small, 15_000, 60, (1 << 20) / small),
    },
    Package {
        name: "250 MB",
        handler: "app.handler",
        runtime: "python3.12",
        limit: Duration::from_millis(1_500),
        files: |small| python(1_000 / small, 15_000, 5, (45 << 20) / small),
    },
];

/// Numbers that look random and are the same each time.
struct Numbers(u64);

impl Numbers {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }
}

/// Packages of three modules each, which need some of those behind them, and of files that no code loads: 166 modules of
/// 1 MB and 500 other members, as a package of express and serverless-http has them.
fn express_like(small: usize) -> Vec<(String, Vec<u8>)> {
    let count = (55 / small).max(4);
    let mut files = Vec::new();
    for at in 0..count {
        let needs: Vec<String> =
            [at + 1, at * 2 + 1, at + 7].iter().filter(|n| **n < count).map(|n| format!("p{n}")).collect();
        let listed: Vec<String> = needs.iter().map(|name| format!("\"{name}\": \"^1.0.0\"")).collect();
        let folder = format!("node_modules/p{at}");
        let manifest =
            format!("{{\"name\": \"p{at}\", \"version\": \"1.0.0\", \"dependencies\": {{{}}}}}", listed.join(", "));
        files.push((format!("{folder}/package.json"), manifest.into_bytes()));
        let mut index = String::from("'use strict'\n");
        needs.iter().for_each(|name| writeln!(index, "var {name} = require('{name}')").unwrap());
        (0..2).for_each(|part| writeln!(index, "exports.part{part} = require('./lib/part{part}')").unwrap());
        files.push((format!("{folder}/index.js"), index.into_bytes()));
        for part in 0..2 {
            let mut text = String::from("'use strict'\nvar util = require('util')\nvar path = require('path')\n");
            for number in 0..20 {
                writeln!(
                    text,
                    "/** What `step{number}` does. */\nfunction step{number}(request, options) {{\n  var opts = options || {{}}\n  \
                     if (typeof request !== 'object' || !request.headers) throw new TypeError('request {number} is required')\n  \
                     var value = request.headers['x-{part}-{number}'] || opts.value[{number}]\n  \
                     return util.format('%s/%d', path.join(value, 'a'), value.length + {number} * 2)\n}}\nexports.step{number} = step{number}"
                )
                .unwrap();
            }
            files.push((format!("{folder}/lib/part{part}.js"), text.into_bytes()));
        }
        for other in 0..9 {
            files.push((format!("{folder}/docs/page{other}.md"), format!("# Page {other}\n").repeat(200).into_bytes()));
        }
    }
    let handler = "const app = require('p0')\nexports.handler = async (event) => app.part0.step1(event)\n";
    files.push(("index.js".to_owned(), handler.as_bytes().to_vec()));
    files
}

/// Distributions of ten modules each that import each other, and compiled modules.
fn python(modules: usize, bytes: usize, libraries: usize, library: usize) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    let distributions = modules.div_ceil(10);
    let mut numbers = Numbers(1);
    for at in 0..distributions {
        let mut record = String::new();
        let mut add = |path: String, bytes: Vec<u8>| {
            writeln!(record, "{path},sha256=x,{}", bytes.len()).unwrap();
            files.push((path, bytes));
        };
        let mut init = format!("\"\"\"Distribution {at}.\"\"\"\nfrom ._m0 import Worker0\n");
        if at + 1 < distributions {
            writeln!(init, "import d{}\nfrom d{} import Worker0 as Next", at + 1, (at * 2 + 1) % distributions)
                .unwrap();
        }
        for own in (at..libraries).step_by(distributions) {
            writeln!(init, "from . import _native{own}").unwrap();
            add(format!("d{at}/_native{own}.so"), library_of(library, &mut numbers));
        }
        add(format!("d{at}/__init__.py"), init.into_bytes());
        for part in 0..9 {
            add(format!("d{at}/_m{part}.py"), module(part, bytes).into_bytes());
        }
        let metadata = format!("Metadata-Version: 2.1\nName: d{at}\nVersion: 1.0.0\n");
        files.push((format!("d{at}-1.0.0.dist-info/METADATA"), metadata.into_bytes()));
        files.push((format!("d{at}-1.0.0.dist-info/RECORD"), record.into_bytes()));
    }
    files.push((
        "app.py".to_owned(),
        b"import d0\ndef handler(event, context):\n    return d0.Worker0().run0(event)\n".to_vec(),
    ));
    files
}

fn module(part: usize, bytes: usize) -> String {
    let mut text =
        format!("\"\"\"Part {part}.\"\"\"\nfrom __future__ import annotations\nimport os, sys, typing as t\n");
    if part < 8 {
        writeln!(text, "from ._m{} import Worker{}", part + 1, part + 1).unwrap();
    }
    writeln!(text, "if t.TYPE_CHECKING:\n    from .gone import Gone\n\nclass Worker{part}:").unwrap();
    for number in 0.. {
        if text.len() > bytes {
            break;
        }
        writeln!(
            text,
            "    def run{number}(self, event: t.Mapping[str, t.Any], *, limit: int = {number}) -> list[str]:\n        \
             \"\"\"Gives what is asked for, at most `limit` of it.\n\n        Names are those of the event.\n        \"\"\"\n        \
             if not isinstance(event, dict) or len(event) > limit + {number}:\n            \
             raise ValueError(f\"event {{event!r}} is no dict: {{type(event).__name__}}\")\n        \
             found = [os.path.join(key, str(value)) for key, value in event.items() if value is not None]\n        \
             return sorted(found, key=lambda name: (len(name), name))[: limit * 2 + {number}]\n"
        )
        .unwrap();
    }
    text
}

/// A library for Linux without anything in it, as hard to inflate as real ones are.
fn library_of(bytes: usize, numbers: &mut Numbers) -> Vec<u8> {
    let mut out = vec![0; 64];
    out[..7].copy_from_slice(b"\x7fELF\x02\x01\x01");
    (out[16], out[18], out[20], out[32], out[54]) = (3, 62, 1, 64, 56);
    while out.len() < bytes {
        let number = numbers.next();
        if number.is_multiple_of(3) && out.len() > 8_192 {
            let start = out.len() - 64 - (number >> 4) as usize % 8_000;
            out.extend_from_within(start..start + 8 + (number >> 20) as usize % 40);
        } else {
            out.extend_from_slice(&number.to_le_bytes()[..5]);
        }
    }
    out
}

fn is_measured() -> bool {
    // Cargo says so when it runs benchmarks as such.
    std::env::args().any(|argument| argument == "--bench") && !std::env::args().any(|argument| argument == "--test")
}

/// Where the packages lie while this runs.
static FOLDER: LazyLock<PathBuf> = LazyLock::new(|| {
    let folder = std::env::temp_dir().join(format!("deploylint-packages-{}", std::process::id()));
    fs::create_dir_all(&folder).unwrap();
    folder
});

impl Package {
    /// Its zip, made once.
    fn zip(&self) -> PathBuf {
        let path = FOLDER.join(format!("{}.zip", self.name.replace(' ', "-")));
        if !path.exists() {
            let files = (self.files)(if is_measured() { 1 } else { 20 });
            let bytes = pack(files.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice()))).unwrap();
            fs::write(&path, bytes).unwrap();
        }
        path
    }

    fn traced(&self, zip: &Path) {
        let (folder, name) = (zip.parent().unwrap(), zip.file_name().unwrap().to_str().unwrap());
        let opened = part(&Disk::new(folder).unwrap(), &name.into()).unwrap();
        let base = bare_request(opened, SetId(0));
        let request = PackageRequest { handler: Some(self.handler.into()), runtime: Some(self.runtime.into()), ..base };
        let trace = trace(&request);
        assert!(trace.facts.module_imports.is_empty() && trace.facts.load_faults.is_empty(), "{}", self.name);
        assert!(trace.problems.is_empty() && trace.files > 5, "{}", self.name);
    }

    /// The best time of some runs of the program, and the most memory, MiB.
    fn run(&self, rounds: usize) -> (Duration, u64) {
        let (zip, mut best, mut peak) = (self.zip(), Duration::MAX, 0);
        for _ in 0..rounds {
            let start = Instant::now();
            let mut command = Command::new(env!("CARGO_BIN_EXE_deploylint"));
            command.arg(&zip).args(["--handler", self.handler, "--runtime", self.runtime, "--stats"]);
            let done = command.stdin(Stdio::null()).output().unwrap();
            best = best.min(start.elapsed());
            assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stdout));
            let said = String::from_utf8_lossy(&done.stderr);
            let memory = said.lines().find_map(|line| line.strip_prefix("peak memory KiB")).unwrap_or_default();
            peak = peak.max(memory.trim().parse().unwrap_or(0) / 1024);
        }
        (best, peak)
    }
}

#[divan::bench(args = [0, 1, 2, 3], sample_count = 10)]
fn in_this_process(bencher: Bencher<'_, '_>, which: usize) {
    let package = &PACKAGES[which];
    let zip = package.zip();
    bencher.bench(|| in_pool(0, || package.traced(&zip)));
}

fn main() {
    divan::main();
    println!("\nthe program, best of several runs:");
    for package in &PACKAGES {
        let (best, peak) = package.run(if is_measured() { 7 } else { 1 });
        println!(
            "{:14} {:7.1} ms (limit {:4} ms), {peak} MiB",
            package.name,
            best.as_secs_f64() * 1e3,
            package.limit.as_millis()
        );
    }
    fs::remove_dir_all(&*FOLDER).unwrap();
}
