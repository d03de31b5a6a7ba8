"""Folders of labelled Lambda packages, as the scripts beside this one write and read them.

Such a folder holds zips/NAME.zip and manifest.tsv with these columns; `-` is an empty field:
  name runtime arch handler  the package, and what it runs on; layers: names of other zips, commas between them
  expect status              what loading it should give; `good`, `warn`, `broken`, or `excluded`
  class id also              a word for the fault; the rule that must tell of it, and others that may instead
  proof message              `loaded` when it was loaded for real and did as the label says, `static` when published
                             limits prove it, `skipped` and `mismatch` for rows that nobody judges; what the loader said
  error note                 free text
"""

import csv
import json
import os
import stat
import subprocess
import zipfile
from pathlib import Path

COLUMNS = "name runtime arch handler layers expect status class id also error note proof message".split()
PYTHON_LOADER = Path(__file__).with_name("lambda_load.py")
NODE_LOADER = Path(__file__).with_name("lambda_load.cjs")
#: The flag that nodejs20.x passes and node 20 knows.
NODE_FLAGS = ["--no-experimental-require-module"]


def row_of(name, runtime, handler, **more):
    """A row of the table; everything else is empty."""
    return dict.fromkeys(COLUMNS, "-") | {"name": name, "runtime": runtime, "arch": "x86_64", "handler": handler} | more


def prepare(out, *folders):
    """The folder with what a builder writes into."""
    out = Path(out).resolve()
    for folder in ("zips", *folders):
        (out / folder).mkdir(parents=True, exist_ok=True)
    return out


def read(folder):
    with open(folder / "manifest.tsv", newline="") as table:
        return list(csv.DictReader(table, delimiter="\t", quoting=csv.QUOTE_NONE))


def write(out, rows):
    plain = lambda value: str(value).replace("\t", " ").replace("\n", " ")
    lines = [COLUMNS, *([plain(row[column]) for column in COLUMNS] for row in rows)]
    (out / "manifest.tsv").write_text("".join("\t".join(line) + "\n" for line in lines))


def pack(folder, target, links=False, keep=lambda inside: True):
    """As `zip -r` does it, with --symlinks where links stay links."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for parent, folders, files in os.walk(folder, followlinks=not links):
            folders[:] = sorted(name for name in folders if name not in ("__pycache__", ".cache"))
            for name in sorted(files) + [name for name in folders if links and os.path.islink(os.path.join(parent, name))]:
                path = Path(parent, name)
                inside = path.relative_to(folder)
                if not keep(inside) or not (path.exists() or links):
                    continue
                if links and path.is_symlink():
                    info = zipfile.ZipInfo(str(inside), (2026, 1, 1, 0, 0, 0))
                    info.external_attr = (stat.S_IFLNK | 0o777) << 16
                    archive.writestr(info, os.readlink(path))
                else:
                    archive.write(path, inside)


def unpack(archive, folder):
    """As on Lambda: modes and links kept."""
    for entry in archive.infolist():
        mode = entry.external_attr >> 16
        if stat.S_ISLNK(mode):
            place = folder / entry.filename
            place.parent.mkdir(parents=True, exist_ok=True)
            place.symlink_to(archive.read(entry).decode())
        else:
            place = Path(archive.extract(entry, folder))
            if place.is_file() and mode & 0o777:
                place.chmod(mode & 0o777)


def platforms(python):
    """Wheels that the system of the runtime can load: Amazon Linux 2 has glibc 2.26, Amazon Linux 2023 (from python3.12
    on) has 2.34 (AWS, "Lambda runtimes"; PEP 600)."""
    newest = 34 if int(python.split(".")[1]) >= 12 else 26
    names = [f"manylinux_2_{minor}_x86_64" for minor in range(newest, 16, -1)] + ["manylinux2014_x86_64"]
    return [word for name in names for word in ("--platform", name)]


def python_command(python, folder, provided, cache, handler):
    return [python, "-I", "-S", PYTHON_LOADER, folder, provided, cache, handler]


def last_line(done):
    """Whether a loader says that the package loads and answers, and all that it says."""
    said = (done.stdout.strip().splitlines() or [f"LOAD exit {done.returncode}"])[-1]
    return said.startswith("OK"), said


def command(binary, row, zipped=None):
    """What judges a package, to be run in the folder that holds the table."""
    words = [binary, str(zipped or f"zips/{row['name']}.zip")]
    words += [f"--{column}={row[column]}" for column in ("handler", "runtime", "arch") if row[column] != "-"]
    return words + [f"--layer=zips/{layer}.zip" for layer in row["layers"].split(",") if layer != "-"]


def ask(binary, folder, row, as_of, zipped=None):
    """Findings as (severity, rule, message); None when there is no report."""
    words = [*command(binary, row, zipped), "--format", "json", "--as-of", as_of]
    done = subprocess.run(words, cwd=folder, capture_output=True, text=True, timeout=300)
    try:
        findings = json.loads(done.stdout)["findings"]
    except (ValueError, KeyError):
        return None
    return [(finding["severity"], finding["rule"], finding["message"]) for finding in findings]
