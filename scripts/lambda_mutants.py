#!/usr/bin/env python3
"""Takes parts out of good Lambda packages, loads each mutant for real, and asks deploylint about it.

    scripts/lambda_mutants.py FOLDER [--binary PATH] [--kind KIND]... [--files N] [--prefix P] [--only NAME]...
                              [--provided DIR] [--jobs 2] [--out TABLE]

FOLDER      holds manifest.tsv and zips/NAME.zip as lambda_corpus.py and lambda_confusion.py have them. Only rows that
            are good or warn, were loaded, need no layers and run on a known language are taken.
--kind      package       the modules of one installed distribution; its metadata stays
            distribution  the same with its metadata
            file          single files, N of each zip, drawn by a fixed seed
--files     how many files of each zip, default 12
--provided  a folder that stands in for what the runtime brings
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
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

KINDS = ("package", "distribution", "file")
RIGHT = 0.98


class Python:
    """Packages of Python: distributions are told by their RECORD."""

    LOADER = Path(__file__).with_name("lambda_load.py")
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

    def mutants(self, archive, kinds, files):
        """(kind, label, files to take out)."""
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
        python = row["runtime"]
        command = [python, "-I", "-S", self.LOADER, folder, self.provided, cache, row["handler"]]
        done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=folder)
        said = (done.stdout.strip().splitlines() or [f"LOAD exit {done.returncode}"])[-1]
        return said.startswith("OK"), said


LANGUAGES = (Python,)


class Taken:
    """Files that are aside for as long as the block runs."""

    def __init__(self, folder, aside, files):
        self.moves = [(folder / file, aside / str(at)) for at, file in enumerate(sorted(files))]

    def __enter__(self):
        for place, aside in self.moves:
            os.replace(place, aside)
        # A folder without files would be a namespace package, and no zip holds it.
        self.emptied = []
        for folder in sorted({parent for place, _ in self.moves for parent in place.parents}, key=lambda p: -len(p.parts)):
            if folder.is_dir() and not any(folder.iterdir()):
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
        archive.filelist[:] = [entry for entry in archive.filelist if entry.filename not in files]
        archive.NameToInfo = {entry.filename: entry for entry in archive.filelist}
        archive._didModify = True


def ask(binary, zipped, row):
    """Findings as (severity, rule, message); None when there is no report."""
    command = [binary, zipped.name, "--format", "json", "--as-of", "2026-08-01"]
    command += ["--handler", row["handler"], "--runtime", row["runtime"], "--arch", row["arch"]]
    done = subprocess.run(command, cwd=zipped.parent, capture_output=True, text=True, timeout=300)
    try:
        findings = json.loads(done.stdout)["findings"]
    except (ValueError, KeyError):
        return None
    return [(finding["severity"], finding["rule"], finding["message"]) for finding in findings]


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
        archive.extractall(folder)
        shutil.copyfile(source, zipped)
        loads, said = language.load(folder, row, scratch / "cache")
        base = ask(options.binary, zipped, row)
        if not loads or base is None or any(severity == "error" for severity, _, _ in base):
            return row, f"whole: {said}; {base}", []
        for kind, label, files in language.mutants(archive, options.kinds, options.files):
            with Taken(folder, aside, files):
                loads, said = language.load(folder, row, scratch / "cache")
            without(source, zipped, files)
            findings = ask(options.binary, zipped, row)
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
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--out", type=Path)
    options = parser.parse_args()
    options.binary = str(Path(options.binary).resolve())
    options.provided = options.provided and str(Path(options.provided).resolve())
    options.kinds = options.kinds or KINDS

    with open(options.folder / "manifest.tsv", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    rows = [
        row
        for row in rows
        if row["status"] in ("good", "warn") and row["proof"] == "loaded" and row["layers"] == "-"
        and row["name"].startswith(options.prefix) and (not options.only or row["name"] in options.only)
        and any(language.runs(row["runtime"]) for language in LANGUAGES)
    ]
    counts = collections.defaultdict(collections.Counter)
    lines, zips = [], 0
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        for row, trouble, results in pool.map(lambda row: examine(row, options), rows):
            if trouble:
                print(f"left out: {row['name']}: {trouble}")
            zips += bool(results)
            for kind, label, loads, result, said, findings in results:
                counts[kind][loads, result] += 1
                counts["all"][loads, result] += 1
                found = "; ".join(sorted({f"{severity} {rule}: {message}" for severity, rule, message in findings}))
                lines.append((row["name"], kind, label, result, said, found))
                if result in ("FALSE", "silent", "no report") or (result == "warned" and not loads):
                    print(f"{result}: {row['name']} without {kind} {label}: {said} | {found or 'nothing said'}", flush=True)
    if options.out:
        with open(options.out, "w", newline="") as file:
            csv.writer(file, delimiter="\t", lineterminator="\n").writerows(lines)
    print(f"{len(lines)} mutants of {zips} zips")
    return 0 if table(counts) >= RIGHT else 1


if __name__ == "__main__":
    sys.exit(main())
