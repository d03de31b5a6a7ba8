#!/usr/bin/env python3
"""Builds good Lambda packages, each with one public package and what it needs, and proves them by loading them.

    scripts/lambda_corpus.py LIST OUT [--python 3.11] [--provided FOLDER] [--jobs 2] [--only NAME]

LIST        lines `NAME MODULE… [# REQUIREMENT…]`: the zip's name (also what pip installs when no requirements
            stand behind the `#`), and the modules that its handler imports. `-` installs nothing.
Wheels are those for the system of the runtime, as people must install them who build on another one.

OUT         gets zips/NAME.zip and manifest.tsv (lambda_packages.py), for lambda_confusion.py and lambda_mutants.py.
            What OUT/work/NAME already holds is not installed again.
--provided  a folder that stands in for what the runtime brings (boto3 and what it needs)

Packages that cannot be installed or do not load are listed with proof `skipped` and are judged by nobody.
"""

import argparse
import concurrent.futures
import shutil
import subprocess
import sys
from pathlib import Path

import lambda_packages

HANDLER = "\n\ndef handler(event, context):\n    return {'ok': True}\n"


def install(name, requirements, python, work):
    folder = work / name
    if folder.is_dir() or not requirements:
        folder.mkdir(parents=True, exist_ok=True)
        return None
    pip = [f"python{python}", "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile"]
    done = subprocess.run(
        [*pip, "--only-binary", ":all:", *lambda_packages.platforms(python), "--target", folder, *requirements], capture_output=True, text=True
    )
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        return f"pip: {(done.stderr.strip().splitlines() or ['failed'])[-1]}"
    return None


def keep(inside):
    """As people do it: everything but what pip put in bin/."""
    return inside.parts[0] != "bin"


def load(folder, handler, python, provided, cache):
    command = lambda_packages.python_command(f"python{python}", folder, provided, cache, handler)
    return lambda_packages.last_line(subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=folder))


def build(line, options):
    head, _, requirements = line.partition("#")
    name, *modules = head.split()
    requirements = requirements.split() or ([] if name.startswith("-") else [name])
    row = lambda_packages.row_of(name, f"python{options.python}", "app.handler", expect="ok", status="good")
    row["class"] = "good"
    work = options.out / "work"
    trouble = install(name, requirements, options.python, work)
    if trouble:
        return row | {"proof": "skipped", "message": trouble}
    folder = work / name
    (folder / "app.py").write_text("".join(f"import {module}\n" for module in modules) + HANDLER)
    loads, said = load(folder, row["handler"], options.python, options.provided, options.out / "cache" / name)
    if not loads:
        return row | {"proof": "skipped", "message": said}
    target = options.out / "zips" / f"{name}.zip"
    if not target.is_file():
        lambda_packages.pack(folder, target, keep=keep)
    return row | {"proof": "loaded", "message": "OK"}


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("list", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--python", default="3.11")
    parser.add_argument("--provided", default="")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--only", action="append", default=[])
    options = parser.parse_args()
    options.out = lambda_packages.prepare(options.out, "work")
    lines = [line for line in options.list.read_text().splitlines() if line.split("#")[0].strip()]
    lines = [line for line in lines if not options.only or line.split()[0] in options.only]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        rows = list(pool.map(lambda line: build(line, options), lines))
    lambda_packages.write(options.out, rows)
    for row in rows:
        if row["proof"] != "loaded":
            print(f"skipped: {row['name']}: {row['message']}")
    print(f"{sum(row['proof'] == 'loaded' for row in rows)} of {len(rows)} load")
    return 0


if __name__ == "__main__":
    sys.exit(main())
