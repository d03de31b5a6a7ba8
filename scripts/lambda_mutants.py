#!/usr/bin/env python3
"""Takes parts out of good Lambda packages, loads each mutant for real, and asks deploylint about it.

    scripts/lambda_mutants.py FOLDER [--binary PATH] [--kind KIND]... [--files N] [--prefix P] [--only NAME]...
                              [--provided DIR] [--node-provided DIR] [--jobs 2] [--out TABLE]

FOLDER      holds manifest.tsv and zips/NAME.zip (lambda_packages.py). Only rows that are good or warn, were
            loaded, need no layers and run on a known language are taken.
--kind      package       the modules of one installed distribution; its metadata stays. Of Node.js: one folder of
                          node_modules, nested ones too
            distribution  the same with its metadata (Python)
            file          single files, N of each zip, drawn by a fixed seed. Of Node.js: half of them among those that
                          are loaded
--files     how many files of each zip, default 12
--provided  a folder that stands in for what the runtime brings; --node-provided: the node_modules of Node.js's
--out       writes every mutant as a line of a table

A mutant that fails must be called by an error; one that loads must not be. Printed for each kind:
  fails: called, warned, silent   what was said of mutants that do not load or whose call fails
  loads: quiet, warned, FALSE     what was said of mutants that load and answer
and the share of right verdicts (called, or loading without an error). Exit status 1 when it is below 98 %.

A language is one class below: which parts there are to take out, and how a folder is loaded.
"""

import argparse
import collections
import concurrent.futures
import csv
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import lambda_packages

KINDS = ("package", "distribution", "file")
RIGHT = 0.98
#: The day for which runtimes are judged.
AS_OF = "2026-08-01"


class Python:
    """Packages of Python: distributions are told by their RECORD."""

    #: Files that no import and no call needs; taking them out proves nothing.
    IDLE = (".pyi", ".md", ".rst", ".txt", ".h", ".c", ".pxd", ".pyx", ".typed", ".pyc")

    def __init__(self, options):
        self.provided = options.provided

    @staticmethod
    def runs(runtime):
        version = runtime.removeprefix("python")
        return version != runtime and shutil.which(f"python{version}") is not None

    @staticmethod
    def distributions(archive):
        """(name, files of its modules, files of its metadata) of each installed distribution."""
        names = {name for name in archive.namelist() if not name.endswith("/")}
        for record in sorted(name for name in names if name.endswith(".dist-info/RECORD")):
            info = record.removesuffix("RECORD")
            rows = csv.reader(archive.read(record).decode("utf-8", "replace").splitlines())
            listed = {row[0] for row in rows if row} & names
            modules = {name for name in listed if not name.startswith(info)}
            if modules:
                yield info.split("-")[0], modules, {name for name in names if name.startswith(info)}

    def mutants(self, archive, kinds, files, loaded):
        """(kind, label, files to take out); `loaded` are files that are known to be loaded."""
        found = list(self.distributions(archive))
        # Without these the stand-in's copy runs, in a version that is not the platform's: it proves nothing.
        stand_in = {path.name.split("-")[0] for path in Path(self.provided or "/nowhere").glob("*.dist-info")}
        for name, modules, metadata in found:
            if name in stand_in:
                continue
            if "package" in kinds:
                yield "package", name, modules
            if "distribution" in kinds:
                yield "distribution", name, modules | metadata
        if "file" in kinds:
            candidates = sorted(
                file
                for _, modules, _ in found
                for file in modules
                if not file.endswith(self.IDLE) and "/tests/" not in file
            )
            chosen = random.Random(archive.filename.rsplit("/", 1)[-1]).sample(candidates, min(files, len(candidates)))
            yield from (("file", file, {file}) for file in sorted(chosen))

    def load(self, folder, row, cache):
        """Whether it loads and answers, and what was said."""
        command = lambda_packages.python_command(row["runtime"], folder, self.provided, cache, row["handler"])
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=folder)
        return lambda_packages.last_line(done)

    @staticmethod
    def loaded(folder, row, scratch):
        """Files that are known to be loaded."""
        return []


class Node:
    """Packages of Node.js: an installed package is a folder of node_modules."""

    # Those that a runtime passes and this node knows.
    FLAGS = ("--no-experimental-require-module", "--no-experimental-detect-module")
    PACKAGE = re.compile(r"^(?:.*/)?node_modules/(?:@[^/]+/)?[^/@.][^/]*/")
    CODE = (".js", ".cjs", ".mjs", ".json", ".node", ".wasm")

    def __init__(self, options):
        self.provided = options.node_provided
        self.flags = [flag for flag in self.FLAGS if not subprocess.run(["node", flag, "-e", "0"], capture_output=True).returncode]

    @staticmethod
    def runs(runtime):
        return runtime == "nodejs20.x" and shutil.which("node") is not None

    def mutants(self, archive, kinds, files, loaded):
        """(kind, label, files to take out); `loaded` are files that are known to be loaded."""
        names = [name for name in archive.namelist() if not name.endswith("/")]
        packages = collections.defaultdict(set)
        for name in names:
            end = 0
            while match := self.PACKAGE.match(name, end):
                # One inside another is a part of it, and a package of its own.
                packages[name[: match.end()]].add(name)
                end = match.end()
        # What the real runtime brings is more than what stands in for it (BESIDE_SDK_V3 in src/runtime/node/tables.rs):
        # without these nothing is proved.
        sdk = re.compile(r"node_modules/(@(aws-sdk|aws-crypto|aws|smithy)/[^/]+|mnemonist|obliterator)/$")
        packages = {name: parts for name, parts in packages.items() if not sdk.search(name) or self.stands_in(name)}
        if "package" in kinds:
            yield from (("package", name, packages[name]) for name in sorted(packages))
        if "file" in kinds:
            draw = random.Random(archive.filename.rsplit("/", 1)[-1])
            used = sorted(set(loaded) & set(names))
            used = draw.sample(used, min(files // 2, len(used)))
            others = sorted(name for name in names if name.endswith(self.CODE) and name not in used)
            chosen = used + draw.sample(others, min(files - len(used), len(others)))
            yield from (("file", file, {file}) for file in sorted(chosen))

    def stands_in(self, name):
        return (Path(self.provided or "/nowhere") / name.rsplit("node_modules/", 1)[-1]).is_dir()

    def load(self, folder, row, cache, listed=None):
        """Whether it loads and answers, and what was said."""
        command = ["node", *self.flags, lambda_packages.NODE_LOADER, folder, row["handler"], *([listed] if listed else [])]
        # Variables that the platform sets; nothing else of this machine.
        variables = {"PATH": os.environ["PATH"], "HOME": str(folder), "AWS_REGION": "us-east-1",
                     "AWS_LAMBDA_FUNCTION_NAME": "f", "LAMBDA_TASK_ROOT": str(folder), "NODE_PATH": f"{self.provided}:{folder}"}
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=60, cwd=folder, env=variables)
        except subprocess.TimeoutExpired:
            return False, "INVOKE timeout"
        return lambda_packages.last_line(done)

    def loaded(self, folder, row, scratch):
        """Files that are known to be loaded."""
        listed = scratch / "loaded"
        self.load(folder, row, None, listed)
        lines = listed.read_text().splitlines() if listed.is_file() else []
        return [os.path.relpath(line, folder) for line in lines if line.startswith(f"{folder}/")]


LANGUAGES = (Python, Node)


class Taken:
    """Files that are aside for as long as the block runs."""

    def __init__(self, folder, aside, files):
        self.folder = folder
        self.moves = [(folder / file, aside / str(at)) for at, file in enumerate(sorted(files))]

    def __enter__(self):
        for place, aside in self.moves:
            os.replace(place, aside)
        # A folder without files would be a namespace package, and no zip holds it.
        self.emptied = []
        for folder in sorted({parent for place, _ in self.moves for parent in place.parents}, key=lambda p: -len(p.parts)):
            if self.folder in folder.parents and folder.is_dir() and not any(folder.iterdir()):
                folder.rmdir()
                self.emptied.append(folder)

    def __exit__(self, *_):
        for folder in reversed(self.emptied):
            folder.mkdir(parents=True, exist_ok=True)
        for place, aside in self.moves:
            os.replace(aside, place)


def without(source, target, files):
    """A copy of a zip whose directory lacks some files; their bytes stay where they were."""
    shutil.copyfile(source, target)
    with zipfile.ZipFile(target, "a") as archive:
        kept = [entry for entry in archive.filelist if entry.filename not in files]
        # Folders that are empty now go too: as names without anything in them they would still be found.
        emptied = {str(parent) + "/" for file in files for parent in Path(file).parents}
        emptied -= {str(parent) + "/" for entry in kept if not entry.is_dir() for parent in Path(entry.filename).parents}
        archive.filelist[:] = [entry for entry in kept if entry.filename not in emptied]
        archive.NameToInfo = {entry.filename: entry for entry in archive.filelist}
        archive._didModify = True


def verdict(loads, findings):
    worst = {severity for severity, _, _ in findings}
    if loads:
        return "FALSE" if "error" in worst else "warned" if "warning" in worst else "quiet"
    return "called" if "error" in worst else "warned" if "warning" in worst else "silent"


def examine(row, options):
    """(kind, label, loads, verdict, what the loader said, findings) of each mutant of one zip, or why there are none."""
    language = next(language(options) for language in LANGUAGES if language.runs(row["runtime"]))
    source = options.folder / "zips" / f"{row['name']}.zip"
    out = []
    with tempfile.TemporaryDirectory(prefix="mutants-") as scratch, zipfile.ZipFile(source) as archive:
        scratch = Path(scratch)
        folder, aside, zipped = scratch / "task", scratch / "aside", scratch / "api.zip"
        aside.mkdir()
        lambda_packages.unpack(archive, folder)
        shutil.copyfile(source, zipped)
        loads, said = language.load(folder, row, scratch / "cache")
        base = lambda_packages.ask(options.binary, scratch, row, AS_OF, zipped.name)
        if not loads or base is None or any(severity == "error" for severity, _, _ in base):
            return row, f"whole: {said}; {base}", []
        known = language.loaded(folder, row, scratch)
        for kind, label, files in language.mutants(archive, options.kinds, options.files, known):
            with Taken(folder, aside, files):
                loads, said = language.load(folder, row, scratch / "cache")
            without(source, zipped, files)
            findings = lambda_packages.ask(options.binary, scratch, row, AS_OF, zipped.name)
            new = [finding for finding in findings or [] if finding not in base]
            result = "no report" if findings is None else verdict(loads, new)
            out.append((kind, label, loads, result, said, new))
    return row, None, out


def table(counts):
    groups = (("fails", ("called", "warned", "silent")), ("loads", ("quiet", "warned", "FALSE")))
    print(f"{'':14}" + "".join(f"{'':4}{name + ':':8}" + "".join(f"{c:>8}" for c in columns) for name, columns in groups))
    worst = 1.0
    for kind in (*KINDS, "all"):
        own = counts[kind]
        total = sum(own.values())
        if not total:
            continue
        right = own[False, "called"] + own[True, "quiet"] + own[True, "warned"]
        worst = min(worst, right / total)
        cells = "".join(
            f"{'':4}{sum(own[loads, c] for c in columns):<8}" + "".join(f"{own[loads, c]:>8}" for c in columns)
            for (_, columns), loads in zip(groups, (False, True))
        )
        print(f"{kind:14}{cells}{100 * right / total:9.1f} % of {total}")
    return worst


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--binary", default="target/release/deploylint")
    parser.add_argument("--kind", dest="kinds", action="append", choices=KINDS)
    parser.add_argument("--files", type=int, default=12)
    parser.add_argument("--prefix", default="")
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--provided", default="")
    parser.add_argument("--node-provided", default="")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    options.binary = str(Path(options.binary).resolve())
    options.provided = options.provided and str(Path(options.provided).resolve())
    options.node_provided = options.node_provided and str(Path(options.node_provided).resolve())
    options.kinds = options.kinds or KINDS

    rows = [
        row
        for row in lambda_packages.read(options.folder)
        if row["status"] in ("good", "warn") and row["proof"] == "loaded" and row["layers"] == "-"
        and row["name"].startswith(options.prefix) and (not options.only or row["name"] in options.only)
        and any(language.runs(row["runtime"]) for language in LANGUAGES)
    ]
    counts = collections.defaultdict(collections.Counter)
    mutants = zips = 0
    out = csv.writer(open(options.out or os.devnull, "w", newline=""), delimiter="\t", lineterminator="\n")
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for done in concurrent.futures.as_completed([pool.submit(examine, row, options) for row in rows]):
            row, trouble, results = done.result()
            if trouble:
                print(f"left out: {row['name']}: {trouble}", flush=True)
            zips += bool(results)
            for kind, label, loads, result, said, findings in results:
                mutants += 1
                counts[kind][loads, result] += 1
                counts["all"][loads, result] += 1
                found = "; ".join(sorted({f"{severity} {rule}: {message}" for severity, rule, message in findings}))
                out.writerow((row["name"], kind, label, result, said, found))
                if result in ("FALSE", "silent", "no report") or (result == "warned" and not loads):
                    print(f"{result}: {row['name']} without {kind} {label}: {said} | {found or 'nothing said'}", flush=True)
    print(f"{mutants} mutants of {zips} zips")
    return 0 if table(counts) >= RIGHT else 1


if __name__ == "__main__":
    sys.exit(main())
