#!/usr/bin/env python3
"""Builds functions of real repositories with their own lockfile or requirements, and loads them for real.

    scripts/lambda_functions.py REPOSITORIES OUT [--provided-node FOLDER] [--provided-python FOLDER]
                                [--node 22=/path/to/node]... [--most 60] [--per-folder 3]
    scripts/lambda_confusion.py OUT

REPOSITORIES  a folder of checkouts. Functions are those of SAM and CloudFormation templates and of serverless.yml
              whose code is a folder with package.json or requirements.txt, and whose handler's file is in it.
OUT           gets zips/NAME.zip and manifest.tsv (lambda_packages.py). What OUT/work/NAME already holds is not
              installed again.
--provided-*  folders that stand in for what the runtimes bring
--node        further Node.js by major version; a function gets the nearest at hand that is not older

A row is `good` when the handler's module loads and `broken` when it fails for want of a module or for its syntax; one
that fails for other reasons (credentials, files that a pipeline makes) is `excluded` and says why. Needs PyYAML.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

import lambda_packages

SKIPPED = {"node_modules", ".git", "cdk.out", ".aws-sam"}
FAULTS = "lambda/missing-module lambda/missing-package-file lambda/handler-file-missing lambda/syntax-error lambda/require-of-esm lambda/missing-named-export lambda/name-not-in-module lambda/commonjs-global-in-esm lambda/esm-syntax-in-commonjs lambda/unsupported-syntax lambda/sdk-not-in-runtime lambda/removed-stdlib-module lambda/handler-not-exported"
MODULE_FAULT = re.compile(
    r"Cannot find (module|package)|No module named|is not exported|undefined or not exported|require\(\) of ES Module|Syntax|Unexpected|Cannot use import|"
    r"cannot import name|missing on module|not defined in ES module|Cannot use '?import|does not provide an export|ERR_MODULE"
)
# The runtime has all clients of the SDK, the folder that stands in for it here need not.
STAND_IN = re.compile(r"Cannot find (module|package) '@(aws-sdk|smithy)/")


class Loader(yaml.SafeLoader):
    pass


Loader.add_multi_constructor("!", lambda loader, suffix, node: {suffix: None})


def read(path):
    try:
        return yaml.load(path.read_text(), Loader)
    except (yaml.YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        return None


def of_template(path, root):
    """(code folder, handler, runtime, names of variables) of each function of a SAM or CloudFormation template."""
    resources = root.get("Resources")
    shared = (root.get("Globals") or {}).get("Function") or {}
    for resource in (resources if isinstance(resources, dict) else {}).values():
        if not isinstance(resource, dict) or resource.get("Type") not in ("AWS::Serverless::Function", "AWS::Lambda::Function"):
            continue
        own = resource.get("Properties")
        properties = {**shared, **own} if isinstance(own, dict) else {}
        code, handler, runtime = (properties.get(key) for key in ("CodeUri", "Handler", "Runtime"))
        variables = (properties.get("Environment") or {}).get("Variables") or {}
        if all(isinstance(text, str) for text in (code, handler, runtime)) and not properties.get("Layers"):
            yield path.parent / code, handler, runtime, sorted(variables) if isinstance(variables, dict) else []


def of_service(path, root):
    provider = root.get("provider")
    functions = root.get("functions")
    if not isinstance(provider, dict) or not isinstance(functions, dict):
        return
    for function in functions.values():
        if isinstance(function, dict) and isinstance(function.get("handler"), str):
            runtime = function.get("runtime") or provider.get("runtime")
            variables = {**(provider.get("environment") or {}), **(function.get("environment") or {})} if all(
                isinstance(one.get("environment") or {}, dict) for one in (provider, function)) else {}
            if isinstance(runtime, str):
                yield path.parent, function["handler"], runtime, sorted(variables)


def functions(repositories):
    for folder, names, files in os.walk(repositories):
        names[:] = sorted(set(names) - SKIPPED)
        for name in sorted(files):
            path = Path(folder, name)
            if name in ("template.yaml", "template.yml") or name.endswith(".template.yaml"):
                found = of_template
            elif name in ("serverless.yml", "serverless.yaml"):
                found = of_service
            else:
                continue
            root = read(path)
            if isinstance(root, dict):
                yield from found(path, root)


def usable(code, handler, runtime):
    if not code.is_dir():
        return False
    stem = code / handler.rsplit(".", 1)[0].replace(".", "/" if runtime.startswith("python") else ".")
    if runtime.startswith("python"):
        return (code / "requirements.txt").is_file() and stem.with_name(stem.name + ".py").is_file()
    manifest = code / "package.json"
    written = runtime.startswith("nodejs") and manifest.is_file() and '"dependencies"' in manifest.read_text(errors="replace")
    return written and any(stem.with_name(stem.name + suffix).is_file() for suffix in (".js", ".mjs", ".cjs"))


def install(code, folder, is_python):
    if folder.is_dir():
        return None
    shutil.copytree(code, folder, symlinks=True, ignore=shutil.ignore_patterns("node_modules", ".git", ".aws-sam"))
    if is_python:
        command = ["python3.11", "-m", "pip", "install", "-q", "--disable-pip-version-check", "--no-compile", "--only-binary", ":all:", "-r", "requirements.txt", "-t", "."]
    else:
        locked = (folder / "package-lock.json").is_file()
        command = ["npm", "ci" if locked else "install", "--omit=dev", "--ignore-scripts", "--no-audit", "--no-fund"]
    try:
        done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=300)
    except subprocess.TimeoutExpired:
        done = None
    if done is None or done.returncode:
        shutil.rmtree(folder)
        said = done.stderr.strip().splitlines() if done else []
        return f"{command[0]} {command[1]}: {said[-1] if said else 'too long'}"[:150]
    return None


def load(folder, handler, interpreter, is_python, provided, variables, cache):
    """What the load said; variables that code insists on are made up as it asks for them."""
    environment = {"PATH": os.environ["PATH"], "AWS_REGION": "us-east-1", "AWS_DEFAULT_REGION": "us-east-1", "AWS_LAMBDA_FUNCTION_NAME": "f", "HOME": "/tmp"}
    environment.update((name, "x") for name in variables)
    for _ in range(20):
        if is_python:
            command = lambda_packages.python_command(interpreter, folder, provided, cache, handler)
        else:
            flags = lambda_packages.NODE_FLAGS if interpreter[1] == 20 else []
            environment["NODE_PATH"] = str(provided)
            command = [interpreter[0], *flags, lambda_packages.NODE_LOADER, folder, handler]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60, env=environment)
        except subprocess.TimeoutExpired:
            return "OK it runs on"
        lines = [line for line in done.stdout.splitlines() if line.startswith(("OK", "LOAD ", "INVOKE "))]
        said = lines[-1] if lines else f"LOAD exit {done.returncode} {done.stderr.strip()[-150:]}"
        asked = re.match(r"LOAD KeyError: '(\w+)'", said)
        if not asked or asked.group(1) in environment:
            return said
        environment[asked.group(1)] = "x"
    return said


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("repositories", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--provided-node", default="")
    parser.add_argument("--provided-python", default="")
    parser.add_argument("--node", action="append", default=[])
    parser.add_argument("--most", type=int, default=60)
    parser.add_argument("--per-folder", type=int, default=3)
    options = parser.parse_args()
    nodes = {20: "node", **{int(major): path for major, path in (one.split("=", 1) for one in options.node)}}
    out = lambda_packages.prepare(options.out, "work")

    rows, seen, counts, failed = [], set(), {}, {}
    for code, handler, runtime, variables in functions(options.repositories.resolve()):
        is_python = runtime.startswith("python")
        if not usable(code, handler, runtime) or (code.resolve(), handler) in seen or len(rows) >= options.most:
            continue
        seen.add((code.resolve(), handler))
        place = code.resolve().relative_to(options.repositories.resolve())
        group = place.parts[:2]
        if counts.get(group, 0) >= options.per_folder:
            continue
        counts[group] = counts.get(group, 0) + 1
        folder_name = re.sub(r"[^A-Za-z0-9]+", "-", "-".join(place.parts))[-60:].strip("-")
        why = failed.get(folder_name) or install(code, out / "work" / folder_name, is_python)
        name = f"f-{folder_name}-{re.sub(r'[^A-Za-z0-9]+', '-', handler)}"
        if is_python:
            interpreter, runs_on, provided = "python3.11", "python3.11", options.provided_python
        else:
            wanted = int((re.findall(r"\d+", runtime) or ["20"])[0])
            major = min((one for one in nodes if one >= wanted), default=max(nodes))
            interpreter, runs_on, provided = (nodes[major], major), f"nodejs{major}.x", options.provided_node
        labels = {"class": "python" if is_python else "node", "note": str(place)}
        row = lambda_packages.row_of(name, runs_on, handler, **labels)
        if why:
            failed[folder_name] = why
            row.update(status="excluded", proof="skipped", message=why)
        else:
            folder = out / "work" / folder_name
            said = load(folder, handler, interpreter, is_python, provided, variables, out / "cache")
            starts, is_fault = not said.startswith("LOAD"), bool(MODULE_FAULT.search(said)) and not STAND_IN.search(said)
            status = "good" if starts else "broken" if is_fault else "excluded"
            row.update(status=status, proof="loaded" if status != "excluded" else "skipped", message=said[:200])
            if status == "broken":
                row.update(id=FAULTS.split()[0], also=",".join(FAULTS.split()[1:]))
            if status != "excluded":
                target = out / "zips" / f"{name}.zip"
                lambda_packages.pack(folder, target, links=True)
        rows.append(row)
        print(f"{row['status']:9} {row['runtime']:11} {place} {handler}: {row['message'][:110]}", flush=True)
    lambda_packages.write(out, rows)
    print({status: sum(row["status"] == status for row in rows) for status in ("good", "broken", "excluded")})


if __name__ == "__main__":
    sys.exit(main())
