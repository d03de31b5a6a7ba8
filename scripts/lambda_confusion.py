#!/usr/bin/env python3
"""Runs deploylint over labelled Lambda packages and prints how its verdicts compare with the labels.

    scripts/lambda_confusion.py FOLDER [--binary PATH] [--rule ID]... [--class NAME]... [--prefix n-] [--as-of DAY] [--verbose]

FOLDER     holds `manifest.tsv` and `zips/NAME.zip` (lambda_packages.py has the columns)
--rule     count broken rows only where `id` is one of these rules or the verdict is right already; all
           other broken rows are listed with what was said of them
--class    only rows of these classes
--prefix   only rows whose names begin so

A row is right when
  good      no error and no warning is reported
  warn      `id`, or one of `also`, is reported, and nothing is reported as an error
  broken    `id`, or one of `also`, is reported as an error
Rows whose proof is `skipped` or `mismatch`, and excluded ones, are not judged. Exit status 1 when a judged row is wrong.
"""

import argparse
import collections
import sys
import time
from pathlib import Path

import lambda_packages


def judge(row, findings):
    """Whether the verdict is right; None when the row asks for nothing that can be right or wrong."""
    # What depends on the day is no part of a label, unless the label asks for it.
    findings = [(severity, rule) for severity, rule in findings if not rule.startswith("lambda/runtime-") or rule in wanted(row)]
    errors = {rule for severity, rule in findings if severity == "error"}
    if row["status"] == "good":
        return not any(severity in ("error", "warning") for severity, _ in findings)
    if row["status"] == "warn":
        return not errors and bool({rule for _, rule in findings} & wanted(row))
    if row["status"] == "broken":
        return bool(errors & wanted(row))
    return None


def wanted(row):
    return {row["id"], *row["also"].split(",")} - {"-"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--binary", default="target/release/deploylint")
    parser.add_argument("--rule", action="append", default=[])
    parser.add_argument("--class", dest="classes", action="append", default=[])
    parser.add_argument("--prefix", default="")
    parser.add_argument("--as-of", default="2026-04-01", help="day for which runtimes are judged; before it, those of the labels were supported")
    parser.add_argument("--verbose", action="store_true")
    options = parser.parse_args()
    binary = str(Path(options.binary).resolve())

    counts = collections.defaultdict(collections.Counter)
    wrong, beside, seconds = [], [], 0.0
    for row in lambda_packages.read(options.folder):
        if not row["name"].startswith(options.prefix) or (options.classes and row["class"] not in options.classes):
            continue
        if row["proof"] in ("skipped", "mismatch") or not (options.folder / "zips" / f"{row['name']}.zip").is_file():
            counts[row["class"]]["not built"] += 1
            continue
        start = time.monotonic()
        found = lambda_packages.ask(binary, options.folder, row, options.as_of)
        seconds += time.monotonic() - start
        findings = None if found is None else [(severity, rule) for severity, rule, _ in found]
        said = "no report" if findings is None else ", ".join(sorted({" ".join(f) for f in findings})) or "nothing"
        right = None if findings is None else judge(row, findings)
        judged = row["status"] != "broken" or not options.rule or row["id"] in options.rule or right
        if findings is None:
            right = False
        if right is None or not judged:
            counts[row["class"]]["not judged"] += 1
            beside.append((row, said))
        else:
            counts[row["class"]]["right" if right else "WRONG"] += 1
            if not right:
                wrong.append((row, said))
        if options.verbose:
            print(f"{row['status']:8} {row['class']:26} {row['name']:26} {said}")

    columns = ["right", "WRONG", "not judged", "not built"]
    print(f"{'class':28}" + "".join(f"{name:>12}" for name in columns))
    for name in sorted(counts):
        print(f"{name:28}" + "".join(f"{counts[name][column] or '':>12}" for column in columns))
    total = {column: sum(count[column] for count in counts.values()) for column in columns}
    print(f"{'all':28}" + "".join(f"{total[column]:>12}" for column in columns))
    print(f"{seconds:.1f} s in all")
    for row, said in wrong:
        print(f"wrong: {row['name']} ({row['status']}, {row['id']}): {said}")
    if beside:
        print("not judged:")
        for row, said in beside:
            print(f"  {row['name']} ({row['class']}, {row['id']}): {said}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
