#!/usr/bin/env python3
"""Measures deploylint over a folder of checkouts beside `rg -c needle`, and says what changed since the last run.

    scripts/instrument.py CORPUS [--binary PATH] [--store FILE] [--runs N] [--needle TEXT] [--no-time]

CORPUS   a folder of checkouts, by repository name. Nothing in it is changed.
--store  a file that holds the last run; it is read for the difference and then replaced. Without it
         nothing is compared.

Times are the best of N runs (default 5): one process each over the whole folder, ours with its text output
in a file, the two programs alternating so that a busy machine disturbs both. CPU is user + system; memory is
the peak resident size of the process. Prints wall, CPU, memory and ratio, findings per rule and per
repository, decided and undecided fields, and the findings that are new or gone, by fingerprint.

Exit status: 0, or 2 when the binary did not end with a verdict.
"""

import argparse
import collections
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

SEVERITIES = ("error", "warning", "info")
ARGUMENTS = ["--full-severity", "--as-of", "2026-11-21"]
MOST_LISTED = 60


def run(command, folder, output):
    """(wall s, CPU s, peak MB, exit status) of one process; os.wait4 is what gives memory per child."""
    with open(output, "wb") as out, open(os.devnull, "wb") as nothing:
        start = time.perf_counter()
        pid = spawn(command, folder, out, nothing)
        _, status, usage = os.wait4(pid, 0)
        wall = time.perf_counter() - start
    # Kilobytes on Linux, bytes on macOS.
    scale = 1024 * 1024 if sys.platform == "darwin" else 1024
    return wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / scale, os.waitstatus_to_exitcode(status)


def spawn(command, folder, out, errors):
    """posix_spawn in a folder: Python has no file action for it, so the parent goes there and back."""
    here = os.getcwd()
    os.chdir(folder)
    try:
        return os.posix_spawn(
            command[0], command, os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, out.fileno(), 1), (os.POSIX_SPAWN_DUP2, errors.fileno(), 2)],
        )
    finally:
        os.chdir(here)


def measure(corpus, binary, needle, runs):
    """Prints the table of times; both programs see the same state of the file cache."""
    programs = {"deploylint": [binary, ".", *ARGUMENTS]}
    searcher = shutil.which("rg")
    if searcher:
        programs["rg"] = [searcher, "-c", needle, "."]
    else:
        print("rg is not installed (cargo install ripgrep --locked): no ratio")
    samples = collections.defaultdict(list)
    with tempfile.TemporaryDirectory(prefix="instrument-") as scratch:
        for _ in range(runs):
            for name, command in programs.items():
                samples[name].append(run(command, corpus, Path(scratch) / f"{name}.txt"))
    print(f"\nbest of {runs}, alternating     wall s     CPU s    peak MB   exit")
    for name, rows in samples.items():
        print(f"{name:24} {min(r[0] for r in rows):10.3f} {min(r[1] for r in rows):9.3f}"
              f" {max(r[2] for r in rows):10.1f}   {sorted({r[3] for r in rows})}")
    result = {"wall": min(r[0] for r in samples["deploylint"]), "memory": max(r[2] for r in samples["deploylint"])}
    if "rg" in samples:
        result["ratio"] = result["wall"] / min(r[0] for r in samples["rg"])
        print(f"ratio of wall times      {result['ratio']:10.2f}")
    return result


def judge(corpus, binary):
    """The report of one run."""
    with tempfile.TemporaryDirectory(prefix="instrument-") as scratch:
        output = Path(scratch) / "report.json"
        *_, status = run([binary, ".", *ARGUMENTS, "--format", "json"], corpus, output)
        text = output.read_text(encoding="utf-8", errors="replace")
    if status not in (0, 1, 2) or not text.startswith("{"):
        print(f"deploylint ended with {status} and no report")
        sys.exit(2)
    return json.loads(text)


def repository_of(finding):
    path = (finding["location"] or {}).get("path") or ""
    return path.split("/", 1)[0] if "/" in path else "(top)"


def table(findings, key, title):
    counts = collections.defaultdict(collections.Counter)
    for finding in findings:
        counts[key(finding)][finding["severity"]] += 1
    print(f"\n{title:44} " + " ".join(f"{severity:>8}" for severity in SEVERITIES))
    for name, row in sorted(counts.items()):
        print(f"{name:44} " + " ".join(f"{row[severity]:8}" for severity in SEVERITIES))
    total = collections.Counter(finding["severity"] for finding in findings)
    print(f"{'all':44} " + " ".join(f"{total[severity]:8}" for severity in SEVERITIES))


def coverage(report):
    covered = report["coverage"]
    print("\nchecked: " + ", ".join(f"{value} {name}" for name, value in covered.items() if isinstance(value, int)))
    print("skipped: " + (", ".join(f"{name} {count}" for name, count in covered.get("skipped", {}).items()) or "none"))
    print(f"\n{'field':44}    known   one of  unknown")
    for row in covered.get("decided", []):
        print(f"{row['field']:44} {row['known']:8} {row['one_of']:8} {row['unknown']:8}")
    print("\nundecided, by reason")
    for row in covered.get("undecided", [])[:20]:
        print(f"{row['count']:8}  {row['field']}: {row['reason']}")


def identity(finding):
    """Fingerprints start at a repository's root, so two repositories may share one."""
    return f"{repository_of(finding)} {finding['fingerprint']}"


def line(finding):
    location = finding["location"] or {}
    start = location.get("start") or {}
    place = f"{location.get('path', '-')}:{start.get('line', 0)}"
    return f"{finding['severity']:7} {finding['rule']} {place} {finding['message']}"


def difference(before, now):
    """What is new, gone, or of another severity since the stored run."""
    old, new = before["findings"], now["findings"]
    changed = [key for key in old.keys() & new.keys() if old[key]["severity"] != new[key]["severity"]]
    print(f"\nsince the stored run: {len(new.keys() - old.keys())} new, {len(old.keys() - new.keys())} gone,"
          f" {len(changed)} of another severity")
    sides = (("+", sorted(new.keys() - old.keys()), new), ("-", sorted(old.keys() - new.keys()), old), ("~", sorted(changed), new))
    for sign, keys, findings in sides:
        for key in keys[:MOST_LISTED]:
            print(f"{sign} {findings[key]['line']}")
        if len(keys) > MOST_LISTED:
            print(f"{sign} and {len(keys) - MOST_LISTED} more")
    for name, unit in (("wall", "s"), ("memory", "MB"), ("ratio", "")):
        if name in before.get("times", {}) and name in now["times"]:
            print(f"{name}: {before['times'][name]:.2f} -> {now['times'][name]:.2f} {unit}")


def decided_difference(before, now):
    for field in sorted(before.keys() | now.keys()):
        if before.get(field) != now.get(field):
            print(f"decided {field}: known/one of/unknown {before.get(field)} -> {now.get(field)}")


def stored(path):
    try:
        run = json.loads(path.read_text(encoding="utf-8"))
        return run if run.get("version") == 1 else None
    except FileNotFoundError:
        print(f"no stored run yet in {path}")
    except (OSError, ValueError, AttributeError) as problem:
        print(f"the stored run cannot be read ({problem}): nothing is compared")
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("corpus", type=Path)
    parser.add_argument("--binary", default="deploylint")
    parser.add_argument("--store", type=Path)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--needle", default="localhost")
    parser.add_argument("--no-time", action="store_true", help="findings and coverage only")
    options = parser.parse_args()
    binary = shutil.which(options.binary) or str(Path(options.binary).resolve())
    if not os.access(binary, os.X_OK):
        parser.error(f"{options.binary} is not a program: build it, or name it with --binary")
    if not options.corpus.is_dir():
        parser.error(f"{options.corpus} is not a folder")
    corpus = str(options.corpus.resolve())
    times = {} if options.no_time else measure(corpus, binary, options.needle, max(1, options.runs))
    report = judge(corpus, binary)
    findings = report["findings"]
    table(findings, lambda finding: finding["rule"], "rule")
    table(findings, repository_of, "repository")
    coverage(report)
    keyed = {identity(f): {"severity": f["severity"], "line": line(f)} for f in findings}
    if len(keyed) < len(findings):
        print(f"\n{len(findings) - len(keyed)} findings share repository and fingerprint with another")
    decided = {row["field"]: [row["known"], row["one_of"], row["unknown"]] for row in report["coverage"].get("decided", [])}
    now = {"version": 1, "times": times, "findings": keyed, "decided": decided}
    if options.store:
        before = stored(options.store)
        if before:
            difference(before, now)
            decided_difference(before.get("decided", {}), decided)
        scratch = options.store.with_name(options.store.name + ".new")
        scratch.write_text(json.dumps(now, indent=1, sort_keys=True) + "\n", encoding="utf-8")
        scratch.replace(options.store)


if __name__ == "__main__":
    main()
