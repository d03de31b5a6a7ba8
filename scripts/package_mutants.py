"""Ways to seed a fault into a good Lambda package: another archive, in which something is missing or changed."""

import copy
import json
import posixpath
import re
import shutil
import tempfile
import zipfile

import lambda_packages
from mutants import Mutant, replaced

# What an entry loads: `require('x')`, `import … from 'x'`.
LOADS = re.compile(r"""(?:\brequire\(|\bfrom |^import )['"](?P<name>[^'"]+)['"]""", re.M)
# A relative require that runs when the file is loaded: it starts its line, outside of any function.
ON_LOAD = re.compile(r"""^(?:(?:const|let|var) [\w{}, ]+= *|(?:module\.)?exports[\w.]* *= *)require\(['"](?P<name>\.[^'"]*)['"]\)""", re.M)

TEXT = (".js", ".cjs", ".mjs", ".json", ".py", "/METADATA", "/RECORD")


class Opened:
    """A package as Node.js sees it from its handler."""

    def __init__(self, archive, handler):
        self.archive = archive
        with zipfile.ZipFile(archive) as source:
            self.names = dict.fromkeys(sorted(source.namelist()))
            self.bytes = {name: source.read(name) for name in self.names if name.endswith(TEXT)}
        stem = re.escape(handler.rpartition(".")[0])
        self.entry = next((name for name in self.names if re.fullmatch(stem + r"\.(js|mjs|cjs|py)", name)), None)
        self.text = self.read(self.entry) if self.entry else ""

    def read(self, name):
        return self.bytes[name].decode("utf-8", "replace")

    def content(self, name):
        """The bytes of any entry."""
        with zipfile.ZipFile(self.archive) as source:
            return source.read(name)

    def packages(self):
        """Packages that the entry loads and that lie in the archive; the SDK is part of the runtime."""
        for match in LOADS.finditer(self.text):
            name = "/".join(match["name"].split("/")[: 2 if match["name"].startswith("@") else 1])
            is_sdk = re.match(r"@aws-sdk/|@smithy/|aws-sdk$", name)
            if not name.startswith(".") and not is_sdk and f"node_modules/{name}/package.json" in self.names:
                yield name

    def manifest(self, package):
        """(path, content) of its package.json."""
        path = f"node_modules/{package}/package.json"
        return path, json.loads(self.read(path))

    def files_on_load(self):
        """Files that the entry, or the main file of a package of it, requires by a relative path."""
        importers = [self.entry]
        for package in self.packages():
            path, manifest = self.manifest(package)
            main = posixpath.normpath(posixpath.join(posixpath.dirname(path), manifest.get("main") or "index.js"))
            importers += [main, main + ".js"]
        for importer in importers:
            for match in ON_LOAD.finditer(self.read(importer)) if importer in self.names else ():
                target = posixpath.normpath(posixpath.join(posixpath.dirname(importer), match["name"]))
                yield from (name for name in (target, target + ".js") if name in self.names)

    def file_on_load(self):
        """One of them that a single file imports: every importer of a missing file is a finding."""
        return next((file for file in self.files_on_load() if self.importers(file) == 1), None)

    def importers(self, file):
        stem = posixpath.basename(file).removesuffix(".js")
        last = re.compile(rf"""['"]\.[^'"]*/{re.escape(stem)}(\.js)?['"]""")
        # Whoever requires it by a relative path lies in the same package.
        package = re.match(r"(node_modules/(@[^/]+/)?[^/]+/)?", file).group()
        code = (name for name in self.bytes if name.startswith(package) and name.endswith(TEXT[:3]))
        return sum(bool(last.search(self.read(name))) for name in code)

    def is_esm(self):
        """True when the entry is loaded as an ECMAScript module."""
        own = json.loads(self.read("package.json")) if "package.json" in self.names else {}
        return self.entry.endswith(".mjs") or (self.entry.endswith(".js") and own.get("type") == "module")


# Each gives the changed archive as {name: new text, None for gone}, or None where it does not fit.


def without_package(opened):
    package = next(opened.packages(), None)
    return package and {name: None for name in opened.names if name.startswith(f"node_modules/{package}/")}


def without_handler(opened):
    return {opened.entry: None}


def without_file(opened):
    file = opened.file_on_load()
    return file and {file: None}


def with_other_case(opened):
    file = opened.file_on_load()
    if not file:
        return None
    folder, name = posixpath.split(file)
    return {file: None, posixpath.join(folder, name[0].swapcase() + name[1:]): opened.read(file)}


def closed_package(opened):
    package = next(opened.packages(), None)
    if not package:
        return None
    path, manifest = opened.manifest(package)
    return {path: json.dumps(manifest | {"exports": {"./seeded": "./seeded.js"}})}


def package_turned_esm(opened):
    for package in opened.packages():
        path, manifest = opened.manifest(package)
        is_required = f"require('{package}')" in opened.text.replace('"', "'")
        main = manifest.get("main") or "index.js"
        # An `exports` may lead elsewhere; without an extension, `.cjs` could be found.
        if is_required and "exports" not in manifest and main.endswith(".js"):
            return {path: json.dumps(manifest | {"type": "module"})}
    return None


def entry_with_export(opened):
    if opened.is_esm() or not opened.entry.endswith(".js"):
        return None
    return {opened.entry: opened.text + "\nexport const seeded = 1;\n"}


def import_without_extension(opened):
    if not opened.is_esm():
        return None
    return {opened.entry: "import './seeded/part'\n" + opened.text, "seeded/part.js": "export const part = 1\n"}


def import_of_folder(opened):
    if not opened.is_esm():
        return None
    return {opened.entry: "import './seeded'\n" + opened.text, "seeded/index.js": "export const part = 1\n"}


class Package:
    """A good package with a change: one of the functions above, or, for Python, of `python_mutants`."""

    def __init__(self, change, language="nodejs"):
        self.change, self.language = change, language

    def mutants(self, workshop):
        if workshop.zips is None:
            return
        for row in lambda_packages.read(workshop.zips):
            archive = workshop.zips / "zips" / f"{row['name']}.zip"
            is_good = row["status"] == "good" and row["layers"] == "-" and archive.exists()
            if not is_good or not row["runtime"].startswith(self.language):
                continue
            opened = Opened(archive, row["handler"])
            changes = self.change(opened) if opened.entry else None
            if not changes:
                continue
            folder = workshop.empty_folder(f"{self.change.__name__}-{row['name']}")
            target = folder / "package.zip"
            shutil.copy(archive, target)
            yield Mutant(row["name"], folder, lambda t=target, a=archive, c=changes: replaced(t, rewritten(a, c)),
                         arguments=lambda_packages.command("", row, target.name)[1:])


def rewritten(archive, changes):
    """The bytes of an archive with other entries."""
    with tempfile.TemporaryFile() as out:
        with zipfile.ZipFile(archive) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
            for member in source.infolist():
                if member.filename not in changes:
                    # A copy: writing changes the entry's offset.
                    target.writestr(copy.copy(member), source.read(member))
            for name, text in changes.items():
                if text is not None:
                    entry = zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0))
                    # Without one nobody but the owner may read it, which is a fault of its own.
                    entry.external_attr = 0o100644 << 16
                    target.writestr(entry, text)
        out.seek(0)
        return out.read()
