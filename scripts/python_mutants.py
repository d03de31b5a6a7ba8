"""Ways to seed a fault into a good Lambda package for Python: archives with something missing, moved or changed."""

import re


def entry(opened):
    """The handler's module, and how it begins: a `from __future__` stays first."""
    lines = opened.text.splitlines(keepends=True)
    head = [line for line in lines if line.startswith("from __future__")]
    return "".join(head), "".join(line for line in lines if line not in head)


def with_line(opened, line, **more):
    """The handler's module with one more statement that runs when it is loaded."""
    head, rest = entry(opened)
    return {opened.entry: f"{head}{line}\n{rest}", **more}


def distributions(opened):
    return [name for name in opened.names if re.fullmatch(r"[^/]+\.dist-info/METADATA", name)]


def extension(opened):
    """A compiled module for this interpreter and processor."""
    return next((name for name in opened.names if re.search(r"\.cpython-311-x86_64-linux-gnu\.so$", name)), None)


# Each gives the changed archive as {name: new content, None for gone}, or None where it does not fit.


def without_package(opened):
    for match in re.finditer(r"^(?:import|from) (\w+)", opened.text, re.M):
        gone = {name: None for name in opened.names if name.startswith(match[1] + "/")}
        # The SDK is part of the runtime.
        if gone and match[1] not in ("boto3", "botocore"):
            return gone
    return None


def without_handler(opened):
    return {opened.entry: None}


def handler_renamed(opened):
    renamed = re.sub(r"^def handler\(", "def handle(", opened.text, flags=re.M)
    return {opened.entry: renamed} if renamed != opened.text else None


def import_beyond_top(opened):
    return with_line(opened, "from ..seeded import part") if "/" not in opened.entry else None


def removed_module(opened):
    # Left the standard library in Python 3.10 (docs.python.org/3/whatsnew/3.10.html, "Removed").
    return with_line(opened, "import formatter")


def broken_syntax(opened):
    return {opened.entry: opened.text + "\ndef seeded(:\n    pass\n"}


def newer_syntax(opened):
    # PEP 695, Python 3.12.
    return {opened.entry: opened.text + "\ntype Seeded = int\n"}


def name_gone(opened):
    return with_line(opened, "from seeded_part import gone", **{"seeded_part.py": "here = 1\n"})


def standard_module_shadowed(opened):
    return with_line(opened, "from random import choice", **{"random.py": "here = 1\n"})


def metadata_gone(opened):
    return with_line(opened, "import importlib.metadata\nimportlib.metadata.version('seeded-gone')")


def requirement_gone(opened):
    return requiring(opened, "seeded-gone>=1")


def requirement_of_runtime(opened):
    return requiring(opened, "boto3>=1.20") if not any(name.startswith("boto3/") for name in opened.names) else None


def requiring(opened, requirement):
    for path in distributions(opened)[:1]:
        head, _, body = opened.read(path).partition("\n\n")
        return {path: f"{head}\nRequires-Dist: {requirement}\n\n{body}"}
    return None


def data_file_gone(opened):
    """A data file that the record of a distribution lists. Certificates are read as soon as they are used;
    of other files nobody can say so from their names."""
    for path in distributions(opened):
        record = path.replace("METADATA", "RECORD")
        listed = [line.split(",")[0] for line in opened.read(record).splitlines()] if record in opened.names else []
        for name in listed:
            if name in opened.names and name.endswith(".pem") and ".dist-info/" not in name:
                return {name: None}
    return None


def packages_in_venv(opened):
    moved = {}
    for name in opened.names:
        if "/" not in name or opened.entry.startswith(name.split("/")[0] + "/"):
            continue
        moved[name] = None
        # An empty folder that stays would be a namespace package of that name, and its import would work.
        if not name.endswith("/"):
            moved[f"venv/lib/python3.11/site-packages/{name}"] = opened.content(name)
    return moved or None


def other_processor(opened):
    file = extension(opened)
    # e_machine of ELF64: 0xB7 is AArch64.
    return file and {file: opened.content(file)[:18] + b"\xb7\x00" + opened.content(file)[20:]}


def other_interpreter(opened):
    file = extension(opened)
    return file and {file: None, file.replace("cpython-311", "cpython-312"): opened.content(file)}


def other_libc(opened):
    file = extension(opened)
    return file and {file: None, file.replace("linux-gnu", "linux-musl"): opened.content(file)}


def other_system(opened):
    file = extension(opened)
    # Mach-O, 64 bit, x86-64.
    mach = bytes.fromhex("cffaedfe0700000103000000") + bytes(2048)
    return file and {file: None, file.replace("x86_64-linux-gnu", "darwin"): mach}
