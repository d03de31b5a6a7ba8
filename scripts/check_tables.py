#!/usr/bin/env python3
"""Compares the tables of builtin modules and of runtimes' dates with interpreters and with cfn-lint's file.

    scripts/check_tables.py [--python python3.11]... [--node node]... [--lifecycles FILE]

--python, --node   interpreters to ask; the version that they have decides which part of a table is compared
--lifecycles       `src/cfnlint/data/AdditionalSpecs/LmbdRuntimeLifecycle.json` of cfn-lint

Prints every difference, and exits with 1 when there is one. docs/renewing-tables.md says where each table comes from.
"""

import argparse
import json
import re
import subprocess
import sys
from pathlib import Path

RUNTIME = Path(__file__).resolve().parent.parent / "src/runtime"
# Modules that CPython lists and that no Linux has, and those that only its own tests use.
NOT_COMPARED = re.compile(r"^(_?msi|msilib|msvcrt|winreg|_?winapi|winsound|nt|nturl2path|_overlapped|_wmi|_scproxy|_osx_support|_aix_support|_ios_support|_android_support|_apple_support|_test|_ctypes_test|_?xx|__)")


def strings(text, name):
    """The strings of a const table, line comments left out."""
    body = re.search(rf"const {name}:[^=]*=\s*&?\[(.*?)\];", text, re.S).group(1)
    return re.findall(r'"([^"]*)"', re.sub(r"//.*", "", body))


def rows(text, name, shape):
    body = re.search(rf"const {name}:[^=]*=\s*&?\[(.*?)\];", text, re.S).group(1)
    return re.findall(shape, body)


def ask(*command):
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def compare(what, ours, theirs):
    for name in sorted(theirs - ours):
        print(f"{what}: {name} is not in the table")
    for name in sorted(ours - theirs):
        print(f"{what}: {name} is in the table alone")
    return ours != theirs


def python(interpreter):
    code = "import sys, json; print(json.dumps([sys.version_info[1], sorted(sys.stdlib_module_names), sorted(sys.builtin_module_names)]))"
    minor, stdlib, builtin = ask(interpreter, "-c", code)
    text = (RUNTIME / "python/stdlib.rs").read_text()
    ours = set(strings(text, "ALWAYS"))
    ours |= {name for name, first, last in rows(text, "SOMETIMES", r'\("([^"]+)", (\d+), (\d+)\)') if int(first) <= minor <= int(last)}
    wrong = compare(f"stdlib of 3.{minor}", {n for n in ours if not NOT_COMPARED.match(n)}, {n for n in stdlib if not NOT_COMPARED.match(n)})
    for name in sorted(set(strings(text, "BUILTIN")) - set(builtin)):
        print(f"built in: {name} is none of 3.{minor}")
        wrong = True
    return wrong


def node(interpreter):
    code = "console.log(JSON.stringify([+process.versions.node.split('.')[0], require('module').builtinModules, process.versions.modules]))"
    major, builtin, abi = ask(interpreter, "-e", code)
    text = (RUNTIME / "node/tables.rs").read_text()
    ours = set(strings(text, "BUILTINS"))
    ours |= {name for name, since in rows(text, "LATER_BUILTINS", r'\("([^"]+)", (\d+)\)') if int(since) <= major}
    prefixed = {name for name, since in rows(text, "PREFIX_ONLY_BUILTINS", r'\("([^"]+)", (\d+)\)') if int(since) <= major}
    plain = {name for name in builtin if not name.startswith("node:")}
    wrong = compare(f"builtin modules of Node.js {major}", ours, plain)
    listed = {name[5:] for name in builtin if name.startswith("node:")}
    wrong |= bool(listed) and compare(f"builtin modules of Node.js {major} with a prefix only", prefixed, listed)
    table = dict(rows((RUNTIME / "node/prebuilt.rs").read_text(), "ABI", r'\((\d+), "(\d+)"\)'))
    if table.get(str(major)) != abi:
        print(f"ABI of Node.js {major}: {abi}, the table says {table.get(str(major))}")
        wrong = True
    return wrong


def lifecycles(path):
    theirs = json.loads(Path(path).read_text())
    text = (RUNTIME / "lifecycle.rs").read_text()
    wrong = False
    ours = {row[0]: row[1:] for row in re.findall(r'row\("([^"]+)", "([^"]*)", "([^"]*)", "([^"]*)", "([^"]*)"\)', text)}
    for name, days in sorted(theirs.items()):
        wanted = tuple(days.get(key) or "" for key in ("deprecated", "create-block", "update-block"))
        if ours.get(name, ())[:3] != wanted:
            print(f"{name}: {wanted}, the table says {ours.get(name)}")
            wrong = True
    return wrong | compare("runtimes", set(ours), set(theirs))


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--python", action="append", default=[])
    parser.add_argument("--node", action="append", default=[])
    parser.add_argument("--lifecycles")
    options = parser.parse_args()
    wrong = [python(one) for one in options.python] + [node(one) for one in options.node]
    wrong += [lifecycles(options.lifecycles)] if options.lifecycles else []
    print(f"{len(wrong)} compared, {sum(wrong)} with differences")
    return int(any(wrong))


if __name__ == "__main__":
    sys.exit(main())
