#!/usr/bin/env python3
"""Builds Lambda packages of many kinds as people build them, good ones and broken twins, and loads each for real.

    scripts/lambda_kinds.py OUT [--only NAME]... [--prefix P] [--jobs 2] [--binary PATH] [--python 3.12]
                            [--provided DIR] [--node-provided DIR]

Frameworks, mappers of objects to tables, SDKs, bundlers, compilers and package managers: the recipes are in
lambda_kinds_node.py and lambda_kinds_python.py. Each is installed and built with the ordinary tools (npm and pip must
reach their registries), loaded and called with node 20 or Python, and packed. A twin is the same package with one
thing wrong that people really do wrong. Not part of CI; nothing that is fetched is kept in the project.

OUT         gets zips/NAME.zip and manifest.tsv (lambda_packages.py), for lambda_confusion.py and lambda_mutants.py. What
            OUT/work/NAME already holds is not built again.
--binary    asks deploylint about each zip and prints a table of verdicts beside what the loader said
--provided  a folder that stands in for what the Python runtime brings; --node-provided: node_modules of Node.js's

A good package that does not load is `skipped`, and so are its twins; a twin that loads all the same is a `mismatch`.
"""

import argparse
import concurrent.futures
import os
import shutil
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import lambda_kinds_node
import lambda_kinds_python
import lambda_packages
from lambda_mutants import AS_OF, Node, Python, verdict



@dataclass
class Kind:
    """How one package is made."""

    name: str
    #: What npm or pip installs into it.
    install: list
    #: Its own files by path.
    files: dict
    handler: str = "index.handler"
    #: A command for the shell that runs in the folder after the installation.
    build: str = ""
    #: Commands that are installed beside it and are not packed (bundlers, compilers).
    tools: list = field(default_factory=list)
    #: The folder that is packed.
    packed: str = "."
    #: Links stay links.
    links: bool = False
    #: What package.json says beyond its name.
    manifest: dict = field(default_factory=dict)
    runtime: str = "nodejs20.x"
    #: (label, command for the shell that breaks it, rule that must tell; handler) of each twin.
    twins: list = field(default_factory=list)


def shell(command, folder, path=""):
    done = subprocess.run(
        ["bash", "-ec", command], cwd=folder, capture_output=True, text=True, timeout=900,
        env=os.environ | {"PATH": f"{path}:{os.environ['PATH']}", "CI": "1", "NEXT_TELEMETRY_DISABLED": "1"},
    )
    return "" if done.returncode == 0 else (done.stderr.strip() or done.stdout.strip() or "failed")[-300:].replace("\n", " ")


def npm(folder, packages):
    quiet = "npm install --ignore-scripts --no-audit --no-fund --no-package-lock --loglevel=error --legacy-peer-deps"
    return shell(f"{quiet} {' '.join(packages)}", folder) if packages else ""


def construct(kind, options):
    """The folder that is packed, or why there is none."""
    work = options.out / "work" / kind.name
    packed = work / kind.packed
    if (work / ".built").is_file():
        return packed, ""
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    is_node, tools = kind.runtime.startswith("nodejs"), options.out / "tools" / kind.name
    if is_node:
        manifest = {"name": "function", "version": "1.0.0", "private": True} | kind.manifest
        (work / "package.json").write_text(lambda_kinds_node.as_json(manifest))
    for path, text in kind.files.items():
        (work / path).parent.mkdir(parents=True, exist_ok=True)
        (work / path).write_text(text.replace("TOOLS", str(tools)))
    if kind.tools:
        tools.mkdir(parents=True, exist_ok=True)
        (tools / "package.json").write_text("{}")
        trouble = npm(tools, kind.tools)
        if trouble:
            return packed, trouble
    if is_node:
        trouble = npm(work, kind.install)
    else:
        requirements = " ".join(f"'{requirement}'" for requirement in kind.install)
        wheels = " ".join(["--only-binary :all:", *lambda_packages.platforms(options.python)])
        pip = f"python{options.python} -m pip install -q --disable-pip-version-check --no-compile {wheels}"
        trouble = shell(f"{pip} --target . {requirements}", work)
    trouble = trouble or (kind.build and shell(kind.build.replace("TOOLS", str(tools)), work, f"{tools}/node_modules/.bin"))
    if not trouble:
        (work / ".built").touch()
    return packed, trouble


def load(zipped, row, options, scratch):
    """What the loader says of the unpacked archive."""
    language = (Node if row["runtime"].startswith("nodejs") else Python)(options)
    shutil.rmtree(scratch, ignore_errors=True)
    with zipfile.ZipFile(zipped) as archive:
        lambda_packages.unpack(archive, scratch / "task")
    said = language.load(scratch / "task", row, scratch / "cache")
    shutil.rmtree(scratch, ignore_errors=True)
    return said


def rows_of(kind, options):
    """The rows of the table: the good package, then its twins."""
    def row(name, handler, **more):
        return lambda_packages.row_of(name, kind.runtime, handler, **{"class": kind.name}, **more)

    def pack(folder, target):
        lambda_packages.pack(folder, target, kind.links, lambda inside: str(inside) != ".built")

    good = row(kind.name, kind.handler, expect="ok", status="good")
    folder, trouble = construct(kind, options)
    if trouble:
        return [good | {"proof": "skipped", "message": trouble}]
    scratch, zips = options.out / "scratch" / kind.name, options.out / "zips"
    target = zips / f"{kind.name}.zip"
    pack(folder, target)
    loads, said = load(target, good, options, scratch)
    rows = [good | {"proof": "loaded" if loads else "skipped", "message": said}]
    if not loads:
        return rows
    for label, command, rule, *handler in kind.twins:
        name = f"{kind.name}-x-{label}"
        twin = row(name, *(handler or [kind.handler]), expect="load-fail", status="broken", id=rule)
        copy = options.out / "work" / name
        shutil.rmtree(copy, ignore_errors=True)
        shutil.copytree(folder, copy, symlinks=True)
        trouble = command and shell(command, copy)
        pack(copy, zips / f"{name}.zip")
        shutil.rmtree(copy)
        loads, said = load(zips / f"{name}.zip", twin, options, scratch)
        proof = "skipped" if trouble else "mismatch" if loads else "loaded"
        rows.append(twin | {"proof": proof, "message": trouble or said})
    return rows


def compare(row, options):
    """(verdict, rules) of what deploylint says."""
    findings = lambda_packages.ask(options.binary, options.out, row, AS_OF)
    if findings is None:
        return "no report", ""
    rules = sorted({f"{severity[0]} {rule.removeprefix('lambda/')}" for severity, rule, _ in findings if severity != "info"})
    return verdict(row["status"] == "good", findings), ", ".join(rules)


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("--only", action="append", default=[])
    parser.add_argument("--prefix", default="")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--binary")
    parser.add_argument("--python", default="3.12")
    parser.add_argument("--provided", default="")
    parser.add_argument("--node-provided", default="")
    options = parser.parse_args()
    options.out = lambda_packages.prepare(options.out, "work")
    for name in ("binary", "provided", "node_provided"):
        value = getattr(options, name)
        setattr(options, name, value and str(Path(value).resolve()))
    recipes = [Kind(**recipe) for recipe in lambda_kinds_node.KINDS]
    recipes += [Kind(runtime=f"python{options.python}", **recipe) for recipe in lambda_kinds_python.KINDS]
    kinds = [kind for kind in recipes if kind.name.startswith(options.prefix) and (not options.only or kind.name in options.only)]
    with concurrent.futures.ThreadPoolExecutor(options.jobs) as pool:
        rows = [row for rows in pool.map(lambda kind: rows_of(kind, options), kinds) for row in rows]
    lambda_packages.write(options.out, rows)
    wrong = 0
    for row in rows:
        said, rules = "", ""
        if options.binary and row["proof"] == "loaded":
            said, rules = compare(row, options)
            wrong += said not in ("quiet", "called")
        print(f"{row['name']:32}{row['proof']:10}{said:10}{row['message'][:90]:92}{rules}")
    loaded = sum(row["proof"] == "loaded" for row in rows)
    print(f"{loaded} of {len(rows)} proved; {wrong} of them judged otherwise")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
