#!/usr/bin/env python3
"""Builds good Lambda packages, each with one public package and what it needs, and proves them by loading them.

    scripts/lambda_corpus.py LIST OUT [--python 3.11] [--provided FOLDER] [--jobs 2] [--only NAME]

LIST        lines `NAME MODULE… [# REQUIREMENT…]`: the zip's name (also what pip installs when no requirements
            stand behind the `#`), and the modules that its handler imports. `-` installs nothing.
OUT         gets zips/NAME.zip and manifest.tsv in the form that lambda_confusion.py and lambda_mutants.py read.
            What OUT/work/NAME already holds is not installed again.
--provided  a folder that stands in for what the runtime brings (boto3 and what it needs)

Packages that cannot be installed or do not load are listed with proof `skipped` and are judged by nobody.
"""

import argparse
import concurrent.futures
import csv
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

COLUMNS = "name runtime arch handler layers expect status class id also error note proof message".split()
LOADER = Path(__file__).with_name("lambda_load.py")
HANDLER = "\n\ndef handler(event, context):\n    return {'ok': True}\n"


def install(name, requirements, python, work):
    folder = work / name
    if folder.is_dir() or not requirements:
        folder.mkdir(parents=True, exist_ok=True)
        return None
    pip = [f"python{python}", "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile"]
    done = subprocess.run(
        [*pip, "--only-binary", ":all:", "--target", folder, *requirements], capture_output=True, text=True
    )
    if done.returncode:
        shutil.rmtree(folder, ignore_errors=True)
        return f"pip: {(done.stderr.strip().splitlines() or ['failed'])[-1]}"
    return None


def pack(folder, target):
    """As people do it: everything but what pip put in bin/ and byte code."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for path in sorted(folder.rglob("*")):
            inside = path.relative_to(folder)
            if path.is_file() and inside.parts[0] != "bin" and "__pycache__" not in inside.parts:
                archive.write(path, inside)


def load(folder, handler, python, provided, cache):
    command = [f"python{python}", "-I", "-S", LOADER, folder, provided, cache, handler]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, cwd=folder)
    return (done.stdout.strip().splitlines() or [f"LOAD exit {done.returncode}"])[-1]


def build(line, options):
    head, _, requirements = line.partition("#")
    name, *modules = head.split()
    requirements = requirements.split() or ([] if name.startswith("-") else [name])
    row = dict.fromkeys(COLUMNS, "-") | {
        "name": name, "runtime": f"python{options.python}", "arch": "x86_64", "handler": "app.handler",
        "expect": "ok", "status": "good", "class": "good",
    }
    work = options.out / "work"
    trouble = install(name, requirements, options.python, work)
    if trouble:
        return row | {"proof": "skipped", "message": trouble}
    folder = work / name
    (folder / "app.py").write_text("".join(f"import {module}\n" for module in modules) + HANDLER)
    said = load(folder, row["handler"], options.python, options.provided, options.out / "cache" / name)
    if not said.startswith("OK"):
        return row | {"proof": "skipped", "message": said}
    target = options.out / "zips" / f"{name}.zip"
    if not target.is_file():
        pack(folder, target)
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
    options.out = options.out.resolve()
    for folder in ("zips", "work"):
        (options.out / folder).mkdir(parents=True, exist_ok=True)
    lines = [line for line in options.list.read_text().splitlines() if line.split("#")[0].strip()]
    lines = [line for line in lines if not options.only or line.split()[0] in options.only]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        rows = list(pool.map(lambda line: build(line, options), lines))
    with open(options.out / "manifest.tsv", "w", newline="") as table:
        writer = csv.DictWriter(table, COLUMNS, delimiter="\t", quoting=csv.QUOTE_NONE, quotechar=None)
        writer.writeheader()
        writer.writerows({key: str(value).replace("\t", " ") for key, value in row.items()} for row in rows)
    for row in rows:
        if row["proof"] != "loaded":
            print(f"skipped: {row['name']}: {row['message']}")
    print(f"{sum(row['proof'] == 'loaded' for row in rows)} of {len(rows)} load")
    return 0


if __name__ == "__main__":
    sys.exit(main())
